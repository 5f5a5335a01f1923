"""Links made and offers taken at once, with real connections."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from registration.common.errors import RuleBroken
from registration.outbox.models import Message
from registration.reach import services
from registration.reach.models import NumbersLink
from tests.races import needs_postgresql, run_at_once

pytestmark = [pytest.mark.race, needs_postgresql, pytest.mark.usefixtures("transactional_db")]

NOW = timezone.now()


def test_of_eight_links_made_at_once_one_stands(reference: SimpleNamespace) -> None:
    jobs: list[Any] = [lambda: services.make_link(reference.hospital, by=None, now=NOW)] * 8

    made = run_at_once(jobs)

    assert [type(token) for token in made] == [str] * 8
    assert NumbersLink.objects.count() == 8
    assert NumbersLink.objects.filter(ended_at=None).count() == 1


def test_an_offer_taken_at_once_is_taken_once(reference: SimpleNamespace) -> None:
    reference.hospital.email = "vanthu@baichay.example"
    reference.hospital.save()
    services.send_offer(reference.hospital, now=NOW)
    offer = Message.objects.get().text.partition("/numbers/offer/")[2].partition("/")[0]

    taken = run_at_once([lambda: services.take_offer(offer, now=NOW)] * 8)

    refused = [each.code for each in taken if isinstance(each, RuleBroken)]
    assert refused == ["offer_ended"] * 7
    assert NumbersLink.objects.count() == 1
