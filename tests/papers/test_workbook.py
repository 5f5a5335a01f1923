import re
from copy import deepcopy
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from django.utils import translation
from openpyxl.worksheet.worksheet import Worksheet

from registration.papers import labels
from registration.papers.grids import MOST_BARS
from registration.papers.sections import grids_of
from registration.papers.workbook import build_workbook
from tests.papers.daily_figures import (
    TABLES,
    adana_day,
    merged_day,
    named,
    provisional_day,
    quang_ninh_day,
    quiet_day,
    shared_day,
    version_3,
)

SHA = "0123456789abcdef" * 4
DAYS = pytest.mark.parametrize("figures", [quang_ninh_day(), adana_day()], ids=["vi", "tr"])


def read(figures: dict[str, Any]) -> list[Worksheet]:
    return openpyxl.load_workbook(BytesIO(build_workbook(figures, sha256=SHA))).worksheets


def named_sheets(figures: dict[str, Any]) -> dict[str, Worksheet]:
    """The sheets by the keys of their tables; of several campaigns the last one's targets."""
    keys = ["counts", *(grid.key for grid in grids_of(figures)), "trend", "origin"]
    return dict(zip(keys, read(figures), strict=True))


def table(sheet: Worksheet, *, columns: int = 3) -> list[tuple[Any, ...]]:
    """The rows under the head, to the first empty one."""
    rows = []
    for row in sheet.iter_rows(min_row=5, max_col=columns, values_only=True):
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
    sheets = named_sheets(figures)

    rows = table(sheets[key]) if figures[key] else []

    assert [row[1:] for row in rows[: len(figures_of)]] == figures_of
    assert (key in sheets) is bool(figures[key])


@DAYS
@pytest.mark.parametrize("key", ["by_channel", "by_unit", "by_sex", "by_age_band", "by_locality"])
def test_totals_are_the_head_figures_and_the_sum_of_their_rows(
    figures: dict[str, Any], key: str
) -> None:
    *rows, total = table(named_sheets(figures)[key])

    assert total[1:] == (figures["counts"]["received"], figures["counts"]["confirmed"])
    assert total[1:] == (sum(row[1] for row in rows), sum(row[2] for row in rows))


def test_organs_are_not_added_up() -> None:
    rows = table(named_sheets(quang_ninh_day())["by_organ"])

    assert rows[0] == ("Thận", 251, 180)
    assert rows[-1] == ("Xương", 121, 86)


def test_blood_is_counted_in_units_millilitres_and_people() -> None:
    sheets = named_sheets(quang_ninh_day())

    volumes = [row[1:] for row in table(sheets["by_volume"])]
    deferrals = [row[1] for row in table(sheets["deferrals"], columns=2)]
    units = [row[1:] for row in table(sheets["blood_by_unit"], columns=6)]

    assert volumes == [(14, 3500), (27, 9450), (10, 4500), (1, 600), (52, 18050)]
    assert deferrals == [5, 3, 1, 9]
    assert units == [(40, 34, 29, 5, 10150), (34, 27, 23, 4, 7900), (74, 61, 52, 9, 18050)]


def test_an_unknown_reason_stands_for_itself() -> None:
    rows = table(named_sheets(quang_ninh_day())["deferrals"], columns=2)

    assert rows[2][0] == "xx-new"


def test_targets_have_who_is_furthest_behind_first_and_round_nothing_up() -> None:
    rows = table(named_sheets(quang_ninh_day())["targets"], columns=7)

    assert [(row[0], *row[3:7:3]) for row in rows[:3]] == [
        ("Trung tâm Y tế Cô Tô", None, 0),
        ("Bệnh viện Bãi Cháy", 0.98, 0.71),
        ("Bệnh viện Đa khoa tỉnh Quảng Ninh", 0.8, 0.75),
    ]
    assert rows[3][1:] == (200, 175, 0.87, 73000, 51900, 0.71)


def test_corrections_and_silent_units_have_typed_days_and_numbers() -> None:
    sheets = named_sheets(quang_ninh_day())

    assert [row[1:] for row in table(sheets["adjustments"])] == [
        (datetime(2026, 11, 17), -3),
        (datetime(2026, 11, 18), -350),
    ]
    assert [row[1:] for row in table(sheets["earlier"])] == [
        (datetime(2026, 11, 16), 7),
        (datetime(2026, 11, 12), 1),
    ]
    assert table(sheets["silent_units"], columns=2)[1] == (
        "Trung tâm Y tế Tiên Yên",
        datetime(2026, 10, 29),
    )


