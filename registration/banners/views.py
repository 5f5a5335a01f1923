"""The two public addresses of a placement. Neither sets a cookie nor ever answers with an error."""

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language_from_request
from django.views.decorators.http import require_safe

from registration.banners.pictures import general_picture, picture_of
from registration.banners.rules import is_click
from registration.banners.services import count_click, find_any_placement, find_placement
from registration.banners.targets import general_page, target_of

logger = logging.getLogger(__name__)


@require_safe
def click(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to the placement's target and count the click on the day of the unit's zone.

    What is unknown, altered or closed leads to the front page in the reader's language. A query
    string that came along is dropped.
    """
    placement = find_placement(code)
    if placement is None:
        # Written as Python would: the code is anybody's text and must not break a line.
        logger.info("A click on a banner that is not placed: %a", code[:20])
        target = general_page(get_language_from_request(request))
    else:
        target = target_of(placement)
        if is_click(request.method or "", request.headers):
            zone = placement.unit.jurisdiction.zone
            count_click(placement, day=timezone.localdate(timezone=zone))
    response = HttpResponseRedirect(target)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_safe
def picture(request: HttpRequest, code: str) -> HttpResponseBase:
    """The banner's picture; for a code that nobody was given, the general one."""
    placement = find_any_placement(code)
    if placement is None:
        shown = general_picture(get_language_from_request(request))
    else:
        shown = picture_of(placement)
    etag = f'"{shown.digest}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(shown.draw(), content_type="image/png")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["Referrer-Policy"] = "origin"
    if placement is None:
        patch_vary_headers(response, ["Accept-Language"])
    return response
