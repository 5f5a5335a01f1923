"""One day counted by hand stands in every document with the same figures."""

import csv
import time
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.utils import translation
from pypdf import PdfReader

from registration.papers import grids, labels
from registration.papers.letter import build_letter
from registration.papers.sections import grids_of
from registration.papers.table import build_table
from registration.papers.workbook import build_workbook
from tests.papers.daily_figures import adana_day, named, quang_ninh_day, shared_day

SHA = "0123456789abcdef" * 4
# What somebody with the forms of the day on the table counts: key of a table, code of a line.
BY_HAND = {
    ("counts", "received"): [300, 4812],
    ("counts", "given"): [52, 1004],
    ("counts", "ml"): [18050, 341200],
    ("by_channel", "banner"): [121, 88],
    ("by_unit", "rest"): [20, 12],
    ("by_placement", "p-bai-chay-2"): [12, 8],
    ("by_placement", "rest"): [179, 126],
    ("by_campaign", "rest"): [38, 24],
    ("by_locality", "07192"): [3, 2],
    ("by_locality", "rest"): [22, 15],
    ("by_volume", "250"): [14, 3500],
    ("by_volume", "rest"): [1, 600],
    ("by_volume", "total"): [52, 18050],
    ("deferrals", "vn-hb"): [5],
    ("deferrals", "total"): [9],
    ("blood_by_unit", "bai-chay"): [34, 27, 23, 4, 7900],
    ("waiting", "confirm"): [86],
    ("trend", "2026-11-15"): [0, 2],
}


def csv_cells(figures: dict[str, Any]) -> dict[tuple[str, str], list[str]]:
    text = build_table(figures, sha256=SHA).decode("utf-8-sig")
    found: dict[tuple[str, str], list[str]] = {}
    for row in list(csv.reader(text.splitlines(), delimiter=";"))[1:]:
        found.setdefault((row[2], row[4]), []).append(row[7])
    return found


def sheet_cells(figures: dict[str, Any]) -> dict[str, list[str]]:
    """All cells of each table beside its labels, written as the CSV writes them."""
    keys = ["counts", *(grid.key for grid in grids_of(figures)), "trend"]
    book = openpyxl.load_workbook(BytesIO(build_workbook(figures, sha256=SHA)))
    found: dict[str, list[str]] = {}
    for key, sheet in zip(keys, book.worksheets, strict=False):
        for row in sheet.iter_rows(min_row=5, values_only=True):
            if row[0] is None:
                break
            cells = [plain(cell) for cell in row[1:] if cell is not None]
            found.setdefault(key, []).extend(cells)
    return found


def plain(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(round(cell * 100)) if isinstance(cell, float) else str(cell)


def test_the_day_counted_by_hand_stands_in_the_table() -> None:
    cells = csv_cells(quang_ninh_day())

    assert {at: [int(cell) for cell in cells[at]] for at in BY_HAND} == BY_HAND


def test_the_day_counted_by_hand_stands_in_the_letter() -> None:
    figures = quang_ninh_day()
    with translation.override("vi"):
        rows = {("counts", row["key"]): row["label"] for row in labels.count_rows(figures)}
        for grid in grids_of(figures):
            lines = [*grid.lines, *([grid.total] if grid.total else [])]
            rows |= {(grid.key, line.code): line.label for line in lines}
    rows["trend", "2026-11-15"] = "15/11/2026"
    expected = {
        at: " ".join([rows[at], *(grids.text_of(n, "number", "vi") for n in numbers)])
        for at, numbers in BY_HAND.items()
    }

    pages = PdfReader(BytesIO(build_letter(figures, sha256=SHA))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())

    assert {at: line for at, line in expected.items() if line not in text} == {}


@pytest.mark.parametrize(
    "figures",
    [quang_ninh_day(), adana_day(), shared_day(quang_ninh_day())],
    ids=["vi", "tr", "shared"],
)
def test_workbook_and_table_tell_the_same_in_every_cell(figures: dict[str, Any]) -> None:
    by_table: dict[str, list[str]] = {}
    for (table, _code), cells in csv_cells(figures).items():
        by_table.setdefault(table, []).extend(cells)
    by_table.pop("origin")

    book = sheet_cells(figures)

    assert {key: sorted(cells) for key, cells in book.items()} == {
        key: sorted(cells) for key, cells in by_table.items()
    }


def test_all_documents_of_a_large_department_take_less_than_two_seconds() -> None:
    figures = quang_ninh_day()
    figures["by_locality"] = [named(f"{i:05}", f"Phường số {i}", 1, 1) for i in range(200)]

    began = time.process_time()
    for build in (build_letter, build_workbook, build_table):
        build(figures, sha256=SHA)

    assert time.process_time() - began < 2


def test_a_table_that_is_withheld_is_left_out_and_the_note_says_so() -> None:
    figures = {**shared_day(quang_ninh_day()), "by_sex": [], "withheld": ["by_sex", "deferrals"]}
    figures["blood"]["deferrals"] = []

    cells = csv_cells(figures)

    assert {table for table, _code in cells} & {"by_sex", "deferrals"} == set()
    assert cells["by_channel", "total"] == ["300", "214"]
    with translation.override("vi"):
        assert labels.edition_note(figures) in cells["origin", "note"]
        assert labels.edition_note({"edition": "shared"}) not in cells["origin", "note"]


def test_the_rest_that_the_shared_edition_names_itself_has_its_words() -> None:
    figures = shared_day(quang_ninh_day())
    figures["by_unit"].append({"code": "", "name": "", "received": None, "confirmed": None})
    figures["by_sex"][2] = {"key": "", "received": 3, "confirmed": 1}

    cells = csv_cells(figures)

    with translation.override("vi"):
        tables = {table["key"]: table["rows"][-1] for table in labels.breakdowns(figures)}
        rest, hidden = translation.gettext("Not stated"), labels.hidden()
    assert (cells["by_unit", "rest"], cells["by_sex", "rest"]) == ([hidden] * 2, ["3", "1"])
    assert (tables["by_unit"]["label"], tables["by_sex"]["label"]) == (rest, rest)


def test_a_withheld_table_of_blood_is_no_empty_one() -> None:
    figures = quang_ninh_day()
    figures["blood"]["by_unit"] = []

    assert "blood_by_unit" in {grid.key for grid in grids_of(figures)}
    figures["withheld"] = ["blood_by_unit"]
    assert "blood_by_unit" not in {grid.key for grid in grids_of(figures)}