def test_work_that_waits_and_the_quality_of_data_are_told() -> None:
    sheets = named_sheets(quang_ninh_day())

    assert [row[1] for row in table(sheets["waiting"], columns=2)] == [86, 23]
    assert [row[1:] for row in table(sheets["quality"], columns=4)] == [
        (905, 4812, 0.18),
        (20, 300, 0.06),
    ]


def test_hidden_figures_are_words_and_totals_stay() -> None:
    figures = shared_day(quang_ninh_day())
    with translation.override("vi"):
        hidden, note = labels.hidden(), labels.edition_note(figures)

    sheets = named_sheets(figures)

    localities = [row[1:] for row in table(sheets["by_locality"])]
    assert localities[3:] == [(hidden, hidden), (hidden, hidden), (300, 214)]
    assert [row[1] for row in table(sheets["deferrals"], columns=2)] == [5, hidden, hidden, 9]
    assert [
        key
        for key, sheet in sheets.items()
        if any(cell.value == note for (cell,) in sheet.iter_rows(max_col=1))
    ] == ["counts", "by_locality", "deferrals"]


@DAYS
def test_a_provisional_copy_says_so_on_every_sheet(figures: dict[str, Any]) -> None:
    copy = provisional_day(figures)
    with translation.override(copy["language"]):
        mark = labels.provisional_mark(copy)
        line = labels.provisional_line(copy, copy["language"])

    sheets = named_sheets(copy)

    assert {sheet["A3"].value for sheet in sheets.values()} == {line}
    assert {sheet["A1"].value.endswith(f" – {mark}") for sheet in sheets.values()} == {True}
    assert {sheet.oddHeader.center.text for sheet in sheets.values()} == {mark}
    values = [row[1] for row in table(sheets["origin"], columns=2)]
    assert (values[2], values[-1]) == (2, SHA)


def test_a_summary_of_several_days_names_the_first_and_the_last() -> None:
    figures = merged_day(quang_ninh_day())
    with translation.override("vi"):
        words = labels.days_line(figures, "vi")

    sheet = read(figures)[0]

    assert sheet["A1"].value.endswith("18/11/2026–20/11/2026")
    assert words in [cell.value for (cell,) in sheet.iter_rows(max_col=1)]


@DAYS
def test_a_report_of_an_earlier_version_is_still_shown(figures: dict[str, Any]) -> None:
    old = version_3(figures)

    sheets = named_sheets(old)

    corrections = ["adjustments"] if old["adjustments"] else []
    tables = ["by_channel", "by_unit", "by_organ", "by_sex", "by_age_band"]
    assert list(sheets) == ["counts", *tables, *corrections, "trend", "origin"]
    assert table(sheets["by_sex"])[-1][1:] == (
        old["counts"]["received"],
        old["counts"]["confirmed"],
    )


