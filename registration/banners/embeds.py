"""What stands on other websites beside the picture: the component's words and figures, the frame.

Neither sets or reads a cookie, and neither ever answers with an error: somebody else's page would
show it. A code that is unknown or closed gets the general banner.
"""

import logging
from copy import copy
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import (
    get_language_from_request,
    get_language_info,
)
from django.views.decorators.http import require_safe

from registration.banners.choices import Look, Size
from registration.banners.colours import PALETTES, over
from registration.banners.models import Placement
from registration.banners.notes import note_view
from registration.banners.origins import is_of_a_unit, origin_of, origins_of
from registration.banners.pictures import Picture, general_picture, picture_of
from registration.banners.progress import Progress, progress_in_words, progress_of
from registration.banners.services import find_any_placement
from registration.banners.views import KEPT_SECONDS

logger = logging.getLogger(__name__)

FRAME_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
)


@require_safe
def figures(request: HttpRequest, code: str) -> HttpResponse:
    """The banner's words in each language, its colours, and how far its campaign is: JSON."""
    placement = _find(code)
    if placement is None:
        told = _general(_language_of(request), Size.LEADERBOARD)
    elif _is_general(placement):
        told = _general(placement.language, Size(placement.size))
    else:
        told = _told(placement)
    note_view(request, code)
    response = JsonResponse(told, json_dumps_params={"ensure_ascii": False})
    # For anybody's page: what it says is public, and no cookie comes along.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return _public(response, placement)


@require_safe
def frame(request: HttpRequest, code: str) -> HttpResponse:
    """The picture on a page of its own, which the unit's websites may frame and nobody else."""
    placement = _find(code)
    language = placement.language if placement else _language_of(request)
    size = Size(placement.size) if placement else Size.LEADERBOARD
    width, height = size.pixels
    page = render_to_string(
        "banners/frame.html",
        {
            "code": code,
            "language": language,
            "direction": _direction(language),
            "alt": _alt_of(placement, language),
            "width": width,
            "height": height,
        },
    )
    note_view(request, code)
    response = HttpResponse(page)
    ancestors = _ancestors(request, placement)
    allowed = " ".join(ancestors) or "'none'"
    response.headers["Content-Security-Policy"] = f"{FRAME_POLICY}; frame-ancestors {allowed}"
    # It knows no list: where one is given, the older header would refuse them all.
    response.xframe_options_exempt = bool(ancestors)
    _public(response, placement)
    if placement is None:
        # Made for the page that asked; kept by nobody, and so shown on no other.
        response.headers["Cache-Control"] = "no-store"
    return response


def _ancestors(request: HttpRequest, placement: Placement | None) -> list[str]:
    """Who may frame: the websites of the placement's unit, be the placement open or closed.

    A code that nobody was given has no unit. `'none'` would put the browser's own message of error
    onto the page, and a wildcard would let anybody frame us. So the page that asks is believed when
    it names itself as the website of a unit that takes part: it is most likely one that copied its
    code badly, and it gets the general banner. No other page can name itself so in a browser.
    """
    if placement is not None:
        return origins_of(placement.unit)
    asking = origin_of(request.headers.get("Referer", ""))
    return [asking] if asking and is_of_a_unit(asking) else []


def _find(code: str) -> Placement | None:
    placement = find_any_placement(code)
    if placement is None or placement.closed_at is not None:
        logger.info("A banner was asked for that is not placed: %a", code[:20])
    return placement


def _told(placement: Placement) -> dict[str, Any]:
    progress = progress_of(placement.banner.campaign)
    prefetch_related_objects([placement.banner], "owners__unit")
    texts = {}
    for language, _name in settings.LANGUAGES:
        spoken = copy(placement)
        spoken.language = language
        texts[language] = _words(picture_of(spoken, day=_today(placement)), progress)
    return {
        "version": 1,
        "language": placement.language,
        "size": placement.size,
        "colours": _colours(Look(placement.banner.look)),
        "texts": texts,
        "progress": progress and progress.told,
    }


def _general(language: str, size: Size) -> dict[str, Any]:
    return {
        "version": 1,
        "language": language,
        "size": size,
        "colours": _colours(Look.DEEP),
        "texts": {code: _words(general_picture(code), None) for code, _name in settings.LANGUAGES},
        "progress": None,
    }


def _words(picture: Picture, progress: Progress | None) -> dict[str, str]:
    return {
        "headline": picture.headline,
        "call": picture.call,
        "owner": " · ".join(owner.name for owner in picture.owners),
        "progress": progress_in_words(progress, picture.language) if progress else "",
        "dir": _direction(picture.language),
    }


def _colours(look: Look) -> dict[str, Any] | None:
    """What the component paints with; None where only the picture can be shown.

    The light look is a light in a dark room: who reads in the dark gets the dark one.
    """
    if look == Look.PHOTO:
        return None
    colours: dict[str, Any] = _paints(look)
    if look == Look.LIGHT:
        colours["dark"] = _paints(Look.DEEP)
    return colours


def _paints(look: Look) -> dict[str, str]:
    palette = PALETTES[look]
    return {
        "ground": palette.ground,
        "ink": palette.text,
        "soft": palette.soft,
        "button": palette.pill,
        "button_ink": palette.label,
        "track": over(palette.text, 0.2, palette.ground),
        "bar": palette.leaf,
        "heart": palette.heart,
        "vein": palette.vein,
    }


def _is_general(placement: Placement) -> bool:
    return placement.closed_at is not None or not placement.banner.is_shown_on(_today(placement))


def _alt_of(placement: Placement | None, language: str) -> str:
    if placement is None or _is_general(placement):
        return general_picture(language).headline
    with translation.override(language):
        return placement.banner.alt or ""


def _today(placement: Placement) -> date:
    return timezone.localdate(timezone=placement.unit.jurisdiction.zone)


def _direction(language: str) -> str:
    return "rtl" if get_language_info(language)["bidi"] else "ltr"


def _language_of(request: HttpRequest) -> str:
    return get_language_from_request(request)


def _public(response: HttpResponse, placement: Placement | None) -> HttpResponse:
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Referrer-Policy"] = "origin"
    if placement is None:
        # Codes can be invented without end: nginx keeps no copy for each.
        response.headers["X-Accel-Expires"] = "0"
        patch_vary_headers(response, ["Accept-Language"])
    return response
