"""Limits on how often something may be done: one counter a key and window, in the database.

A counter is raised by a single statement, so that two requests at once are counted as two, and a
limit is never a count of rows.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection

from registration.common.models import Tally
from registration.common.sealing import lookup_hash


@dataclass(frozen=True)
class Limit:
    """At most ``times`` in ``seconds``, counted apart for each ``name``."""

    name: str
    times: int
    seconds: int


def count_use(limit: Limit, who: str, *, now: datetime) -> bool:
    """Count one use by ``who`` and say whether it was still within the limit.

    ``who`` (an address of the network, a mailbox) is stored as a keyed hash only.
    """
    slot = int(now.timestamp()) // limit.seconds
    ends_at = datetime.fromtimestamp((slot + 1) * limit.seconds, UTC)
    key = lookup_hash(f"{limit.name}:{who}", purpose="limit")
    table = Tally._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, slot, count, ends_at) VALUES (%s, %s, 1, %s)"  # noqa: S608
            f" ON CONFLICT (key, slot) DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [key, slot, connection.ops.adapt_datetimefield_value(ends_at)],
        )
        (count,) = cursor.fetchone()
    return bool(count <= limit.times)


def forget_ended(*, now: datetime) -> int:
    """Delete the counters whose window has ended; the number deleted."""
    return Tally.objects.filter(ends_at__lt=now).delete()[0]
