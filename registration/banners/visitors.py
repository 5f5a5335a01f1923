"""Who was counted already: a mark of the day, unique in the database.

A mark is made with the day's salt, which is deleted with the day; then nobody can tell whose it
was, whatever network and program is tried.
"""

import secrets
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b

from django.db import connection

from registration.banners.models import DaySalt, Placement, Seen
from registration.banners.notes import Note
from registration.banners.rules import MOST_FOR_A_UNIT, MOST_OF_A_NETWORK

# The last zone on earth is twelve hours behind.
LAST_ZONE = timedelta(hours=12)
FORGOTTEN_AT_ONCE = 50_000
# Hexadecimal digits of a mark that are the same for a network on a unit's sites, on a placement.
OF_UNIT, OF_PLACEMENT, WHOLE = 12, 20, 32


@dataclass(frozen=True)
class Visit:
    """A visitor's view or click of a placement; ``mark`` is the same for all of that day.

    ``is_first`` of its network, for this placement, kind and day: known once it was let in.
    """

    placement: Placement
    kind: str
    day: date
    mark: str
    referrer: str
    is_first: bool = False

    @property
    def of_unit(self) -> str:
        """What the marks of one network have in common, for this unit, kind and day."""
        return self.mark[:OF_UNIT]

    @property
    def of_placement(self) -> str:
        """The same for this placement alone."""
        return self.mark[:OF_PLACEMENT]


class Salts(dict[date, bytes]):
    """Each day's salt, made when it is first needed; two who make it at once get the same."""

    def __missing__(self, day: date) -> bytes:
        made, _is_new = DaySalt.objects.get_or_create(
            day=day, defaults={"salt": secrets.token_bytes(32)}
        )
        self[day] = bytes(made.salt)
        return self[day]


def visit_of(note: Note, placement: Placement, *, day: date, salt: bytes) -> Visit:
    of_unit = f"{note.kind} {placement.unit_id} {note.network}"
    of_placement = f"{of_unit} {placement.pk}"
    parts = (
        (of_unit, OF_UNIT),
        (of_placement, OF_PLACEMENT - OF_UNIT),
        (f"{of_placement} {note.asked.agent}", WHOLE - OF_PLACEMENT),
    )
    mark = "".join(
        blake2b(part.encode(errors="replace"), key=salt, digest_size=digits // 2).hexdigest()
        for part, digits in parts
    )
    return Visit(placement, note.kind, day, mark, note.referrer)


def keep_new(visits: dict[str, Visit]) -> list[Visit]:
    """Keep the marks of those who were not counted yet, and return these visits.

    Of one network no more than the limits in a day. Among several who do so at once, each mark is
    new to one of them alone.
    """
    let_in = {visit.mark: visit for visit in _within_limits(visits)}
    if not let_in:
        return []
    # In one order, so that two at once never wait for each other in a circle.
    rows = sorted((visit.mark, visit.day) for visit in let_in.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Seen._meta.db_table} (mark, day) VALUES"  # noqa: S608
            f" {', '.join(['(%s, %s)'] * len(rows))} ON CONFLICT (mark) DO NOTHING RETURNING mark",
            [
                value
                for mark, day in rows
                for value in (mark, connection.ops.adapt_datefield_value(day))
            ],
        )
        return [let_in[mark] for (mark,) in cursor.fetchall()]


def oldest_day(now: datetime) -> date:
    """The first day that is not over yet somewhere on earth."""
    return (now.astimezone(UTC) - LAST_ZONE).date()


def forget_days(*, now: datetime) -> None:
    """Delete the salts of days that are over, and at most 50,000 of the marks made with them."""
    DaySalt.objects.filter(day__lt=oldest_day(now)).delete()
    over = Seen.objects.filter(day__lt=oldest_day(now)).values("pk")[:FORGOTTEN_AT_ONCE]
    Seen.objects.filter(pk__in=over).delete()


def _within_limits(visits: dict[str, Visit]) -> list[Visit]:
    """Those whose marks are new, as many of each network as both limits still let in."""
    held: defaultdict[str, set[str]] = defaultdict(set)
    of_placements: Counter[str] = Counter()
    for network, mark in _marks_of({visit.of_unit for visit in visits.values()}):
        held[network].add(mark)
        of_placements[mark[:OF_PLACEMENT]] += 1
    let_in = []
    for mark, visit in visits.items():
        marks, here = held[visit.of_unit], of_placements[visit.of_placement]
        if mark not in marks and here < MOST_OF_A_NETWORK and len(marks) < MOST_FOR_A_UNIT:
            marks.add(mark)
            of_placements[visit.of_placement] += 1
            let_in.append(replace(visit, is_first=not here))
    return let_in


def _marks_of(networks: set[str]) -> list[tuple[str, str]]:
    """The marks that begin with these; by ranges, so that the index of marks is used."""
    if not networks:
        return []
    asked = ", ".join(["(%s)"] * len(networks))
    with connection.cursor() as cursor:
        # Marks are hexadecimal: all that begin alike lie between that and the same with a "g".
        cursor.execute(
            f"WITH asked (network) AS (VALUES {asked}) SELECT network, mark FROM asked"  # noqa: S608
            f" JOIN {Seen._meta.db_table} ON mark >= network AND mark < network || 'g'",
            list(networks),
        )
        return list(cursor.fetchall())
