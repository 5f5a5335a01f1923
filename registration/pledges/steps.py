"""What a steward, or the person, does with a registration after it was confirmed."""

import uuid
from datetime import date, datetime

from django.db import transaction

from registration.accounts.models import Staff
from registration.ledger.choices import EventKind
from registration.ledger.services import take_back
from registration.people.choices import IdentityTier
from registration.people.models import Contact, Person
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.events import record_pledge_event
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.rules import (
    next_step,
    require_reason,
    require_step,
    require_undoable,
    require_unrestricted,
)
from registration.units.models import Unit

EVENTS = {
    StepKind.PASSED_ON: EventKind.PLEDGE_HANDED_OVER,
    StepKind.CARD_ISSUED: EventKind.PLEDGE_CARD_ISSUED,
    StepKind.HANDED_OVER: EventKind.PLEDGE_HANDED_OVER,
}


def steps_taken(pledge: Pledge) -> list[PledgeStep]:
    """The steps that stand, in the order they were recorded."""
    return list(pledge.steps.filter(undone_at__isnull=True).order_by("recorded_at", "pk"))


@transaction.atomic
def take_step(
    pledge: Pledge,
    step: StepKind,
    *,
    staff: Staff | None,
    happened_on: date,
    unit: Unit | None = None,
    note: str = "",
    key: uuid.UUID | None = None,
    now: datetime,
) -> PledgeStep:
    """Write down a step, set what comes next, and tell the ledger where figures count it.

    ``staff`` is None when the person took it. Seeing the identity paper raises the person's tier.
    The same ``key``, made with the form, is one step however often it comes.
    Refuses as ``require_step``.
    """
    Person.objects.select_for_update().get(pk=pledge.person_id)
    if key and (row := PledgeStep.objects.filter(pk=key, pledge=pledge).first()):
        return row
    pledge = Pledge.objects.select_related("jurisdiction", "person").get(pk=pledge.pk)
    require_unrestricted(pledge.person.restricted_at)
    taken = [row.kind for row in steps_taken(pledge)]
    day = now.astimezone(pledge.jurisdiction.zone).date()
    require_step(
        step,
        kind=pledge.kind,
        state=pledge.state,
        taken=taken,
        happened_on=happened_on,
        day=day,
    )
    row = PledgeStep(
        pk=key or uuid.uuid4(),
        pledge=pledge,
        kind=step,
        happened_on=happened_on,
        recorded_at=now,
        staff=staff,
        unit=unit,
        note=note,
    )
    if step == StepKind.PAPER_SEEN:
        _set_tier(pledge.person, IdentityTier.IDENTITY_SEEN)
    if step in EVENTS:
        row.event = record_pledge_event(EVENTS[step], pledge, now=now)
    row.save(force_insert=True)
    set_next_step(pledge, [*taken, step], now=now)
    return row


@transaction.atomic
def undo_step(step: PledgeStep, *, staff: Staff, reason: str, now: datetime) -> PledgeStep:
    """Undo a step on the day it was recorded; the row stays, with the reason.

    What the ledger was told is taken back. Twice is once. Refuses as ``require_undoable`` and
    ``require_reason``.
    """
    require_reason(reason)
    Person.objects.select_for_update().get(pk=step.pledge.person_id)
    step = PledgeStep.objects.select_related("pledge__jurisdiction", "pledge__person", "event").get(
        pk=step.pk
    )
    if step.undone_at is not None:
        return step
    pledge, zone = step.pledge, step.pledge.jurisdiction.zone
    taken = [row.kind for row in steps_taken(pledge) if row.pk != step.pk]
    require_undoable(
        step.kind,
        taken=taken,
        recorded_on=step.recorded_at.astimezone(zone).date(),
        day=now.astimezone(zone).date(),
    )
    step.undone_at, step.undone_by, step.undo_reason = now, staff, reason.strip()
    step.save(update_fields=["undone_at", "undone_by", "undo_reason"])
    if step.kind == StepKind.PAPER_SEEN:
        _set_tier(pledge.person, _tier_of(pledge.person))
    set_next_step(pledge, taken, now=now)
    if step.event:
        take_back(step.event)
    return step


def set_next_step(pledge: Pledge, taken: list[str], *, now: datetime) -> None:
    """Write what comes next with a registration, and since when it waits for that."""
    following = next_step(pledge.kind, taken) if pledge.state == PledgeState.CONFIRMED else None
    pledge.next_step, pledge.waiting_since = following or "", now
    pledge.save(update_fields=["next_step", "waiting_since"])


def _set_tier(person: Person, tier: IdentityTier) -> None:
    person.identity_tier = tier
    person.save(update_fields=["identity_tier"])


def _tier_of(person: Person) -> IdentityTier:
    """What is known of a person by the steps and confirmations that stand."""
    if PledgeStep.objects.filter(
        pledge__person=person, kind=StepKind.PAPER_SEEN, undone_at__isnull=True
    ).exists():
        return IdentityTier.IDENTITY_SEEN
    if Contact.objects.filter(particulars__person=person, confirmed_at__isnull=False).exists():
        return IdentityTier.CONTACT_CONFIRMED
    return IdentityTier.UNCONFIRMED
