from copy import deepcopy
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from django.utils import translation
from openpyxl.worksheet.worksheet import Worksheet

from registration.reports import labels
from registration.reports.workbook import build_workbook
from tests.reports.daily_figures import adana_day, quang_ninh_day, quiet_day

SHA = "0123456789abcdef" * 4
TABLES = ["by_channel", "by_unit", "by_organ", "by_sex", "by_age_band"]
DAYS = pytest.mark.parametrize("figures", [quang_ninh_day(), adana_day()], ids=["vi", "tr"])


def read(figures: dict[str, Any]) -> list[Worksheet]:
    return openpyxl.load_workbook(BytesIO(build_workbook(figures, sha256=SHA))).worksheets


def table(sheet: Worksheet) -> list[tuple[Any, ...]]:
    """The rows under the head, to the first empty one."""
    rows = []
    for row in sheet.iter_rows(min_row=5, max_col=3, values_only=True):
        if row[0] is None:
            break
        rows.append(row)
    return rows


@DAYS
def test_workbook_holds_the_head_figures(figures: dict[str, Any]) -> None:
    with translation.override(figures["language"]):
        expected = [(r["label"], r["day"], r["total"]) for r in labels.count_rows(figures)]

    assert table(read(figures)[0]) == expected


@DAYS
@pytest.mark.parametrize("key", TABLES)
def test_workbook_holds_every_row_of_every_table(figures: dict[str, Any], key: str) -> None:
    figures_of = [(row["received"], row["confirmed"]) for row in figures[key]]

    rows = table(read(figures)[1 + TABLES.index(key)])

    assert [row[1:] for row in rows[: len(figures_of)]] == figures_of


@DAYS
@pytest.mark.parametrize("key", ["by_channel", "by_unit", "by_sex", "by_age_band"])
def test_totals_are_the_head_figures_and_the_sum_of_their_rows(
    figures: dict[str, Any], key: str
) -> None:
    *rows, total = table(read(figures)[1 + TABLES.index(key)])

    assert total[1:] == (figures["counts"]["received"], figures["counts"]["confirmed"])
    assert total[1:] == (sum(row[1] for row in rows), sum(row[2] for row in rows))


def test_organs_are_not_added_up() -> None:
    rows = table(read(quang_ninh_day())[3])

    assert rows[0] == ("Thận", 251, 180)
    assert rows[-1] == ("Xương", 121, 86)


@DAYS
def test_trend_has_typed_dates_and_numbers(figures: dict[str, Any]) -> None:
    sheet = read(figures)[6]

    assert table(sheet) == [
        (datetime.fromisoformat(row["day"]), row["received"], row["confirmed"])
        for row in figures["trend"]
    ]


@pytest.mark.parametrize(
    ("figures", "day_format"),
    [
        (quang_ninh_day(), r"d\/m\/yyyy"),
        (adana_day(), r"dd\.mm\.yyyy"),
        ({**quang_ninh_day(), "language": "en"}, r"dd\/mm\/yyyy"),
    ],
    ids=["vi", "tr", "en"],
)
def test_formats_are_those_of_the_language(figures: dict[str, Any], day_format: str) -> None:
    sheets = read(figures)

    assert sheets[6]["A5"].number_format == day_format
    assert sheets[7]["B8"].number_format == f"{day_format} hh:mm"
    assert sheets[0]["B5"].number_format == "#,##0"


def test_origin_says_window_moment_and_hashes_on_the_departments_clock() -> None:
    values = [row[1] for row in table(read(quang_ninh_day())[7])]

    assert values == [
        "Sở Y tế tỉnh Quảng Ninh",
        "Bệnh viện Đa khoa tỉnh Quảng Ninh",
        12,
        datetime(2026, 11, 19, 16, 15),
        datetime(2026, 11, 20, 16, 15),
        datetime(2026, 11, 20, 16, 30),
        datetime(2026, 11, 20, 16, 15, 7),
        "Asia/Ho_Chi_Minh",
        SHA,
        "b" * 64,
    ]


