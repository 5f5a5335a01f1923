"""The barrier where the database is a file: its one writer at a time is the lock."""

import threading
import uuid
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection, connections, transaction

from registration.ledger.choices import EntryChannel, EventKind
from registration.ledger.clock import database_now, pass_barrier
from registration.ledger.models import Event
from registration.ledger.services import Origin, record_event
from tests.races import run_at_once

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL has a race of its own"
)


@pytest.fixture
def origin(reference: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Origin:
    """Every thread that starts from here on works on a copy of the database in one file."""
    file = tmp_path / "portal.sqlite3"
    file.write_bytes(connection.connection.serialize())
    monkeypatch.setitem(connections.settings["default"], "NAME", str(file))
    return Origin(
        department=reference.quang_ninh_department,
        province=reference.quang_ninh,
        channel=EntryChannel.WEB,
    )


def missed_while_one_writes(
    origin: Origin, ask: Callable[[], datetime], *, slow_commit: float
) -> int:
    """How many events a reporter missed that asked for the time before a writer had committed.

    The writer commits when the reporter is done, or after so many seconds if it waits.
    """
    written, reported = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            record_event(EventKind.PLEDGE_RECEIVED, subject=uuid.uuid4(), origin=origin)
            written.set()
            reported.wait(slow_commit)

    def report() -> tuple[datetime, int]:
        assert written.wait(20)
        moment = ask()
        number = Event.objects.filter(happened_at__lt=moment).count()
        reported.set()
        return moment, number

    def write_after(moment: datetime) -> tuple[int, int]:
        with transaction.atomic():
            record_event(EventKind.PLEDGE_RECEIVED, subject=uuid.uuid4(), origin=origin)
        before = Event.objects.filter(happened_at__lt=moment).count()
        return before, Event.objects.count()

    wrote, told = run_at_once([write, report])
    assert wrote is None
    ((before, number),) = run_at_once([lambda: write_after(told[0])])
    # Who writes after the passage has a later time.
    assert number == 2
    assert before <= 1
    return int(before - told[1])


def test_a_reporter_behind_the_barrier_waits_for_the_writer_of_the_file(origin: Origin) -> None:
    assert missed_while_one_writes(origin, pass_barrier, slow_commit=0.5) == 0


def test_twin_that_only_asks_for_the_time_misses_the_row(origin: Origin) -> None:
    assert missed_while_one_writes(origin, database_now, slow_commit=10) == 1
