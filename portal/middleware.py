"""Headers that the framework does not set, and the answer's cacheability by its kind of page."""

from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_cache_control

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


class HeadersMiddleware:
    """Permissions-Policy and CORP on each answer; ``no-store`` on all that says nothing else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
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
        response.headers.setdefault("Content-Language", translation.get_language())
        return response
