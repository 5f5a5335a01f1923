"""What happens to a registration after another one of the same person, or its owner's word."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from registration.common.errors import RuleBroken
from registration.ledger.choices import EntryChannel
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.people.choices import IdentityTier
from registration.people.models import Contact, Person
from registration.pledges.answers import stored_answers
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.models import Pledge
from registration.pledges.services import (
    accept_by_link,
    accept_waiting,
    change_pledge,
    confirm_pledge,
    contest_by_link,
    contest_pledge,
    enter_pledge,
    withdraw_pledge,
)
from registration.pledges.source import Source
from registration.pledges.steps import take_step
from tests.pledges.registering import NOW, answers, contact_of, register, turkish


def confirmed(reference: Any, told: Any = None, **changes: Any) -> Pledge:
    pledge = register(reference, told, **changes)
    return confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)


def events(pledge: Pledge) -> list[str]:
    return list(Event.objects.filter(subject=pledge.pk).values_list("kind", flat=True))


def token_in(message: Message) -> str:
    found = re.search(r"/not-mine/([\w-]+)/", message.text)
    assert found, message.text
    return found.group(1)


@pytest.fixture
def pair(reference: Any) -> tuple[Pledge, Pledge]:
    """An active registration, and a later one with the same number from another mailbox."""
    first = confirmed(reference)
    return first, confirmed(reference, answers(reference, email="other@example.org"))


def test_later_one_from_another_contact_waits_and_changes_nothing(pair: Any) -> None:
    first, second = pair

    first.refresh_from_db()
    assert (first.state, second.state) == (PledgeState.CONFIRMED, PledgeState.WAITING)
    assert (second.next_step, second.replaces) == (StepKind.COMPARE, first)
    assert events(second) == ["pledge.received"]


def test_owner_of_the_earlier_one_is_asked_in_their_language(reference: Any) -> None:
    first = confirmed(reference)
    confirmed(reference, answers(reference, email="other@example.org", language="tr"))

    asked = Message.objects.get(kind="pledges/compare")

    assert (asked.recipient, asked.language) == ("diem@example.org", "vi")
    assert first.reference in asked.text
    assert "other@example.org" not in asked.text


def test_owner_of_the_earlier_one_may_say_that_it_was_them(pair: Any) -> None:
    first, second = pair
    token = token_in(Message.objects.get(kind="pledges/compare"))

    accept_by_link(token, now=NOW)
    accept_by_link(token, now=NOW)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (PledgeState.REPLACED, PledgeState.CONFIRMED)
    assert second.next_step == StepKind.CONTACTED
    assert events(second) == ["pledge.received", "pledge.changed"]


def test_owner_of_the_earlier_one_stops_the_later_at_once(pair: Any) -> None:
    first, second = pair

    contest_by_link(token_in(Message.objects.get(kind="pledges/compare")), now=NOW)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (PledgeState.CONFIRMED, PledgeState.CONTESTED)
    assert events(first) == ["pledge.received", "pledge.confirmed"]
    assert events(second) == ["pledge.received"]


def test_contest_after_the_later_one_was_accepted_gives_the_earlier_back(pair: Any) -> None:
    first, second = pair
    accept_waiting(second, now=NOW)

    contest_by_link(token_in(Message.objects.get(kind="pledges/replaced")), now=NOW)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.ended_at) == (PledgeState.CONFIRMED, None)
    assert first.next_step == StepKind.CONTACTED
    assert second.state == PledgeState.CONTESTED
    assert events(first)[-1] == "pledge.changed"
    assert "pledge.withdrawn" not in events(second)


def test_contest_link_ends_after_its_life(pair: Any) -> None:
    token = token_in(Message.objects.get(kind="pledges/compare"))

    with pytest.raises(RuleBroken) as refusal:
        contest_by_link(token, now=NOW + timedelta(days=91))

    assert refusal.value.code == "link_expired"


def test_accept_of_one_that_does_not_wait_is_refused(reference: Any) -> None:
    pledge = register(reference)

    with pytest.raises(RuleBroken) as refusal:
        accept_waiting(pledge, now=NOW)

    assert refusal.value.code == "not_waiting"


@pytest.mark.parametrize(
    ("end", "state"),
    [(contest_pledge, PledgeState.CONTESTED), (withdraw_pledge, PledgeState.WITHDRAWN)],
)
def test_end_of_what_nobody_confirmed_takes_nothing_from_the_figures(
    reference: Any, end: Any, state: PledgeState
) -> None:
    pledge = register(reference)

    end(pledge, now=NOW)
    ended = end(pledge, now=NOW)

    assert (ended.state, ended.next_step) == (state, "")
    assert events(pledge) == ["pledge.received"]


def test_change_with_the_same_contact_counts_at_once(reference: Any) -> None:
    first = confirmed(reference)
    told = replace(stored_answers(first), organs=("cornea",))

    second = change_pledge(first, told, form_key="k", language="vi", now=NOW)
    again = change_pledge(first, told, form_key="k", language="vi", now=NOW)

    first.refresh_from_db()
    assert again == second
    assert (first.state, second.state) == (PledgeState.REPLACED, PledgeState.CONFIRMED)
    assert (second.organ_codes, second.person) == (("cornea",), first.person)
    assert events(second) == ["pledge.changed"]
    assert not Message.objects.filter(kind="pledges/replaced").exists()


def test_change_of_the_contact_waits_for_the_new_one(reference: Any) -> None:
    first = confirmed(reference, turkish(reference))
    told = stored_answers(first)
    moved = replace(told, person=replace(told.person, email="new@example.org"))

    second = change_pledge(first, moved, form_key="k", language="tr", now=NOW)
    state_before = second.state
    second = confirm_pledge(second, contact=contact_of(second), now=NOW)

    first.refresh_from_db()
    assert (state_before, first.state, second.state) == (
        PledgeState.RECEIVED,
        PledgeState.REPLACED,
        PledgeState.CONFIRMED,
    )
    assert Message.objects.get(kind="pledges/replaced").recipient == "isil@example.org"
    assert events(second) == ["pledge.changed"]


def test_change_of_an_ended_one_is_refused(reference: Any) -> None:
    first = withdraw_pledge(confirmed(reference), now=NOW)

    with pytest.raises(RuleBroken) as refusal:
        change_pledge(first, stored_answers(first), form_key="k", language="vi", now=NOW)

    assert refusal.value.code == "pledge_ended"


def paper(reference: Any) -> Source:
    return Source(
        province=reference.quang_ninh,
        department=reference.quang_ninh_department,
        channel=EntryChannel.PAPER,
        language="vi",
        unit=reference.hospital,
        signed_on=NOW.date() - timedelta(days=3),
    )


def test_entry_from_signed_paper_is_confirmed_and_told(reference: Any, steward: Any) -> None:
    steps = [StepKind.FORM_SIGNED, StepKind.PAPER_SEEN]

    pledge = enter_pledge(
        answers(reference),
        source=paper(reference),
        staff=steward,
        form_key="k",
        steps=steps,
        now=NOW,
    )

    taken = [(step.kind, step.happened_on, step.staff) for step in pledge.steps.all()]
    signed = NOW.date() - timedelta(days=3)
    assert (pledge.state, pledge.signed_on, pledge.received_at) == ("confirmed", signed, NOW)
    assert taken == [("paper_seen", signed, steward), ("form_signed", signed, steward)]
    assert pledge.person.identity_tier == IdentityTier.IDENTITY_SEEN
    assert events(pledge) == ["pledge.received", "pledge.confirmed"]
    assert Event.objects.filter(subject=pledge.pk, unit=reference.hospital).count() == 2
    # The figures name the day of the paper, with what was received.
    told_events = Event.objects.filter(subject=pledge.pk).order_by("pk")
    assert list(told_events.values_list("signed_on", flat=True)) == [signed, None]
    told = Message.objects.get(kind="pledges/entered")
    assert (told.recipient, told.language) == ("diem@example.org", "vi")
    assert not Contact.objects.filter(confirmed_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("email", "state"),
    [("other@example.org", PledgeState.WAITING), ("diem@example.org", PledgeState.CONFIRMED)],
)
def test_entry_replaces_an_earlier_one_only_if_it_names_its_contact(
    reference: Any, steward: Any, email: str, state: PledgeState
) -> None:
    first = confirmed(reference)

    second = enter_pledge(
        answers(reference, email=email, phone=""),
        source=paper(reference),
        staff=steward,
        form_key="k",
        steps=[StepKind.PAPER_SEEN],
        now=NOW,
    )

    first.refresh_from_db()
    assert second.state == state
    assert first.state == ("confirmed" if state == PledgeState.WAITING else "replaced")


def test_contest_of_what_was_entered_over_it_gives_the_earlier_back(
    reference: Any, steward: Any
) -> None:
    first = confirmed(reference)
    entered = enter_pledge(
        answers(reference), source=paper(reference), staff=steward, form_key="k", now=NOW
    )

    contest_by_link(token_in(Message.objects.get(kind="pledges/entered")), now=NOW)

    first.refresh_from_db()
    entered.refresh_from_db()
    assert (first.state, entered.state) == (PledgeState.CONFIRMED, PledgeState.CONTESTED)


def test_contest_of_a_waiting_one_brings_no_withdrawn_one_back(pair: Any) -> None:
    first, second = pair
    changed = change_pledge(
        first,
        replace(stored_answers(first), organs=("cornea",)),
        form_key="k",
        language="vi",
        now=NOW,
    )
    withdraw_pledge(changed, now=NOW)

    contest_by_link(token_in(Message.objects.get(kind="pledges/compare")), now=NOW)

    states = [Pledge.objects.get(pk=each.pk).state for each in (first, changed, second)]
    assert states == ["replaced", "withdrawn", "contested"]


def test_contest_of_a_waiting_one_leaves_the_active_one(pair: Any) -> None:
    first, second = pair
    changed = change_pledge(
        first,
        replace(stored_answers(first), organs=("cornea",)),
        form_key="k",
        language="vi",
        now=NOW,
    )

    contest_by_link(token_in(Message.objects.get(kind="pledges/compare")), now=NOW)

    states = [Pledge.objects.get(pk=each.pk).state for each in (first, changed, second)]
    assert states == ["replaced", "confirmed", "contested"]


def test_who_withdrew_is_asked_before_another_stands_in_their_name(
    reference: Any, steward: Any
) -> None:
    first = with_paper_seen(reference, steward)
    withdraw_pledge(first, now=NOW)

    second = confirmed(reference, answers(reference, email="other@example.org"))

    assert second.state == PledgeState.WAITING
    assert Message.objects.get(kind="pledges/compare").recipient == "diem@example.org"
    assert Person.objects.get().identity_tier == IdentityTier.CONTACT_CONFIRMED


def test_who_withdrew_registers_again_from_the_same_address(reference: Any) -> None:
    withdraw_pledge(confirmed(reference), now=NOW)

    second = confirmed(reference)

    assert second.state == PledgeState.CONFIRMED
    assert events(second) == ["pledge.received", "pledge.confirmed"]


def test_who_waited_and_withdrew_is_no_earlier_decision(reference: Any) -> None:
    """Else a stranger would need two tries to stand in the name of somebody who withdrew."""
    withdraw_pledge(confirmed(reference), now=NOW)
    stranger = answers(reference, email="other@example.org")
    withdraw_pledge(confirmed(reference, stranger), now=NOW)

    again = confirmed(reference, stranger)

    assert again.state == PledgeState.WAITING


def test_same_mailbox_with_another_birth_date_waits(reference: Any) -> None:
    first = confirmed(reference, turkish(reference))

    second = confirmed(reference, turkish(reference, birth_date=date(2000, 1, 1)))

    first.refresh_from_db()
    assert (first.state, second.state) == (PledgeState.CONFIRMED, PledgeState.WAITING)


def with_paper_seen(reference: Any, steward: Any) -> Pledge:
    pledge = confirmed(reference)
    take_step(pledge, StepKind.PAPER_SEEN, staff=steward, happened_on=NOW.date(), now=NOW)
    return pledge


def test_change_of_a_way_to_reach_the_person_keeps_steps(reference: Any, steward: Any) -> None:
    first = with_paper_seen(reference, steward)
    told = stored_answers(first)
    moved = replace(told, person=replace(told.person, phone="+84791234567"))

    second = change_pledge(first, moved, form_key="k", language="vi", now=NOW)

    assert [step.kind for step in second.steps.all()] == ["paper_seen"]
    assert second.next_step == StepKind.PASSED_ON


def test_change_of_organs_begins_its_steps_anew(reference: Any, steward: Any) -> None:
    first = with_paper_seen(reference, steward)
    told = replace(stored_answers(first), organs=("cornea",))

    second = change_pledge(first, told, form_key="k", language="vi", now=NOW)

    assert not second.steps.exists()
    assert second.next_step == StepKind.CONTACTED


def test_no_step_is_taken_with_what_is_only_kept(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    Person.objects.update(restricted_at=NOW)

    with pytest.raises(RuleBroken) as refusal:
        take_step(pledge, StepKind.CONTACTED, staff=steward, happened_on=NOW.date(), now=NOW)

    assert refusal.value.code == "restricted"


def test_stranger_with_their_own_link_cannot_accept_their_own(reference: Any) -> None:
    confirmed(reference)
    confirmed(reference, answers(reference, email="other@example.org"))
    waiting = Pledge.objects.get(state=PledgeState.WAITING)
    receipt = Message.objects.get(kind="pledges/receipt", about=waiting.pk)

    with pytest.raises(RuleBroken) as refusal:
        accept_by_link(token_in(receipt), now=NOW)

    assert refusal.value.code == "not_waiting"
