"""The steward's list of registrations, without a person in it, and what goes with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.common.dates import date_time
from registration.common.errors import RuleBroken
from registration.common.pages import SeeOther
from registration.common.references import normalise_reference
from registration.ledger.choices import EntryChannel
from registration.pledges.choices import OPEN_STATES, PledgeState, StepKind
from registration.pledges.models import EntryBatch, Pledge
from registration.stewards import worklist
from registration.stewards.choices import name_of_wait
from registration.stewards.models import WithdrawalRequest
from registration.stewards.spreadsheet import csv_lines
from registration.stewards.worklist import Counts, Place, Wanted, visible_to
from registration.units.choices import PledgeKind
from registration.units.models import Province, Unit


@require_safe
@never_cache
@require_right(Right.SEE_PLEDGES)
def work_list(request: HttpRequest) -> HttpResponse:
    """References and what they wait for, oldest first. Nobody's name is in it: nothing is logged.

    ``?reference=`` leads to one registration, ``?print=1`` shows up to 500 rows.
    """
    staff = staff_of(request)
    provinces = worklist.provinces_of(staff)
    asked, problem = request.GET.get("reference", "").strip(), ""
    if asked:
        try:
            return SeeOther(reverse("stewards:one", args=[_find(staff, asked).pk]))
        except RuleBroken as error:
            problem = error.sentence
    wanted, printed = Wanted.from_query(request.GET), "print" in request.GET
    after = Place.read(request.GET.get("after", ""))
    counts = worklist.count_by_step(provinces)
    size = worklist.ON_PAPER if printed else worklist.PER_PAGE
    pledges, following = worklist.page_of(wanted, counts, after=after, size=size)
    now, language = timezone.now(), translation.get_language()
    context = {
        "rows": [worklist.row_of(pledge, now=now, language=language) for pledge in pledges],
        "wanted": wanted,
        "query": wanted.query(),
        "next_query": wanted.query(after=str(following)) if following else "",
        "is_later": after is not None,
        "tabs": _tabs(wanted, counts, provinces),
        "asked": asked,
        "problem": problem,
        "printed": printed,
        "provinces": provinces,
        "most": worklist.ON_PAPER,
        "may_step": staff.may(Right.STEP_PLEDGES),
    }
    if wanted.is_narrow or "narrow" in request.GET:
        context |= {"is_narrowing": True, **_choices(provinces)}
    return render(request, "stewards/work_list.html", context)


def _find(staff: Staff, asked: str) -> Pledge:
    """The registration of a reference as it was typed, or ``RuleBroken`` with the reason."""
    reference = normalise_reference(asked)
    if reference is None:
        raise RuleBroken(
            "not_a_reference",
            _("%(asked)s is no reference: one of its letters was mistyped."),
            asked=asked[:20],
        )
    found = visible_to(staff).filter(reference=reference).first()
    if found is None:
        raise RuleBroken(
            "reference_unknown",
            _("There is no registration %(reference)s in your province."),
            reference=reference,
        )
    return found


def _choices(provinces: list[Province]) -> dict[str, Any]:
    return {
        "states": PledgeState.choices,
        "channels": EntryChannel.choices,
        "units": Unit.objects.filter(province__in=provinces, is_active=True),
        "batches": EntryBatch.objects.filter(province__in=provinces).order_by("-opened_at")[:50],
    }


def _tabs(wanted: Wanted, counts: Counts, provinces: list[Province]) -> list[dict[str, Any]]:
    """All that waits, then each step that anything waits for, with how many."""
    kinds = {province.jurisdiction.pledge_kind for province in provinces}
    kind = kinds.pop() if len(kinds) == 1 else PledgeKind.APPLICATION
    numbers = dict.fromkeys((*StepKind.values, ""), 0)
    for (_province, step), number in counts.items():
        numbers[step] += number
    waiting = sum(number for step, number in numbers.items() if step)
    # Translators: all registrations for which something is to be done
    tabs = [{"step": "", "name": _("All that wait"), "number": waiting}]
    tabs += [
        {"step": step or worklist.NOTHING, "name": name_of_wait(step, kind), "number": number}
        for step, number in numbers.items()
        if number or (step and step == wanted.step)
    ]
    for tab in tabs:
        tab |= {"query": wanted.query(step=str(tab["step"])), "current": tab["step"] == wanted.step}
    return tabs


@require_safe
@never_cache
@require_right(Right.SEE_PLEDGES)
def export(request: HttpRequest) -> HttpResponseBase:
    """The list as CSV, whole: references, no person."""
    staff = staff_of(request)
    found = Wanted.from_query(request.GET).all_of(list(staff.provinces()))
    lines = csv_lines(found, language=translation.get_language())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="registrations.csv"'
    return response


@require_safe
@never_cache
@require_right(Right.SEE_PLEDGES)
def withdrawals(request: HttpRequest) -> HttpResponse:
    """What was asked to be withdrawn and waits for a second member of staff."""
    staff = staff_of(request)
    language = translation.get_language()
    asked = (
        WithdrawalRequest.objects.filter(
            pledge__province__in=staff.provinces(),
            pledge__state__in=OPEN_STATES,
            decided_at__isnull=True,
        )
        .select_related("pledge__jurisdiction", "asked_by")
        .order_by("asked_at")[: worklist.ON_PAPER]
    )
    rows = [
        {
            "asked": each,
            "when": date_time(each.asked_at, language, zone=each.pledge.jurisdiction.time_zone),
            "is_own": each.asked_by_id == staff.pk,
        }
        for each in asked
    ]
    return render(request, "stewards/withdrawals.html", {"rows": rows})
