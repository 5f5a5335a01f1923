from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from registration.ledger.models import Event
from registration.reports import windows
from registration.reports.choices import OnHolidays
from registration.reports.closing import freeze
from registration.reports.models import Summary, Window
from registration.reports.services import ensure_windows, open_windows
from registration.reports.windows import days_ahead, plan_of
from registration.units.models import Holiday, Jurisdiction
from tests.reports.entries import entry, hanoi, hours_of

CUT_OFF = hanoi("2025-11-20 16:15")


def holiday(
    jurisdiction: Jurisdiction, day: int, kind: str = "public", *, is_estimated: bool = False
) -> Holiday:
    """A holiday on a day of November 2025; the 20th is a Thursday."""
    return Holiday.objects.create(
        jurisdiction=jurisdiction,
        day=date(2025, 11, day),
        kind=kind,
        name=f"Ngày lễ {day}",
        is_estimated=is_estimated,
    )


def laid_down() -> list[tuple[int, int]]:
    """The day of each window, and how many days it counts."""
    return [
        (each.day.day, round((each.ends_at - each.starts_at) / timedelta(days=1)))
        for each in Window.objects.order_by("ends_at")
    ]


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
    holiday(reference.vn, 21)
    holiday(reference.tr, 20)
    later = CUT_OFF + timedelta(days=1)
    hours_of(reference.quang_ninh_department)
    one = count_queries(lambda: ensure_windows(now=later))
    Window.objects.all().delete()
    hours_of(reference.thanh_hoa_department, on_holidays=OnHolidays.SKIP)
    hours_of(reference.adana_department, on_holidays=OnHolidays.MERGE)

    three = count_queries(lambda: ensure_windows(now=later))
    nothing_missing = count_queries(lambda: ensure_windows(now=later))

    assert one == three
    assert nothing_missing == 3


@pytest.mark.parametrize(
    ("policy", "told", "quiet"),
    [
        (OnHolidays.SEND, [(20, 1), (21, 1), (22, 1), (23, 1), (24, 1)], []),
        (OnHolidays.SKIP, [(20, 1), (21, 1), (22, 1), (23, 1), (24, 1)], [21, 22, 23]),
        (OnHolidays.MERGE, [(20, 1), (24, 4)], []),
    ],
)
def test_a_long_weekend_under_each_policy(
    reference: SimpleNamespace,
    policy: OnHolidays,
    told: list[tuple[int, int]],
    quiet: list[int],
) -> None:
    holiday(reference.vn, 21)
    hours_of(reference.quang_ninh_department, on_holidays=policy, weekends_too=True)

    # A minute at a time or all at once: what is laid down is the same.
    for hours_later in range(0, 24 * 4, 7):
        ensure_windows(now=CUT_OFF + timedelta(hours=hours_later))
    ensure_windows(now=CUT_OFF + timedelta(days=4))

    assert laid_down() == told
    assert [each.day.day for each in Window.objects.order_by("day") if each.is_quiet] == quiet


def test_a_holiday_of_another_country_is_none_here(reference: SimpleNamespace) -> None:
    holiday(reference.tr, 21)
    for department in (reference.quang_ninh_department, reference.adana_department):
        hours_of(department, on_holidays=OnHolidays.MERGE)

    # Four hours later the day has ended in Adana too.
    found = ensure_windows(now=CUT_OFF + timedelta(days=2, hours=4))

    assert sorted((each.department.code, each.day.day) for each in found) == [
        ("adana", 20),
        ("adana", 22),
        ("quang-ninh", 20),
        ("quang-ninh", 21),
        ("quang-ninh", 22),
    ]


