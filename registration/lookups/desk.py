"""The coordinator's pages: ask for one person, and check an answer that was given before."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.cards.rules import CARD_LAW
from registration.common.dates import date_time, short_date
from registration.common.errors import RuleBroken
from registration.common.references import normalise_reference
from registration.lookups.choices import Certainty
from registration.lookups.forms import LookUpForm
from registration.lookups.models import LookUp
from registration.lookups.services import (
    Answer,
    earlier_answer,
    look_up,
    require_switch,
    switches_of,
)
from registration.pledges.organs import organs_offered
from registration.privacy.reasons import reason_in_words
from registration.privacy.services import log_view
from registration.units.models import Unit

SHOWN_FIELDS = ["state", "certainty", "organs", "card"]
# Translators: why staff saw a person's data, as the person may read it in the access log
LOOKED_UP = gettext_lazy("Look-up by a coordinator, %(serial)s")
STATUSES = {"look_up_off": 403, "budget_spent": 429}


def _unit_of(request: HttpRequest) -> Unit:
    """The coordinator's unit with its country, fetched once for the whole page."""
    staff = staff_of(request)
    if staff.unit_id is None:
        raise PermissionDenied
    staff.unit = Unit.objects.select_related("jurisdiction").get(pk=staff.unit_id)
    return staff.unit


def _refused(request: HttpRequest, error: RuleBroken) -> HttpResponse:
    status = STATUSES.get(error.code, 503)
    return render(request, "lookups/refused.html", {"trouble": error}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@never_cache
@require_right(Right.LOOK_UP)
def ask(request: HttpRequest) -> HttpResponse:
    """The form; the answer is shown on the POST alone and has no address of its own."""
    staff, unit, now = staff_of(request), _unit_of(request), timezone.now()
    day = now.astimezone(unit.jurisdiction.zone).date()
    form = LookUpForm(unit.jurisdiction, request.POST or None, day=day)
    try:
        if request.method == "POST" and form.is_valid():
            answer = look_up(staff, **form.cleaned_data, now=now)
            return _answer_page(request, answer)
        require_switch(staff, switches_of(unit.jurisdiction))
    except RuleBroken as error:
        return _refused(request, error)
    status = 422 if form.errors else 200
    return render(request, "lookups/ask.html", {"form": form}, status=status)


def _answer_page(request: HttpRequest, answer: Answer) -> HttpResponse:
    row, language = answer.look_up, translation.get_language()
    zone = row.unit.jurisdiction.time_zone
    context: dict[str, Any] = {
        "answer": answer,
        "certainties": Certainty,
        "answered": date_time(row.made_at, language, zone=zone),
    }
    if answer.pledge:
        log_view(
            row.staff,
            subject=answer.pledge.pk,
            page="lookups:ask",
            fields=SHOWN_FIELDS,
            reason=_log_reason(row),
            now=row.made_at,
        )
        context |= {"rows": _rows(answer, language, zone), "worth": _worth(answer)}
    return render(request, "lookups/answer.html", context)


def _log_reason(row: LookUp) -> str:
    """In fixed words: the case and its story are the hospital's, and the person may read the log.

    The serial number leads staff to the rest.
    """
    return reason_in_words(LOOKED_UP, row.unit.jurisdiction, serial=row.serial)


def _worth(answer: Answer) -> str:
    """What the answer is worth in law, in the words of the country."""
    pledge = answer.pledge
    if pledge is None:
        return ""
    return str(CARD_LAW[pledge.kind] if answer.card else pledge.jurisdiction.legal_weight)


def _rows(answer: Answer, language: str, zone: str) -> list[dict[str, str]]:
    pledge, card = answer.pledge, answer.card
    if pledge is None:
        return []
    codes = pledge.organ_codes
    names = organs_offered(pledge.jurisdiction, also=codes).names
    organs = ", ".join(name for code, name in names.items() if code in codes)

    def moment(value: Any) -> str:
        return date_time(value, language, zone=zone) if value else "–"

    rows = [
        (_("Reference"), pledge.reference),
        (_("Kind"), pledge.get_kind_display()),
        (_("State"), pledge.get_state_display()),
        (_("Organs and tissues"), organs or _("Not said here")),
        (_("Received at"), moment(pledge.received_at)),
        (_("Confirmed at"), moment(pledge.confirmed_at)),
    ]
    if pledge.ended_at:
        rows.append((_("Ended at"), moment(pledge.ended_at)))
    if card:
        rows += [
            (_("Card number"), card.number),
            (_("Issuer"), card.issuer.name),
            (_("Issued on"), short_date(card.issued_on, language)),
        ]
    rows.append((_("Department"), pledge.department.name))
    return [{"label": label, "value": value} for label, value in rows]


@require_safe
@never_cache
@require_right(Right.LOOK_UP)
def find_earlier(request: HttpRequest) -> HttpResponse:
    """From a serial number as it was written down to its page."""
    serial = normalise_reference(request.GET.get("serial", "")[:30])
    if serial is None:
        error = RuleBroken("serial_unknown", _("This is no serial number of an answer."))
        return render(request, "lookups/refused.html", {"trouble": error}, status=404)
    return redirect("lookups:earlier", serial)


@require_safe
@never_cache
@require_right(Right.LOOK_UP)
def earlier(request: HttpRequest, serial: str) -> HttpResponse:
    """An answer of one's own unit as it was given then; nothing is asked anew."""
    staff, now = staff_of(request), timezone.now()
    row = earlier_answer(staff, serial)
    if row is None:
        raise Http404
    try:
        _log_earlier(staff, row, now)
    except RuleBroken as error:
        return _refused(request, error)
    language, zone = translation.get_language(), row.unit.jurisdiction.time_zone
    rows = [
        {"label": _("Serial number"), "value": row.serial},
        {"label": _("Answered at"), "value": date_time(row.made_at, language, zone=zone)},
        {"label": _("Answer then"), "value": row.get_answer_display()},
        {"label": _("Case number"), "value": row.case_words.case_number},
        {"label": _("Reason"), "value": row.case_words.reason},
        {
            "label": pgettext("look-up", "Asked by"),
            "value": row.staff.get_full_name() or row.staff.username,
        },
    ]
    return render(request, "lookups/earlier.html", {"rows": rows})


def _log_earlier(staff: Staff, row: LookUp, now: Any) -> None:
    if row.subject:
        log_view(
            staff,
            subject=row.subject,
            page="lookups:earlier",
            fields=["certainty"],
            reason=_log_reason(row),
            now=now,
        )
