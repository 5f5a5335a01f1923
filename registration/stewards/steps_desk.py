"""What a steward does with one registration: steps, comparison, new contact, withdrawal.

Each view: the own province's registration or 404, a form, one service, back to the page. What is
refused is said on the page, with everything that was typed.
"""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.common.errors import RuleBroken
from registration.common.pages import SeeOther
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.reasons import ReasonForm
from registration.pledges.rules import MAY_BE_REPEATED
from registration.pledges.steps import steps_taken, take_step, undo_step
from registration.privacy.reasons import reason_in_words
from registration.stewards import rules, services
from registration.stewards.choices import ViewReason
from registration.stewards.forms import ContactForm
from registration.stewards.models import WithdrawalRequest
from registration.stewards.one_desk import (
    address_of,
    find_pledge,
    reason_form,
    show,
    step_form,
)

ALREADY = gettext_lazy("This step was taken already.")


def _act(
    request: HttpRequest,
    pledge: Pledge,
    name: str,
    form: Any,
    do: Callable[[dict[str, Any], datetime], object],
    done: str,
) -> HttpResponse:
    """Do what a valid form asks for, then back to the page; else the form with the refusal."""
    if form.is_valid():
        try:
            do(form.cleaned_data, timezone.now())
        except RuleBroken as error:
            if error.code == "step_taken":
                messages.info(request, ALREADY)
                return SeeOther(address_of(pledge))
            form.refuse(error)
        else:
            messages.success(request, done)
            return SeeOther(address_of(pledge))
    reason = reason_in_words(ViewReason.STEP.label, pledge.jurisdiction)
    return show(request, pledge, reason=reason, status=422, **{name: form})


def _act_for_reason(
    request: HttpRequest, pledge: uuid.UUID, act: str, do: Callable[..., object], done: str
) -> HttpResponse:
    """An act for which nothing is asked but its reason."""
    found, staff = find_pledge(request, pledge), staff_of(request)

    def do_it(data: dict[str, Any], now: datetime) -> object:
        return do(found, staff=staff, reason=data["reason"], now=now)

    form = reason_form(act, request.POST)
    return _act(request, found, f"{act}_form", form, do_it, done)


@require_POST
@never_cache
@require_right(Right.STEP_PLEDGES)
def take(request: HttpRequest, pledge: uuid.UUID) -> HttpResponse:
    """Take one step. Pressing twice does no harm."""
    found, staff, now = find_pledge(request, pledge), staff_of(request), timezone.now()
    asked = request.POST.get("step", "")
    taken = {row.kind for row in steps_taken(found)}
    if asked in taken and asked not in MAY_BE_REPEATED:
        messages.info(request, ALREADY)
        return SeeOther(address_of(found))
    is_next = asked == found.next_step
    offered = rules.desk_steps(found.kind, taken)
    # A step that is too early is refused by the rule, with its sentence, and not by the list.
    steps = [step for step in StepKind if step == asked and step not in rules.ELSEWHERE]
    if not is_next:
        steps = list(dict.fromkeys([*offered, *steps]))
    if not steps:
        raise Http404
    form = step_form(
        found, steps, request.POST, now=now, auto_id="next_%s" if is_next else "other_%s"
    )

    def do(data: dict[str, Any], now: datetime) -> object:
        return take_step(
            found,
            data["step"],
            staff=staff,
            happened_on=data["happened_on"],
            unit=data["unit"],
            note=data["note"],
            key=data["key"],
            now=now,
        )

    name = "step_form" if is_next else "other_form"
    return _act(request, found, name, form, do, _("The step was recorded."))


@require_POST
@never_cache
@require_right(Right.STEP_PLEDGES)
def undo(request: HttpRequest, pledge: uuid.UUID, step: uuid.UUID) -> HttpResponse:
    """Undo a step on its day; the card's step is undone with the card."""
    found, staff = find_pledge(request, pledge), staff_of(request)
    row = get_object_or_404(
        PledgeStep.objects.exclude(kind__in=rules.ELSEWHERE), pk=step, pledge=found
    )
    form = ReasonForm(request.POST, label=_("Why it is undone"), about=row.pk)

    def do(data: dict[str, Any], now: datetime) -> object:
        return undo_step(row, staff=staff, reason=data["reason"], now=now)

    return _act(request, found, "undo_form", form, do, _("The step was undone."))


@require_POST
@never_cache
@require_right(Right.STEP_PLEDGES)
def accept(request: HttpRequest, pledge: uuid.UUID) -> HttpResponse:
    done = _("The registration has taken the place of the earlier one.")
    return _act_for_reason(request, pledge, "accept", services.accept_at_desk, done)


@require_POST
@never_cache
@require_right(Right.STEP_PLEDGES)
def contest(request: HttpRequest, pledge: uuid.UUID) -> HttpResponse:
    done = _("The registration has ended. The earlier one stays.")
    return _act_for_reason(request, pledge, "contest", services.contest_at_desk, done)


@require_POST
@never_cache
@require_right(Right.STEP_PLEDGES)
def ask_to_withdraw(request: HttpRequest, pledge: uuid.UUID) -> HttpResponse:
    done = _("The withdrawal waits for a second member of staff. Nothing has changed yet.")
    return _act_for_reason(request, pledge, "withdraw", services.ask_withdrawal, done)


@require_POST
@never_cache
@require_right(Right.STEP_PLEDGES)
def contact(request: HttpRequest, pledge: uuid.UUID) -> HttpResponse:
    found, staff = find_pledge(request, pledge), staff_of(request)
    form = ContactForm(found.jurisdiction, request.POST, auto_id="contact_%s")

    def do(data: dict[str, Any], now: datetime) -> object:
        return services.set_contact(
            found,
            email=data["email"],
            phone=data["phone"],
            staff=staff,
            reason=data["reason"],
            key=data["key"],
            now=now,
        )

    done = _("The new contact was written to. It holds as soon as its owner has confirmed it.")
    return _act(request, found, "contact_form", form, do, done)


@require_POST
@never_cache
@require_right(Right.STEP_PLEDGES)
def decide_withdrawal(request: HttpRequest, pledge: uuid.UUID, asked: uuid.UUID) -> HttpResponse:
    """The second member of staff agrees or refuses; whoever asked may take it back."""
    found, staff = find_pledge(request, pledge), staff_of(request)
    row = get_object_or_404(
        WithdrawalRequest.objects.select_related("pledge"), pk=asked, pledge=found
    )
    agrees = request.POST.get("decision") == "withdraw"
    try:
        services.decide_withdrawal(row, staff=staff, agrees=agrees, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        done = _("The registration was withdrawn.") if agrees else _("The request has ended.")
        messages.success(request, done)
    return SeeOther(address_of(found))
