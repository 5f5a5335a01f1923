"""A card is issued, undone, and counts only as long as its registration does."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from registration.cards.choices import CardEnd
from registration.cards.models import Card
from registration.cards.services import find_card, undo_card, valid_card_of, validity_of
from registration.common.errors import RuleBroken
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge
from registration.pledges.services import withdraw_pledge
from registration.pledges.steps import steps_taken
from tests.cards.issuing import DAY, confirmed, issue, issued, ready
from tests.pledges.registering import NOW, answers, turkish

LATER = NOW + timedelta(hours=2)


def test_issuing_takes_the_step_and_tells_ledger_and_person(reference: Any, steward: Any) -> None:
    pledge = ready(reference, steward)

    card = issue(pledge, steward)

    assert (card.number, card.issuer, card.issued_on) == ("QN-000 123", steward.unit, DAY)
    assert len(card.code) == 16
    assert valid_card_of(pledge) == card == find_card(card.code.upper(), asked_by=steward.unit)
    step = pledge.steps.get(kind="card_issued")
    assert (step.happened_on, step.unit, step.staff) == (DAY, steward.unit, steward)
    assert Event.objects.filter(kind="pledge.card_issued", subject=pledge.pk).count() == 1
    message = Message.objects.get(kind="cards/issued")
    assert (message.language, message.recipient) == ("vi", "diem@example.org")
    assert pledge.reference in message.text
    assert "20/11/2026" in message.text
    assert card.number not in message.text


def test_issuing_twice_is_one_card(reference: Any, steward: Any) -> None:
    pledge = ready(reference, steward)

    assert issue(pledge, steward, "QN 1") == issue(pledge, steward, "qn-1")
    assert Message.objects.filter(kind="cards/issued").count() == 1


def test_one_key_is_one_card_also_when_it_was_undone(reference: Any, steward: Any) -> None:
    pledge, key = ready(reference, steward), uuid4()
    card = issue(pledge, steward, key=key)
    undo_card(card, staff=steward, reason="Wrong person", now=LATER)

    again = issue(pledge, steward, key=key, now=LATER)

    assert (again.pk, again.end_reason) == (card.pk, CardEnd.UNDONE)
    assert valid_card_of(pledge) is None
    assert issue(pledge, steward, key=uuid4(), now=LATER) == valid_card_of(pledge)


def test_a_second_card_is_refused(reference: Any, steward: Any) -> None:
    card = issued(reference, steward)

    with pytest.raises(RuleBroken) as refusal:
        issue(card.pledge, steward, "QN-2")

    assert (refusal.value.code, refusal.value.field) == ("card_issued_before", "number")


def test_a_number_is_of_one_card(reference: Any, steward: Any) -> None:
    issued(reference, steward, number="QN 7")
    told = answers(reference, identity_number="022190123457", email="other@example.org")
    pledge = ready(reference, steward, told)

    with pytest.raises(RuleBroken) as refusal:
        issue(pledge, steward, "qn-7")

    assert (refusal.value.code, refusal.value.field) == ("card_number_taken", "number")
    assert "card_issued" not in [step.kind for step in steps_taken(pledge)]


def test_no_card_before_advice_and_signed_form(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)

    with pytest.raises(RuleBroken) as refusal:
        issue(pledge, steward)

    assert refusal.value.code == "step_too_early"
    assert not Card.objects.exists()


def test_no_card_for_an_intent(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference, turkish(reference))

    with pytest.raises(RuleBroken) as refusal:
        issue(pledge, steward, issuer=reference.adana_department)

    assert refusal.value.code == "step_unknown"


def test_issuer_of_another_country_is_refused(reference: Any, steward: Any) -> None:
    pledge = ready(reference, steward)

    with pytest.raises(RuleBroken) as refusal:
        issue(pledge, steward, issuer=reference.adana_department)

    assert refusal.value.code == "issuer_elsewhere"


def test_withdrawal_ends_the_card_at_once(reference: Any, steward: Any) -> None:
    card = issued(reference, steward)

    withdraw_pledge(card.pledge, now=LATER)

    assert valid_card_of(card.pledge) is None
    validity = validity_of(find_card(card.code, asked_by=steward.unit))
    assert (validity.is_valid, validity.until) == (False, LATER)


def test_undoing_keeps_the_row_frees_the_number_and_tells(reference: Any, steward: Any) -> None:
    card = issued(reference, steward)

    undo_card(card, staff=steward, reason="Wrong person", now=LATER)
    again = undo_card(card, staff=steward, reason="Wrong person", now=LATER)

    assert (again.ended_at, again.end_reason) == (LATER, CardEnd.UNDONE)
    assert Pledge.objects.get().next_step == StepKind.CARD_ISSUED
    assert Event.objects.filter(kind="entry.taken_back").count() == 1
    assert Message.objects.filter(kind="cards/undone").count() == 1
    assert issue(card.pledge, steward, card.number).pk != card.pk


def test_undoing_on_a_later_day_is_refused(reference: Any, steward: Any) -> None:
    card = issued(reference, steward)

    with pytest.raises(RuleBroken) as refusal:
        undo_card(card, staff=steward, reason="Wrong", now=NOW + timedelta(days=1))

    assert refusal.value.code == "too_late_to_undo"
    assert valid_card_of(card.pledge) == card
