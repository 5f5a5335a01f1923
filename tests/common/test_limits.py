"""Limits: one statement for each use, counted apart by key and window."""

from datetime import UTC, datetime, timedelta

import pytest

from registration.common.limits import Limit, count_use, forget_ended
from registration.common.models import Tally
from tests.races import needs_postgresql, run_at_once

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
THREE = Limit("test", times=3, seconds=3600)


@pytest.mark.django_db
def test_count_use_allows_the_limit_and_no_more() -> None:
    answers = [count_use(THREE, "a", now=NOON) for _turn in range(5)]

    assert answers == [True, True, True, False, False]


@pytest.mark.django_db
def test_count_use_counts_keys_names_and_windows_apart() -> None:
    for _turn in range(3):
        count_use(THREE, "a", now=NOON)

    assert count_use(THREE, "b", now=NOON)
    assert count_use(Limit("other", times=3, seconds=3600), "a", now=NOON)
    assert not count_use(THREE, "a", now=NOON + timedelta(seconds=3599))
    assert count_use(THREE, "a", now=NOON + timedelta(seconds=3600))


@pytest.mark.django_db
def test_count_use_asks_one_query(max_queries) -> None:  # type: ignore[no-untyped-def]
    with max_queries(1):
        count_use(THREE, "a", now=NOON)


@pytest.mark.django_db
def test_count_use_keeps_no_name_of_who() -> None:
    count_use(THREE, "203.0.113.7", now=NOON)

    assert "203.0.113.7" not in str(list(Tally.objects.values()))


@pytest.mark.django_db
def test_forget_ended_deletes_only_what_has_ended() -> None:
    count_use(THREE, "a", now=NOON - timedelta(hours=2))
    count_use(THREE, "a", now=NOON)

    assert forget_ended(now=NOON) == 1
    assert Tally.objects.get().count == 1


@pytest.mark.race
@needs_postgresql
@pytest.mark.usefixtures("transactional_db")
def test_count_use_at_once_never_lets_one_more_through() -> None:
    limit = Limit("race", times=10, seconds=3600)

    answers = run_at_once([lambda: count_use(limit, "a", now=NOON)] * 25)

    assert answers.count(True) == 10
    assert Tally.objects.get().count == 25


@pytest.mark.race
@needs_postgresql
@pytest.mark.usefixtures("transactional_db")
def test_twin_reading_before_writing_lets_more_through() -> None:
    """The guard taken away: read, then write. It shows that the race above is a race."""
    import time

    Tally.objects.create(key="twin", slot=1, count=0, ends_at=NOON)

    def careless() -> bool:
        count = Tally.objects.get(key="twin").count
        time.sleep(0.05)
        Tally.objects.filter(key="twin").update(count=count + 1)
        return count < 10

    answers = run_at_once([careless] * 25)

    assert answers.count(True) > 10
