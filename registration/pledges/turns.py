"""How a registration turns from one state into another. Callers hold the person's lock."""

from datetime import datetime

from registration.ledger.choices import EventKind
from registration.people.choices import IdentityTier
from registration.people.models import Person
from registration.pledges import letters
from registration.pledges.carrying import carry_over
from registration.pledges.choices import ACTIVE_STATES, OPEN_STATES, PledgeState, StepKind
from registration.pledges.events import record_pledge_event, with_origin
from registration.pledges.models import Pledge
from registration.pledges.rules import next_step
from registration.pledges.steps import set_next_step, steps_taken

ACTIVATED = ("state", "confirmed_at", "is_held", "replaces", "next_step", "waiting_since")


def earlier_decision(pledge: Pledge) -> Pledge | None:
    """What its person decided before: the active registration, else the last that was withdrawn.

    Who withdrew is asked as well before somebody else's entry stands in their name.
    """
    others = Pledge.objects.filter(person=pledge.person_id).exclude(pk=pledge.pk)
    decided = others.filter(state__in=[*ACTIVE_STATES, PledgeState.WITHDRAWN])
    rows = decided.exclude(confirmed_at=None).select_related("particulars")
    found = sorted(rows, key=lambda row: (row.state in ACTIVE_STATES, row.received_at))
    return found[-1] if found else None


def may_follow(earlier: Pledge, pledge: Pledge, contact_hash: str) -> bool:
    """Whether its owner asked for it: on their own record, or from a contact they confirmed, with
    the birth date that opens their record.
    """
    if pledge.replaces_id == earlier.pk:
        return True
    is_same_day = earlier.particulars.birth_date == pledge.particulars.birth_date
    return is_same_day and is_reached_by(earlier, contact_hash)


def is_reached_by(pledge: Pledge, contact_hash: str) -> bool:
    """Whether a registration was confirmed from this contact."""
    confirmed = pledge.particulars.contacts.filter(confirmed_at__isnull=False)
    return confirmed.filter(value_hash=contact_hash).exists()


def wait_for_comparison(pledge: Pledge, earlier: Pledge, now: datetime) -> Pledge:
    """Outside the figures, until the owner of the earlier one or a desk agrees."""
    pledge.state, pledge.replaces = PledgeState.WAITING, earlier
    pledge.next_step, pledge.waiting_since = StepKind.COMPARE, now
    pledge.save()
    letters.ask_earlier_contact(earlier, newer=pledge, now=now)
    return pledge


def activate(pledge: Pledge, earlier: Pledge | None, now: datetime) -> Pledge:
    """The person's decision from now on; ``earlier`` is the active one whose place it takes."""
    if earlier:
        _end(earlier, PledgeState.REPLACED, now)
        carry_over(earlier, pledge)
        pledge.replaces = earlier
    pledge.state = PledgeState.CONFIRMED
    # Steps are taken with active registrations alone: all that it has were carried over.
    taken = [row.kind for row in steps_taken(pledge)] if earlier else []
    pledge.next_step, pledge.waiting_since = next_step(pledge.kind, taken) or "", now
    pledge.save(update_fields=ACTIVATED)
    kind = EventKind.PLEDGE_CHANGED if earlier else EventKind.PLEDGE_CONFIRMED
    record_pledge_event(kind, pledge, now=now)
    if earlier:
        letters.tell_earlier_contact(earlier, newer=pledge, now=now)
    return pledge


def finish(pledge: Pledge, state: PledgeState, now: datetime) -> Pledge:
    """End an open registration; what nobody confirmed never counted and is not withdrawn either."""
    if pledge.state not in OPEN_STATES:
        return pledge
    was_told = pledge.state == PledgeState.CONFIRMED
    _end(pledge, state, now)
    if was_told:
        # What was seen at a desk was seen for this decision, not for whoever registers next.
        Person.objects.filter(pk=pledge.person_id).update(identity_tier=IdentityTier.UNCONFIRMED)
        record_pledge_event(EventKind.PLEDGE_WITHDRAWN, pledge, now=now)
    return pledge


def contest(pledge: Pledge, now: datetime) -> Pledge:
    """It is not its person's own: it ends, and the one whose place it had taken is active again.

    To the figures that is a change.
    """
    earlier = pledge.replaces
    took_its_place = pledge.state == PledgeState.CONFIRMED and earlier is not None
    if earlier is None or not took_its_place or earlier.state != PledgeState.REPLACED:
        was_open = pledge.state in OPEN_STATES
        pledge = finish(pledge, PledgeState.CONTESTED, now)
        if was_open:
            letters.tell_of_contest(pledge, None, now)
        return pledge
    _end(pledge, PledgeState.CONTESTED, now)
    earlier = with_origin().get(pk=earlier.pk)
    earlier.state, earlier.ended_at = PledgeState.CONFIRMED, None
    earlier.save(update_fields=["state", "ended_at"])
    carry_over(pledge, earlier)
    set_next_step(earlier, [row.kind for row in steps_taken(earlier)], now=now)
    record_pledge_event(EventKind.PLEDGE_CHANGED, earlier, now=now)
    letters.tell_of_contest(pledge, earlier, now)
    return pledge


def _end(pledge: Pledge, state: PledgeState, now: datetime) -> None:
    pledge.state, pledge.ended_at = state, now
    pledge.next_step, pledge.waiting_since = "", now
    pledge.save(update_fields=["state", "ended_at", "next_step", "waiting_since"])
