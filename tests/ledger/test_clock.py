from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from registration.ledger.clock import database_now, pass_barrier, played_at, stamp
from registration.ledger.models import Mark

LONG_AGO = datetime(2025, 11, 20, 9, 15, tzinfo=UTC)
FAR_AHEAD = datetime(2126, 11, 20, 9, 15, tzinfo=UTC)


def test_database_now_is_this_moment(db: None) -> None:
    moment = database_now()

    assert abs(timezone.now() - moment) < timedelta(seconds=5)
    assert moment.tzinfo is not None


def test_database_now_goes_on_inside_a_transaction(db: None) -> None:
    moments = [database_now() for _ in range(200)]

    assert moments == sorted(moments)
    assert connection.in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_stamp_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        stamp()


@pytest.mark.django_db(transaction=True)
def test_pass_barrier_inside_a_transaction_is_refused() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        pass_barrier()


def test_pass_barrier_returns_a_time_that_no_later_event_goes_below(db: None) -> None:
    moment = pass_barrier()

    assert stamp() >= moment
    assert Mark.objects.get().moment == moment


def test_a_clock_that_is_set_back_does_not_stamp_below_the_last_barrier(db: None) -> None:
    # The clock went a century ahead once, a reporter passed, and the clock was put right.
    Mark.objects.create(pk=1, moment=FAR_AHEAD)

    assert stamp() == FAR_AHEAD
    assert pass_barrier() == FAR_AHEAD


def test_played_at_gives_its_time_and_ends(db: None) -> None:
    with played_at(LONG_AGO):
        played, passed = stamp(), pass_barrier()

    assert (played, passed) == (LONG_AGO, LONG_AGO)
    assert LONG_AGO < Mark.objects.get().moment <= stamp()


def test_a_day_played_ahead_is_over_for_whoever_comes_later(db: None) -> None:
    with played_at(FAR_AHEAD):
        pass_barrier()

    assert stamp() == FAR_AHEAD


def test_played_at_is_refused_outside_a_demo(db: None, settings: object) -> None:
    settings.PLAY_ALLOWED = False  # type: ignore[attr-defined]

    with pytest.raises(RuntimeError, match="Only a demo"), played_at(LONG_AGO):
        pytest.fail("a day was played")

    assert stamp() > LONG_AGO


def test_played_at_ends_with_an_error(db: None) -> None:
    with pytest.raises(ZeroDivisionError), played_at(LONG_AGO):
        raise ZeroDivisionError

    assert stamp() > LONG_AGO
