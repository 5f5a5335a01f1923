"""A unit's numbers as a page and a table show them, in the reader's language."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from registration.banners.models import Placement
from registration.common.charts import Column, column_chart
from registration.common.dates import number, short_date
from registration.reach.figures import Counts, Numbers, last_days, numbers_of
from registration.units.models import Unit

MONTH, YEAR = "month", "year"
PERIODS = {MONTH: 30, YEAR: 365}


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[tuple[str, str]]  # the head of the column and the number
    note: str = ""
    is_closed: bool = False


def period_of(asked: str) -> str:
    return asked if asked in PERIODS else MONTH


def numbers_context(
    unit: Unit, *, period: str, language: str, now: datetime, is_print: bool = False
) -> dict[str, Any]:
    """What ``reach/numbers_part.html`` shows."""
    numbers = _numbers(unit, period=period, now=now)
    by_day = numbers.by_day
    labels = {MONTH: _("30 days"), YEAR: _("A year")}
    return {
        "unit": unit,
        "first": short_date(numbers.span.first, language),
        "last": short_date(numbers.span.last, language),
        "figures": _cells(numbers.total, language),
        "heads": _heads(),
        "days": [Row(short_date(day, language), _cells(each, language)) for day, each in by_day][
            ::-1
        ],
        "placements": [_placement_row(*row, language) for row in numbers.by_placement],
        "charts": _charts(numbers, language),
        "has_placements": bool(numbers.placements),
        "holds_demo": numbers.holds_demo,
        "period": period,
        "periods": [
            {"code": code, "label": labels[code], "is_current": code == period} for code in PERIODS
        ],
        "is_print": is_print,
    }


def csv_rows(unit: Unit, *, period: str, now: datetime) -> Iterator[list[str]]:
    """A line for each day and placement that counted something, oldest first."""
    numbers = _numbers(unit, period=period, now=now)
    yield [
        _("Day"),
        _("Banner"),
        _("Size"),
        _("Language"),
        _("Code"),
        *_heads(),
    ]
    places = {placement.pk: place for place, placement in enumerate(numbers.placements)}
    by_key = {placement.pk: placement for placement in numbers.placements}

    def order(cell: tuple[Any, Any]) -> tuple[Any, int]:
        (day, placement), _counts = cell
        return day, places.get(placement, len(places))

    for (day, key), counts in sorted(numbers.cells.items(), key=order):
        if not counts.is_nothing:
            placement = by_key.get(key) if key else None
            yield [day.isoformat(), *_names(placement), *map(str, _numbers_in(counts))]


def _numbers(unit: Unit, *, period: str, now: datetime) -> Numbers:
    return numbers_of(unit, last_days(PERIODS[period], now=now, zone=unit.jurisdiction.zone))


def _heads() -> list[str]:
    return [_("Views"), _("Clicks"), _("Registrations received"), _("Confirmed by their owners")]


def _numbers_in(counts: Counts) -> tuple[int, int, int, int]:
    return counts.views, counts.clicks, counts.received, counts.confirmed


def _cells(counts: Counts, language: str) -> list[tuple[str, str]]:
    told = (number(each, language) for each in _numbers_in(counts))
    return list(zip(_heads(), told, strict=True))


def _placement_row(placement: Placement | None, counts: Counts, language: str) -> Row:
    cells = _cells(counts, language)
    if placement is None:
        return Row(_without_banner(), cells)
    return Row(
        _name(placement),
        cells,
        note=f"{placement.get_size_display()}, {placement.get_language_display()}",
        is_closed=placement.closed_at is not None,
    )


def _names(placement: Placement | None) -> list[str]:
    if placement is None:
        return [_without_banner(), "", "", ""]
    return [_name(placement), placement.size, placement.language, placement.code]


def _name(placement: Placement) -> str:
    name = placement.banner.headline or placement.banner.code
    return f"{name} ({placement.prompt.place})" if placement.prompt else name


def _without_banner() -> str:
    return _("Without a banner: at the desk, on paper, by telephone")


def _charts(numbers: Numbers, language: str) -> list[tuple[str, SafeString]]:
    """Views with their clicks, registrations with those confirmed; none where nothing happened."""
    total, by_day = numbers.total, numbers.by_day
    charts: list[tuple[str, SafeString]] = []
    if total.views or total.clicks:
        title = _("Views and clicks by day")
        chart = column_chart(
            [Column(day, each.views, each.clicks) for day, each in by_day],
            chart_id="views",
            title=title,
            description=_("%(views)s views and %(clicks)s clicks. The table has each day.")
            % {
                "views": number(total.views, language),
                "clicks": number(total.clicks, language),
            },
            labels=(_("Views"), _("Clicks")),
            language=language,
        )
        charts.append((title, chart))
    if total.received or total.confirmed:
        title = _("Registrations by day")
        chart = column_chart(
            [Column(day, each.received, each.confirmed) for day, each in by_day],
            chart_id="registrations",
            title=title,
            description=_(
                "%(received)s received and %(confirmed)s confirmed. The table has each day."
            )
            % {
                "received": number(total.received, language),
                "confirmed": number(total.confirmed, language),
            },
            labels=(_("Received"), _("Confirmed")),
            language=language,
        )
        charts.append((title, chart))
    return charts
