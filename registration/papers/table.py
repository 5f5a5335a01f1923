"""The table of the day as CSV: each figure of letter and workbook on a line of its own."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from registration.common.spreadsheets import MARK, csv_line, delimiter_of
from registration.papers import labels
from registration.papers.grids import Cell
from registration.papers.sections import grids_of, trend_of

END = "\r\n"
# Table, title, code, name, figure, value.
Row = tuple[str, str, str, str, str, Cell]


def build_table(figures: dict[str, Any], *, sha256: str) -> bytes:
    """Return the CSV of frozen ``figures``; ``sha256`` is the hash of their canonical JSON.

    UTF-8 with its mark, in the department's language, parted by what a spreadsheet of that
    language expects. Columns: day, department, table, title, code, name, figure, value. A value is
    a whole number without grouping, a date as YYYY-MM-DD, or words where a number is hidden;
    no text can be read as a formula. The same figures give the same bytes.
    """
    language = figures["language"]
    delimiter = delimiter_of(language)
    with translation.override(language):
        heads = [_("Day"), _("Department"), _("Table"), _("Title"), _("Code")]
        heads += [_("Name of the row"), _("Figure"), _("Value")]
        start = [figures["window"]["day"], figures["department"]["code"]]
        lines = [csv_line(heads, delimiter=delimiter)]
        lines += [_line([*start, *row[:-1]], row[-1], delimiter) for row in _rows(figures, sha256)]
    return (MARK + "".join(lines)).encode()


def _line(names: list[str], value: Cell, delimiter: str) -> str:
    if isinstance(value, int):
        # Made safe as a text is, a negative number would be none to a spreadsheet.
        texts = csv_line(names, delimiter=delimiter).removesuffix(END)
        return f"{texts}{delimiter}{value}{END}"
    text = value.isoformat() if isinstance(value, date) else value
    return csv_line([*names, labels.hidden() if text is None else text], delimiter=delimiter)


def _rows(figures: dict[str, Any], sha256: str) -> Iterator[Row]:
    """All that is told; a cell with nothing to tell is left out."""
    yield from _origin(figures, sha256)
    for row in labels.count_rows(figures):
        names = ("counts", _("Summary"), row["key"], row["label"])
        yield (*names, _("On the day"), row["day"])
        yield (*names, _("Cumulative"), row["total"])
    for grid in [*grids_of(figures), trend_of(figures, figures["language"])]:
        for line in [*grid.lines, *([grid.total] if grid.total else [])]:
            for column, cell in zip(grid.columns, line.cells, strict=True):
                if cell != "":
                    yield (grid.key, grid.title, line.code, line.label, column.label, cell)


def _origin(figures: dict[str, Any], sha256: str) -> Iterator[Row]:
    """What the figures are of, what is to be known of them, and how they can be checked."""
    language, window = figures["language"], figures["window"]
    notes = [
        labels.provisional_line(figures, language),
        labels.demo_note() if figures["holds_demo"] else "",
        labels.days_line(figures, language),
        labels.edition_note(figures),
        _("Nothing to report") if labels.is_quiet(figures) else "",
        labels.banner_line(figures),
        labels.legal_note(figures),
    ]
    facts: list[tuple[str, str, Cell]] = [
        ("department", _("Department"), figures["department"]["name"]),
        ("serial", _("Number of the summary"), figures["serial"] or ""),
        ("starts_at", _("From (included)"), window["starts_at"]),
        ("ends_at", _("To (not included)"), window["ends_at"]),
        ("taken_at", _("Figures taken at"), figures["taken_at"]),
        ("zone", _("Time zone"), figures["zone"]),
        ("sha256", _("SHA-256 of the figures"), sha256),
        ("previous_sha256", _("SHA-256 of the previous summary"), figures["previous_sha256"] or ""),
        *(("note", _("Note"), note) for note in notes),
    ]
    for code, name, value in facts:
        if value != "":
            yield ("origin", _("Origin of the figures"), code, name, _("Value"), value)
