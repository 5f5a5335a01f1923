"""Headers that the framework does not set, and the answer's cacheability by its kind of page."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from portal.csp import ADMIN_POLICY

PERMISSIONS_OFF = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
        "browsing-topics",
    )
)


def is_picture(response: HttpResponseBase) -> bool:
    """Whether nothing in it can run or be read: a header for pages would only cost time there."""
    kind = response.headers.get("Content-Type", "")
    return kind.startswith("image/") and not kind.startswith("image/svg")


class HeadersMiddleware:
    """Permissions-Policy and CORP on each answer; ``no-store`` on all that says nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not is_picture(response):
            response.headers.setdefault("Permissions-Policy", PERMISSIONS_OFF)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Cache-Control" not in response.headers:
            patch_cache_control(response, no_store=True, private=True)
        return response


class PolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere, the editors' own behind their door."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if request.path.startswith("/cms/"):
            response._csp_config = ADMIN_POLICY  # type: ignore[attr-defined]
        return super().process_response(request, response)


class LanguageMiddleware(LocaleMiddleware):
    """The language of the address, else the reader's.

    The framework's own answer would lead every unknown address without a language into the page
    tree, the desk's too, and would split the cache of pictures by the reader's language.
    """

    def process_request(self, request: HttpRequest) -> None:
        # Kept answers vary by the reader's header alone; a cookie could put its language into them.
        request.COOKIES.pop(settings.LANGUAGE_COOKIE_NAME, None)
        super().process_request(request)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        # A kept picture would bear the language of whoever asked for it first.
        if not is_picture(response):
            response.headers.setdefault("Content-Language", translation.get_language())
        return response


class PlainAddressMiddleware:
    """Refuses (400) an address with a NUL, of which PostgreSQL would make an error.

    What is posted is refused by the forms. The API checks each parameter and says so in its way,
    and a banner's address never breaks a hospital's page: an unknown code shows the general one.
    """

    SPARED = ("/api/", "/b/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        holds_nul = "%00" in query or "\0" in query or "\0" in request.path
        if holds_nul and not request.path.startswith(self.SPARED):
            said = _("This address holds a character that no address has.")
            return HttpResponseBadRequest(said, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
