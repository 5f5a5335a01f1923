"""What a desk does beside the steps: compare, set a new contact, withdraw with two people."""

import uuid
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.people.models import Person
from registration.pledges.answers import stored_answers
from registration.pledges.choices import OPEN_STATES, PledgeState, StepKind
from registration.pledges.events import with_origin
from registration.pledges.models import Pledge
from registration.pledges.rules import require_reason, require_unrestricted
from registration.pledges.services import (
    accept_waiting,
    change_pledge,
    contest_pledge,
    withdraw_pledge,
)
from registration.pledges.steps import steps_taken, take_step
from registration.pledges.writing import find_by_form_key
from registration.stewards import letters, rules
from registration.stewards.choices import DeskActKind, Outcome
from registration.stewards.models import DeskAct, WithdrawalRequest
from registration.units.choices import PledgeKind


@transaction.atomic
def accept_at_desk(pledge: Pledge, *, staff: Staff, reason: str, now: datetime) -> Pledge:
    """Whoever registered showed an identity paper: the waiting registration takes its place.

    The paper is recorded as a step where the route has one. Twice is once. Refuses with
    ``not_waiting``, ``reason_missing``, ``restricted`` or ``needs_another``.
    """
    require_reason(reason)
    pledge = _locked(pledge)
    if pledge.state == PledgeState.CONFIRMED:
        return pledge
    require_unrestricted(pledge.person.restricted_at)
    typed_by = pledge.batch.staff_id if pledge.batch else None
    rules.require_another(typed_by=typed_by, compared_by=staff.pk)
    pledge = accept_waiting(pledge, now=now)
    _record_paper(pledge, staff=staff, note=reason, now=now)
    _record(DeskActKind.ACCEPTED, pledge, staff=staff, reason=reason, now=now)
    return pledge


@transaction.atomic
def contest_at_desk(pledge: Pledge, *, staff: Staff, reason: str, now: datetime) -> Pledge:
    """The waiting registration is another person's: it ends, the earlier one stays.

    Twice is once. Refuses with ``not_waiting`` or ``reason_missing``.
    """
    require_reason(reason)
    pledge = _locked(pledge)
    if pledge.state == PledgeState.CONTESTED:
        return pledge
    if pledge.state != PledgeState.WAITING:
        raise RuleBroken("not_waiting", _("This registration does not wait for a comparison."))
    pledge = contest_pledge(pledge, now=now)
    _record(DeskActKind.CONTESTED, pledge, staff=staff, reason=reason, now=now)
    return pledge


@transaction.atomic
def set_contact(
    pledge: Pledge,
    *,
    email: str,
    phone: str,
    staff: Staff,
    reason: str,
    key: uuid.UUID,
    now: datetime,
) -> Pledge:
    """The person lost a contact and showed an identity paper: write down the new one.

    Nothing changes until the new contact has confirmed, unless a confirmed one is kept; the old
    contact is told at once, with the way to stop it. The same ``key`` is one change.
    Refuses with ``reason_missing``, ``restricted``, ``contact_unchanged`` or as ``change_pledge``.
    """
    require_reason(reason)
    pledge = _locked(pledge)
    form_key = f"desk:{key}"
    if changed := find_by_form_key(form_key):
        return changed
    require_unrestricted(pledge.person.restricted_at)
    told = stored_answers(pledge)
    rules.require_other_contact(before=(told.person.email, told.person.phone), after=(email, phone))
    answers = replace(told, person=replace(told.person, email=email, phone=phone))
    newer = change_pledge(pledge, answers, form_key=form_key, language=pledge.language, now=now)
    is_active = newer.state == PledgeState.CONFIRMED
    _record_paper(newer if is_active else pledge, staff=staff, note=reason, now=now)
    _record(DeskActKind.CONTACT_CHANGED, pledge, staff=staff, reason=reason, now=now)
    if not is_active:
        # When it is active already, the room below has told the old contact.
        letters.tell_of_new_contact(pledge, newer=newer, now=now)
    return newer


@transaction.atomic
def ask_withdrawal(
    pledge: Pledge, *, staff: Staff, reason: str, now: datetime
) -> WithdrawalRequest:
    """Ask that a registration be withdrawn at the person's word; nothing changes yet.

    While a request is open a second one is the same. Refuses with ``reason_missing`` or
    ``pledge_ended``.
    """
    require_reason(reason)
    pledge = _locked(pledge)
    if asked := open_request(pledge):
        return asked
    _require_open(pledge)
    return WithdrawalRequest.objects.create(
        pledge=pledge, asked_by=staff, reason=reason.strip(), asked_at=now
    )


@transaction.atomic
def decide_withdrawal(
    asked: WithdrawalRequest, *, staff: Staff, agrees: bool, now: datetime
) -> WithdrawalRequest:
    """A second member of staff withdraws the registration, and the person is told; or refuses.

    Whoever asked can only take the request back. Twice is once. Refuses with
    ``second_person_missing`` or ``pledge_ended``.
    """
    pledge = _locked(asked.pledge)
    asked = WithdrawalRequest.objects.get(pk=asked.pk)
    if asked.decided_at is not None:
        return asked
    if agrees:
        rules.require_second_person(asked_by=asked.asked_by_id, decided_by=staff.pk)
        _require_open(pledge)
        asked.outcome = Outcome.WITHDRAWN
    else:
        is_own = asked.asked_by_id == staff.pk
        asked.outcome = Outcome.TAKEN_BACK if is_own else Outcome.REFUSED
    asked.decided_by, asked.decided_at = staff, now
    asked.save(update_fields=["decided_by", "decided_at", "outcome"])
    if agrees:
        letters.tell_of_withdrawal(withdraw_pledge(pledge, now=now), now=now)
    return asked


def open_request(pledge: Pledge) -> WithdrawalRequest | None:
    """The request to withdraw that nobody has decided yet."""
    return (
        WithdrawalRequest.objects.filter(pledge=pledge, decided_at__isnull=True)
        .select_related("asked_by")
        .first()
    )


def _locked(pledge: Pledge) -> Pledge:
    Person.objects.select_for_update().get(pk=pledge.person_id)
    return with_origin().get(pk=pledge.pk)


def _require_open(pledge: Pledge) -> None:
    if pledge.state not in OPEN_STATES:
        raise RuleBroken("pledge_ended", _("This registration has ended already."))


def _record_paper(pledge: Pledge, *, staff: Staff, note: str, now: datetime) -> None:
    """The identity paper as a step, once; else, or where the route has none, as a contact."""
    taken = {row.kind for row in steps_taken(pledge)}
    has_paper = pledge.kind == PledgeKind.APPLICATION and StepKind.PAPER_SEEN not in taken
    take_step(
        pledge,
        StepKind.PAPER_SEEN if has_paper else StepKind.CONTACTED,
        staff=staff,
        happened_on=now.astimezone(pledge.jurisdiction.zone).date(),
        note=note.strip(),
        now=now,
    )


def _record(kind: DeskActKind, pledge: Pledge, *, staff: Staff, reason: str, now: datetime) -> None:
    DeskAct.objects.create(
        pledge=pledge, kind=kind, staff=staff, reason=reason.strip(), done_at=now
    )
