"""Tables as the pages show them: each figure a link to what is behind it, a chart, a CSV."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from registration.common.charts import Bar, Column, TrendDay, bar_chart, column_chart, trend_chart
from registration.common.dates import short_date
from registration.common.spreadsheets import MARK, csv_line, delimiter_of
from registration.overview.drill import NOT_STATED
from registration.papers import grids, labels
from registration.papers.sections import grids_of

# What narrows the events to one row of a table, and to one of its columns.
NARROWED_BY = {
    "by_channel": "channel",
    "by_unit": "unit",
    "by_placement": "placement",
    "by_campaign": "campaign",
    "by_organ": "organ",
    "by_sex": "sex",
    "by_age_band": "age",
    "by_locality": "locality",
    "by_volume": "volume",
    "deferrals": "reason",
    "blood_by_unit": "unit",
}
KINDS = {
    "by_volume": ("given", "ml"),
    "deferrals": ("deferred",),
    "blood_by_unit": ("booked", "arrived", "given", "deferred", "ml"),
}
REACHED_BY = {"organ": "confirmed", "blood": "given"}
# What received registrations do not say.
LACKING = {
    "no_locality": {"locality": NOT_STATED},
    "no_sex": {"sex": "unknown"},
    "no_age": {"age": "unknown"},
    "no_unit": {"unit": NOT_STATED},
}
TWO = ("received", "confirmed")
# Two columns for each day have room for so many days.
MOST_PAIRS = 14
MOST_COLUMNS = 366


@dataclass(frozen=True)
class Cell:
    text: str
    url: str = ""
    value: grids.Cell = ""
    # Read as words and set like them, though it may count something.
    in_words: bool = False

    @property
    def is_number(self) -> bool:
        return not self.in_words and (self.value is None or isinstance(self.value, int))


@dataclass(frozen=True)
class Row:
    label: str
    cells: Sequence[Cell]
    url: str = ""
    # Said in words in a cell too: a colour alone tells nothing.
    is_behind: bool = False


@dataclass(frozen=True)
class Table:
    """One table of a page. ``columns`` are its heads with whether they stand over numbers."""

    key: str
    title: str
    heading: str
    columns: Sequence[tuple[str, bool]]
    rows: Sequence[Row]
    total: Row | None = None
    note: str = ""
    chart: SafeString | str = ""


@dataclass(frozen=True)
class Links:
    """Where the events of a department's day (``day=``) or days (``first=``, ``last=``) are."""

    department: str
    query: Mapping[str, str]

    def to(self, **narrowed: str) -> str:
        address = reverse("overview:events", args=[self.department])
        return f"{address}?{urlencode({**self.query, **narrowed})}"

    def until(self, day: str, **narrowed: str) -> str:
        """All that was counted until that day."""
        address = reverse("overview:events", args=[self.department])
        return f"{address}?{urlencode({'last': day, **narrowed})}"


def tables_of(figures: dict[str, Any], links: Links, language: str) -> list[Table]:
    """Every table behind the head figures of a day, or of a period of days.

    Raises ``ValueError`` where the lines of one hold more than the head figures.
    """
    campaigns = iter(dict.fromkeys(row["campaign"] for row in figures.get("targets") or []))
    return [
        _table(grid, next(campaigns) if grid.key == "targets" else "", figures, links, language)
        for grid in grids_of(figures)
        if not grid.is_empty or grid.key == "targets"
    ]


def _table(
    grid: grids.Grid, campaign: str, figures: dict[str, Any], links: Links, language: str
) -> Table:
    # Two campaigns with targets are two tables of one key; a page needs each id once.
    key = f"{grid.key}-{campaign}" if campaign else grid.key
    lines = [*grid.lines, *([grid.total] if grid.total else [])]
    rows = [
        Row(
            line.label,
            [
                Cell(
                    grids.text_of(cell, column.kind, language),
                    ""
                    if cell in ("", None)
                    else _url(grid, campaign, index, place, figures, links),
                    cell,
                )
                for place, (cell, column) in enumerate(zip(line.cells, grid.columns, strict=True))
            ],
        )
        for index, line in enumerate(lines)
    ]
    return Table(
        key=key,
        title=grid.title,
        heading=grid.heading,
        columns=[(column.label, column.kind not in ("date", "text")) for column in grid.columns],
        rows=rows[: len(grid.lines)],
        total=rows[-1] if grid.total else None,
        note=grid.note,
        chart=_bars(grid, key, language),
    )


def _url(
    grid: grids.Grid,
    campaign: str,
    index: int,
    place: int,
    figures: dict[str, Any],
    links: Links,
) -> str:
    """Where the events behind one cell are; empty for what no events are behind."""
    if grid.key in ("adjustments", "earlier"):
        return _earlier_url(grid.key, figures[grid.key][index], place, links)
    if grid.key == "targets":
        return _target_url(grid, campaign, index, place, figures, links)
    if grid.key == "quality":
        lacking = LACKING.get(grid.lines[index].code) if place == 0 else None
        return links.to(kind="received", **lacking) if lacking else ""
    if grid.key not in NARROWED_BY:
        return ""
    kind = KINDS.get(grid.key, TWO)[place]
    if index >= len(grid.lines):
        return links.to(kind=kind)
    code = grid.lines[index].code
    return links.to(kind=kind, **{NARROWED_BY[grid.key]: NOT_STATED if code == "rest" else code})


