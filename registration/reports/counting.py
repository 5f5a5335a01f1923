"""What a span of the ledger holds, counted by the database: one statement, each row read once.

Both databases group the same rows the same way; PostgreSQL in one pass (``GROUPING SETS``), SQLite
from rows it keeps for the length of the statement. Nothing here knows a person.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from registration.ledger.choices import EventKind
from registration.ledger.models import Event
from registration.units.models import Unit

COUNTED = {
    "received": EventKind.PLEDGE_RECEIVED,
    "confirmed": EventKind.PLEDGE_CONFIRMED,
    "changed": EventKind.PLEDGE_CHANGED,
    "withdrawn": EventKind.PLEDGE_WITHDRAWN,
    "handed_over": EventKind.PLEDGE_HANDED_OVER,
    "card_issued": EventKind.PLEDGE_CARD_ISSUED,
    "booked": EventKind.SIGNUP_BOOKED,
    "cancelled": EventKind.SIGNUP_CANCELLED,
    "arrived": EventKind.SIGNUP_ARRIVED,
    "no_show": EventKind.SIGNUP_NO_SHOW,
    "given": EventKind.DONATION_GIVEN,
    "deferred": EventKind.DONATION_DEFERRED,
}
# The head figures: how often each thing happened, and how much blood was given.
KEYS = (*COUNTED, "ml")
NAMES = {str(kind): name for name, kind in COUNTED.items()}
SIGNS = {str(EventKind.ENTRY_TAKEN_BACK): -1, str(EventKind.ENTRY_RESTORED): 1}

# What is counted together. A set is as fine as its columns allow; breakdowns are folded from it.
SETS = (
    ("is_demo", "volume_ml", "reason", "signed_on"),
    ("campaign_id", "unit_id", "placement_id"),
    ("channel", "sex", "age_band"),
    ("organs",),
    ("locality_id",),
)
COLUMNS = tuple(column for columns in SETS for column in columns)
CONFIRMED_AT_ONCE, WITHDRAWN_LATER, CORRECTED, MERGED = -1, -2, -3, -4

# What was corrected in a span; of what came before the span, ``told_at`` says when that was.
CORRECTED_ROWS = """
SELECT told.kind, CASE event.kind WHEN 'entry.taken_back' THEN -1 ELSE 1 END AS sign, event.subject,
    CASE WHEN told.happened_at < %(start)s THEN told.happened_at END AS told_at, {event_columns}
FROM ledger_event AS event JOIN ledger_event AS told ON told.id = event.corrects_id
WHERE event.department_id = %(department)s AND event.happened_at >= %(start)s
    AND event.happened_at < %(end)s AND NOT event.is_test AND event.corrects_id IS NOT NULL
    AND event.kind IN ('entry.taken_back', 'entry.restored') AND told.kind IN ({kinds})
"""
# The rows of a span, each once, with what was corrected of them within it.
DAY = """
SELECT kind, 1 AS sign, subject, {columns} FROM ledger_event
WHERE department_id = %(department)s AND happened_at >= %(start)s AND happened_at < %(end)s
    AND NOT is_test AND kind IN ({kinds})
UNION ALL
SELECT kind, sign, subject, {columns} FROM corrected WHERE told_at IS NULL
"""
AT_ONCE = """
SELECT grouping({columns}), kind, {columns}, NULL::timestamptz, sum(sign), sum(sign * volume_ml)
FROM day GROUP BY GROUPING SETS ({sets})
"""
ONE_BY_ONE = """
SELECT {mask}, kind, {shown}, NULL, sum(sign), sum(sign * volume_ml)
FROM day GROUP BY kind, {columns}
"""
# A join of a day with itself is left to no planner: it would guess how long the day is.
# Of those received in the span, how many were confirmed in it; who withdrew what came before it;
# and what was corrected of the time before it.
BESIDE = """
SELECT {confirmed_at_once}, NULL, {nothing}, NULL, CAST(sum(number) AS bigint), NULL
FROM (SELECT sum(CASE WHEN kind <> 'pledge.received' THEN sign ELSE 0 END) AS number FROM day
    WHERE kind IN ('pledge.received', 'pledge.confirmed', 'pledge.changed') GROUP BY subject
    HAVING max(CASE WHEN kind = 'pledge.received' THEN 1 ELSE 0 END) = 1) AS of_each