def test_a_half_day_is_counted_at_its_own_hours(reference: SimpleNamespace) -> None:
    holiday(reference.vn, 20, "half_day")
    hours_of(
        reference.quang_ninh_department,
        on_holidays=OnHolidays.MERGE,
        half_day_cut_off_at=time(12, 45),
        half_day_due_at=time(13, 0),
    )

    (window,) = ensure_windows(now=hanoi("2025-11-20 12:45"))

    assert (window.starts_at, window.ends_at) == (
        hanoi("2025-11-19 16:15"),
        hanoi("2025-11-20 12:45"),
    )
    assert (window.due_at, window.is_quiet) == (hanoi("2025-11-20 13:00"), False)


def test_a_holiday_that_moves_changes_only_what_is_not_laid_down(
    reference: SimpleNamespace,
) -> None:
    """The feast was estimated for Friday; on Friday evening it is announced for Saturday."""
    feast = holiday(reference.vn, 21, is_estimated=True)
    hours_of(reference.quang_ninh_department, on_holidays=OnHolidays.MERGE)
    ensure_windows(now=hanoi("2025-11-21 18:00"))
    on_friday = laid_down()

    feast.day = date(2025, 11, 22)
    feast.save()
    ensure_windows(now=hanoi("2025-11-21 18:01"))
    on_saturday = laid_down()
    ensure_windows(now=hanoi("2025-11-23 16:15"))

    assert (on_friday, on_saturday) == ([(20, 1)], [(20, 1), (21, 1)])
    assert laid_down() == [(20, 1), (21, 1), (23, 2)]


def test_a_holiday_that_is_added_late_leaves_the_window_of_its_day(
    reference: SimpleNamespace,
) -> None:
    hours_of(reference.quang_ninh_department, on_holidays=OnHolidays.SKIP)
    ensure_windows(now=CUT_OFF)

    holiday(reference.vn, 20)
    holiday(reference.vn, 21)
    ensure_windows(now=CUT_OFF + timedelta(days=1))

    assert list(Window.objects.order_by("day").values_list("day__day", "is_quiet")) == [
        (20, False),
        (21, True),
    ]


