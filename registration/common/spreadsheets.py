"""Tables for spreadsheets: no cell is a live formula.

Here and not in a room, because four rooms give such tables out: privacy, cards, entries, stewards.
"""

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins with one of these is a formula to a spreadsheet (OWASP, CSV injection).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# A spreadsheet knows UTF-8 by this mark only.
MARK = "\ufeff"


def safe_cell(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def bare_cell(cell: str) -> str:
    """Without blanks, and without the apostrophe by which a spreadsheet, or we, made it safe."""
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA_STARTS) else cell


def csv_line(cells: Sequence[str], *, delimiter: str = ",", quotes_all: bool = False) -> str:
    """One line of safe cells with its end."""
    line = io.StringIO()
    csv.writer(
        line,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL,
        lineterminator="\r\n",
    ).writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()


def csv_bytes(
    rows: Iterable[Sequence[str]], *, delimiter: str = ",", quotes_all: bool = False
) -> bytes:
    """A whole file: UTF-8 with its mark."""
    lines = [csv_line(row, delimiter=delimiter, quotes_all=quotes_all) for row in rows]
    return (MARK + "".join(lines)).encode()
