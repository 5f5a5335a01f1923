"""Events as an XLSX of any length in constant memory: typed cells, no formulas, more sheets than
one when a sheet is full.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import BinaryIO

from django.utils.translation import gettext as _
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from registration.overview.lines import Line

# A sheet holds 1,048,576 rows; the first one is the heads.
MOST_ROWS = 1_048_575
# Day 1 of a spreadsheet's calendar, less one day for the leap day that 1900 did not have.
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - cells have no zone
DAY_SECONDS = 86_400
WIDTHS = (17, 16, 12, 34, 14, 34, 12, 12, 22, 30, 12, 30, 12, 30, 8)


def write_workbook(
    file: BinaryIO,
    chunks: Iterable[Sequence[Line]],
    *,
    heads: Sequence[str],
    folder: str,
    on_rows: Callable[[int], None],
) -> int:
    """Write the lines into ``file`` and return their number; ``on_rows`` hears of each chunk.

    What ``on_rows`` raises ends the work. ``folder`` takes what is not in memory meanwhile.
    """
    book = Workbook(file, {"constant_memory": True, "tmpdir": folder})
    formats: dict[type, Format] = {
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    try:
        number = _fill(book, chunks, heads, head, formats, on_rows)
    except BaseException:
        _let_go(book)
        raise
    book.close()
    return number


def _fill(
    book: Workbook,
    chunks: Iterable[Sequence[Line]],
    heads: Sequence[str],
    head: Format,
    formats: dict[type, Format],
    on_rows: Callable[[int], None],
) -> int:
    number, row = 0, MOST_ROWS
    for lines in chunks:
        for line in lines:
            if row == MOST_ROWS:
                sheet, row = _sheet(book, heads, head), 0
            row += 1
            _write(sheet, row, line, formats)
        number += len(lines)
        on_rows(number)
    if not number:
        _sheet(book, heads, head)
    return number


def _let_go(book: Workbook) -> None:
    """Close what a book that nobody wants any more holds open; its folder is deleted."""
    for sheet in book.worksheets():
        sheet.row_data_fh.close()


def _sheet(book: Workbook, heads: Sequence[str], head: Format) -> Worksheet:
    # Translators: name of a sheet in a workbook, with its number
    sheet = book.add_worksheet(_("Events %(number)s") % {"number": len(book.worksheets()) + 1})
    for column, text in enumerate(heads):
        sheet.set_column(column, column, WIDTHS[column])
        sheet.write_string(0, column, text, head)
    sheet.freeze_panes(1, 0)
    return sheet


def _write(sheet: Worksheet, row: int, line: Line, formats: dict[type, Format]) -> None:
    write_string, write_number = sheet.write_string, sheet.write_number
    for column, cell in enumerate(line):
        if not cell and cell != 0:
            continue
        if isinstance(cell, str):
            write_string(row, column, cell)
        elif isinstance(cell, int):
            write_number(row, column, cell)
        else:
            write_number(row, column, serial(cell), formats[type(cell)])


def serial(moment: date) -> float:
    """The number by which a spreadsheet knows a day or a moment."""
    if not isinstance(moment, datetime):
        return (moment - EPOCH.date()).days
    since = moment - EPOCH
    return since.days + (since.seconds + since.microseconds / 1_000_000) / DAY_SECONDS