UNION ALL
SELECT {withdrawn_later}, NULL, {nothing}, came.happened_at, sum(day.sign), NULL
FROM day JOIN ledger_event AS came ON came.subject = day.subject
    AND came.kind = 'pledge.received' AND came.happened_at < %(start)s AND NOT came.is_test
WHERE day.kind = 'pledge.withdrawn' GROUP BY came.happened_at
UNION ALL
SELECT CASE WHEN EXISTS (SELECT 1 FROM ledger_event AS merged
        WHERE merged.subject = corrected.subject AND merged.kind = 'pledge.merged'
        AND merged.happened_at >= %(start)s AND merged.happened_at < %(end)s)
    THEN {merged} ELSE {corrected} END, kind, {columns}, told_at, sign, sign * volume_ml
FROM corrected WHERE told_at IS NOT NULL
"""


@dataclass(frozen=True)
class Correction:
    """A correction of something that was told before the span in which it was made."""

    name: str
    sign: int
    told_at: datetime
    ml: int
    share: tuple[int | None, int | None]
    is_merge: bool

    @property
    def cause(self) -> str:
        """Why the figure of a told day changes."""
        if self.sign > 0:
            return "restored"
        return "merge" if self.is_merge else "correction"


@dataclass
class Counts:
    """The groups of a span: for a dimension, (key, name of the count) → number.

    Tests are left out. What was corrected within the span counts as corrected.
    """

    heads: Counter[str] = field(default_factory=Counter)
    holds_demo: bool = False
    groups: dict[str, Counter[tuple[Any, str]]] = field(
        default_factory=lambda: {name: Counter() for name in (*COLUMNS, "share")}
    )
    # Confirmed, or put in the place of another, in the span in which they were received.
    confirmed_at_once: int = 0
    # By the moment at which what was withdrawn had come, before the span.
    withdrawn_later: Counter[datetime] = field(default_factory=Counter)
    # Of what came before the span; not in any of the groups.
    corrections: list[Correction] = field(default_factory=list)


def count_entries(department: Unit, *, starts_at: datetime, ends_at: datetime) -> Counts:
    """Count the events of ``[starts_at, ends_at)``; all breakdowns come from the same rows."""
    found = Counts()
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(connection.vendor),
            {
                "department": department.pk,
                "start": connection.ops.adapt_datetimefield_value(starts_at),
                "end": connection.ops.adapt_datetimefield_value(ends_at),
            },
        )
        for which, kind, *keys, moment, number, ml in cursor.fetchall():
            if which == CONFIRMED_AT_ONCE:
                found.confirmed_at_once = number or 0
            elif which == WITHDRAWN_LATER:
                found.withdrawn_later[_moment(moment)] += number
            elif which in (CORRECTED, MERGED):
                name, share = NAMES[kind], (keys[PLACES["campaign_id"]], keys[PLACES["unit_id"]])
                given = (ml or 0) if name == "given" else 0
                found.corrections.append(
                    Correction(name, number, _moment(moment), given, share, which == MERGED)
                )
            else:
                _add(found, MASKS[which], NAMES[kind], keys, number, ml or 0)
    return found


def _add(
    found: Counts, columns: tuple[str, ...], name: str, keys: list[Any], number: int, ml: int
) -> None:
    values = [keys[PLACES[column]] for column in columns]
    if columns is SETS[0]:
        found.heads[name] += number
        if name == "given":
            found.heads["ml"] += ml
        found.holds_demo |= bool(values[0])
    for column, value in zip(columns, values, strict=True):
        counted = found.groups[column]
        counted[value, name] += number
        if name == "given":
            counted[value, "ml"] += ml
    if columns is SETS[1] and name in ("confirmed", "given"):
        share = values[0], values[1]
        found.groups["share"][share, name] += number
        found.groups["share"][share, "ml"] += ml if name == "given" else 0


PLACES = {column: place for place, column in enumerate(COLUMNS)}
# By the number that says which columns a row of the answer was not grouped by.
MASKS = {
    sum(1 << (len(COLUMNS) - 1 - PLACES[column]) for column in COLUMNS if column not in columns): (
        columns
    )
    for columns in SETS
}


@cache
def _statement(vendor: str) -> str:
    """The statement for a database; no value of anybody is written into it."""
    kinds, columns = ", ".join(f"'{kind}'" for kind in NAMES), ", ".join(COLUMNS)
    event_columns = ", ".join(f"event.{column}" for column in COLUMNS)
    corrected = CORRECTED_ROWS.format(event_columns=event_columns, kinds=kinds)
    day = DAY.format(columns=columns, kinds=kinds)
    beside = BESIDE.format(
        columns=columns,
        nothing=", ".join(["NULL"] * len(COLUMNS)),
        confirmed_at_once=CONFIRMED_AT_ONCE,
        withdrawn_later=WITHDRAWN_LATER,
        merged=MERGED,
        corrected=CORRECTED,
    )
    grouped = _grouping_sets() if vendor == "postgresql" else _group_by_each()
    return (
        f"WITH corrected AS MATERIALIZED ({corrected}), day AS MATERIALIZED ({day})"
        f" {grouped} UNION ALL {beside}"
    )


def _grouping_sets() -> str:
    sets = ", ".join(f"(kind, {', '.join(columns)})" for columns in SETS)
    return AT_ONCE.format(columns=", ".join(COLUMNS), sets=sets)


def _group_by_each() -> str:
    return " UNION ALL ".join(
        ONE_BY_ONE.format(
            mask=mask,
            shown=", ".join(each if each in columns else "NULL" for each in COLUMNS),
            columns=", ".join(columns),
        )
        for mask, columns in MASKS.items()
    )


def _moment(value: Any) -> datetime:
    """SQLite answers with text."""
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def day_in(value: Any) -> date:
    """A day as either database gives it."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def recount(department: Unit, *, before: datetime) -> tuple[dict[str, int], bool]:
    """The head figures of everything before a moment, and whether demo entries are among them."""
    rows = (
        Event.objects.filter(
            department=department, is_test=False, kind__in=list(NAMES), happened_at__lt=before
        )
        .order_by()
        .values_list("kind")
        .annotate(number=Count("pk"), ml=Sum("volume_ml"), demo=Count("pk", filter=Q(is_demo=True)))
    )
    counts, holds_demo = Counter[str](), False
    for kind, number, ml, demo in rows:
        _add_up(counts, NAMES[kind], number, ml or 0)
        holds_demo |= bool(demo)
    corrections = (
        _corrections(department, before=before)
        .values_list("kind", "corrects__kind")
        .annotate(number=Count("pk"), ml=Sum("volume_ml"))
    )
    for kind, of, number, ml in corrections:
        _add_up(counts, NAMES[of], SIGNS[kind] * number, SIGNS[kind] * (ml or 0))
    return {name: counts[name] for name in KEYS}, holds_demo


