"""A spreadsheet of entries: read, checked row by row, entered in slices, given back to correct.

Nothing of it is kept: the pages carry the text from one step to the next, and a row that was
entered is known by a keyed hash of its cells.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.common.folding import fold
from registration.common.sealing import lookup_hash
from registration.common.spreadsheets import (
    csv_bytes,
    delimiter_of,
    read_lines,
    require_columns,
    require_few_rows,
)
from registration.entries.columns import (
    REASON,
    Reader,
    columns_of,
    headings,
    label_of,
    reason_headings,
    required_columns,
)
from registration.entries.forms import DESK_FORMS, DeskFields
from registration.pledges.forms import Setting


@dataclass
class Row:
    """One person of a table. ``number`` is the line as the spreadsheet numbers it."""

    number: int
    cells: dict[str, str]
    form: DeskFields
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.errors

    @property
    def name(self) -> str:
        return self.cells.get("full_name", "")

    @property
    def birth_date(self) -> date | None:
        return self.form.cleaned_data.get("birth_date")

    def form_key(self, nonce: str) -> str:
        """The same row of the same table is one registration, however often it is sent."""
        told = "\x1f".join(f"{name}={cell}" for name, cell in sorted(self.cells.items()))
        return lookup_hash(f"{nonce}:{told}", purpose="entries.row")


@dataclass
class Table:
    rows: list[Row]
    columns: list[str]
    # Headings that mean nothing to us; their cells are left out.
    unknown: list[str]

    @property
    def good(self) -> list[Row]:
        return [row for row in self.rows if row.is_good]

    @property
    def bad(self) -> list[Row]:
        return [row for row in self.rows if not row.is_good]


def read_table(text: str, setting: Setting, *, boxes: dict[str, str]) -> Table:
    """Read and check a whole table; writes nothing. ``boxes`` holds for each of its rows.

    Refuses one without rows (``sheet_empty``), too large (``sheet_too_large``, ``too_many_rows``),
    not a table (``sheet_broken``) or without a column that the form needs (``column_missing``).
    """
    lines = _lines_of(text)
    kind = DESK_FORMS[setting.province.jurisdiction.pledge_kind]
    blank = kind(setting)
    known, passed_over = headings(blank), reason_headings()
    names = [known.get(fold(cell), "") for cell in lines[0][1]]
    labels = {name: label_of(name, blank) for name in columns_of(blank)}
    require_columns(names, required=required_columns(blank), labels=labels)
    rows = lines[1:]
    require_few_rows(len(rows))
    reader = Reader.of(blank)
    table = Table(
        rows=[_row(number, names, cells, reader, boxes) for number, cells in rows],
        columns=[name for name in columns_of(blank) if name in names],
        unknown=[
            cell
            for cell, name in zip(lines[0][1], names, strict=True)
            if cell and not name and fold(cell) not in passed_over
        ],
    )
    _mark_twice(table.rows)
    return table


def _lines_of(text: str) -> list[tuple[int, list[str]]]:
    """Numbered lines that hold anything; the first one is the heading."""
    lines = read_lines(text)
    if len(lines) < 2:
        raise RuleBroken(
            "sheet_empty", _("There are no rows. The first line holds the names of the columns.")
        )
    return lines


def _row(
    number: int,
    names: list[str],
    values: list[str],
    reader: Reader,
    boxes: dict[str, str],
) -> Row:
    cells = {name: value for name, value in zip(names, values, strict=False) if name}
    data, refused = reader.data_of(cells)
    form = reader.form.filled({**data, **boxes})
    row = Row(number, cells, form)
    for name, sentence in refused.items():
        row.errors.append(f"{label_of(name, form)}: {sentence}")
    for name, sentences in form.errors.items():
        if name not in refused and not (name == "organ_choice" and "organs" in refused):
            label = label_of("organs" if name == "organ_choice" else name, form)
            row.errors += [f"{label}: {sentence}" for sentence in sentences]
    if len(values) > len(names) and any(values[len(names) :]):
        row.errors.append(gettext("This row has more cells than there are columns."))
    if row.is_good:
        told = form.answers(language=form.cleaned_data["language"]).person
        row.warnings = reader.warnings_of(told)
    return row


def _mark_twice(rows: Iterable[Row]) -> None:
    """One person in two rows: the later one is refused."""
    seen: dict[Any, int] = {}
    for row in rows:
        told = row.form.cleaned_data
        mark = told.get("identity_number") or (fold(row.name), told.get("birth_date"))
        if mark in seen and row.is_good:
            row.errors.append(
                gettext("The same person stands in row %(number)s.") % {"number": seen[mark]}
            )
        seen.setdefault(mark, row.number)


def rows_to_correct(table: Table, rows: Iterable[Row], *, language: str) -> bytes:
    """The rows as a table, each with its reason in the last column; no cell is a formula."""
    form = DESK_FORMS[table.rows[0].form.jurisdiction.pledge_kind](table.rows[0].form.setting)
    lines = [[str(label_of(name, form)) for name in table.columns] + [str(REASON)]]
    for row in rows:
        reason = " ".join(row.errors) or gettext("This row could not be entered. Type it in.")
        lines.append([row.cells.get(name, "") for name in table.columns] + [reason])
    return write_table(lines, language=language)


def empty_table(setting: Setting, *, language: str) -> bytes:
    """A table to fill in: the headings and nothing else."""
    form = DESK_FORMS[setting.province.jurisdiction.pledge_kind](setting)
    return write_table(
        [[str(label_of(name, form)) for name in columns_of(form)]], language=language
    )


def write_table(lines: Iterable[list[str]], *, language: str) -> bytes:
    """As spreadsheets of the language open it: commas in English, semicolons elsewhere."""
    return csv_bytes(lines, delimiter=delimiter_of(language))
