"""How far a campaign is: counted from events, and told in the reader's way."""

import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from registration.banners.progress import Progress, progress_in_words, progress_of
from registration.campaigns.models import Campaign, UnitTarget
from registration.ledger.choices import EntryChannel, EventKind
from registration.ledger.models import Event
from registration.ledger.services import Origin, record_event, restore, take_back
from tests import factories


def record(
    reference: SimpleNamespace,
    kind: EventKind = EventKind.PLEDGE_CONFIRMED,
    *,
    campaign: Campaign | None = None,
    is_test: bool = False,
) -> Event:
    origin = Origin(
        department=reference.quang_ninh_department,
        province=reference.quang_ninh,
        channel=EntryChannel.BANNER,
        campaign=campaign or reference.campaign,
        is_test=is_test,
    )
    with transaction.atomic():
        return record_event(kind, subject=uuid.uuid4(), origin=origin)


def progress(campaign: Campaign) -> Progress | None:
    cache.clear()
    return progress_of(campaign)


def test_progress_counts_confirmed_registrations_and_no_tests(reference: SimpleNamespace) -> None:
    UnitTarget.objects.create(campaign=reference.campaign, unit=reference.hospital, people=30)
    UnitTarget.objects.create(campaign=reference.campaign, unit=reference.steward, people=20)
    other = factories.CampaignFactory(owner=reference.quang_ninh_department)
    for _person in range(3):
        record(reference)
    record(reference, EventKind.PLEDGE_RECEIVED)
    record(reference, campaign=other)
    record(reference, is_test=True)

    assert progress(reference.campaign) == Progress(reached=3, goal=50)
    assert progress(other) == Progress(reached=1, goal=None)


def test_progress_follows_what_is_taken_back_and_restored(reference: SimpleNamespace) -> None:
    first, second = record(reference), record(reference)
    received = record(reference, EventKind.PLEDGE_RECEIVED)
    with transaction.atomic():
        take_back(first)
        take_back(second)
        take_back(received)
        restore(second)

    assert progress(reference.campaign) == Progress(reached=1, goal=None)


def test_progress_of_a_campaign_holds_those_below_it(reference: SimpleNamespace) -> None:
    national = factories.CampaignFactory(owner=reference.quang_ninh_department)
    Campaign.objects.filter(pk=reference.campaign.pk).update(parent=national)
    UnitTarget.objects.create(campaign=reference.campaign, unit=reference.hospital, people=30)
    record(reference)
    record(reference, campaign=national)

    assert progress(national) == Progress(reached=2, goal=30)
    assert progress(reference.campaign) == Progress(reached=1, goal=30)


def test_progress_with_nothing_to_say_is_none(reference: SimpleNamespace) -> None:
    assert progress(reference.campaign) is None
    Campaign.objects.filter(pk=reference.campaign.pk).update(kind="blood")
    UnitTarget.objects.create(campaign=reference.campaign, unit=reference.hospital, people=30)
    assert progress(Campaign.objects.get(pk=reference.campaign.pk)) is None


def test_progress_takes_two_queries_and_then_none_for_a_minute(
    reference: SimpleNamespace, max_queries: Callable[[int], Any]
) -> None:
    for _person in range(3):
        record(reference)
    cache.clear()

    with max_queries(2):
        first = progress_of(reference.campaign)
    record(reference)
    with max_queries(0):
        assert progress_of(reference.campaign) == first == Progress(reached=3, goal=None)


def test_progress_of_nothing_is_remembered_too(
    reference: SimpleNamespace, max_queries: Callable[[int], Any]
) -> None:
    progress_of(reference.campaign)

    with max_queries(0):
        assert progress_of(reference.campaign) is None


@pytest.mark.parametrize(
    ("reached", "goal", "share"),
    [
        (0, 500, 0),
        (1, 500, 1),
        (249, 500, 49),
        (499, 500, 99),
        (500, 500, 100),
        (900, 500, 100),
        (7, None, None),
    ],
)
def test_share(reached: int, goal: int | None, share: int | None) -> None:
    assert Progress(reached, goal).share == share


@pytest.mark.parametrize(
    ("reached", "goal", "words"),
    [
        (1234, 5000, "1,234 of 5,000 registrations"),
        (1, None, "1 registration"),
        (1234, None, "1,234 registrations"),
    ],
)
def test_progress_in_words(reached: int, goal: int | None, words: str) -> None:
    assert progress_in_words(Progress(reached, goal), "en") == words