def _add_up(counts: Counter[str], name: str, number: int, ml: int) -> None:
    counts[name] += number
    if name == "given":
        counts["ml"] += ml


def _corrections(department: Unit, *, before: datetime) -> QuerySet[Event]:
    """Corrections of counted events that were made before a moment."""
    return Event.objects.filter(
        department=department,
        is_test=False,
        corrects__isnull=False,
        kind__in=list(SIGNS),
        corrects__kind__in=list(NAMES),
        happened_at__lt=before,
    ).order_by()


def count_shares(
    department: Unit, *, campaigns: Iterable[int], units: Iterable[int], before: datetime
) -> Iterator[tuple[tuple[int | None, int | None], str, int]]:
    """What units reached in campaigns before a moment: ((campaign, unit), name, number)."""
    reached = [EventKind.PLEDGE_CONFIRMED, EventKind.DONATION_GIVEN]
    rows = (
        Event.objects.filter(
            Q(kind__in=reached) | Q(kind__in=list(SIGNS), corrects__kind__in=reached),
            department=department,
            is_test=False,
            campaign__in=list(campaigns),
            unit__in=list(units),
            happened_at__lt=before,
        )
        .order_by()
        .values_list("campaign_id", "unit_id", "kind", "corrects__kind")
        .annotate(number=Count("pk"), ml=Sum("volume_ml"))
    )
    for campaign, unit, kind, corrected, number, ml in rows:
        sign, name = SIGNS.get(kind, 1), NAMES[corrected or kind]
        yield (campaign, unit), name, sign * number
        if name == "given":
            yield (campaign, unit), "ml", sign * (ml or 0)
