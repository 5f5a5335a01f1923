import csv
from copy import deepcopy
from typing import Any

import pytest
from django.utils import translation

from registration.papers import labels
from registration.papers.table import build_table
from tests.papers.daily_figures import (
    adana_day,
    provisional_day,
    quang_ninh_day,
    quiet_day,
    shared_day,
    version_3,
)

SHA = "0123456789abcdef" * 4
DAYS = pytest.mark.parametrize("figures", [quang_ninh_day(), adana_day()], ids=["vi", "tr"])


def rows_of(figures: dict[str, Any]) -> list[list[str]]:
    text = build_table(figures, sha256=SHA).decode("utf-8-sig")
    delimiter = "," if figures["language"] == "en" else ";"
    return list(csv.reader(text.splitlines(), delimiter=delimiter, strict=True))


def values(figures: dict[str, Any], table: str, *, code: str | None = None) -> list[str]:
    return [row[7] for row in rows_of(figures)[1:] if row[2] == table and code in (None, row[4])]


@DAYS
@pytest.mark.parametrize("part", ["counts", "cumulative"])
def test_head_figures_are_those_of_the_day(figures: dict[str, Any], part: str) -> None:
    column = ["counts", "cumulative"].index(part)
    with translation.override(figures["language"]):
        keys = [row["key"] for row in labels.count_rows(figures)]

    found = {key: values(figures, "counts", code=key)[column] for key in keys}

    assert found == {key: str(figures[part][key]) for key in keys}


def test_every_line_has_its_day_department_table_and_figure() -> None:
    rows = rows_of(quang_ninh_day())

    assert {len(row) for row in rows} == {8}
    assert {tuple(row[:2]) for row in rows[1:]} == {("2026-11-20", "quang-ninh")}
    assert [row[4:8:3] for row in rows if row[2] == "by_unit"][:2] == [
        ["bvdk", "88"],
        ["bvdk", "64"],
    ]


def test_blood_targets_and_corrections_are_counted_by_hand() -> None:
    figures = quang_ninh_day()

    assert values(figures, "by_volume", code="350") == ["27", "9450"]
    assert values(figures, "by_volume", code="rest") == ["1", "600"]
    assert values(figures, "deferrals") == ["5", "3", "1", "9"]
    assert values(figures, "blood_by_unit", code="total") == ["74", "61", "52", "9", "18050"]
    assert values(figures, "targets", code="co-to") == ["3000", "0", "0"]
    assert values(figures, "adjustments")[:2] == ["2026-11-17", "-3"]
    assert values(figures, "silent_units")[1] == "2026-10-29"
    assert values(figures, "waiting") == ["86", "23"]


def test_hidden_figures_are_words_and_totals_stay() -> None:
    figures = shared_day(quang_ninh_day())
    with translation.override("vi"):
        hidden = labels.hidden()

    assert values(figures, "by_locality", code="07192") == [hidden, hidden]
    assert values(figures, "by_locality", code="total") == ["300", "214"]
    assert values(figures, "deferrals") == ["5", hidden, hidden, "9"]


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x.test")', "+1+1", "-2", "@SUM(A1)"])
def test_a_name_that_looks_like_a_formula_is_made_text(name: str) -> None:
    figures = quang_ninh_day()
    figures["by_unit"][0]["name"] = name
    figures["department"]["name"] = name

    cells = [cell for row in rows_of(figures) for cell in row]

    assert cells.count(f"'{name}") == 3
    assert name not in cells


def test_a_text_may_hold_the_mark_that_parts_cells() -> None:
    figures = quang_ninh_day()
    figures["by_unit"][0]["name"] = 'Bệnh viện; "A"'

    assert [row[5] for row in rows_of(figures) if row[4] == "bvdk"][:2] == ['Bệnh viện; "A"'] * 2


def test_the_file_has_the_mark_of_utf_8_and_the_hash_of_the_figures() -> None:
    figures = quang_ninh_day()

    assert build_table(figures, sha256=SHA).startswith(b"\xef\xbb\xbf")
    assert values(figures, "origin", code="sha256") == [SHA]
    assert values(figures, "origin", code="previous_sha256") == ["b" * 64]


@DAYS
def test_a_quiet_day_says_so(figures: dict[str, Any]) -> None:
    with translation.override(figures["language"]):
        words = translation.gettext("Nothing to report")

    quiet = quiet_day(figures)

    assert values(quiet, "origin", code="note").count(words) == 1
    assert values(quiet, "by_unit") == ["0", "0"]


@DAYS
def test_a_provisional_copy_says_so_first_and_has_no_number(figures: dict[str, Any]) -> None:
    copy = provisional_day(figures)
    with translation.override(copy["language"]):
        line = labels.provisional_line(copy, copy["language"])

    assert values(copy, "origin", code="note")[0] == line
    assert values(copy, "origin", code="serial") == []


@DAYS
def test_a_report_of_an_earlier_version_is_still_shown(figures: dict[str, Any]) -> None:
    old = version_3(figures)

    assert values(old, "by_sex", code="female") == values(figures, "by_sex", code="female")
    assert values(old, "by_volume") == values(old, "targets") == values(old, "waiting") == []


@DAYS
def test_the_same_figures_give_the_same_table(figures: dict[str, Any]) -> None:
    before = deepcopy(figures)

    first, second = (build_table(figures, sha256=SHA) for _ in range(2))

    assert first == second
    assert figures == before
