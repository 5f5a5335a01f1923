"""Limits on how often something may be done: one counter a key and window, in the database.

A counter is raised by a single statement, so that two requests at once are counted as two, and a
limit is never a count of rows.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.common.models import Tally
from registration.common.sealing import lookup_hash


@dataclass(frozen=True)
class Limit:
    """At most ``times`` in ``seconds``, counted apart for each ``name``."""

    name: str
    times: int
    seconds: int

    def seconds_left(self, now: datetime) -> int:
        """How long until the window ends and counting begins anew, at least 1."""
        return self.seconds - int(now.timestamp()) % self.seconds


def count_use(limit: Limit, who: str, *, now: datetime) -> bool:
    """Count one use by ``who`` and say whether it was still within the limit.

    ``who`` (an address of the network, a mailbox) is stored as a keyed hash only.
    """
    return number_of_use(limit, who, now=now) <= limit.times


def require_few(limit: Limit, who: str, *, now: datetime) -> None:
    """Count one use by ``who``; refuses beyond the limit of so many in an hour (``too_often``)."""
    if not count_use(limit, who, now=now):
        raise RuleBroken(
            "too_often", _("This was done very often in a short time. Wait an hour and try again.")
        )


def number_of_use(limit: Limit, who: str, *, now: datetime) -> int:
    """Count one use by ``who``; which one it is in its window, the first being 1."""
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
    return int(count)


def forget_ended(*, now: datetime) -> int:
    """Delete the counters whose window has ended; the number deleted."""
    return Tally.objects.filter(ends_at__lt=now).delete()[0]