def test_first_summary_without_a_steward_says_so() -> None:
    figures = {**adana_day(), "reporting_unit": None, "previous_sha256": None}
    with translation.override("tr"):
        first = translation.gettext("None: this is the first summary.")

    values = [row[1] for row in table(read(figures)[7])]

    assert (values[1], values[9]) == ("–", first)


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x.test")', "+1+1", "-2", "@SUM(A1)", "{=1}"])
def test_a_name_that_looks_like_a_formula_stays_text(name: str) -> None:
    figures = quang_ninh_day()
    figures["by_unit"][0]["name"] = name
    figures["department"]["name"] = name
    figures["reporting_unit"]["name"] = name

    sheets = read(figures)

    cells = [sheets[2]["A5"], sheets[0]["A2"], sheets[7]["B5"], sheets[7]["B6"]]
    assert [(cell.value, cell.data_type) for cell in cells] == [(name, "s")] * 4


@DAYS
def test_no_cell_holds_a_formula_and_no_sheet_is_hidden(figures: dict[str, Any]) -> None:
    sheets = read(figures)

    kinds = {cell.data_type for sheet in sheets for row in sheet.iter_rows() for cell in row}
    assert kinds == {"s", "n", "d"}
    assert [sheet.sheet_state for sheet in sheets] == ["visible"] * 8


@DAYS
def test_sheets_are_named_in_the_language_of_the_department(figures: dict[str, Any]) -> None:
    names = [
        *("Summary", "By channel", "By unit", "By organ and tissue", "By sex", "By age"),
        *("The last 14 days", "Origin of the figures"),
    ]
    with translation.override(figures["language"]):
        expected = [translation.gettext(name) for name in names]

    assert [sheet.title for sheet in read(figures)] == expected


@DAYS
def test_sheets_are_ready_to_print_and_scroll(figures: dict[str, Any]) -> None:
    setups = {
        (
            sheet.freeze_panes,
            sheet.print_title_rows,
            sheet.page_setup.paperSize,
            sheet.page_setup.orientation,
            sheet.page_setup.fitToHeight,
            sheet.column_dimensions["A"].width > 40,
        )
        for sheet in read(figures)
    }

    assert setups == {("B5", "$4:$4", 9, "portrait", 0, True)}


def test_tables_and_trend_have_native_charts() -> None:
    with ZipFile(BytesIO(build_workbook(quang_ninh_day(), sha256=SHA))) as archive:
        charts = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]

    assert len(charts) == len(TABLES) + 1


@DAYS
def test_the_same_figures_give_the_same_workbook(figures: dict[str, Any]) -> None:
    before = deepcopy(figures)

    first, second = (build_workbook(figures, sha256=SHA) for _ in range(2))

    assert first == second
    assert figures == before


def test_the_workbook_is_dated_by_its_figures() -> None:
    book = openpyxl.load_workbook(BytesIO(build_workbook(quang_ninh_day(), sha256=SHA)))

    assert book.properties.created == datetime(2026, 11, 20, 9, 15, 7)
    assert book.properties.creator == "Bệnh viện Đa khoa tỉnh Quảng Ninh"


@DAYS
def test_a_quiet_day_says_so_on_every_sheet(figures: dict[str, Any]) -> None:
    with translation.override(figures["language"]):
        words = translation.gettext("Nothing to report")

    sheets = read(quiet_day(figures))

    assert [
        sum(cell.value == words for (cell,) in sheet.iter_rows(max_col=1)) for sheet in sheets[:6]
    ] == [1] * 6


def test_demonstration_data_is_marked_on_every_sheet() -> None:
    marked = read({**quang_ninh_day(), "holds_demo": True})
    plain = read(quang_ninh_day())
    with translation.override("vi"):
        words = labels.demo_note()

    assert [sheet["A3"].value for sheet in marked] == [words] * 8
    assert [sheet["A3"].value for sheet in plain] == [None] * 8


def test_a_table_that_holds_more_than_the_day_is_refused() -> None:
    figures = quang_ninh_day()
    figures["by_channel"][0]["confirmed"] += 1

    with pytest.raises(ValueError, match="The rows of by_channel hold more than"):
        build_workbook(figures, sha256=SHA)
