"""A table of cards: its columns in any office's words, its rows as they were understood.

Nothing of it is kept: the pages carry the text from one step to the next.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registration.cards.forms import RowForm
from registration.cards.rules import canonical_number
from registration.common.errors import RuleBroken
from registration.common.folding import fold
from registration.common.spreadsheets import (
    csv_line,
    known_headings,
    read_lines,
    require_columns,
    require_few_rows,
)

# In the order in which they stand where no line of headings says otherwise.
LABELS: dict[str, str | Promise] = {
    "reference": _("Reference"),
    "number": _("Card number"),
    "issued_on": _("Issued on"),
}
REQUIRED = ("reference", "number")
# Other headings that offices use, folded.
ALSO = {
    "reference": ["ma dang ky", "ma don dang ky", "kayit no", "basvuru no", "ref"],
    "number": ["ma the", "so the hien", "kart no", "card no", "card"],
    "issued_on": ["ngay", "ngay cap the", "tarih", "day of issue", "date"],
}


@dataclass
class Row:
    """One card. ``place`` is the line as the spreadsheet numbers it; ``cells`` are as typed."""

    place: int
    cells: dict[str, str]
    reference: str
    number: str
    issued_on: date
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    rows: list[Row]
    # Headings that mean nothing to us; their cells are left out.
    unknown: list[str]


def read_table(text: str, *, day: date) -> Table:
    """Read a whole table; asks the database nothing. ``day`` holds for rows that name none.

    Refuses one without rows (``sheet_empty``), too large (``sheet_too_large``, ``too_many_rows``),
    not a table (``sheet_broken``) or whose headings lack a column (``column_missing``).
    """
    lines = read_lines(text)
    known = known_headings(LABELS, ALSO)
    heading = lines[0][1] if lines else []
    names = [known.get(fold(cell), "") for cell in heading]
    if any(names):
        require_columns(names, required=REQUIRED, labels=LABELS)
        lines = lines[1:]
    else:
        heading, names = [], list(LABELS)
    if not lines:
        raise RuleBroken("sheet_empty", _("There are no rows: paste at least one."))
    require_few_rows(len(lines))
    rows = [_row(place, names, cells, day) for place, cells in lines]
    _refuse_doubled(rows)
    unknown = [cell for cell, name in zip(heading, names, strict=False) if cell and not name]
    return Table(rows, unknown)


def _row(place: int, names: list[str], values: list[str], day: date) -> Row:
    cells = {name: value for name, value in zip(names, values, strict=False) if name}
    form = RowForm(cells)
    errors = form.sentences
    if any(values[len(names) :]):
        errors.append(gettext("This row has more cells than there are columns."))
    told = form.cleaned_data
    return Row(
        place,
        cells,
        reference=told.get("reference", ""),
        number=told.get("number", ""),
        issued_on=told.get("issued_on") or day,
        errors=errors,
    )


def _refuse_doubled(rows: Iterable[Row]) -> None:
    """Where a reference or a number stands in several rows, nobody can say which of them is right:
    all are refused.
    """
    by_reference, by_number = defaultdict(list), defaultdict(list)
    for row in rows:
        by_reference[row.reference].append(row)
        by_number[canonical_number(row.number)].append(row)
    told = [
        (by_reference, _("This reference stands in several rows: %(places)s.")),
        (by_number, _("This card number stands in several rows: %(places)s.")),
    ]
    for groups, sentence in told:
        for value, same in groups.items():
            if value and len(same) > 1:
                places = ", ".join(str(row.place) for row in same)
                for row in same:
                    row.errors.append(sentence % {"places": places})


def written(rows: Iterable[Row]) -> str:
    """The rows as they were typed, with the line of headings, to be corrected and sent again."""
    lines = [[str(label) for label in LABELS.values()]]
    lines += [[row.cells.get(name, "") for name in LABELS] for row in rows]
    return "".join(csv_line(line, delimiter="\t") for line in lines)
