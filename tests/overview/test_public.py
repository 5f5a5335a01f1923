"""The public statistics: closed months, and nobody found from them and the shared days together."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registration.ledger.choices import Sex
from registration.overview.public import statistics_of
from registration.papers.disclosure import shared_edition, shared_period
from registration.reports.closing import freeze
from registration.reports.services import ensure_windows
from registration.units.models import Unit
from tests.factories import UnitFactory
from tests.reports.entries import entry, hanoi, hours_of

PAGE = "/en/statistics/vn-22.csv"


@pytest.fixture
def department(reference: SimpleNamespace) -> Unit:
    """Quảng Ninh with a large and a small unit in October, and entries of November."""
    found: Unit = reference.quang_ninh_department
    hours_of(found, starts_on=date(2025, 10, 28))
    small = UnitFactory(
        code="small", province=reference.quang_ninh, name_vi="Nhỏ", name_en="Small hospital"
    )
    reference.small = small
    for day in ("2025-10-29 09:00", "2025-10-30 09:00"):
        entry(reference, hanoi(day), unit=reference.hospital, number=20, sex=Sex.FEMALE)
        entry(reference, hanoi(day), unit=reference.steward, number=6, sex=Sex.MALE)
    entry(reference, hanoi("2025-10-30 09:00"), unit=small, number=2, sex=Sex.MALE)
    entry(reference, hanoi("2025-11-03 09:00"), unit=reference.hospital, number=9, sex=Sex.FEMALE)
    return found


def close(until: str) -> None:
    for window in ensure_windows(now=hanoi(until)):
        if not hasattr(window, "summary"):
            freeze(window, taken_at=hanoi(until))


def rows_of(statistics: dict[str, Any], key: str) -> list[list[str]]:
    table = next(table for table in statistics["tables"] if table["key"] == key)
    return [[row["label"], *row["cells"]] for row in table["rows"]]


def shown(department: Unit, language: str = "en") -> dict[str, Any]:
    found = statistics_of(department, language=language)
    assert found is not None
    return found


def test_nothing_is_told_before_a_month_is_closed(department: Unit, client: Client) -> None:
    close("2025-10-30 17:00")

    assert statistics_of(department, language="vi") is None
    assert client.get(PAGE).status_code == 404


def test_the_running_month_is_left_out(department: Unit) -> None:
    close("2025-11-20 17:00")

    found = shown(department)

    assert found["as_of"] == "2025-10-31"
    assert found["days_line"] == "From 28/10/2025 to 31/10/2025, by closed months."
    head = found["heads"][0]
    assert (head["label"], head["value"]) == ("Applications received", "54")
    assert [[row["label"], *row["cells"]] for row in found["months"]["rows"]] == [
        ["10/2025", "54", "0"]
    ]


def test_small_rows_are_hidden_and_every_table_still_adds_up(
    reference: SimpleNamespace, department: Unit
) -> None:
    close("2025-11-01 17:00")

    found = shown(department)

    # The two of the small unit do not follow: the second smallest is hidden with them.
    assert rows_of(found, "by_unit") == [
        [reference.hospital.name_en, "40", "0"],
        ["Hidden in single months", "14", "0"],
    ]
    assert rows_of(found, "by_sex") == [["Women", "40", "0"], ["Men", "14", "0"]]
    assert any("fewer than five" in note for note in found["notes"])


def test_two_looks_a_month_apart_do_not_tell_what_the_month_between_hid(
    reference: SimpleNamespace, department: Unit
) -> None:
    entry(reference, hanoi("2025-11-04 09:00"), unit=reference.steward, number=3)
    entry(reference, hanoi("2025-11-04 10:00"), unit=reference.small, number=8)
    close("2025-11-01 17:00")
    before = shown(department)
    close("2025-12-01 17:00")
    after = shown(department)

    assert rows_of(before, "by_unit")[0][1] == "40"
    assert rows_of(after, "by_unit") == [
        [reference.hospital.name_en, "49", "0"],
        ["Hidden in single months", "25", "0"],
    ]


def test_words_and_names_are_the_readers(reference: SimpleNamespace, department: Unit) -> None:
    close("2025-11-01 17:00")

    found = {language: shown(department, language) for language in ("vi", "tr", "en")}

    assert rows_of(found["vi"], "by_unit")[0][0] == "Bệnh viện Bãi Cháy"
    assert rows_of(found["tr"], "by_unit")[0][0] == reference.hospital.name_tr
    assert [each["columns"][0] for each in found.values()] == [
        "Đơn đăng ký tiếp nhận",
        "Alınan başvurular",
        "Applications received",
    ]


def test_the_second_look_costs_two_queries_however_many_months(
    department: Unit, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    close("2025-11-01 17:00")
    first = count_queries(lambda: shown(department))
    second = count_queries(lambda: shown(department))
    close("2026-01-01 17:00")
    shown(department)
    third = count_queries(lambda: shown(department))

    assert first > 2
    assert (second, third) == (2, 2)


def test_a_new_month_folds_only_itself(department: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    from registration.overview import public

    folded = []
    monkeypatch.setattr(
        public,
        "shared_period",
        lambda period, parts: folded.append(period["first"]) or shared_period(period, parts),
    )
    close("2025-11-01 17:00")
    shown(department)
    close("2025-12-01 17:00")
    shown(department)
    shown(department, "vi")

    assert folded == ["2025-10-28", "2025-11-01"]


def test_the_file_has_plain_numbers_and_is_kept_like_the_page(
    department: Unit, client: Client
) -> None:
    close("2025-11-01 17:00")
    cache.clear()

    answer = client.get(PAGE)
    unknown = client.get("/en/statistics/vn-99.csv")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Table,Row,Applications received,Confirmed,Note,Figures until"
    assert "By unit,Hidden in single months,14,0,,2025-10-31" in lines
    assert answer["Cache-Control"] == "public, max-age=60"
    assert not answer.cookies
    assert unknown.status_code == 404


def day(values: Sequence[int]) -> dict[str, Any]:
    rows = [
        {"code": f"unit-{place}", "name": f"Unit {place}", "received": value, "confirmed": 0}
        for place, value in enumerate(values)
        if value
    ]
    return {"counts": {"received": sum(values), "confirmed": 0}, "by_unit": rows, "by_organ": []}


def month(days: Sequence[Sequence[int]]) -> dict[str, Any]:
    return day([sum(column) for column in zip(*days, strict=True)])


def found_by_a_spy(days: Sequence[Sequence[int]]) -> list[tuple[int, str]]:
    """The hidden cells of days that follow from all that left the house: days, months, totals.

    Each day's hidden cells have a known sum, and so have those of each row that the month shows.
    What every solution of these equations agrees on is found.
    """
    parts = [shared_edition(day(values)) for values in days]
    shared = shared_period(month(days), parts)
    # A row that the month does not have is one of nothing, and everybody sees that.
    codes = [row["code"] for row in shared["by_unit"]] or [f"unit-{n}" for n in range(len(days[0]))]
    cells = [
        (place, code)
        for place, part in enumerate(parts)
        for code in codes
        if "by_unit" in part["withheld"]
        or any(row["code"] == code and row.get("hidden") for row in part["by_unit"])
    ]
    told = {row["code"] for row in shared["by_unit"] if not row.get("hidden")}
    equations = [[int(cell[0] == place) for cell in cells] for place in range(len(days))]
    equations += [[int(cell[1] == code) for cell in cells] for code in sorted(told)]
    return [
        cell
        for cell, place in zip(cells, range(len(cells)), strict=True)
        if follows(equations, place)
    ]


def follows(equations: list[list[int]], place: int) -> bool:
    """Whether the unknown at ``place`` is the same in every solution."""
    wanted = [int(each == place) for each in range(len(equations[0]))]
    return rank(equations) == rank([*equations, wanted])


def rank(rows: list[list[int]]) -> int:
    left, number = [[Fraction(value) for value in row] for row in rows], 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((row for row in left if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        number += 1
        for row in left:
            if factor := row[column] / pivot[column]:
                row[:] = [one - factor * two for one, two in zip(row, pivot, strict=True)]
    return number


def test_the_spy_would_find_a_cell_that_is_hidden_alone() -> None:
    assert follows([[1, 1], [0, 1]], 0)
    assert not follows([[1, 1]], 0)


# Each table hides enough for itself, and three days and their month together told one person.
@example([[0, 0, 0, 2, 3], [0, 0, 1, 3, 2], [0, 1, 4, 0, 0]])
@given(
    st.integers(2, 5).flatmap(
        lambda units: st.lists(
            st.lists(st.integers(0, 9), min_size=units, max_size=units), min_size=1, max_size=6
        )
    )
)
@settings(max_examples=200, deadline=None)
def test_no_hidden_cell_of_a_day_follows_from_the_month(days: list[list[int]]) -> None:
    assert found_by_a_spy(days) == []
