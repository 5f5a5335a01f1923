"""The two public addresses of a placement. Neither sets a cookie nor ever answers with an error."""

import logging
from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from registration.banners.models import Placement
from registration.banners.notes import note_click, note_view
from registration.banners.pictures import general_picture, picture_of
from registration.banners.rules import is_scanned
from registration.banners.services import find_any_placement, find_placement
from registration.banners.targets import general_page, target_of

logger = logging.getLogger(__name__)

TYPES = {"png": "image/png", "svg": "image/svg+xml"}
# nginx keeps a picture for as long, and a browser for as long again: a changed banner is everywhere
# within five minutes.
KEPT_SECONDS = 140


@require_safe
def click(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to the placement's target and note the click, which is counted within a minute.

    What is unknown, altered or closed leads to the front page in the reader's language. A query
    string that came along is dropped.
    """
    placement = find_placement(code)
    if placement is None:
        # Written as Python would: the code is anybody's text and must not break a line.
        logger.info("A click on a banner that is not placed: %a", code[:20])
        target = general_page(get_language_from_request(request))
    else:
        target = target_of(placement, day=_today(placement), is_scanned=is_scanned(code))
        note_click(request, code)
    response = HttpResponseRedirect(target)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def picture(request: HttpRequest, code: str, kind: str = "png") -> HttpResponseBase:
    """The banner's picture; for a code that nobody was given, the general one."""
    placement = find_any_placement(code)
    if placement is None:
        shown = general_picture(get_language_from_request(request))
    else:
        shown = picture_of(placement, day=_today(placement))
    note_view(request, code)
    etag = f'"{shown.digest}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        drawn = shown.svg() if kind == "svg" else shown.png()
        response = HttpResponse(drawn, content_type=TYPES[kind])
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    # A drawing holds its photo and logos within itself.
    response.headers["Content-Security-Policy"] = "default-src 'none'; img-src data:"
    response.headers["Referrer-Policy"] = "origin"
    if placement is None:
        # Codes can be invented without end: nginx keeps no copy for each.
        response.headers["X-Accel-Expires"] = "0"
        patch_vary_headers(response, ["Accept-Language"])
    return response


def _today(placement: Placement) -> date:
    return timezone.localdate(timezone=placement.unit.jurisdiction.zone)
