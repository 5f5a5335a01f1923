"""Comparison, recovery and withdrawal at the desk: rows, events, messages, and who is told."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from registration.common.errors import RuleBroken
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.people.choices import IdentityTier
from registration.people.models import Person
from registration.pledges.choices import PledgeState
from registration.pledges.models import EntryBatch, Pledge, PledgeStep
from registration.pledges.services import confirm_pledge, contest_by_link
from registration.stewards.models import DeskAct, WithdrawalRequest
from registration.stewards.services import (
    accept_at_desk,
    ask_withdrawal,
    contest_at_desk,
    decide_withdrawal,
    set_contact,
)
from tests.pledges.registering import register, turkish
from tests.stewards.desk_work import confirmed, second_steward, waiting

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
REASON = "The card shows the same number and face."


def state_of(pledge: Pledge) -> str:
    return Pledge.objects.get(pk=pledge.pk).state


def told(kind: str) -> list[str]:
    return sorted(message.recipient for message in Message.objects.filter(kind=kind))


def test_accept_at_desk_lets_the_waiting_one_take_over_once(reference: Any, steward: Any) -> None:
    first, second = waiting(reference)

    for _again in range(2):
        accept_at_desk(second, staff=steward, reason=REASON, now=NOW)

    assert (state_of(first), state_of(second)) == ("replaced", "confirmed")
    step = PledgeStep.objects.get()
    assert (step.kind, step.pledge, step.note, step.staff) == (
        "paper_seen",
        second,
        REASON,
        steward,
    )
    second.person.refresh_from_db()
    assert second.person.identity_tier == IdentityTier.IDENTITY_SEEN
    act = DeskAct.objects.get()
    assert (act.kind, act.reason, act.staff) == ("accepted", REASON, steward)
    assert Event.objects.filter(kind="pledge.changed").count() == 1


def test_whoever_typed_it_in_does_not_compare_it(reference: Any, steward: Any) -> None:
    first, second = waiting(reference)
    second.batch = EntryBatch.objects.create(
        label="Bãi Cháy",
        province=reference.quang_ninh,
        unit=steward.unit,
        channel="paper",
        staff=steward,
        opened_at=NOW,
    )
    second.save()

    with pytest.raises(RuleBroken) as refusal:
        accept_at_desk(second, staff=steward, reason=REASON, now=NOW)
    assert refusal.value.code == "needs_another"
    assert (state_of(first), state_of(second)) == ("confirmed", "waiting")
    assert not DeskAct.objects.exists()

    accept_at_desk(second, staff=second_steward(reference), reason=REASON, now=NOW)
    assert state_of(second) == "confirmed"


def test_restricted_registration_is_neither_accepted_nor_changed(
    reference: Any, steward: Any
) -> None:
    first, second = waiting(reference)
    Person.objects.update(restricted_at=NOW)

    codes = []
    for act in (
        lambda: accept_at_desk(second, staff=steward, reason=REASON, now=NOW),
        lambda: change(first, steward),
    ):
        with pytest.raises(RuleBroken) as refusal:
            act()
        codes.append(refusal.value.code)

    assert codes == ["restricted", "restricted"]
    assert (state_of(first), state_of(second)) == ("confirmed", "waiting")
    assert told("stewards/contact_changed") == []


def test_accept_of_an_intent_is_noted_as_a_contact(reference: Any, steward: Any) -> None:
    first = confirmed(reference, turkish(reference))
    second = register(reference, turkish(reference))
    second.state, second.replaces = PledgeState.WAITING, first
    second.save()

    accept_at_desk(second, staff=steward, reason=REASON, now=NOW)

    assert PledgeStep.objects.get().kind == "contacted"
    assert state_of(first) == "replaced"


def test_contest_at_desk_ends_the_waiting_one_and_keeps_the_earlier(
    reference: Any, steward: Any
) -> None:
    first, second = waiting(reference)

    for _again in range(2):
        contest_at_desk(second, staff=steward, reason=REASON, now=NOW)

    assert (state_of(first), state_of(second)) == ("confirmed", "contested")
    assert DeskAct.objects.get().kind == "contested"
    assert not Event.objects.filter(kind="pledge.withdrawn").exists()


@pytest.mark.parametrize("service", [accept_at_desk, contest_at_desk])
@pytest.mark.parametrize(
    ("is_waiting", "reason", "code"),
    [(True, " ", "reason_missing"), (False, REASON, "not_waiting")],
)
def test_comparison_is_refused(
    reference: Any, steward: Any, service: Any, is_waiting: bool, reason: str, code: str
) -> None:
    pledge = waiting(reference)[1] if is_waiting else register(reference)
    before = state_of(pledge)

    with pytest.raises(RuleBroken) as refusal:
        service(pledge, staff=steward, reason=reason, now=NOW)

    assert refusal.value.code == code
    assert state_of(pledge) == before
    assert not DeskAct.objects.exists()


def change(pledge: Pledge, staff: Any, **changes: Any) -> Pledge:
    values = {
        "email": "moi@example.org",
        "phone": "+84912345678",
        "reason": "Lost the password of the mailbox",
        "key": uuid4(),
        "now": NOW,
        **changes,
    }
    return set_contact(pledge, staff=staff, **values)


def test_new_contact_waits_for_its_owner_and_the_old_one_is_told(
    reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    key = uuid4()

    newer = change(pledge, steward, key=key)
    again = change(pledge, steward, key=key)

    assert again == newer
    assert (state_of(pledge), state_of(newer)) == ("confirmed", "received")
    assert newer.replaces == pledge
    step = PledgeStep.objects.get()
    assert (step.kind, step.pledge, step.note) == (
        "paper_seen",
        pledge,
        "Lost the password of the mailbox",
    )
    assert told("stewards/contact_changed") == ["diem@example.org"]
    message = Message.objects.get(kind="stewards/contact_changed")
    assert message.language == "vi"
    assert pledge.reference in message.text
    assert "Diễm" not in message.text
    assert told("pledges/receipt") == ["diem@example.org", "moi@example.org"]


def test_old_contact_can_stop_the_change(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    newer = change(pledge, steward)
    text = Message.objects.get(kind="stewards/contact_changed").text
    address = next(word for word in text.split() if "/not-mine/" in word)

    contest_by_link(address.rstrip("/").rsplit("/", 1)[1], now=NOW)

    assert (state_of(pledge), state_of(newer)) == ("confirmed", "contested")


def test_new_contact_takes_over_once_confirmed(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    newer = change(pledge, steward)
    email = newer.particulars.contacts.get(kind="email")

    confirm_pledge(newer, contact=email, now=NOW)

    assert (state_of(pledge), state_of(newer)) == ("replaced", "confirmed")


def test_change_that_keeps_a_confirmed_contact_holds_at_once(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)

    newer = change(pledge, steward, email="diem@example.org", phone="+84912345679")

    assert (state_of(pledge), state_of(newer)) == ("replaced", "confirmed")
    assert PledgeStep.objects.get().pledge == newer
    assert told("stewards/contact_changed") == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"email": "diem@example.org"}, "contact_unchanged"),
        ({"email": "", "phone": ""}, "contact_missing"),
        ({"reason": ""}, "reason_missing"),
    ],
)
def test_change_of_contact_is_refused(
    reference: Any, steward: Any, changes: dict[str, Any], code: str
) -> None:
    pledge = confirmed(reference)

    with pytest.raises(RuleBroken) as refusal:
        change(pledge, steward, **changes)

    assert refusal.value.code == code
    assert (Pledge.objects.count(), PledgeStep.objects.count()) == (1, 0)
    assert told("stewards/contact_changed") == []


def ask(pledge: Pledge, staff: Any) -> WithdrawalRequest:
    return ask_withdrawal(pledge, staff=staff, reason="Came and asked for it", now=NOW)


def test_withdrawal_needs_two_people(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    second = second_steward(reference)

    asked = ask(pledge, steward)
    assert ask(pledge, second) == asked
    assert state_of(pledge) == "confirmed"
    with pytest.raises(RuleBroken) as refusal:
        decide_withdrawal(asked, staff=steward, agrees=True, now=NOW)
    assert refusal.value.code == "second_person_missing"
    assert state_of(pledge) == "confirmed"

    for _again in range(2):
        decide_withdrawal(asked, staff=second, agrees=True, now=NOW)

    assert state_of(pledge) == "withdrawn"
    asked.refresh_from_db()
    assert (asked.asked_by, asked.decided_by, asked.outcome) == (steward, second, "withdrawn")
    assert asked.reason == "Came and asked for it"
    assert Event.objects.filter(kind="pledge.withdrawn").count() == 1
    assert told("stewards/withdrawn") == ["diem@example.org"]
    assert Message.objects.get(kind="stewards/withdrawn").language == "vi"


def test_withdrawn_intent_says_that_the_statement_elsewhere_stays(
    reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference, turkish(reference))

    decide_withdrawal(ask(pledge, steward), staff=second_steward(reference), agrees=True, now=NOW)

    message = Message.objects.get(kind="stewards/withdrawn")
    assert (message.recipient, message.language) == ("isil@example.org", "tr")
    assert "turkiye.gov.tr" in message.text
    assert "turkiye.gov.tr" in message.html


@pytest.mark.parametrize(("is_own", "outcome"), [(True, "taken_back"), (False, "refused")])
def test_withdrawal_can_end_without_a_change(
    reference: Any, steward: Any, is_own: bool, outcome: str
) -> None:
    pledge = confirmed(reference)
    asked = ask(pledge, steward)

    decider = steward if is_own else second_steward(reference)
    ended = decide_withdrawal(asked, staff=decider, agrees=False, now=NOW)

    assert ended.outcome == outcome
    assert state_of(pledge) == "confirmed"
    assert told("stewards/withdrawn") == []
    assert ask(pledge, steward) != asked


def test_withdrawal_of_an_ended_registration_is_refused(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    asked = ask(pledge, steward)
    Pledge.objects.filter(pk=pledge.pk).update(state=PledgeState.REPLACED)

    for attempt in (
        lambda: decide_withdrawal(asked, staff=second_steward(reference), agrees=True, now=NOW),
        lambda: ask(confirmed_then_ended(reference), steward),
    ):
        with pytest.raises(RuleBroken) as refusal:
            attempt()
        assert refusal.value.code == "pledge_ended"


def confirmed_then_ended(reference: Any) -> Pledge:
    pledge = confirmed(reference, turkish(reference))
    Pledge.objects.filter(pk=pledge.pk).update(state=PledgeState.WITHDRAWN)
    return pledge
