"""A table in the one shape that letter, workbook and CSV draw alike.

A cell is a number, a day, a text, ``None`` where the number is hidden in this edition, or an
empty text where there is nothing to tell. Texts are in the language that is active.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.translation import gettext as _

from registration.common import dates
from registration.papers import labels

Cell = int | date | str | None
Kind = Literal["number", "change", "percent", "date", "text"]

# A chart of two hundred communes is no picture any more; its table has them all.
MOST_BARS = 12


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Line:
    code: str
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """One table. ``tab`` is its short name; its lines add up to ``total`` where it has one.

    ``chart`` says which column is drawn as bars beside it, None for none.
    """

    key: str
    title: str
    heading: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: Line | None = None
    note: str = ""
    chart: int | None = None
    tab: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell: the table says so in words instead of zeros."""
        cells = [cell for line in self.lines for cell in line.cells]
        return not any(cell is None or cell for cell in cells)


def text_of(cell: Cell, kind: Kind, language: str) -> str:
    """A cell as it is read: a hidden one in words, one with nothing to tell as a dash."""
    if cell == "":
        return "–"
    if isinstance(cell, date):
        return dates.short_date(cell, language)
    if isinstance(cell, str):
        return cell
    if cell is None or kind == "number":
        return labels.shown(cell, language)
    if kind == "percent":
        return dates.percent(cell, language)
    return labels.signed(cell, language)


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    value: int
    text: str


def bars_of(grid: Grid, language: str) -> list[Bar]:
    """The first lines of a table as bars; none where a single bar, or nothing, would be drawn.

    A hidden figure has no length: its line is left to the table.
    """
    if grid.chart is None or grid.is_empty:
        return []
    kind = grid.columns[grid.chart].kind
    values = [(line.label, line.cells[grid.chart]) for line in grid.lines]
    bars = [
        Bar(label, cell, text_of(cell, kind, language))
        for label, cell in values
        if isinstance(cell, int)
    ][:MOST_BARS]
    return bars if len(bars) > 1 else []


def chart_told(title: str, values: Iterable[tuple[str, str]]) -> str:
    """A chart in words, for whoever cannot see it."""
    told = "; ".join(f"{label}: {value}" for label, value in values)
    return _("Chart “%(title)s”. %(values)s.") % {"title": title, "values": told}


def heads_of(grid: Grid) -> list[str]:
    return [grid.heading, *(column.label for column in grid.columns)]
