"""The one clock of the ledger, and the lock by which a reporter knows that nobody writes late.

Writers hold the lock shared and take the database's time after they have it. A reporter passes it
exclusively once, at the end of a window: then every writer with an earlier time has committed and
every later one gets a later time. On SQLite a write transaction (``BEGIN IMMEDIATE``) is the lock.

The time of the last passage is kept. No event is stamped below it, so a clock that is set back
cannot put an event into a window that is already told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import OperationalError, connection, transaction

from registration.ledger.models import Mark

# Any number will do, as long as nothing else in the database uses it.
LEDGER_LOCK = 7_520_061_830

_played: ContextVar[datetime | None] = ContextVar("played", default=None)


def database_now() -> datetime:
    """The database's time of this moment, not of the transaction's start; never below the mark."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT greatest(clock_timestamp(), (SELECT max(moment) FROM ledger_mark))"
            )
            moment: datetime = cursor.fetchone()[0]
            return moment
        # Literal arguments and no parameters: Django would read the percent signs as its own.
        cursor.execute(
            "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now'), (SELECT max(moment) FROM ledger_mark)"
        )
        return max(
            datetime.fromisoformat(text).replace(tzinfo=UTC) for text in cursor.fetchone() if text
        )


def stamp() -> datetime:
    """Take the lock shared until the end of this transaction, then the time.

    Must run inside a transaction: outside one there is nothing that the lock could protect.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is stamped inside the transaction that writes it.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LEDGER_LOCK])
    return _played.get() or database_now()


class BarrierBusy(Exception):
    """A writer is still at work; ask again in a moment."""


def pass_barrier(*, patience: timedelta = timedelta(seconds=1)) -> datetime:
    """Wait until every writer has committed, and return a time that no later event goes below.

    The lock is given back at once. The wait is short on purpose: while a reporter waits, writers
    queue behind it. Raises ``BarrierBusy`` when a writer holds on for longer than ``patience``
    (on SQLite: than the connection's own time-out). A played day has its played time; one that is
    played ahead moves the mark with it, so that what comes in meanwhile belongs to the next day.
    """
    try:
        with transaction.atomic(durable=True):
            _wait_for_writers(patience)
            reached = database_now()
            moment = _played.get() or reached
            Mark.objects.update_or_create(pk=1, defaults={"moment": max(moment, reached)})
    except OperationalError as error:
        if _is_busy(error):
            raise BarrierBusy from error
        raise
    return moment


def _wait_for_writers(patience: timedelta) -> None:
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = {int(patience.total_seconds() * 1000)}")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])


def _is_busy(error: OperationalError) -> bool:
    """Whether somebody else held the lock, and not a database that is gone."""
    cause = error.__cause__
    lock_not_available = getattr(cause, "sqlstate", None) == "55P03"
    return lock_not_available or getattr(cause, "sqlite_errorname", "") == "SQLITE_BUSY"


@contextmanager
def played_at(moment: datetime) -> Iterator[None]:
    """Let events of a demo day carry the times of that day. Refused outside a demo."""
    if not settings.PLAY_ALLOWED:
        raise RuntimeError("Only a demo plays days.")
    token = _played.set(moment)
    try:
        yield
    finally:
        _played.reset(token)