def _earlier_url(key: str, row: dict[str, Any], place: int, links: Links) -> str:
    """What a day told of an earlier one: the day that told it is in a period's rows."""
    if place != 1:
        return ""
    told = Links(links.department, {"day": row.get("told_on") or links.query["day"]})
    if key == "adjustments":
        cause = {"cause": row["cause"]} if row.get("cause") else {}
        return told.to(kind=row["key"], concerns=row["day"], **cause)
    by = "signed" if row["cause"] == "paper" else "came"
    return told.to(kind=row["key"], **{by: row["day"]})


def _target_url(
    grid: grids.Grid,
    campaign: str,
    index: int,
    place: int,
    figures: dict[str, Any],
    links: Links,
) -> str:
    """What a unit reached since its campaign began, parts of the campaign included."""
    lines = [row for row in figures["targets"] if row["campaign"] == campaign]
    by_unit = {row["unit"]: row for row in lines}
    row = by_unit.get(grid.lines[index].code) if index < len(grid.lines) else None
    if row is None or place % 3 != 1:
        return ""
    in_ml = place == 4 or (len(grid.columns) == 3 and not any(each["people"] for each in lines))
    kind = "ml" if in_ml else REACHED_BY[row["kind"]]
    return links.until(_end(figures), kind=kind, unit=row["unit"], within=campaign)


def _end(figures: dict[str, Any]) -> str:
    """The last day that the figures hold; empty where no day was told yet."""
    return str(figures["window"]["day"] if "window" in figures else figures["told_until"] or "")


def _bars(grid: grids.Grid, key: str, language: str) -> SafeString | str:
    """The first rows of a table as bars; what is hidden has none."""
    bars = grids.bars_of(grid, language)
    if not bars:
        return ""
    return bar_chart(
        [Bar(bar.label, bar.value) for bar in bars],
        chart_id=f"chart-{key}",
        title=grid.title,
        description=_("A bar for each row; the table holds the same figures."),
        language=language,
    )


def count_table(figures: dict[str, Any], links: Links, language: str) -> Table:
    """The head figures of a day or of several, and cumulative at their end."""
    end = _end(figures)
    rows = [
        Row(
            row["label"],
            [
                Cell(labels.shown(row["day"], language), links.to(kind=row["key"]), row["day"]),
                Cell(
                    labels.shown(row["total"], language),
                    links.until(end, kind=row["key"]) if end else "",
                    row["total"],
                ),
            ],
        )
        for row in labels.count_rows(figures)
    ]
    day = _("On the day") if "window" in figures else _("In these days")
    return Table(
        key="figures",
        title=_("Figures"),
        heading=_("Figure"),
        columns=[(day, True), (_("Cumulative"), True)],
        rows=rows,
    )


def days_table(
    figures: dict[str, Any], days: Sequence[dict[str, Any]], department: str, language: str
) -> Table:
    """Each day with its two figures and a chart of them; a day that is not told says so."""
    heads = labels.short_heads(figures)
    rows = []
    for each in days:
        links = Links(department, {"day": each["day"]})
        has_events = each.get("has_summary", False) or each.get("is_open", False)
        if has_events or "has_summary" not in each:
            cells = [
                Cell(
                    labels.shown(each[name], language),
                    links.to(kind=name) if has_events else "",
                    each[name],
                )
                for name in TWO
            ]
        else:
            cells = [untold(each)] * 2
        url = reverse("overview:summary", args=[department, each["day"]])
        day = short_date(date.fromisoformat(each["day"]), language)
        rows.append(Row(day, cells, url if each.get("has_summary") else ""))
    return Table(
        key="days",
        title=_("Day by day"),
        heading=_("Date"),
        columns=[(head, True) for head in heads],
        rows=rows,
        chart=_days_chart(days, heads, language),
    )


def untold(day: dict[str, Any]) -> Cell:
    """In place of a figure: why the day has none of its own."""
    return Cell(_("in a later day") if day["is_told"] else _("not told"), value=None)


def _days_chart(
    days: Sequence[dict[str, Any]], heads: tuple[str, str], language: str
) -> SafeString | str:
    shown = days[-MOST_COLUMNS:]
    about: dict[str, Any] = {
        "chart_id": "chart-days",
        "title": _("Day by day"),
        "description": _("Two columns for each day; the table holds the same figures."),
        "language": language,
    }
    if len(shown) <= MOST_PAIRS:
        pairs = [
            TrendDay(date.fromisoformat(each["day"]), each["received"] or 0, each["confirmed"] or 0)
            for each in shown
        ]
        return trend_chart(pairs, received_label=heads[0], confirmed_label=heads[1], **about)
    columns = [
        Column(date.fromisoformat(each["day"]), each["received"] or 0, each["confirmed"] or 0)
        for each in shown
    ]
    return column_chart(columns, labels=heads, **about)


def csv_of(table: Table, language: str) -> bytes:
    """The table for a spreadsheet: numbers without grouping, days as ISO writes them."""
    delimiter = delimiter_of(language)
    heads = [table.heading, *(label for label, _number in table.columns)]
    lines = [csv_line(heads, delimiter=delimiter)]
    for row in [*table.rows, *([table.total] if table.total else [])]:
        cells = [_plain(row.label), *(_plain(cell.value, cell.text) for cell in row.cells)]
        lines.append(delimiter.join(cells) + "\r\n")
    return (MARK + "".join(lines)).encode()


def _plain(value: grids.Cell, text: str = "") -> str:
    """One cell; a number stays one, though a minus before a text would be made safe."""
    if isinstance(value, int):
        return str(value)
    words = value.isoformat() if isinstance(value, date) else text or str(value or "")
    return csv_line([words], delimiter=";").removesuffix("\r\n")


def find(tables: Iterable[Table], key: str) -> Table | None:
    return next((table for table in tables if table.key == key), None)
