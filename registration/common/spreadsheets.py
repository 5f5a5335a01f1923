"""Tables of spreadsheets: given out with no live formula, pasted or sent in and read.

Here and not in a room, because four rooms give such tables out (privacy, cards, entries, stewards)
and two take them in (cards, entries).
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.http import HttpRequest
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.common.folding import fold

MOST_BYTES = 256 * 1024
MOST_ROWS = 500

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


def delimiter_of(language: str) -> str:
    """What a spreadsheet of the language expects between cells: a comma in English only."""
    return "," if language == "en" else ";"


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


class SmallFileHandler(MemoryFileUploadHandler):
    """Keeps a file of at most ``MOST_BYTES`` in memory; a larger one is not read to its end.

    Files that hold persons never touch the disk, not even for a moment.
    """

    is_too_large = False

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        # The framework's own would leave a large file to the next handler, which writes to disk.
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start + len(raw_data) > MOST_BYTES:
            self.is_too_large = True
            raise StopUpload(connection_reset=False)
        return super().receive_data_chunk(raw_data, start)


def sent_text(request: HttpRequest, handler: SmallFileHandler) -> str:
    """The table of a form: its file if one was chosen, else what was pasted.

    Refuses a file that is too large (``sheet_too_large``) or cannot be read (``file_encoding``).
    """
    # Whoever asks for the files first reads the form, and with it fills the handler.
    file = request.FILES.get("file")
    if handler.is_too_large:
        raise _too_large()
    return decode(file.read()) if file else request.POST.get("text", "")


def _too_large() -> RuleBroken:
    return RuleBroken("sheet_too_large", _("This table is too large: take fewer rows."))


def decode(content: bytes) -> str:
    """The text of a file, or ``file_encoding``."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise RuleBroken(
            "file_encoding",
            _("The letters of this file cannot be read. Save it as “CSV UTF-8”, or paste it."),
        ) from error


def read_lines(text: str) -> list[tuple[int, list[str]]]:
    """The lines that hold anything, as bare cells, each numbered as the spreadsheet does.

    Refuses what is too large (``sheet_too_large``) or no table (``sheet_broken``).
    """
    if len(text.encode()) > MOST_BYTES:
        raise _too_large()
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max("\t;,", key=first.count)
    try:
        read = list(csv.reader(io.StringIO(text.strip("\ufeff")), delimiter=mark, strict=True))
    except csv.Error as error:
        raise RuleBroken(
            "sheet_broken", _("This is no table: a quotation mark is left open somewhere.")
        ) from error
    return [
        (number, [bare_cell(cell) for cell in cells])
        for number, cells in enumerate(read, start=1)
        if any(cell.strip() for cell in cells)
    ]


def require_few_rows(number: int) -> None:
    """Refuses more rows than are read at a time (``too_many_rows``)."""
    if number > MOST_ROWS:
        raise RuleBroken(
            "too_many_rows", _("Enter at most %(most)s rows at a time."), most=MOST_ROWS
        )


def known_headings(
    labels: Mapping[str, str | Promise], also: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Folded heading → column, in every language of the portal, so that any office's table fits.

    ``also`` are other headings that offices use, folded; a label wins over them.
    """
    known: dict[str, str] = {}
    for name, label in labels.items():
        known[fold(name)] = name
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                known.setdefault(fold(str(label)), name)
    for name in labels:
        for heading in also.get(name, ()):
            known.setdefault(heading, name)
    return known


def require_columns(
    names: Sequence[str], *, required: Iterable[str], labels: Mapping[str, str | Promise]
) -> None:
    """Refuses headings that lack a column (``column_missing``) or name one twice."""
    missing = [str(labels[name]) for name in required if name not in names]
    if missing:
        raise RuleBroken(
            "column_missing",
            _("These columns are missing: %(names)s."),
            names=", ".join(missing),
        )
    twice = {str(labels[name]) for name in names if name and names.count(name) > 1}
    if twice:
        raise RuleBroken(
            "column_twice",
            _("These columns stand there twice: %(names)s."),
            names=", ".join(sorted(twice)),
        )


def date_parts(cell: str) -> list[str]:
    """Day, month, year as offices write them, or year-month-day; all else is left to be refused."""
    parts = re.split(r"\D+", re.sub(r"[ T]\d{1,2}:\d.*$", "", cell.strip()))
    if len(parts) == 3 and len(parts[0]) == 4:
        parts.reverse()
    return parts if len(parts) == 3 else [cell, "", ""]
