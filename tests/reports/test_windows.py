from collections.abc import Callable
from datetime import date, time, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from registration.reports.models import Window
from registration.reports.services import close_window, ensure_windows, open_windows
from tests.reports.entries import hanoi, hours_of

CUT_OFF = hanoi("2025-11-20 16:15")


def test_ensure_windows_lays_down_a_day_at_its_cut_off_and_not_before(
    reference: SimpleNamespace,
) -> None:
    hours_of(reference.quang_ninh_department)

    before = ensure_windows(now=CUT_OFF - timedelta(microseconds=1))
    (window,) = ensure_windows(now=CUT_OFF)

    assert before == []
    assert (window.day, window.zone) == (date(2025, 11, 20), "Asia/Ho_Chi_Minh")
    assert (window.starts_at, window.ends_at) == (hanoi("2025-11-19 16:15"), CUT_OFF)
    assert window.due_at == hanoi("2025-11-20 16:30")


def test_ensure_windows_twice_makes_nothing_new(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)

    first = ensure_windows(now=CUT_OFF)
    second = ensure_windows(now=CUT_OFF)

    assert first == second
    assert Window.objects.count() == 1


def test_ensure_windows_catches_up_after_five_days_down(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    hours_of(reference.adana_department, language="tr", starts_on=date(2025, 11, 22))
    ensure_windows(now=CUT_OFF)

    windows = ensure_windows(now=CUT_OFF + timedelta(days=5))

    days = [(each.department.code, each.day.day) for each in windows]
    assert sorted(days) == [
        *(("adana", day) for day in range(22, 25)),
        *(("quang-ninh", day) for day in range(20, 26)),
    ]


def test_ensure_windows_stops_after_the_last_day(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department, ends_on=date(2025, 11, 21))

    windows = ensure_windows(now=CUT_OFF + timedelta(days=9))

    assert [each.day.day for each in windows] == [20, 21]
    assert open_windows([reference.quang_ninh_department], now=CUT_OFF + timedelta(days=9)) == []


def test_ensure_windows_of_one_department_leaves_the_others(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    hours_of(reference.thanh_hoa_department)

    windows = ensure_windows(now=CUT_OFF, department=reference.thanh_hoa_department)

    assert [each.department.code for each in windows] == ["thanh-hoa"]
    assert Window.objects.count() == 1


def test_ensure_windows_asks_the_same_for_one_and_three_departments(
    reference: SimpleNamespace, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    hours_of(reference.quang_ninh_department)
    one = count_queries(lambda: ensure_windows(now=CUT_OFF))
    Window.objects.all().delete()
    hours_of(reference.thanh_hoa_department)
    hours_of(reference.adana_department)

    three = count_queries(lambda: ensure_windows(now=CUT_OFF))

    assert one == three


@pytest.mark.parametrize(
    ("changed_at", "new_cut_off", "edges"),
    [
        # One minute before the cut-off: the day goes on to the new hour.
        ("16:14", time(17, 0), ["19 16:15", "20 17:00", "21 17:00"]),
        # One minute after: the day has ended, the new hour holds from the next.
        ("16:16", time(17, 0), ["19 16:15", "20 16:15", "21 17:00"]),
        # An hour that has passed today: the day ends there, in the past.
        ("16:14", time(8, 0), ["19 16:15", "20 08:00", "21 08:00"]),
    ],
)
def test_windows_tile_when_the_cut_off_changes(
    reference: SimpleNamespace, changed_at: str, new_cut_off: time, edges: list[str]
) -> None:
    department = reference.quang_ninh_department
    hours_of(department, starts_on=date(2025, 11, 19))

    hours_of(
        department,
        starts_on=date(2025, 11, 19),
        cut_off_at=new_cut_off,
        due_at=time(18, 0),
        now=hanoi(f"2025-11-20 {changed_at}"),
    )
    windows = ensure_windows(now=hanoi("2025-11-21 18:00"))

    assert [(each.starts_at, each.ends_at) for each in windows] == [
        (hanoi(f"2025-11-{start}"), hanoi(f"2025-11-{end}"))
        for start, end in pairwise(["18 16:15", *edges])
    ]


def test_days_missed_before_a_change_keep_their_old_hours(reference: SimpleNamespace) -> None:
    department = reference.quang_ninh_department
    hours_of(department)

    hours_of(department, cut_off_at=time(12, 0), now=hanoi("2025-11-22 10:00"))
    windows = ensure_windows(now=hanoi("2025-11-22 12:00"))

    assert [each.ends_at for each in windows] == [
        hanoi("2025-11-20 16:15"),
        hanoi("2025-11-21 16:15"),
        hanoi("2025-11-22 12:00"),
    ]


def test_a_clock_that_is_set_back_makes_no_window_again(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    (window,) = ensure_windows(now=CUT_OFF)
    close_window(window, now=CUT_OFF)

    set_back = ensure_windows(now=CUT_OFF - timedelta(days=1))
    again = ensure_windows(now=CUT_OFF + timedelta(hours=1))

    assert (set_back, again) == ([], [])
    assert Window.objects.count() == 1


@pytest.mark.parametrize("same", ["day", "starts_at", "ends_at"])
def test_the_database_refuses_a_second_window_of_the_same(
    reference: SimpleNamespace, same: str
) -> None:
    hours_of(reference.quang_ninh_department)
    (window,) = ensure_windows(now=CUT_OFF)
    other = {
        "day": date(2025, 11, 28),
        "starts_at": window.starts_at - timedelta(days=9),
        "ends_at": window.ends_at + timedelta(days=9),
    }
    other[same] = getattr(window, same)

    with pytest.raises(IntegrityError), transaction.atomic():
        Window.objects.create(
            department=window.department, zone=window.zone, due_at=window.due_at, **other
        )


def test_open_windows_is_the_day_being_counted(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    ensure_windows(now=CUT_OFF)

    (window,) = open_windows([reference.quang_ninh_department], now=CUT_OFF)

    assert (window.starts_at, window.ends_at) == (CUT_OFF, CUT_OFF + timedelta(days=1))
    assert window.pk is None
