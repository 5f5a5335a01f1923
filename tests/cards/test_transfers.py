"""Lists to the receiver: once, counted, hashed, acknowledged or chased."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest

from registration.cards import listing
from registration.cards.models import Card, ErasedCard, Transfer, TransferLine
from registration.cards.services import undo_card
from registration.cards.transfers import (
    acknowledge_transfer,
    chase_transfers,
    fetch_transfer,
    make_transfers,
)
from registration.common.errors import RuleBroken
from registration.outbox.models import Message
from registration.pledges.services import withdraw_pledge
from registration.pledges.steps import steps_taken
from registration.privacy.erasure import erase_scope
from registration.privacy.holders import scope_of
from tests import factories
from tests.cards.issuing import issue, issued, ready, receiver
from tests.pledges.registering import NOW, answers

# NOW is 16:00 in Hà Nội; a card of a minute before is in that day's list.
BEFORE = NOW - timedelta(minutes=1)
TOMORROW = NOW + timedelta(days=1)


def kinds(pledge: Any) -> list[str]:
    return [step.kind for step in steps_taken(pledge)]


def test_list_holds_each_new_card_once(reference: Any, steward: Any) -> None:
    to = receiver(reference)
    card = issued(reference, steward, now=BEFORE)

    assert [len(make_transfers(now=NOW + timedelta(minutes=m))) for m in (-1, 0, 0, 30)] == [
        0, 1, 0, 0
    ]  # fmt: skip

    transfer = Transfer.objects.get()
    assert (transfer.receiver, transfer.serial, transfer.count) == (to, 1, 1)
    assert transfer.sha256 == hashlib.sha256(transfer.content.encode()).hexdigest()
    told = json.loads(transfer.content)
    assert (told["schema"], told["count"], len(told["lines"])) == ("card-list/1", 1, 1)
    line = told["lines"][0]
    assert (line["card_number"], line["identity_number"]) == (card.number, "022190123456")
    assert (line["full_name"], line["organs"]) == ("Nguyễn Thị Diễm", ["kidney"])
    assert make_transfers(now=TOMORROW) == []
    message = Message.objects.get(kind="cards/transfer")
    assert (message.recipient, message.language) == ("lists@example.org", "vi")
    assert transfer.sha256 in message.text
    assert str(transfer.pk) in message.text
    assert "Diễm" not in message.text


def test_list_is_sealed_in_the_database(reference: Any, steward: Any) -> None:
    receiver(reference)
    issued(reference, steward, now=BEFORE)
    make_transfers(now=NOW)

    stored = str(Transfer.objects.get().__dict__["content"])

    assert "Diễm" not in stored
    assert "022190123456" not in stored


def test_card_of_the_same_minute_waits_for_the_next_list(reference: Any, steward: Any) -> None:
    receiver(reference)
    issued(reference, steward, now=NOW)

    assert make_transfers(now=NOW) == []
    assert [t.count for t in make_transfers(now=TOMORROW)] == [1]


def test_weekly_receiver_gets_an_empty_list_as_a_sign_of_life(reference: Any) -> None:
    receiver(reference, weekday=4)

    (transfer,) = make_transfers(now=NOW)

    assert (transfer.count, json.loads(transfer.content)["lines"]) == (0, [])
    assert make_transfers(now=TOMORROW) == []


def test_list_missed_while_the_machine_was_away_is_made_late(reference: Any, steward: Any) -> None:
    receiver(reference, weekday=4)
    make_transfers(now=NOW)
    issued(reference, steward, now=TOMORROW)

    late = make_transfers(now=NOW + timedelta(days=9))

    assert [(t.serial, str(t.day), t.count) for t in late] == [(2, "2026-11-27", 1)]


def test_ended_card_is_told_once_without_its_person(reference: Any, steward: Any) -> None:
    receiver(reference)
    card = issued(reference, steward, now=BEFORE)
    make_transfers(now=NOW)
    withdraw_pledge(card.pledge, now=NOW + timedelta(hours=3))

    (transfer,) = make_transfers(now=TOMORROW)

    assert json.loads(transfer.content)["lines"] == [
        {
            "tells": "ended",
            "reference": card.pledge.reference,
            "card_number": card.number,
            "ended_on": "2026-11-20",
            "end_reason": "withdrawn",
        }
    ]
    assert make_transfers(now=TOMORROW + timedelta(days=1)) == []


def erase(card: Card) -> None:
    erase_scope(scope_of(card.pledge.person))


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_card_of_an_erased_person_is_told_as_ended_once(
    reference: Any, steward: Any, is_withdrawn: bool
) -> None:
    receiver(reference)
    card = issued(reference, steward, now=BEFORE)
    (first,) = make_transfers(now=NOW)
    fetch_transfer(first, now=NOW)
    if is_withdrawn:
        withdraw_pledge(card.pledge, now=NOW + timedelta(hours=3))
    erase(card)
    left = str(ErasedCard.objects.get().__dict__)
    assert [value in left for value in (card.number, card.pledge.reference)] == [False, False]

    (transfer,) = make_transfers(now=TOMORROW)

    assert not Card.objects.exists()
    told = json.loads(transfer.content)
    assert (transfer.count, told["count"]) == (1, 1)
    assert told["lines"] == [
        {
            "tells": "ended",
            "reference": card.pledge.reference,
            "card_number": card.number,
            "ended_on": "2026-11-20" if is_withdrawn else "2026-11-21",
            "end_reason": "withdrawn",
        }
    ]
    assert not ErasedCard.objects.exists()
    assert make_transfers(now=TOMORROW + timedelta(days=1)) == []


def test_end_that_nobody_has_fetched_is_told_after_the_erasure(
    reference: Any, steward: Any
) -> None:
    receiver(reference)
    card = issued(reference, steward, now=BEFORE)
    fetch_transfer(make_transfers(now=NOW)[0], now=NOW)
    withdraw_pledge(card.pledge, now=NOW + timedelta(hours=3))
    make_transfers(now=TOMORROW)

    erase(card)

    (transfer,) = make_transfers(now=TOMORROW + timedelta(days=1))
    assert [line["card_number"] for line in json.loads(transfer.content)["lines"]] == [card.number]


@pytest.mark.parametrize("is_ended", [True, False])
def test_erased_card_that_the_receiver_does_not_hold_as_valid_leaves_nothing(
    reference: Any, steward: Any, is_ended: bool
) -> None:
    """Its issue was never fetched, or its end was."""
    receiver(reference)
    card = issued(reference, steward, now=BEFORE)
    (transfer,) = make_transfers(now=NOW)
    if is_ended:
        fetch_transfer(transfer, now=NOW)
        withdraw_pledge(card.pledge, now=NOW)
        fetch_transfer(make_transfers(now=TOMORROW)[0], now=TOMORROW)

    erase(card)

    assert not ErasedCard.objects.exists()


def test_undone_withdrawn_demo_and_foreign_cards_are_not_listed(
    reference: Any, steward: Any
) -> None:
    receiver(reference)
    undo_card(issued(reference, steward, now=BEFORE), staff=steward, reason="Wrong", now=NOW)
    told = answers(reference, identity_number="022190123457", email="b@example.org")
    demo = ready(reference, steward, told, is_demo=True)
    issue(demo, steward, "QN 9", BEFORE)

    assert make_transfers(now=NOW) == []


def test_receipt_lists_every_card_that_still_counts(reference: Any, steward: Any) -> None:
    to = receiver(reference)
    staff = factories.StaffFactory(unit=to.unit, roles=["receiver"])
    first = issued(reference, steward, now=BEFORE)
    told = answers(reference, identity_number="022190123457", email="b@example.org")
    second = issued(reference, steward, told, number="QN 2", now=BEFORE)
    (transfer,) = make_transfers(now=NOW)
    withdraw_pledge(second.pledge, now=NOW)
    fetch_transfer(transfer, now=NOW)

    for _press in range(2):
        acknowledge_transfer(transfer, counted=2, staff=staff, now=TOMORROW)

    transfer.refresh_from_db()
    assert (transfer.state, transfer.acknowledged_by) == ("acknowledged", staff)
    assert "listed" in kinds(first.pledge)
    assert "listed" not in kinds(second.pledge)
    assert [(s.staff, s.unit) for s in first.pledge.steps.filter(kind="listed")] == [
        (staff, to.unit)
    ]


@pytest.mark.parametrize(
    ("fetched", "counted", "code"), [(False, 1, "list_not_fetched"), (True, 2, "count_differs")]
)
def test_receipt_is_refused(
    reference: Any, steward: Any, fetched: bool, counted: int, code: str
) -> None:
    receiver(reference)
    card = issued(reference, steward, now=BEFORE)
    (transfer,) = make_transfers(now=NOW)
    if fetched:
        fetch_transfer(transfer, now=NOW)

    with pytest.raises(RuleBroken) as refusal:
        acknowledge_transfer(transfer, counted=counted, staff=steward, now=NOW)

    assert refusal.value.code == code
    assert "listed" not in kinds(card.pledge)


def test_outstanding_list_is_chased_after_three_days_and_then_weekly(
    reference: Any, steward: Any
) -> None:
    receiver(reference)
    issued(reference, steward, now=BEFORE)
    make_transfers(now=NOW)

    chased = [chase_transfers(now=NOW + timedelta(days=days)) for days in (2, 3, 3, 9, 10)]

    assert chased == [0, 1, 0, 0, 1]
    assert Transfer.objects.get().chases == 2
    assert Message.objects.filter(kind="cards/chase").count() == 2


def test_table_has_no_formulas_and_every_column(reference: Any, steward: Any) -> None:
    to = receiver(reference)
    transfer = Transfer(receiver=to, serial=1, day=NOW.date(), made_at=NOW, count=1)
    text = listing.list_text(transfer, [{"full_name": "=HYPERLINK(1)", "organs": ["a", "b"]}])

    heads, row = listing.table_of(text).decode("utf-8-sig").splitlines()

    assert heads.count(",") == row.count(",") == len(listing.COLUMNS) - 1
    assert '"\'=HYPERLINK(1)"' in row
    assert '"a;b"' in row


def test_lines_are_written_for_each_card(reference: Any, steward: Any) -> None:
    receiver(reference)
    card = issued(reference, steward, now=BEFORE)
    make_transfers(now=NOW)

    assert [(line.card, line.tells) for line in TransferLine.objects.all()] == [(card, "issued")]
