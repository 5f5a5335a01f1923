"""The steward's pages: the list of registrations, without a person in it, and one registration."""

import uuid
from typing import Any, cast

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from registration.accounts.access import require_right
from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.common.dates import date_time
from registration.common.errors import RuleBroken
from registration.people.services import contradictions_of
from registration.pledges.answers import stored_answers
from registration.pledges.choices import PledgeState
from registration.pledges.models import Pledge
from registration.pledges.organs import organs_offered
from registration.pledges.summary import summary_groups
from registration.privacy.services import log_view

PER_PAGE = 50
SHOWN_FIELDS = ["full_name", "birth_date", "contacts", "identity_number", "addresses", "organs"]


def visible_to(staff: Staff) -> QuerySet[Pledge]:
    """The registrations of the provinces that this member of staff works on, and no others."""
    return Pledge.objects.filter(province__in=staff.provinces())


@require_safe
@require_right(Right.SEE_PLEDGES)
def work_list(request: HttpRequest) -> HttpResponse:
    """References and states, newest first. Nobody's name is in it, so nothing is logged."""
    pledges = visible_to(cast(Staff, request.user)).select_related(
        "province__jurisdiction", "placement__unit"
    )
    state = request.GET.get("state", "")
    if state in PledgeState.values:
        pledges = pledges.filter(state=state)
    page = Paginator(pledges.order_by("-received_at"), PER_PAGE).get_page(request.GET.get("page"))
    language = translation.get_language()
    context = {
        "page_obj": page,
        "rows": [_row(pledge, language) for pledge in page],
        "states": PledgeState.choices,
        "state": state,
        "query": f"state={state}" if state in PledgeState.values else "",
    }
    return render(request, "pledges/desk/work_list.html", context)


def _row(pledge: Pledge, language: str) -> dict[str, Any]:
    zone = pledge.province.jurisdiction.time_zone
    return {"pledge": pledge, "received": date_time(pledge.received_at, language, zone=zone)}


@require_safe
@require_right(Right.SEE_PLEDGES)
def one(request: HttpRequest, pledge: uuid.UUID) -> HttpResponse:
    """A registration with the person's particulars. The view is logged first, or refused."""
    staff = cast(Staff, request.user)
    found = get_object_or_404(
        visible_to(staff)
        .select_related(
            "jurisdiction",
            "department",
            "placement__unit",
            "particulars__person",
            "particulars__province",
            "particulars__locality",
        )
        .prefetch_related("particulars__contacts"),
        pk=pledge,
    )
    try:
        log_view(
            staff,
            subject=found.pk,
            page="pledges_desk:one",
            fields=SHOWN_FIELDS,
            now=timezone.now(),
        )
    except RuleBroken as error:
        return render(request, "pledges/desk/refused.html", {"trouble": error}, status=503)
    language = translation.get_language()
    answers = stored_answers(found)
    names = organs_offered(found.jurisdiction, also=answers.organs).names
    context = {
        **_row(found, language),
        "groups": summary_groups(answers, kind=found.kind, organ_names=names, language=language),
        "warnings": contradictions_of(answers.person),
    }
    return render(request, "pledges/desk/one.html", context)