@DAYS
def test_trend_has_typed_dates_and_numbers(figures: dict[str, Any]) -> None:
    assert table(named_sheets(figures)["trend"]) == [
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
    sheets = named_sheets(figures)

    assert sheets["trend"]["A5"].number_format == day_format
    assert sheets["origin"]["B8"].number_format == f"{day_format} hh:mm"
    assert sheets["counts"]["B5"].number_format == "#,##0"


def test_origin_says_window_moment_and_hashes_on_the_departments_clock() -> None:
    values = [row[1] for row in table(named_sheets(quang_ninh_day())["origin"])]

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

    values = [row[1] for row in table(named_sheets(figures)["origin"])]

    assert (values[1], values[9]) == ("–", first)


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x.test")', "+1+1", "-2", "@SUM(A1)", "{=1}"])
def test_a_name_that_looks_like_a_formula_stays_text(name: str) -> None:
    figures = quang_ninh_day()
    figures["by_unit"][0]["name"] = name
    figures["department"]["name"] = name
    figures["reporting_unit"]["name"] = name

    sheets = named_sheets(figures)

    origin = sheets["origin"]
    cells = [sheets["by_unit"]["A5"], sheets["counts"]["A2"], origin["B5"], origin["B6"]]
    assert [(cell.value, cell.data_type) for cell in cells] == [(name, "s")] * 4


@DAYS
def test_no_cell_holds_a_formula_and_no_sheet_is_hidden(figures: dict[str, Any]) -> None:
    sheets = read(figures)

    kinds = {cell.data_type for sheet in sheets for row in sheet.iter_rows() for cell in row}
    assert kinds == {"s", "n", "d"}
    assert {sheet.sheet_state for sheet in sheets} == {"visible"}


@DAYS
def test_sheets_are_named_in_the_language_of_the_department(figures: dict[str, Any]) -> None:
    with translation.override(figures["language"]):
        tables = [grid.tab or grid.title for grid in grids_of(figures)]
        first, *last = (
            translation.gettext(name)
            for name in ("Summary", "The last 14 days", "Origin of the figures")
        )

    names = [sheet.title for sheet in read(figures)]

    assert names == [name[:31] for name in [first, *tables, *last]]
    assert len({name.lower() for name in names}) == len(names)


@DAYS
def test_sheets_are_ready_to_print_and_scroll(figures: dict[str, Any]) -> None:
    setups = {
        (
            sheet.freeze_panes,
            sheet.print_title_rows,
            sheet.page_setup.paperSize,
            sheet.page_setup.fitToHeight,
            sheet.column_dimensions["A"].width > 40,
        )
        for sheet in read(figures)
    }

    assert setups == {("B5", "$4:$4", 9, 0, True)}


def test_a_sheet_of_many_columns_lies_on_its_side() -> None:
    sheets = named_sheets(quang_ninh_day())

    assert [
        key for key, sheet in sheets.items() if sheet.page_setup.orientation == "landscape"
    ] == ["blood_by_unit", "targets", "adjustments", "earlier"]


def charts_of(figures: dict[str, Any]) -> tuple[int, list[str]]:
    """How many charts there are, and what each says to whoever cannot see it."""
    with ZipFile(BytesIO(build_workbook(figures, sha256=SHA))) as archive:
        names = archive.namelist()
        drawings = [name for name in names if name.startswith("xl/drawings/drawing")]
        texts = [re.findall(r'descr="([^"]*)"', archive.read(name).decode()) for name in drawings]
    charts = [name for name in names if name.startswith("xl/charts/chart")]
    return len(charts), [text for found in texts for text in found]


def test_tables_and_trend_have_native_charts_that_are_told_in_words() -> None:
    number, texts = charts_of(quang_ninh_day())

    assert number == len(texts) == len(TABLES) + 3 + 2 + 1
    assert [text.endswith("Nữ: 163; Nam: 134; Không nêu giới tính: 3.") for text in texts].count(
        True
    ) == 1


def test_the_chart_of_a_long_table_shows_its_first_rows() -> None:
    figures = quang_ninh_day()
    figures["by_locality"] = [named(str(i), f"Phường {i}", 1, 1) for i in range(1, 201)]

    _number, texts = charts_of(figures)

    (told,) = [text for text in texts if "Phường 1: 1" in text]
    assert told.count("Phường") == MOST_BARS + told.partition("”")[0].count("Phường")


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

    sheets = named_sheets(quiet_day(figures))

    keys = ["counts", "by_channel", "by_unit", "by_organ", "by_sex", "by_age_band"]
    assert [
        key
        for key, sheet in sheets.items()
        if [cell.value for (cell,) in sheet.iter_rows(max_col=1)].count(words) == 1
    ] == keys


def test_demonstration_data_is_marked_on_every_sheet() -> None:
    marked = read({**quang_ninh_day(), "holds_demo": True})
    plain = read(quang_ninh_day())
    with translation.override("vi"):
        words = labels.demo_note()

    assert {sheet["A3"].value for sheet in marked} == {words}
    assert {sheet["A3"].value for sheet in plain} == {None}


def test_a_table_that_holds_more_than_the_day_is_refused() -> None:
    figures = quang_ninh_day()
    figures["by_channel"][0]["confirmed"] += 1

    with pytest.raises(ValueError, match="The rows of by_channel hold more than"):
        build_workbook(figures, sha256=SHA)


@pytest.mark.parametrize(("key", "cell"), [("by_volume", "number"), ("deferrals", "number")])
def test_a_table_of_blood_that_holds_more_than_the_day_is_refused(key: str, cell: str) -> None:
    figures = quang_ninh_day()
    figures["blood"][key][0][cell] += 3

    with pytest.raises(ValueError, match=f"The rows of {key} hold more than"):
        build_workbook(figures, sha256=SHA)
