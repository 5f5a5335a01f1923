"""The barrier with real writers. Without it, rows that are committed late are missed."""

import contextlib
import random
import threading
import time
import uuid
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connections, transaction

from registration.ledger.choices import EntryChannel, EventKind
from registration.ledger.clock import BarrierBusy, database_now, pass_barrier, stamp
from registration.ledger.models import Event
from registration.ledger.services import Origin, record_event
from tests.races import needs_postgresql, run_at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), needs_postgresql]

WRITERS = 6
WINDOWS = 12
LENGTH = timedelta(seconds=0.25)


def report_while_others_write(reference: SimpleNamespace, *, with_barrier: bool) -> int:
    """How many events a reporter missed that counted each window right after its end."""
    origin = Origin(
        department=reference.quang_ninh_department,
        province=reference.quang_ninh,
        channel=EntryChannel.WEB,
    )
    done = threading.Event()

    def write() -> int:
        written, pause = 0, random.Random(threading.get_ident())
        while not done.is_set():
            with transaction.atomic():
                record_event(EventKind.PLEDGE_RECEIVED, subject=uuid.uuid4(), origin=origin)
                # A slow commit: the row has its time and nobody can see it yet.
                time.sleep(pause.uniform(0, 0.08))
            written += 1
        return written

    def report() -> list[tuple[datetime, datetime, int]]:
        told, starts_at = [], database_now()
        try:
            for _ in range(WINDOWS):
                ends_at = starts_at + LENGTH
                while database_now() < ends_at:
                    time.sleep(0.005)
                if with_barrier:
                    pass_patiently()
                told.append((starts_at, ends_at, _number_in(starts_at, ends_at)))
                starts_at = ends_at
        finally:
            done.set()
        return told

    results = run_at_once([report, *[write] * WRITERS])

    assert sum(results[1:]) == Event.objects.count() > 50
    return sum(_number_in(start, end) - number for start, end, number in results[0])


def pass_patiently() -> None:
    """As the reporter does: short waits, again and again, so that writers never queue for long."""
    for _ in range(50):
        with contextlib.suppress(BarrierBusy):
            pass_barrier()
            return
    raise AssertionError("the barrier was never free")


def _number_in(starts_at: datetime, ends_at: datetime) -> int:
    return Event.objects.filter(happened_at__gte=starts_at, happened_at__lt=ends_at).count()


def test_a_reporter_behind_the_barrier_misses_nothing(reference: SimpleNamespace) -> None:
    assert report_while_others_write(reference, with_barrier=True) == 0


def test_twin_without_the_barrier_rows_are_missed(reference: SimpleNamespace) -> None:
    assert report_while_others_write(reference, with_barrier=False) > 0


def test_pass_barrier_gives_up_on_a_writer_that_holds_on(reference: SimpleNamespace) -> None:
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                stamp()
                holding.set()
                release.wait(10)
        finally:
            connections.close_all()

    writer = threading.Thread(target=hold)
    writer.start()
    holding.wait(10)

    try:
        started = time.monotonic()
        with pytest.raises(BarrierBusy):
            pass_barrier(patience=timedelta(milliseconds=200))
        waited = time.monotonic() - started
    finally:
        release.set()
        writer.join()

    assert 0.2 <= waited < 2
    assert pass_barrier() <= database_now()
