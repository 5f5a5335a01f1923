"""Views, clicks and registrations of units, counted from day counts and the ledger alone.

No person is asked for, and nothing about one (sex, age, place) is broken down. So a unit sees its
small numbers as they are. A correction counts on the day of what it corrects: no summary was made
of these figures that would have to stand.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from registration.banners.models import DayCount, Placement, Prompt
from registration.ledger.choices import EventKind
from registration.ledger.models import Event
from registration.units.models import Unit

DAY = timedelta(days=1)
COUNTED = {
    str(EventKind.PLEDGE_RECEIVED): "received",
    str(EventKind.PLEDGE_CONFIRMED): "confirmed",
}
SIGNS = {str(EventKind.ENTRY_TAKEN_BACK): -1, str(EventKind.ENTRY_RESTORED): 1}


@dataclass(slots=True)
class Counts:
    """How often it was seen and clicked, and the registrations that came of it."""

    views: int = 0
    clicks: int = 0
    received: int = 0
    confirmed: int = 0

    def add(self, name: str, number: int) -> None:
        setattr(self, name, getattr(self, name) + number)

    def include(self, other: "Counts") -> None:
        self.views += other.views
        self.clicks += other.clicks
        self.received += other.received
        self.confirmed += other.confirmed

    @property
    def is_nothing(self) -> bool:
        return not (self.views or self.clicks or self.received or self.confirmed)


class Span(NamedTuple):
    """Days of a zone; the first and the last belong to it."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def days(self) -> list[date]:
        return [self.first + DAY * number for number in range((self.last - self.first).days + 1)]

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The half-open stretch of time from the first midnight to the one after the last day."""
        first, end = (
            datetime.combine(day, time.min, tzinfo=self.zone)
            for day in (self.first, self.last + DAY)
        )
        return first, end


def last_days(number: int, *, now: datetime, zone: ZoneInfo) -> Span:
    """The last so many days of a zone, today included."""
    today = now.astimezone(zone).date()
    return Span(today - DAY * (number - 1), today, zone)


@dataclass
class Numbers:
    """A unit's counts for each day and placement; None stands for its desk, its paper and so on."""

    span: Span
    placements: list[Placement]
    cells: dict[tuple[date, int | None], Counts]
    holds_demo: bool = False

    @property
    def total(self) -> Counts:
        return _sum(self.cells.values())

    @property
    def by_day(self) -> list[tuple[date, Counts]]:
        """Every day, oldest first."""
        found: dict[date, Counts] = defaultdict(Counts)
        for (day, _placement), counts in self.cells.items():
            found[day].include(counts)
        return [(day, found[day]) for day in self.span.days]

    @property
    def by_placement(self) -> list[tuple[Placement | None, Counts]]:
        """Open placements and those that counted something; last what came without a banner."""
        found: dict[int | None, Counts] = defaultdict(Counts)
        for (_day, placement), counts in self.cells.items():
            found[placement].include(counts)
        rows: list[tuple[Placement | None, Counts]] = [
            (each, found[each.pk])
            for each in self.placements
            if each.closed_at is None or not found[each.pk].is_nothing
        ]
        return rows if found[None].is_nothing else [*rows, (None, found[None])]


def numbers_of(unit: Unit, span: Span) -> Numbers:
    """The unit's numbers of these days. Four queries, however many placements and days."""
    placements = list(
        Placement.objects.filter(unit=unit)
        .select_related("banner", "prompt")
        .order_by("created_at", "pk")
    )
    known = {placement.pk for placement in placements}
    cells: dict[tuple[date, int | None], Counts] = defaultdict(Counts)
    shown = DayCount.objects.filter(
        placement__unit=unit, day__gte=span.first, day__lte=span.last
    ).values_list("day", "placement", "views", "clicks")
    for day, placement, views, clicks in shown:
        cells[day, placement].include(Counts(views, clicks))
    numbers = Numbers(span, placements, cells)
    keys = _by(lambda at: [TruncDate(at, tzinfo=span.zone)], "placement")
    for name, number, is_demo, day, placement in registrations(Q(unit=unit), keys, span=span):
        # A placement that was given to another unit since: still a registration of this one.
        cells[day, placement if placement in known else None].add(name, number)
        numbers.holds_demo |= is_demo
    return numbers


def numbers_of_units(units: Iterable[Unit], span: Span) -> dict[int, Counts]:
    """The counts of each unit, by its key. Three queries, whatever the number of units."""
    wanted = [unit.pk for unit in units]
    found: dict[int, Counts] = defaultdict(Counts)
    shown = (
        DayCount.objects.filter(placement__unit__in=wanted, day__gte=span.first, day__lte=span.last)
        .values_list("placement__unit")
        .annotate(views=Sum("views"), clicks=Sum("clicks"))
    )
    for unit, views, clicks in shown:
        found[unit].include(Counts(views, clicks))
    for name, number, _is_demo, unit in registrations(
        Q(unit__in=wanted), _by(None, "unit"), span=span
    ):
        found[unit].add(name, number)
    return found


def numbers_of_prompt(prompt: Prompt) -> dict[int, Counts]:
    """The counts of each wording since it is there, by the key of its placement."""
    found: dict[int, Counts] = defaultdict(Counts)
    shown = (
        DayCount.objects.filter(placement__prompt=prompt)
        .values_list("placement")
        .annotate(views=Sum("views"), clicks=Sum("clicks"))
    )
    for placement, views, clicks in shown:
        found[placement].include(Counts(views, clicks))
    for name, number, _is_demo, placement in registrations(
        Q(placement__prompt=prompt), _by(None, "placement")
    ):
        found[placement].add(name, number)
    return found


Keys = Callable[[str], list[Any]]


def registrations(scope: Q, keys: Keys, *, span: Span | None = None) -> Iterator[tuple[Any, ...]]:
    """Name of the count, number, whether demo is in it, then the keys. Tests are left out.

    First what happened, then what was taken back or restored of it. Two queries.
    """
    stretch = span.moments if span else None
    for at, of, kinds in (
        ("happened_at", "kind", COUNTED),
        ("corrects__happened_at", "corrects__kind", SIGNS),
    ):
        rows = Event.objects.filter(scope, is_test=False, kind__in=kinds)
        rows = rows.filter(**{f"{of}__in": COUNTED})
        if stretch:
            rows = rows.filter(**{f"{at}__gte": stretch[0], f"{at}__lt": stretch[1]})
        counted = (
            rows.order_by()
            .values_list("kind", F(of), *keys(at))
            .annotate(number=Count("pk"), demo=Count("pk", filter=Q(is_demo=True)))
        )
        for kind, corrected, *found, number, demo in counted:
            yield (COUNTED[corrected], SIGNS.get(kind, 1) * number, bool(demo), *found)


def _by(moment: Keys | None, *names: str) -> Keys:
    return lambda at: [*(moment(at) if moment else []), *names]


def _sum(all_counts: Iterable[Counts]) -> Counts:
    total = Counts()
    for counts in all_counts:
        total.include(counts)
    return total
