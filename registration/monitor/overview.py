"""Who of a department's units carries the banner: rows, counts and days, as plain values."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from registration.banners.choices import CARRIERS
from registration.common.charts import Column
from registration.common.dates import date_time, short_date
from registration.common.folding import fold
from registration.common.spreadsheets import MARK, csv_line
from registration.monitor.choices import State
from registration.monitor.models import DayState, PublishedLine, Site
from registration.outside.choices import Trouble
from registration.units.models import Province, Unit

DAYS_SHOWN = 30
# What asks for something to be done stands first.
ORDER = [
    State.MISSING,
    State.WRONG_CODE,
    State.LINK_ONLY,
    State.SITE_DOWN,
    State.NOT_ALLOWED,
    State.NO_WEBSITE,
    State.PRESENT,
]
# A letter helps these; who has no website, or one that cannot be read, needs a call.
LACKING = (State.MISSING, State.WRONG_CODE, State.LINK_ONLY)


@dataclass(frozen=True)
class Row:
    """One unit as the table shows it; ``site`` is None before its first visit."""

    unit: Unit
    site: Site | None
    since: str = ""
    last_seen: str = ""

    @property
    def state(self) -> str:
        return self.site.state if self.site else ""

    @property
    def state_label(self) -> str:
        return str(State(self.site.state).label) if self.site else _("Not visited yet")

    @property
    def trouble_label(self) -> str:
        return str(Trouble(self.site.trouble).label) if self.site and self.site.trouble else ""

    @property
    def can_be_reminded(self) -> bool:
        return self.state in LACKING


def units_of(provinces: Iterable[Province]) -> QuerySet[Unit]:
    """The units that are to carry the banner: all that take part (letter 2589/SYT-VP)."""
    return Unit.objects.filter(province__in=provinces, is_active=True, kind__in=CARRIERS)


def rows_of(
    provinces: Iterable[Province],
    *,
    language: str,
    state: str = "",
    kind: str = "",
    typed: str = "",
) -> list[Row]:
    """The units with what the last visit found, those that need something first."""
    units = units_of(provinces).select_related("site", "jurisdiction", "province")
    if kind:
        units = units.filter(kind=kind)
    if typed:
        units = units.filter(folded__contains=fold(typed))
    if state == "none":
        units = units.filter(site__isnull=True)
    elif state:
        units = units.filter(site__state=state)
    rows = [row_of(unit, language=language) for unit in units.order_by("folded")]
    places = {str(each): place for place, each in enumerate(ORDER)}
    return sorted(rows, key=lambda row: places.get(row.state, places[State.PRESENT] - 0.5))


def row_of(unit: Unit, *, language: str) -> Row:
    """The unit with its website's times in its own zone, by day."""
    site: Site | None = getattr(unit, "site", None)

    def day(moment: datetime | None) -> str:
        local = moment.astimezone(unit.jurisdiction.zone) if moment else None
        return short_date(local.date(), language) if local else ""

    if site is None:
        return Row(unit, None)
    return Row(unit, site, since=day(site.since), last_seen=day(site.last_seen_at))


def states_of(provinces: Iterable[Province]) -> Counter[str]:
    """How many units are in which state; "none" is not visited yet."""
    found = units_of(provinces).values_list("site__state", flat=True)
    return Counter(state or "none" for state in found)


def carried(department: Unit) -> tuple[int, int]:
    """Of how many units of the department's province how many carry the banner: ``(n, m)``."""
    if department.province is None:
        return (0, 0)
    states = states_of([department.province])
    return states[State.PRESENT], states.total()


def days_of(provinces: Iterable[Province], *, last: date) -> list[Column]:
    """For each of the last 30 days: units visited by then, and of them those that carried it.

    A day on which a unit was not visited goes on as the day before: nothing is known to have
    changed.
    """
    units = set(units_of(provinces).values_list("pk", flat=True))
    first = last - timedelta(days=DAYS_SHOWN - 1)
    wanted = Q(unit__in=units, day__lte=last, day__gte=first - timedelta(days=DAYS_SHOWN))
    seen: dict[date, list[tuple[int, str]]] = {}
    for unit, day, state in DayState.objects.filter(wanted).values_list("unit", "day", "state"):
        seen.setdefault(day, []).append((unit, state))
    now: dict[int, str] = {}
    columns = []
    for back in reversed(range(DAYS_SHOWN * 2)):
        day = last - timedelta(days=back)
        now.update(seen.get(day, []))
        if day >= first:
            present = sum(state == State.PRESENT for state in now.values())
            columns.append(Column(day, len(now), present))
    return columns


def lines_of(provinces: Iterable[Province]) -> QuerySet[PublishedLine]:
    """The call lines of the provinces' centres, with whether their websites publish them."""
    return PublishedLine.objects.filter(line__unit__province__in=provinces).select_related(
        "line__unit__jurisdiction"
    )


def csv_lines(rows: Iterable[Row], *, language: str) -> Iterator[str]:
    """The table for a spreadsheet, in ``language``."""
    heads = [
        _("Unit"),
        _("Website"),
        _("State"),
        _("Why"),
        # Translators: since when a website is in its state
        pgettext("website", "Since"),
        _("Visited at"),
        _("Banner first seen"),
        _("Banner last seen"),
        _("Section"),
        _("Reminded on"),
    ]
    yield MARK + csv_line(heads)
    for row in rows:
        yield csv_line([row.unit.name, row.unit.website, *_cells(row, language)])


def _cells(row: Row, language: str) -> list[str]:
    site, zone = row.site, row.unit.jurisdiction.time_zone
    if site is None:
        return [row.state_label, "", "", "", "", "", "", ""]

    def at(moment: datetime | None) -> str:
        return date_time(moment, language, zone=zone) if moment else ""

    reminded = site.reminded_at
    return [
        row.state_label,
        row.trouble_label,
        at(site.since),
        at(site.visited_at),
        at(site.first_seen_at),
        at(site.last_seen_at),
        _("yes") if site.has_section else _("no"),
        short_date(reminded.astimezone(row.unit.jurisdiction.zone).date(), language)
        if reminded
        else "",
    ]


def facts_of(site: Site, *, language: str) -> list[dict[str, str]]:
    """What the last visit found, as labels and values; empty ones are left out."""
    zone = site.unit.jurisdiction.time_zone

    def at(moment: datetime | None) -> str:
        return date_time(moment, language, zone=zone) if moment else ""

    rows = [
        (pgettext("website", "Since"), at(site.since)),
        (_("Visited at"), at(site.visited_at)),
        (_("Why"), str(Trouble(site.trouble).label) if site.trouble else ""),
        (_("Answer of the server"), str(site.status or "")),
        (_("Page that was read"), site.final_address),
        (_("Code of the banner"), site.banner_code),
        (_("Link found"), site.link_address),
        (_("Section"), _("yes") if site.has_section else _("no")),
        (_("Banner first seen"), at(site.first_seen_at)),
        (_("Banner last seen"), at(site.last_seen_at)),
        (_("Reminded on"), at(site.reminded_at)),
    ]
    return [{"label": label, "value": value} for label, value in rows if value]
