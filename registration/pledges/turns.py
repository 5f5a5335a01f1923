"""How a registration turns from one state into another. Callers hold the person's lock."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from registration.ledger.choices import EventKind
from registration.ledger.models import Event
from registration.people.choices import IdentityTier
from registration.people.models import Person
from registration.pledges import letters
from registration.pledges.carrying import carry_over
from registration.pledges.choices import ACTIVE_STATES, OPEN_STATES, PledgeState, StepKind
from registration.pledges.events import DECISIONS, record_pledge_event, with_origin
from registration.pledges.following import follow
from registration.pledges.models import Pledge
from registration.pledges.rules import next_step
from registration.pledges.steps import set_next_step, steps_taken

ACTIVATED = ("state", "confirmed_at", "is_held", "replaces", "next_step", "waiting_since")


def settle(pledge: Pledge, owner: Person, hashes: Collection[str], now: datetime) -> Pledge:
    """Let a registration that was confirmed from these contacts stand as ``owner``'s decision, or
    wait beside an earlier one. Where it was changed from one that waits, that one ends.
    """
    changed, earlier = pledge.replaces, earlier_decision(pledge, owner)
    if earlier and not may_follow(earlier, pledge, hashes):
        pledge = wait_for_comparison(pledge, earlier, now)
    else:
        follow(pledge, owner)
        is_active = earlier is not None and earlier.state in ACTIVE_STATES
        pledge = activate(pledge, earlier if is_active else None, now)
    if changed and changed.state == PledgeState.WAITING:
        end(changed, PledgeState.REPLACED, now)
    return pledge


def earlier_decision(pledge: Pledge, owner: Person) -> Pledge | None:
    """What its person, or whomever that one became, decided before: the active registration, else
    the last that was withdrawn.

    Who withdrew is asked as well before somebody else's entry stands in their name. What was
    withdrawn while it waited never stood, and decided nothing.
    """
    stood = Exists(Event.objects.filter(subject=OuterRef("pk"), kind__in=DECISIONS))
    persons = {pledge.registered_as_id or pledge.person_id, owner.pk}
    others = Pledge.objects.filter(person__in=persons).exclude(pk=pledge.pk)
    decided = others.filter(
        Q(state__in=ACTIVE_STATES) | Q(stood, state=PledgeState.WITHDRAWN),
    )
    rows = decided.exclude(confirmed_at=None).select_related("particulars")
    found = sorted(rows, key=lambda row: (row.state in ACTIVE_STATES, row.received_at))
    return found[-1] if found else None


def may_follow(earlier: Pledge, pledge: Pledge, hashes: Collection[str]) -> bool:
    """Whether its owner asked for it: on their own record, or from a contact they confirmed, with
    the birth date that opens their record.
    """
    if pledge.replaces_id == earlier.pk:
        return True
    is_same_day = earlier.particulars.birth_date == pledge.particulars.birth_date
    return is_same_day and is_reached_by(earlier, hashes)


def is_reached_by(pledge: Pledge, hashes: Collection[str]) -> bool:
    """Whether a registration was confirmed from one of these contacts."""
    confirmed = pledge.particulars.contacts.filter(confirmed_at__isnull=False)
    return confirmed.filter(value_hash__in=hashes).exists()


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
        end(earlier, PledgeState.REPLACED, now)
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
    end(pledge, state, now)
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
    end(pledge, PledgeState.CONTESTED, now)
    earlier = with_origin().get(pk=earlier.pk)
    give_place_back(pledge, earlier, now)
    record_pledge_event(EventKind.PLEDGE_CHANGED, earlier, now=now)
    letters.tell_of_contest(pledge, earlier, now)
    return pledge


def give_place_back(pledge: Pledge, earlier: Pledge, now: datetime) -> None:
    """The registration whose place was taken is active again, with steps and card."""
    carry_over(pledge, earlier)
    bring_back(earlier, PledgeState.CONFIRMED, now)


def bring_back(pledge: Pledge, state: PledgeState, now: datetime) -> None:
    """Let an ended registration stand as it did; it waits from now on for what it waited for."""
    pledge.state, pledge.ended_at = state, None
    pledge.save(update_fields=["state", "ended_at"])
    if state == PledgeState.CONFIRMED:
        set_next_step(pledge, [row.kind for row in steps_taken(pledge)], now=now)
        return
    is_waiting = state == PledgeState.WAITING
    pledge.next_step = StepKind.COMPARE if is_waiting else StepKind.CONFIRM
    pledge.waiting_since = now
    pledge.save(update_fields=["next_step", "waiting_since"])


def end(pledge: Pledge, state: PledgeState, now: datetime) -> None:
    """Nothing waits for it any more."""
    pledge.state, pledge.ended_at = state, now
    pledge.next_step, pledge.waiting_since = "", now
    pledge.save(update_fields=["state", "ended_at", "next_step", "waiting_since"])
