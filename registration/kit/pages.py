"""What the kit's pages share: who may keep an answer, other languages, the placement they show."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from registration.banners.models import Placement
from registration.banners.services import find_any_placement, may_carry
from registration.common.pages import View, alternates

PUBLIC_SECONDS = 60


def public(*, seconds: int = PUBLIC_SECONDS) -> Callable[[View], View]:
    """Anybody may keep what was found for so long. The view sets no cookie and asks for none."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if response.status_code == 200:
                patch_cache_control(response, public=True, max_age=seconds)
            return response

        return answer

    return decorate


def of_placement(view: View) -> View:
    """Fetch the placement, which the view gets in place of its code.

    A code that nobody was given, and a banner that is no longer given out, get a page that says so.
    """

    @wraps(view)
    def answer(request: HttpRequest, code: str, **more: str) -> HttpResponse:
        placement = find_any_placement(code)
        if placement is None or placement.prompt_id is not None:
            context: dict[str, object] = {"alternates": alternates("kit:choose")}
            response = render(request, "kit/unknown.html", context, status=404)
        elif is_over(placement):
            links = alternates("kit:placed", placement.code)
            context = {"placement": placement, "alternates": links}
            response = render(request, "kit/ended.html", context, status=410)
        else:
            response = view(request, placement, **more)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return answer


def is_over(placement: Placement) -> bool:
    day = timezone.localdate(timezone=placement.unit.jurisdiction.zone)
    return placement.closed_at is not None or not may_carry(
        placement.banner, placement.unit, day=day
    )
