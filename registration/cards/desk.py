"""Desk pages of cards: the steward issues, prints and takes back, a coordinator checks."""

import uuid
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registration.accounts.access import refused, require_right, staff_of
from registration.accounts.choices import Right
from registration.cards.documents import card_pdf
from registration.cards.forms import IssueForm
from registration.cards.models import Card
from registration.cards.services import (
    find_card,
    issue_card,
    undo_card,
    valid_card_of,
    validity_of,
)
from registration.common.dates import date_time, short_date
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.common.references import new_reference
from registration.people.services import answers_of
from registration.pledges.events import with_origin
from registration.pledges.models import Pledge
from registration.pledges.reasons import ReasonForm
from registration.privacy.reasons import reason_in_words
from registration.privacy.services import log_view

SHOWN_FIELDS = ["full_name", "birth_date", "card_address", "card"]
LAYOUTS = ("card", "sheet")
# Translators: why staff saw a person's data, as the person may read it in the access log
WORK_ON_CARD = gettext_lazy("Work on the donor card")
# Translators: why staff saw a person's data, as the person may read it in the access log
PRINTED = gettext_lazy("Print of the donor card")
# A coordinator checks a handful a day; whoever tries codes is stopped.
CHECKS = Limit("card.check", times=60, seconds=3600)


def _pledge(request: HttpRequest, pledge: uuid.UUID) -> Pledge:
    theirs = with_origin().filter(province__in=staff_of(request).provinces())
    return get_object_or_404(theirs, pk=pledge)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.STEP_PLEDGES)
def issue(request: HttpRequest, pledge: uuid.UUID) -> HttpResponse:
    """The form of a card's number, issuer and day; once issued, the card and its undoing."""
    staff, found, now = staff_of(request), _pledge(request, pledge), timezone.now()
    day = now.astimezone(found.jurisdiction.zone).date()
    form = IssueForm(found, staff, request.POST or None, day=day)
    if request.method == "POST" and form.is_valid():
        try:
            issue_card(found, **form.cleaned_data, staff=staff, now=now)
        except RuleBroken as error:
            form.add_error(error.field if error.field in form.fields else None, error.sentence)
        else:
            messages.success(request, _("The card is issued and the person is told."))
            return redirect("cards:issue", pledge)
    return _issue_page(request, found, form=form, reason_form=_reason_form(), now=now)


def _issue_page(
    request: HttpRequest, pledge: Pledge, *, form: IssueForm, reason_form: ReasonForm, now: datetime
) -> HttpResponse:
    try:
        log_view(
            staff_of(request),
            subject=pledge.pk,
            page="cards:issue",
            fields=SHOWN_FIELDS,
            reason=reason_in_words(WORK_ON_CARD, pledge.jurisdiction),
            now=now,
        )
    except RuleBroken as error:
        return refused(request, error)
    language, told, card = translation.get_language(), answers_of(pledge.particulars), None
    card = valid_card_of(pledge)
    rows = [
        {"label": _("Full name"), "value": told.full_name},
        {
            "label": _("Date of birth"),
            "value": short_date(told.birth_date, language) if told.birth_date else "",
        },
        {"label": _("Address to post the card to"), "value": told.card_address},
    ]
    context = {
        "pledge": pledge,
        "rows": rows,
        "card": card,
        "card_rows": _card_rows(card, language) if card else [],
        "form": form,
        "reason_form": reason_form,
    }
    has_errors = bool(form.errors or reason_form.errors)
    return render(request, "cards/desk/issue.html", context, status=422 if has_errors else 200)


def _reason_form(data: Any = None) -> ReasonForm:
    return ReasonForm(data, label=_("Reason"))


def _card_rows(card: Card, language: str) -> list[dict[str, str]]:
    return [
        {"label": _("Card number"), "value": card.number},
        {"label": _("Issuer"), "value": card.issuer.name},
        {"label": _("Issued on"), "value": short_date(card.issued_on, language)},
    ]


@require_POST
@never_cache
@require_right(Right.STEP_PLEDGES)
def undo(request: HttpRequest, pledge: uuid.UUID) -> HttpResponse:
    staff, found, now = staff_of(request), _pledge(request, pledge), timezone.now()
    form = _reason_form(request.POST)
    card = valid_card_of(found)
    if card is None:
        return redirect("cards:issue", pledge)
    if form.is_valid():
        try:
            undo_card(card, staff=staff, reason=form.cleaned_data["reason"], now=now)
        except RuleBroken as error:
            form.refuse(error)
        else:
            messages.success(request, _("The card is taken back and the person is told."))
            return redirect("cards:issue", pledge)
    day = now.astimezone(found.jurisdiction.zone).date()
    return _issue_page(
        request, found, form=IssueForm(found, staff, day=day), reason_form=form, now=now
    )


@require_safe
@never_cache
@require_right(Right.STEP_PLEDGES)
def document(request: HttpRequest, pledge: uuid.UUID, layout: str) -> HttpResponse:
    """The card to print: of card size, or on an A4 sheet."""
    found = _pledge(request, pledge)
    card = valid_card_of(found)
    if card is None or layout not in LAYOUTS:
        raise Http404
    try:
        log_view(
            staff_of(request),
            subject=found.pk,
            page="cards:document",
            fields=["full_name", "birth_date", "organs", "card"],
            reason=reason_in_words(PRINTED, found.jurisdiction),
            now=timezone.now(),
        )
    except RuleBroken as error:
        return refused(request, error)
    response = HttpResponse(card_pdf(card, layout == "sheet"), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.reference}-{layout}.pdf"'
    return response


@require_safe
@never_cache
@require_right(Right.LOOK_UP)
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Whether the card with this code counts now; the name stands on the card itself."""
    staff, now = staff_of(request), timezone.now()
    if not count_use(CHECKS, str(staff.pk), now=now):
        error = RuleBroken("too_many", _("Too many cards in a short time. Wait an hour."))
        return refused(request, error, status=429)
    card, serial = find_card(code, asked_by=staff.unit), new_reference(12)
    zone = staff.unit.jurisdiction.time_zone if staff.unit else "UTC"
    language = translation.get_language()
    context: dict[str, Any] = {"card": card, "serial": serial}
    context["answered"] = date_time(now, language, zone=zone)
    if card:
        try:
            log_view(
                staff,
                subject=card.pledge_id,
                page="cards:check",
                fields=["card"],
                reason=f"QR {serial}",
                now=now,
            )
        except RuleBroken as error:
            return refused(request, error)
        validity = validity_of(card)
        until = validity.until
        context |= {
            "validity": validity,
            "until": date_time(until, language, zone=zone) if until else "",
            "rows": [
                {"label": _("Reference"), "value": card.pledge.reference},
                *_card_rows(card, language)[1:],
            ],
        }
    return render(request, "cards/desk/check.html", context)
