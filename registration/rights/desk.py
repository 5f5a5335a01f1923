"""The data protection officer's pages: requests by what is due first, and one request."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registration.accounts.access import refused, require_right, staff_of
from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.common.dates import date_time
from registration.common.errors import RuleBroken
from registration.people.rules import show_phone
from registration.people.services import answers_of
from registration.pledges.choices import OPEN_STATES as CORRECTABLE
from registration.pledges.correcting import CORRECTED
from registration.pledges.models import Pledge
from registration.pledges.reasons import ReasonForm
from registration.privacy.services import log_views
from registration.rights import services
from registration.rights.choices import RequestKind, RequestState
from registration.rights.forms import CorrectionForm, DecisionForm
from registration.rights.letters import due_date, is_urgent
from registration.rights.models import DataRequest, LegalClock
from registration.rights.reach import is_own
from registration.rights.rules import OPEN_STATES

PER_PAGE = 50
SHOWN_FIELDS = ["full_name", "contacts", "addresses", "text"]
MATCHED_FIELDS = ["reference", "contacts"]


def visible_to(staff: Staff) -> QuerySet[DataRequest]:
    """The requests of this officer's provinces, and no others."""
    requests = DataRequest.objects.filter(province__in=staff.provinces())
    return requests.select_related("jurisdiction", "province__jurisdiction", "person")


@require_safe
@require_right(Right.ANSWER_REQUESTS)
def work_list(request: HttpRequest) -> HttpResponse:
    """References and clocks, the most urgent first; no name, so nothing is logged."""
    rows = visible_to(staff_of(request))
    shows_ended = request.GET.get("ended") == "1"
    rows = (
        rows.exclude(state__in=OPEN_STATES) if shows_ended else rows.filter(state__in=OPEN_STATES)
    )
    order = "-ended_at" if shows_ended else "act_due_at"
    page = Paginator(rows.order_by(order), PER_PAGE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "page_obj": page,
        "rows": [_row(each, now) for each in page],
        "ended": shows_ended,
        "query": "ended=1" if shows_ended else "",
    }
    return render(request, "rights/desk/work_list.html", context)


def _row(each: DataRequest, now: Any) -> dict[str, Any]:
    waits = each.answered_at is None and each.answer_due_at is not None
    return {
        "data_request": each,
        "answer_due": due_date(each.answer_due_at, each) if waits and each.answer_due_at else "",
        "act_due": due_date(each.act_due_at, each),
        "is_late": each.ended_at is None and each.act_due_at <= now,
        "is_urgent": each.ended_at is None and is_urgent(each, now=now),
    }


def _moment(moment: Any, each: DataRequest) -> str:
    language = translation.get_language()
    return date_time(moment, language, zone=each.jurisdiction.time_zone) if moment else ""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.ANSWER_REQUESTS)
def one(request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
    """A request with what was written, logged first; a POST does one thing with it."""
    staff = staff_of(request)
    found = get_object_or_404(visible_to(staff), pk=request_id)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, _act(form.cleaned_data, found, staff))
            return redirect("rights_desk:one", request_id=found.pk)
        except RuleBroken as error:
            form.refuse(error)
    return show(request, found, form=form)


def correction_form(pledge: Pledge, data: Any = None, *, now: datetime) -> CorrectionForm:
    """Filled with what is kept, which opens the seals: log the view first."""
    told = answers_of(pledge.particulars)
    kept = {"full_name": told.full_name, "birth_date": told.birth_date, "sex": told.sex}
    return CorrectionForm(
        pledge.jurisdiction,
        data,
        has_number=bool(told.identity_number),
        day=now.astimezone(pledge.jurisdiction.zone).date(),
        initial={**kept, "identity_number": told.identity_number},
        auto_id="correct_%s",
    )


def lifting_form(data: Any = None) -> ReasonForm:
    return ReasonForm(data, label=_("Why the restriction is lifted"), auto_id="lift_%s")


