"""Nobody is found by counting: tables are read by a spy who knows how they are made."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registration.papers.disclosure import (
    LEAST,
    TABLES,
    protect,
    shared_edition,
    shared_period,
)
from tests.papers.daily_figures import quang_ninh_day

TWO = ("received", "confirmed")


def table(*values: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        {"code": f"unit-{place}", "name": f"Unit {place}", "received": one, "confirmed": two}
        for place, (one, two) in enumerate(values)
    ]


def day(*values: tuple[int, int]) -> dict[str, Any]:
    rows = table(*values)
    return {
        "counts": {name: sum(row[name] for row in rows) for name in TWO},
        "by_unit": rows,
        "by_organ": [],
    }


def shares(total: int, among: int) -> Iterator[tuple[int, ...]]:
    if among == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for others in shares(total - first, among - 1):
            yield (first, *others)


def read_by_a_spy(values: list[int]) -> dict[int, set[int]] | None:
    """What each hidden row may hold, for somebody who knows the totals and tries all tables."""
    published = protect(table(*((value, 0) for value in values)), TWO)
    if published is None:
        return None
    hidden = [place for place, row in enumerate(published) if row.get("hidden")]
    found: dict[int, set[int]] = {place: set() for place in hidden}
    for guess in shares(sum(values[place] for place in hidden), len(hidden)) if hidden else ():
        world = list(values)
        for place, value in zip(hidden, guess, strict=True):
            world[place] = value
        # A unit that counts nothing has no row.
        if all(world) and protect(table(*((value, 0) for value in world)), TWO) == published:
            for place in hidden:
                found[place].add(world[place])
    return found


def test_no_small_number_is_told_by_any_table_of_up_to_four_rows() -> None:
    for length in (1, 2, 3, 4):
        for values in itertools.combinations_with_replacement(range(1, 9), length):
            found = read_by_a_spy(list(values))
            for place, possible in (found or {}).items():
                assert len(possible) > 1, (values, place, possible)


def test_the_spy_finds_a_single_hidden_row() -> None:
    """Without the second row, what is left of the total is the value: the audit would see it."""
    published = protect(table((3, 0), (20, 0), (30, 0)), TWO)

    assert published is not None
    assert [row["received"] for row in published] == [None, None, 30]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12))
def test_what_is_hidden_together_is_never_small(values: list[tuple[int, int]]) -> None:
    rows = table(*values)

    published = protect(rows, TWO)

    if published is None:
        return
    hidden = [rows[place] for place, row in enumerate(published) if row.get("hidden")]
    for row in published:
        assert row.get("hidden") or not any(0 < row[name] < LEAST for name in TWO)
    for name in TWO:
        total = sum(row[name] for row in hidden)
        assert total == 0 or (len(hidden) > 1 and total >= LEAST)


@settings(max_examples=60)
@given(
    st.lists(
        st.lists(st.integers(0, 9), min_size=3, max_size=3),
        min_size=2,
        max_size=4,
    )
)
def test_a_period_does_not_tell_what_its_days_hide(days: list[list[int]]) -> None:
    """Each hidden cell of a day has another value that fits the day, the period and both totals."""
    figures = [day(*((value, 0) for value in values)) for values in days]
    whole = day(*((sum(values), 0) for values in zip(*days, strict=True)))
    parts = [shared_edition(each) for each in figures]

    period = shared_period(whole, parts)

    for place in range(3):
        cells = [
            (values[place], part["by_unit"][place] if part["by_unit"] else None)
            for values, part in zip(days, parts, strict=True)
        ]
        rest = [value for value, row in cells if row is None or row.get("hidden")]
        shown = period["by_unit"][place] if period["by_unit"] else None
        if shown and not shown.get("hidden") and sum(rest):
            assert len(rest) > 1
            assert sum(rest) >= LEAST


def test_what_follows_from_elsewhere_does_not_leave() -> None:
    figures = quang_ninh_day()

    shared = shared_edition(figures)

    assert [
        shared.get(name) or [] for name in ("by_placement", "targets", "waiting", "quality")
    ] == [
        [],
        [],
        [],
        [],
    ]
    assert shared["counts"] == figures["counts"]
    assert shared["cumulative"] == figures["cumulative"]
    assert figures == quang_ninh_day()
    assert shared["edition"] == "shared"


def test_two_provisional_counts_do_not_differ_by_one_person_in_a_table() -> None:
    day = quang_ninh_day()
    figures = day | {"provisional": {"number": 2}}

    shared = shared_edition(figures)

    assert not any(shared[name] for name in TABLES)
    assert shared["blood"] is None
    assert {*TABLES, "blood"} <= set(shared["withheld"])
    assert shared["counts"] == figures["counts"]


def test_three_volumes_do_not_follow_from_donors_and_millilitres() -> None:
    """250a + 350b + 450c and a + b + c are told: with one known volume the others follow."""
    figures = day((20, 10)) | {
        "blood": {
            "by_volume": [
                {"ml": 250, "number": 3},
                {"ml": 350, "number": 12},
                {"ml": 450, "number": 9},
            ],
            "deferrals": [{"reason": "weight", "number": 2}, {"reason": "hb", "number": 9}],
            "by_unit": [],
        }
    }

    shared = shared_edition(figures)

    assert shared["blood"]["by_volume"] == []
    assert [row["number"] for row in shared["blood"]["deferrals"]] == [None, None]
    assert shared["withheld"] == ["by_volume"]


@pytest.mark.parametrize("rows", [[(3, 0)], [(1, 0), (1, 0)], [(4, 0), (4, 0)]])
def test_a_table_that_cannot_be_made_safe_is_withheld(rows: list[tuple[int, int]]) -> None:
    shared = shared_edition(day(*rows))

    assert shared["by_unit"] == []
    assert "by_unit" in shared["withheld"]


def organs(counts: int, kidney: int | None) -> dict[str, Any]:
    rows = [] if kidney is None else [{"code": "kidney", "name": "Thận", "received": kidney}]
    return {
        "counts": {"received": counts, "confirmed": 0},
        "by_organ": [{**row, "confirmed": 0} for row in rows],
    }


@pytest.mark.parametrize(
    ("kidney", "shown"),
    [(20, 20), (19, None), (16, None), (15, 15), (5, 5), (4, None)],
)
def test_an_organ_that_few_left_out_is_hidden(kidney: int, shown: int | None) -> None:
    (row,) = shared_edition(organs(20, kidney))["by_organ"]

    assert (row["received"], row.get("hidden", False)) == (shown, shown is None)


@pytest.mark.parametrize(
    ("days", "shown"),
    [
        pytest.param([(20, 18), (30, 12)], None, id="two of the first day"),
        pytest.param([(20, 17), (30, 26), (30, 12)], 55, id="seven of two days"),
        pytest.param([(20, 19), (30, 29), (30, 12)], None, id="one of each"),
        pytest.param([(20, 18), (9, None)], None, id="two and all of a day without a row"),
        pytest.param([(20, 12), (9, None)], 12, id="nothing hidden"),
        pytest.param([(3, 3), (4, 4), (30, 12)], None, id="everybody of both days"),
    ],
)
def test_a_period_does_not_tell_how_many_left_an_organ_out(
    days: list[tuple[int, int | None]], shown: int | None
) -> None:
    whole = organs(sum(count for count, _ in days), sum(kidney or 0 for _, kidney in days))

    period = shared_period(whole, [shared_edition(organs(*each)) for each in days])

    assert [row["received"] for row in period["by_organ"]] == [shown]
