"""What pages share: headers, other languages, the redirect, a file to keep.

Here and not in a room, because rooms of four floors have pages: kit, intake, records, reach.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation

View = Callable[..., HttpResponse]
# Refusals that are not simply "look at the form again" (422).
STATUSES = {"too_many": 429, "too_many_for_contact": 429, "link_unknown": 404}
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
    "png": "image/png",
}


class SeeOther(HttpResponseRedirect):
    """After a POST: the next page is fetched by GET, whatever the browser's age."""

    status_code = 303


def private_page(referrer: str) -> Callable[[View], View]:
    """Never stored, never indexed; its address is told to nobody but us.

    Pages with a form say ``same-origin``: under ``no-referrer`` a browser sends ``Origin: null``
    with the form, which the check against forged requests must refuse.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            response["Cache-Control"] = "no-store, private"
            response["Referrer-Policy"] = referrer
            response["X-Robots-Tag"] = "noindex"
            return response

        return answer

    return decorate


def alternates(name: str, *args: str, query: str = "") -> list[dict[str, str]]:
    """The same page in every language, for the switch and for search engines."""
    links = []
    for code, label in settings.LANGUAGES:
        with translation.override(code):
            address = reverse(name, args=args) + (f"?{query}" if query else "")
            links.append({"code": code, "label": label, "url": address})
    return links


def file_to_keep(content: bytes, name: str) -> HttpResponse:
    """A file that the browser stores and does not open, of the kind that its name says."""
    kind = KINDS[name.rpartition(".")[2]]
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
