"""The steward's pages on duplicates: likely pairs, two side by side, what was merged."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.common.dates import date_time, short_date
from registration.common.errors import RuleBroken
from registration.common.pages import SeeOther
from registration.merges.comparison import compare as compare_rows
from registration.merges.comparison import standing_of
from registration.merges.forms import MergeForm
from registration.merges.rules import stays
from registration.merges.services import dismiss_pair
from registration.merges.twins import find_pairs, with_signals
from registration.pledges.events import with_origin
from registration.pledges.merging import (
    MERGE_CAN_BE_TAKEN_BACK,
    merge_pledges,
    require_alike,
    take_back_merge,
)
from registration.pledges.models import Merge, Pledge
from registration.privacy.reasons import reason_in_words
from registration.privacy.services import log_view

PER_PAGE = 30
# Translators: why staff saw a person's data, as the person may read it in the access log
COMPARED = gettext_lazy("Check for duplicates")
SHOWN_FIELDS = ["full_name", "birth_date", "contacts", "identity_number", "addresses", "organs"]


@require_safe
@require_right(Right.MERGE_PLEDGES)
def twins(request: HttpRequest) -> HttpResponse:
    """Likely pairs by reference and signal. Nobody's name is in the list, so nothing is logged."""
    staff = staff_of(request)
    page = Paginator(find_pairs(staff.provinces()), PER_PAGE).get_page(request.GET.get("page"))
    language = translation.get_language()
    rows = [
        {
            "pair": pair,
            "first": _received(pair.first, language),
            "second": _received(pair.second, language),
        }
        for pair in with_signals(list(page))
    ]
    return render(request, "merges/twins.html", {"rows": rows, "page_obj": page})


def _received(pledge: Pledge, language: str) -> str:
    zone = pledge.province.jurisdiction.zone
    return short_date(pledge.received_at.astimezone(zone).date(), language)


def visible_pair(request: HttpRequest, first: uuid.UUID, second: uuid.UUID) -> list[Pledge]:
    """Both registrations, each in the steward's provinces and both of one country; else 404."""
    visible = with_origin().filter(province__in=staff_of(request).provinces())
    found = visible.prefetch_related("steps").in_bulk([first, second])
    if len(found) != 2 or found[first].jurisdiction_id != found[second].jurisdiction_id:
        raise Http404
    return [found[first], found[second]]


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@require_right(Right.MERGE_PLEDGES)
def compare(request: HttpRequest, first: uuid.UUID, second: uuid.UUID) -> HttpResponse:
    """Both side by side, and the button that merges them."""
    pair = visible_pair(request, first, second)
    data = request.POST if request.method == "POST" else None
    kept = pair[0] if stays(*map(standing_of, pair)) else pair[1]
    form = MergeForm(*pair, data, initial={"kept": str(kept.pk)})
    if data is None:
        return _compare_page(request, pair, form)
    if not form.is_valid():
        return _compare_page(request, pair, form, status=422)
    try:
        _merge(staff_of(request), pair, form)
    except RuleBroken as error:
        return _compare_page(request, pair, form, trouble=error, status=422)
    messages.success(request, _("The two registrations were merged."))
    return SeeOther(reverse("merges:merged"))


def _merge(staff: Staff, pair: list[Pledge], form: MergeForm) -> Merge:
    kept, merged = sorted(pair, key=lambda one: str(one.pk) != form.cleaned_data["kept"])
    reason = form.cleaned_data["reason"]
    return merge_pledges(kept, merged, staff=staff, reason=reason, now=timezone.now())


def _compare_page(
    request: HttpRequest,
    pair: list[Pledge],
    form: MergeForm,
    *,
    trouble: RuleBroken | None = None,
    status: int = 200,
) -> HttpResponse:
    """Both persons, after both views were logged; neither is shown when one could not be.

    Nor are two who are not alike: this page is for no other comparison.
    """
    now = timezone.now()
    try:
        require_alike(*pair)
        for one in pair:
            log_view(
                staff_of(request),
                subject=one.pk,
                page="merges:compare",
                fields=SHOWN_FIELDS,
                reason=reason_in_words(COMPARED, one.jurisdiction),
                now=now,
            )
    except RuleBroken as error:
        code = 403 if error.code == "not_alike" else 503
        return render(request, "merges/refused.html", {"trouble": error}, status=code)
    context = {
        "first": pair[0],
        "second": pair[1],
        "groups": compare_rows(*pair, language=translation.get_language()),
        "form": form,
        "trouble": trouble,
        "is_one_person": pair[0].person_id == pair[1].person_id,
    }
    return render(request, "merges/compare.html", context, status=status)


@require_POST
@require_right(Right.MERGE_PLEDGES)
def dismiss(request: HttpRequest, first: uuid.UUID, second: uuid.UUID) -> HttpResponse:
    """They are two people."""
    pair = visible_pair(request, first, second)
    dismiss_pair(*pair, staff=staff_of(request), now=timezone.now())
    messages.success(request, _("This pair is not shown again."))
    return SeeOther(reverse("merges:twins"))


def visible_merges(staff: Staff) -> QuerySet[Merge]:
    provinces = staff.provinces()
    return Merge.objects.filter(
        kept__province__in=provinces, merged__province__in=provinces
    ).select_related("kept__province__jurisdiction", "merged", "staff", "taken_back_by")


@require_safe
@require_right(Right.MERGE_PLEDGES)
def merged(request: HttpRequest) -> HttpResponse:
    """What was merged, newest first, with the button that parts it again for 30 days."""
    found = visible_merges(staff_of(request)).order_by("-merged_at")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    now, language = timezone.now(), translation.get_language()
    rows = [_merge_row(merge, now, language) for merge in page]
    return render(request, "merges/merged.html", {"rows": rows, "page_obj": page})


def _merge_row(merge: Merge, now: datetime, language: str) -> dict[str, Any]:
    zone = merge.kept.province.jurisdiction.time_zone
    until = merge.merged_at + MERGE_CAN_BE_TAKEN_BACK
    return {
        "merge": merge,
        "merged_at": date_time(merge.merged_at, language, zone=zone),
        "until": date_time(until, language, zone=zone),
        "can_be_taken_back": merge.taken_back_at is None and now <= until,
        "taken_back_at": (
            date_time(merge.taken_back_at, language, zone=zone) if merge.taken_back_at else ""
        ),
    }


@require_POST
@require_right(Right.MERGE_PLEDGES)
def take_back(request: HttpRequest, merge: uuid.UUID) -> HttpResponse:
    """Part two registrations that were merged."""
    staff = staff_of(request)
    found = get_object_or_404(visible_merges(staff), pk=merge)
    try:
        take_back_merge(found, staff=staff, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The merge was taken back. Both registrations stand again."))
    return SeeOther(reverse("merges:merged"))
