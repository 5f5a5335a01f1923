"""The private link: one at a time, kept as a hash, offered to the unit's own mailbox alone."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from registration.common.errors import RuleBroken
from registration.outbox.models import Message
from registration.reach import services
from registration.reach.models import NumbersLink
from registration.units.models import Unit

NOW = timezone.now()
DAY = timedelta(days=1)


def refusal(call: Any) -> str:
    with pytest.raises(RuleBroken) as refused:
        call()
    return refused.value.code


@pytest.fixture
def mailed(reference: SimpleNamespace) -> Unit:
    reference.hospital.email = "vanthu@baichay.example"
    reference.hospital.save()
    unit: Unit = reference.hospital
    return unit


def offer_sent() -> str:
    text = Message.objects.get().text
    return text.partition("/numbers/offer/")[2].partition("/")[0]


def test_a_new_link_ends_the_earlier_and_only_hashes_are_kept(
    reference: SimpleNamespace, ayse: Any
) -> None:
    first = services.make_link(reference.hospital, by=ayse, now=NOW)
    second = services.make_link(reference.hospital, by=None, now=NOW + DAY)

    assert services.unit_of(second) == reference.hospital
    assert refusal(lambda: services.unit_of(first)) == "link_ended"
    kept = list(NumbersLink.objects.order_by("pk").values())
    assert [(row["made_by_id"], row["ended_at"]) for row in kept] == [
        (ayse.pk, NOW + DAY),
        (None, None),
    ]
    assert not any(token in str(row) for row in kept for token in (first, second))


def test_a_link_of_another_unit_goes_on(reference: SimpleNamespace) -> None:
    token = services.make_link(reference.steward, by=None, now=NOW)

    services.make_link(reference.hospital, by=None, now=NOW)

    assert services.unit_of(token) == reference.steward


@pytest.mark.parametrize("token", ["", "x" * 43, "ễ", "a" * 5000])
def test_unknown_links_are_unknown(reference: SimpleNamespace, token: str) -> None:
    assert refusal(lambda: services.unit_of(token)) == "link_unknown"


def test_a_unit_that_left_has_no_numbers(reference: SimpleNamespace) -> None:
    token = services.make_link(reference.hospital, by=None, now=NOW)
    Unit.objects.filter(pk=reference.hospital.pk).update(is_active=False)

    assert refusal(lambda: services.unit_of(token)) == "link_ended"


def test_offer_goes_to_the_units_mailbox_in_its_language_and_ends_nothing(mailed: Unit) -> None:
    token = services.make_link(mailed, by=None, now=NOW)

    services.send_offer(mailed, now=NOW)

    message = Message.objects.get()
    assert message.recipient == "vanthu@baichay.example"
    assert "http://testserver/vi/numbers/offer/" in message.text
    assert services.unit_of(token) == mailed


def test_offer_is_taken_once(mailed: Unit) -> None:
    services.send_offer(mailed, now=NOW)
    offer = offer_sent()
    assert services.look_at_offer(offer) == mailed
    assert not NumbersLink.objects.exists()

    token = services.take_offer(offer, now=NOW)

    assert services.unit_of(token) == mailed
    assert refusal(lambda: services.take_offer(offer, now=NOW)) == "offer_ended"
    assert services.unit_of(token) == mailed


def test_offer_ends_after_three_days_and_cannot_be_altered(mailed: Unit, reference: Any) -> None:
    services.send_offer(mailed, now=NOW)
    offer = offer_sent()
    other = offer.replace(f"{mailed.pk}-", f"{reference.steward.pk}-", 1)
    assert other != offer

    assert refusal(lambda: services.look_at_offer(other)) == "offer_ended"
    with time_machine.travel(timezone.now() + 3 * DAY + timedelta(minutes=1)):
        assert refusal(lambda: services.look_at_offer(offer)) == "offer_ended"


def test_offers_are_limited_for_each_unit(mailed: Unit) -> None:
    for second in range(5):
        services.send_offer(mailed, now=NOW.replace(hour=1) + timedelta(seconds=second))

    assert Message.objects.count() == 3


def test_a_unit_without_an_address_gets_none(reference: SimpleNamespace) -> None:
    services.send_offer(reference.hospital, now=NOW)

    assert not Message.objects.exists()