def show(request: HttpRequest, found: DataRequest, **forms: Any) -> HttpResponse:
    """The page of one request. Whoever is on it is logged first, or nothing is shown.

    ``forms`` are those that were sent and refused, in place of the empty ones.
    """
    now = timezone.now()
    corrected, pledge = _to_correct(found), _pledge_shown(found)
    try:
        log(request, found, "rights_desk:one", [found.pk], SHOWN_FIELDS, now)
        if pledge:
            fields = list(CORRECTED) if corrected else MATCHED_FIELDS
            log(request, found, "rights_desk:one", [pledge.pk], fields, now)
    except RuleBroken as error:
        return refused(request, error)
    if corrected:
        forms.setdefault("correction", correction_form(corrected, now=now))
    sent = [form for form in forms.values() if form.errors]
    context = {**_shown(found), "form": DecisionForm(), "lifting": lifting_form(), **forms}
    context["sent_forms"] = sent
    return render(request, "rights/desk/one.html", context, status=422 if sent else 200)


def _pledge_shown(found: DataRequest) -> Pledge | None:
    """The registration of which the page tells that it exists, and whose contact it is."""
    return services.registration_of(found) or services.registration_named(found)


def _to_correct(found: DataRequest) -> Pledge | None:
    """The registration that the page offers to correct."""
    asks = found.kind == RequestKind.CORRECT and found.state in OPEN_STATES
    pledge = services.registration_of(found) if asks else None
    return pledge if pledge and pledge.state in CORRECTABLE else None


def log(
    request: HttpRequest,
    found: DataRequest,
    page: str,
    subjects: list[uuid.UUID],
    fields: list[str],
    now: datetime,
) -> None:
    """The reason stands in the log in the country's language, for the person may read it."""
    with translation.override(found.jurisdiction.language):
        reason = _("Request about personal data: %(kind)s") % {
            "kind": RequestKind(found.kind).label
        }
    log_views(
        staff_of(request),
        subjects=subjects,
        page=page,
        fields=fields,
        reason=reason,
        now=now,
    )


def _act(data: dict[str, str], found: DataRequest, staff: Staff) -> str:
    now, action = timezone.now(), data["action"]
    if action == "name":
        services.name_person(found, reference=data["reference"], staff=staff, now=now)
        return _("It is noted whose data the request is about.")
    if action == "first":
        services.answer_first(found, staff=staff, now=now)
        return _("The first answer is on its way.")
    if action == "extend":
        services.extend_request(found, reason=data["reason"], staff=staff, now=now)
        return _("The time is extended and the person is told.")
    if action == "carry_out":
        services.carry_out(found, answer=data["answer"], staff=staff, now=now)
        return _("It is carried out and the answer is on its way.")
    services.refuse_request(found, answer=data["answer"], staff=staff, now=now)
    return _("The request is refused and the answer is on its way.")


def _shown(found: DataRequest) -> dict[str, Any]:
    pledge = _pledge_shown(found)
    clock = LegalClock.objects.get(jurisdiction=found.jurisdiction, kind=found.kind)
    return {
        **_row(found, timezone.now()),
        "received": _moment(found.received_at, found),
        "rows": [
            {"label": _("Full name"), "value": found.full_name},
            {"label": _("E-mail"), "value": found.email},
            {"label": _("Telephone"), "value": show_phone(found.phone) if found.phone else ""},
            {"label": _("Postal address"), "value": found.address},
            {"label": _("Reference of the registration"), "value": found.registration_reference},
            {"label": _("In the person's own words"), "value": found.text},
        ],
        "pledge": pledge,
        "is_own_contact": pledge is not None and services.asks_from_own_contact(found, pledge),
        "is_own": pledge is None or is_own(pledge),
        "is_open": found.state in OPEN_STATES,
        "has_export": has_export(found),
        "restricted": _moment(found.person.restricted_at, found) if found.person else "",
        "acts": [
            {
                "label": act.get_kind_display(),
                "value": f"{_moment(act.done_at, found)}: {act.reason}",
            }
            for act in found.acts.all()
        ],
        "clock": clock,
        "ended": _moment(found.ended_at, found),
    }


def has_export(found: DataRequest) -> bool:
    """Once it is known who asks to learn; with the answer, but not after a refusal."""
    if found.kind != RequestKind.LEARN or found.state == RequestState.REFUSED:
        return False
    pledge = services.registration_of(found)
    return pledge is not None and is_own(pledge)
