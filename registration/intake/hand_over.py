"""The pages after an intent: how to make the statement that counts, and the reminder's page."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods, require_safe

from registration.common.errors import RuleBroken
from registration.common.pages import STATUSES, SeeOther, private_page
from registration.intake.desks import call_lines_in, desks_in
from registration.intake.doors import find_door
from registration.intake.followup import answer_by_link, open_follow_up
from registration.intake.pages import alternates
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.events import with_origin
from registration.pledges.steps import steps_taken
from registration.units.models import Locality, Province

PUBLIC_SECONDS = 300
# Where the legal act is made elsewhere, and the page that leads there.
HAND_OVERS = {"TR": "intake/hand_over_tr.html"}


@require_safe
def hand_over(request: HttpRequest, province: str) -> HttpResponse:
    """What a record here is worth, and the statement that counts, step by step; no person in it.

    ``?district=`` puts the desks of that district first.
    """
    door = find_door(province, language=translation.get_language(), now=timezone.now())
    if door is None or door.jurisdiction.code not in HAND_OVERS:
        raise Http404
    districts = list(Locality.objects.filter(province=door.province))
    asked = request.GET.get("district", "")[:40]
    district = next((place for place in districts if place.code == asked), None)
    context = {
        "jurisdiction": door.jurisdiction,
        "department": door.department,
        "province": door.province,
        "districts": districts,
        "district": district,
        "alternates": alternates(request, "intake:hand_over", province),
        **_help_nearby(door.province, district),
    }
    response = render(request, HAND_OVERS[door.jurisdiction.code], context)
    patch_cache_control(response, public=True, max_age=PUBLIC_SECONDS)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@private_page("same-origin")
def follow_up(request: HttpRequest, token: str) -> HttpResponse:
    """ "Done", "I need help", "I changed my mind": each one button. Only the POST does anything."""
    now = timezone.now()
    context: dict[str, Any] = {"alternates": alternates(request, "intake:follow_up", token)}
    try:
        if request.method == "POST":
            answer_by_link(token, request.POST.get("answer", ""), now=now)
            return SeeOther(reverse("intake:follow_up", args=[token]))
        link = open_follow_up(token, now=now)
    except RuleBroken as error:
        context["trouble"] = error
        status = STATUSES.get(error.code, 410)
        return render(request, "intake/follow_up_ended.html", context, status=status)
    pledge = with_origin().get(pk=link.about)
    taken = [step.kind for step in steps_taken(pledge)]
    context |= {
        "pledge": pledge,
        "is_active": pledge.state == PledgeState.CONFIRMED,
        "is_restricted": pledge.person.restricted_at is not None,
        "is_withdrawn": pledge.state == PledgeState.WITHDRAWN,
        "is_done": StepKind.HANDED_OVER in taken,
        "said_done_last": taken[-1:] == [StepKind.HANDED_OVER],
        "waits_for_call": pledge.next_step == StepKind.CONTACTED,
        "hand_over_url": _hand_over_url(pledge.province),
        **_help_nearby(pledge.province, pledge.particulars.locality),
    }
    return render(request, "intake/follow_up.html", context)


def _help_nearby(province: Province, district: Locality | None) -> dict[str, Any]:
    return {"desks": desks_in(province, district), "call_lines": call_lines_in(province)}


def _hand_over_url(province: Province) -> str:
    if province.jurisdiction_id not in HAND_OVERS:
        return ""
    return reverse("intake:hand_over", args=[province.address_code])
