"""The public addresses of a prompt. Each is that of the wording whose turn it is.

So they count, answer and fail as those of any banner: never with an error, never with a cookie.
"""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from registration.banners import embeds, views
from registration.banners.prompts import find_prompt, seconds_left, wording_by_chance, wording_of


@require_safe
def click(request: HttpRequest, code: str) -> HttpResponse:
    return views.click(request, _in_this_hour(code))


@require_safe
def picture(request: HttpRequest, code: str) -> HttpResponseBase:
    """This hour's wording; nobody keeps it for longer than the hour."""
    response = views.picture(request, _in_this_hour(code))
    seconds = min(views.KEPT_SECONDS, seconds_left(timezone.now()))
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


@require_safe
def frame(request: HttpRequest, code: str) -> HttpResponse:
    """A wording by chance, for the unit's websites alone; kept by nobody."""
    prompt = find_prompt(code)
    wording = wording_by_chance(prompt, now=timezone.now()) if prompt else None
    response = embeds.frame(request, wording.code if wording else code)
    response.headers["Cache-Control"] = "no-store"
    return response


def _in_this_hour(code: str) -> str:
    """The code of the wording, or what was asked for, which is then as unknown there."""
    prompt = find_prompt(code)
    wording = wording_of(prompt, now=timezone.now()) if prompt else None
    return wording.code if wording else code