def test_a_scheduler_that_is_overtaken_lays_down_nothing_beside_the_others(
    reference: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and writing, a holiday is added and another scheduler lays down its days."""
    hours_of(reference.quang_ninh_department, on_holidays=OnHolidays.MERGE)
    lay_down, later = windows._lay_down, CUT_OFF + timedelta(days=3)

    def overtaken(late: list[int], *, now: datetime) -> None:
        monkeypatch.setattr(windows, "_lay_down", lay_down)
        holiday(reference.vn, 20)
        holiday(reference.vn, 21)
        ensure_windows(now=now)
        lay_down(late, now=now)

    monkeypatch.setattr(windows, "_lay_down", overtaken)
    ensure_windows(now=later)

    assert laid_down() == [(22, 3), (23, 1)]


@pytest.mark.parametrize("told_on", ["2025-11-21 10:00", "2025-11-25 10:00"])
def test_a_last_day_amid_holidays_still_has_its_window(
    reference: SimpleNamespace, told_on: str
) -> None:
    """Whether the last day was set before the holiday or after it."""
    department = reference.quang_ninh_department
    for day in range(21, 26):
        holiday(reference.vn, day)
    hours_of(department, on_holidays=OnHolidays.MERGE)
    ensure_windows(now=CUT_OFF)
    entry(reference, hanoi("2025-11-22 09:00"))

    hours_of(
        department, on_holidays=OnHolidays.MERGE, ends_on=date(2025, 11, 23), now=hanoi(told_on)
    )
    ensure_windows(now=hanoi("2025-11-30 16:15"))

    assert laid_down() == [(20, 1), (23, 3)]


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


@pytest.mark.parametrize("changed_at", ["16:14", "16:15", "16:16"])
@pytest.mark.parametrize("new_cut_off", [time(17, 0), time(16, 14), time(8, 0), time(0, 0)])
def test_a_cut_off_changed_at_the_last_minute_counts_each_entry_once(
    reference: SimpleNamespace, changed_at: str, new_cut_off: time
) -> None:
    department = reference.quang_ninh_department
    hours_of(department, starts_on=date(2025, 11, 20))
    for clock in ["07:59", "08:00", "16:13", "16:14", "16:15", "16:16", "17:00", "23:59"]:
        entry(reference, hanoi(f"2025-11-20 {clock}"))
    changed = hanoi(f"2025-11-20 {changed_at}")
    ensure_windows(now=changed)

    hours_of(department, cut_off_at=new_cut_off, due_at=time(18, 0), now=changed)
    for hours_later in (0, 1, 8, 24, 48):
        ensure_windows(now=changed + timedelta(hours=hours_later))

    windows = Window.objects.order_by("ends_at")
    counted = [
        pk
        for each in windows
        for pk in Event.objects.filter(
            happened_at__gte=each.starts_at, happened_at__lt=each.ends_at
        ).values_list("pk", flat=True)
    ]
    assert sorted(counted) == sorted(Event.objects.values_list("pk", flat=True))
    assert all(a.ends_at == b.starts_at for a, b in pairwise(windows))


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


@pytest.mark.parametrize("off", [timedelta(hours=1), timedelta(days=1)], ids=["hour", "day"])
@pytest.mark.parametrize("way", [-1, 1], ids=["back", "forward"])
def test_a_clock_that_jumps_makes_no_window_again(
    reference: SimpleNamespace, way: int, off: timedelta
) -> None:
    """Back or forward for a while, then right again: each day has one window (FI-13)."""
    hours_of(reference.quang_ninh_department)

    for moment in (
        CUT_OFF,
        CUT_OFF + way * off,
        CUT_OFF + timedelta(minutes=1),
        CUT_OFF + timedelta(days=2),
    ):
        for window in ensure_windows(now=moment):
            freeze(window, taken_at=moment)

    assert Summary.objects.count() == 3
    assert laid_down() == [(20, 1), (21, 1), (22, 1)]
    assert all(a.ends_at == b.starts_at for a, b in pairwise(Window.objects.order_by("day")))


def test_a_window_that_a_fast_clock_laid_down_waits_for_its_end(
    reference: SimpleNamespace,
) -> None:
    hours_of(reference.quang_ninh_department)

    fast = ensure_windows(now=CUT_OFF + timedelta(days=1))
    right = ensure_windows(now=CUT_OFF)

    assert [each.day.day for each in fast] == [20, 21]
    assert [each.day.day for each in right] == [20]


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


def test_days_ahead_name_the_window_of_each_of_fourteen_days(reference: SimpleNamespace) -> None:
    holiday(reference.vn, 21)
    hours = hours_of(
        reference.quang_ninh_department, on_holidays=OnHolidays.MERGE, weekends_too=True
    )
    ensure_windows(now=CUT_OFF)

    ahead = days_ahead(plan_of(hours), now=CUT_OFF)

    assert [day for day, _window in ahead] == [
        date(2025, 11, 21) + timedelta(days=number) for number in range(14)
    ]
    assert [window.day.day for _day, window in ahead[:6]] == [24, 24, 24, 24, 25, 26]
    assert ahead[0][1].starts_at == CUT_OFF


@pytest.mark.parametrize(
    ("now", "more", "days"),
    [
        # Before the cut-off today is the first, after it tomorrow is, be it laid down or not.
        ("2025-11-21 16:14", {"ends_on": date(2025, 11, 22)}, [21, 22]),
        ("2025-11-21 16:15", {"ends_on": date(2025, 11, 22)}, [22]),
        ("2025-11-22 16:15", {"ends_on": date(2025, 11, 22)}, []),
        ("2025-11-10 09:00", {"ends_on": date(2025, 11, 21)}, [20, 21]),
    ],
)
def test_days_ahead_begin_with_the_day_being_counted_and_end_with_the_last(
    reference: SimpleNamespace, now: str, more: dict[str, date], days: list[int]
) -> None:
    hours = hours_of(reference.quang_ninh_department, **more)

    ahead = days_ahead(plan_of(hours), now=hanoi(now))

    assert [day.day for day, _window in ahead] == days
