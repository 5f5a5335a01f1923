import json
import time
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from registration.ledger.choices import EventKind
from registration.reports.counting import KEYS, recount
from registration.reports.models import Summary, Window
from registration.reports.periods import period_of
from registration.reports.rules import canonical, digest
from registration.reports.services import ensure_windows
from tests.overview.days import told_days
from tests.reports.entries import entry, hanoi, hours_of

NOW = hanoi("2025-11-22 08:00")


def test_a_period_is_the_sum_of_its_days(reference: SimpleNamespace) -> None:
    days = [json.loads(each.figures) for each in told_days(reference)]
    department = reference.quang_ninh_department

    period = period_of(
        department, first=date(2025, 11, 1), last=date(2025, 11, 21), language="vi", now=NOW
    )

    assert period["counts"] == {
        name: sum(day["counts"][name] for day in days) for name in period["counts"]
    }
    assert period["counts"]["received"] == 8
    assert set(period["counts"]) == set(KEYS)
    for table, key in [("by_unit", "code"), ("by_channel", "key"), ("by_locality", "code")]:
        for name in ("received", "confirmed"):
            assert sum(row[name] for row in period[table]) == sum(
                row[name] for day in days for row in day[table]
            )
        assert len({row[key] for row in period[table]}) == len(period[table])
    assert period["blood"]["by_volume"] == [
        {"ml": 250, "number": 1},
        {"ml": 350, "number": 1},
        {"ml": 450, "number": 1},
    ]
    assert period["blood"]["by_unit"][0]["given"] == 3
    assert [row["name"] for row in period["by_organ"]] == ["Thận", "Giác mạc"]
    assert period["targets"] == days[-1]["targets"]


def test_cumulative_figures_hold_the_corrections_and_agree_with_a_recount(
    reference: SimpleNamespace,
) -> None:
    told_days(reference)
    department = reference.quang_ninh_department

    period = period_of(
        department, first=date(2025, 11, 21), last=date(2025, 11, 21), language="en", now=NOW
    )

    counted, _demo = recount(department, before=hanoi("2025-11-21 16:15"))
    assert period["cumulative"] == counted
    assert [(row["day"], row["key"], row["number"]) for row in period["adjustments"]] == [
        ("2025-11-20", "given", -1),
        ("2025-11-20", "ml", -350),
        ("2025-11-20", "received", -1),
        ("2025-11-20", "received", -1),
        ("2025-11-20", "received", 1),
    ]
    assert {row["told_on"] for row in period["adjustments"]} == {"2025-11-21"}


def test_days_that_are_not_told_are_named_and_the_open_day_stands_apart(
    reference: SimpleNamespace,
) -> None:
    department = reference.quang_ninh_department
    hours_of(department, ends_on=date(2025, 11, 30))
    entry(reference, hanoi("2025-11-23 09:00"), EventKind.PLEDGE_RECEIVED, number=2)
    ensure_windows(now=hanoi("2025-11-20 17:00"))
    now = hanoi("2025-11-23 10:00")

    month = period_of(
        department, first=date(2025, 11, 1), last=date(2025, 11, 30), language="vi", now=now
    )
    before = period_of(
        department, first=date(2025, 11, 1), last=date(2025, 11, 22), language="vi", now=now
    )

    # The 20th has its window, the 21st and 22nd not even that; the 23rd is still open.
    assert month["missing"] == ["2025-11-20", "2025-11-21", "2025-11-22"]
    assert month["counts"]["received"] == 0
    assert month["provisional"]["counts"]["received"] == 2
    assert month["provisional"]["window"]["ends_at"] == "2025-11-23T03:00:00Z"
    assert before["provisional"] is None
    assert [day["day"] for day in month["days"] if day["is_told"]] == []


def test_what_no_department_told_is_an_empty_period(reference: SimpleNamespace) -> None:
    period = period_of(
        reference.adana_department,
        first=date(2025, 11, 1),
        last=date(2025, 11, 2),
        language="tr",
        now=NOW,
    )

    assert (period["missing"], period["provisional"], period["told_until"]) == ([], None, None)
    assert not any(period["counts"].values())
    assert period["blood"] is None


def test_older_figures_without_the_newer_keys_are_added_up(reference: SimpleNamespace) -> None:
    _year(reference, days=3, lacking=("blood", "targets", "by_locality", "by_campaign", "earlier"))

    period = period_of(
        reference.quang_ninh_department,
        first=date(2024, 11, 21),
        last=date(2024, 11, 23),
        language="vi",
        now=NOW,
    )

    assert period["counts"]["received"] == 24
    assert (period["by_locality"], period["blood"], period["targets"]) == ([], None, [])


def test_a_year_is_folded_at_once(
    reference: SimpleNamespace, max_queries: "pytest.FixtureRequest"
) -> None:
    _year(reference, days=365)
    department = reference.quang_ninh_department
    days = {"first": date(2024, 11, 21), "last": date(2025, 11, 20)}

    with max_queries(8):  # type: ignore[operator]
        period = period_of(department, **days, language="vi", now=NOW)
    times = []
    for _turn in range(3):
        began = time.perf_counter()
        period_of(department, **days, language="vi", now=NOW, with_open=False)
        times.append(time.perf_counter() - began)

    assert period["counts"]["received"] == 365 * 8
    # 0.3 s on a machine of its own.
    assert min(times) < 1.5


def _year(reference: SimpleNamespace, *, days: int, lacking: tuple[str, ...] = ()) -> None:
    """So many frozen days with the figures of one, before those of the rich days."""
    department = reference.quang_ninh_department
    figures = json.loads(told_days(reference)[-1].figures)
    figures["counts"]["received"] = 8
    for key in lacking:
        del figures[key]
    begin = hanoi("2024-11-20 16:15")
    for number in range(days):
        day = date(2024, 11, 21) + timedelta(days=number)
        if day >= date(2025, 11, 20):
            # The first of the rich days was told already.
            Window.objects.filter(day=day).update(day=date(2020, 1, 1))
        starts_at = begin + timedelta(days=number) - timedelta(minutes=1)
        window = Window.objects.create(
            department=department,
            day=day,
            zone="Asia/Ho_Chi_Minh",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(days=1),
            due_at=starts_at + timedelta(days=1),
        )
        figures["window"] |= {"day": day.isoformat(), "days": [day.isoformat()]}
        text = canonical(figures)
        Summary.objects.create(
            window=window,
            department=department,
            serial=number + 10,
            figures=text,
            sha256=digest(text),
            frozen_at=window.ends_at,
        )
