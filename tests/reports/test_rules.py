from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registration.common.errors import RuleBroken
from registration.reports.choices import OnHolidays
from registration.reports.rules import (
    Calendar,
    Span,
    canonical,
    days_counted,
    digest,
    due_moment,
    iso,
    moment_of,
    next_span,
    require_due_after_cut_off,
    require_ended,
    require_half_day_hours,
    require_recent_start,
    require_told_day,
)
from registration.units.choices import HolidayKind

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones() - {"localtime", "Factory"})

zones = st.sampled_from(ZONES).map(cache(ZoneInfo))
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
days = st.dates(min_value=date(1970, 1, 5), max_value=date(2060, 1, 1))
DAY = timedelta(days=1)
# Wednesday 28 October 2026 is the eve of Republic Day.
EVE = date(2026, 10, 28)
REPUBLIC_DAY = EVE + DAY
TURKISH = {EVE: HolidayKind.HALF_DAY, REPUBLIC_DAY: HolidayKind.PUBLIC}


def calendar(
    zone: ZoneInfo = HANOI,
    cut_off: time = time(16, 15),
    due: time = time(16, 30),
    **more: Any,
) -> Calendar:
    return Calendar(zone=zone, cut_off=cut_off, due=due, **more)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Hours of any kind in any zone, with holidays and half days scattered over some weeks."""
    marked = draw(st.dictionaries(st.integers(0, 25), st.sampled_from(HolidayKind.values)))
    return Calendar(
        zone=draw(zones),
        cut_off=draw(clocks),
        due=draw(clocks),
        half_day=draw(st.none() | st.tuples(clocks, clocks)),
        on_holidays=draw(st.sampled_from(OnHolidays.values)),
        weekends_too=draw(st.booleans()),
        holidays={FIRST + DAY * number: kind for number, kind in marked.items()},
        last_day=draw(st.none() | st.integers(0, 25).map(lambda number: FIRST + DAY * number)),
    )


FIRST = date(2026, 10, 19)


def spans_of(calendar: Calendar, *, first_day: date, number: int = 4) -> list[Span]:
    """The windows that follow each other, no longer than the calendar's last day."""
    spans: list[Span] = []
    while len(spans) < number:
        last = spans[-1] if spans else None
        span = next_span(last, first_day=first_day, calendar=calendar)
        if calendar.last_day and span.day > calendar.last_day:
            break
        spans.append(span)
    return spans


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "cut_off", "starts_at", "ends_at"),
    [
        ("Asia/Ho_Chi_Minh", "2026-11-20", time(16, 15), "2026-11-19T09:15", "2026-11-20T09:15"),
        ("Europe/Istanbul", "2026-11-20", time(16, 15), "2026-11-19T13:15", "2026-11-20T13:15"),
        # 29 March 2026: 02:30 is left out, the window ends when the clock jumps to 03:00.
        ("Europe/Berlin", "2026-03-29", time(2, 30), "2026-03-28T01:30", "2026-03-29T01:00"),
        ("Europe/Berlin", "2026-03-30", time(2, 30), "2026-03-29T01:00", "2026-03-30T00:30"),
        # 25 October 2026: 02:30 comes twice, the first one counts.
        ("Europe/Berlin", "2026-10-25", time(2, 30), "2026-10-24T00:30", "2026-10-25T00:30"),
        ("Europe/Berlin", "2026-10-26", time(2, 30), "2026-10-25T00:30", "2026-10-26T01:30"),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", "2011-12-30", time(16, 15), "2011-12-30T02:15", "2011-12-30T10:00"),
        ("Pacific/Apia", "2011-12-31", time(16, 15), "2011-12-30T10:00", "2011-12-31T02:15"),
    ],
)
def test_edges_of_a_window(
    zone: str, day: str, cut_off: time, starts_at: str, ends_at: str
) -> None:
    hours = calendar(ZoneInfo(zone), cut_off)

    span = next_span(None, first_day=date.fromisoformat(day), calendar=hours)

    assert span == Span(date.fromisoformat(day), utc(starts_at), utc(ends_at))


@given(zone=zones, day=days, cut_off=clocks)
def test_the_days_of_a_zone_end_in_order(zone: ZoneInfo, day: date, cut_off: time) -> None:
    hours = calendar(zone, cut_off)

    assert hours.end_of(day) <= hours.end_of(day + DAY)


@given(zone=zones, day=days, clock=clocks)
def test_the_moment_shows_the_clock_or_is_the_first_after_a_gap(
    zone: ZoneInfo, day: date, clock: time
) -> None:
    moment = moment_of(day, clock, zone)

    wall = moment.astimezone(zone).replace(tzinfo=None)
    asked = datetime.combine(day, clock)
    if wall == asked:
        # The first of two: an hour before, the same wall clock has not been yet.
        assert moment.astimezone(zone).fold == 0
    else:
        just_before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert just_before < asked < wall


@settings(deadline=None)
@given(first=days, changes=st.lists(calendars(), min_size=1, max_size=12))
def test_windows_tile_time_through_every_change_of_hours_holidays_and_zone(
    first: date, changes: list[Calendar]
) -> None:
    """Each window may be laid down under other hours, holidays and zone data than the last."""
    spans: list[Span] = []
    for hours in changes:
        last = spans[-1] if spans else None
        spans.append(next_span(last, first_day=first, calendar=hours))

    assert all(span.starts_at < span.ends_at for span in spans)
    assert all(a.ends_at == b.starts_at and a.day < b.day for a, b in pairwise(spans))


def test_windows_tile_a_year_in_every_zone() -> None:
    def tiles(zone: str) -> bool:
        hours = calendar(
            ZoneInfo(zone),
            time(2, 30),
            on_holidays=OnHolidays.MERGE,
            weekends_too=True,
            holidays=TURKISH,
            half_day=(time(0, 15), time(1, 0)),
        )
        spans = spans_of(hours, first_day=date(2026, 1, 1), number=261)
        touch = all(a.starts_at < a.ends_at == b.starts_at for a, b in pairwise(spans))
        worked = not any(hours.is_holiday(span.day) for span in spans)
        return touch and worked and spans[-1].day == date(2027, 1, 1)

    assert [zone for zone in ZONES if not tiles(zone)] == []


@settings(deadline=None)
@given(hours=calendars(), ahead=st.integers(0, 3_000_000))
def test_every_moment_until_the_last_day_belongs_to_exactly_one_window(
    hours: Calendar, ahead: int
) -> None:
    spans = spans_of(hours, first_day=FIRST, number=30)
    end = hours.end_of(hours.last_day or FIRST + DAY * 25)
    moment = hours.end_of(FIRST - DAY) + timedelta(seconds=ahead)

    holding = [span for span in spans if span.starts_at <= moment < span.ends_at]

    assert len(holding) == 1 or moment >= end


@settings(deadline=None)
@given(hours=calendars())
def test_a_day_without_a_window_is_a_merged_holiday_or_one_that_ends_at_once(
    hours: Calendar,
) -> None:
    spans = spans_of(hours, first_day=FIRST, number=20)
    told = {span.day for span in spans}

    for before, span in pairwise(spans):
        for number in range(1, (span.day - before.day).days):
            day = before.day + DAY * number
            assert day not in told
            assert hours.is_merged(day) or hours.end_of(day) <= before.ends_at


@pytest.mark.parametrize(
    ("policy", "days", "quiet"),
    [
        (OnHolidays.SEND, [28, 29, 30], []),
        (OnHolidays.SKIP, [28, 29, 30], [29]),
        (OnHolidays.MERGE, [28, 30], []),
    ],
)
def test_a_holiday_under_each_policy(policy: OnHolidays, days: list[int], quiet: list[int]) -> None:
    hours = calendar(on_holidays=policy, holidays=TURKISH)

    spans = spans_of(hours, first_day=EVE, number=len(days))

    assert [span.day.day for span in spans] == days
    assert [span.day.day for span in spans if hours.is_quiet(span.day)] == quiet
    assert [span.starts_at for span in spans[1:]] == [span.ends_at for span in spans[:-1]]


@pytest.mark.parametrize(
    ("policy", "half_day", "ends", "due"),
    [
        (OnHolidays.SEND, (time(12, 45), time(13, 0)), "05:45", "06:00"),
        # A half day is no holiday: it is neither merged nor quiet.
        (OnHolidays.MERGE, (time(12, 45), time(13, 0)), "05:45", "06:00"),
        (OnHolidays.SKIP, None, "09:15", "09:30"),
    ],
)
def test_a_half_day_has_its_own_hours_where_they_are_set(
    policy: OnHolidays, half_day: tuple[time, time] | None, ends: str, due: str
) -> None:
    hours = calendar(on_holidays=policy, half_day=half_day, holidays=TURKISH)

    span = next_span(None, first_day=EVE, calendar=hours)

    assert span == Span(EVE, utc("2026-10-27T09:15"), utc(f"2026-10-28T{ends}"))
    assert due_moment(span, calendar=hours) == utc(f"2026-10-28T{due}")
    assert not hours.is_quiet(EVE)


@pytest.mark.parametrize(("weekends_too", "second"), [(True, 26), (False, 24)])
def test_weekends_are_holidays_where_the_department_says_so(
    weekends_too: bool, second: int
) -> None:
    hours = calendar(on_holidays=OnHolidays.MERGE, weekends_too=weekends_too)

    friday, after = spans_of(hours, first_day=date(2026, 10, 23), number=2)

    assert (friday.day.day, after.day.day) == (23, second)


def test_a_first_day_that_is_merged_is_counted_with_the_next() -> None:
    hours = calendar(on_holidays=OnHolidays.MERGE, holidays=TURKISH)

    span = next_span(None, first_day=REPUBLIC_DAY, calendar=hours)

    assert span == Span(REPUBLIC_DAY + DAY, utc("2026-10-28T09:15"), utc("2026-10-30T09:15"))


def test_a_last_day_that_is_a_holiday_counts_the_holidays_before_it() -> None:
    # Saturday 31 October: no working day follows within the department's days.
    hours = calendar(
        on_holidays=OnHolidays.MERGE,
        weekends_too=True,
        holidays={REPUBLIC_DAY: "public", REPUBLIC_DAY + DAY: "public"},
        last_day=date(2026, 10, 31),
    )

    spans = spans_of(hours, first_day=EVE)

    assert spans == [
        Span(EVE, utc("2026-10-27T09:15"), utc("2026-10-28T09:15")),
        Span(date(2026, 10, 31), utc("2026-10-28T09:15"), utc("2026-10-31T09:15")),
    ]


def test_berlin_counts_23_and_25_hours_on_its_change_days() -> None:
    def hours_of_days(first_day: date) -> list[float]:
        spans = spans_of(calendar(BERLIN, time(2, 30)), first_day=first_day)
        return [(span.ends_at - span.starts_at) / timedelta(hours=1) for span in spans]

    # The clock jumps at the missing half past two; the day after ends half an hour earlier.
    assert hours_of_days(date(2026, 3, 28)) == [24, 23.5, 23.5, 24]
    assert hours_of_days(date(2026, 10, 24)) == [24, 24, 25, 24]


def test_days_counted_names_the_window_of_each_day() -> None:
    hours = calendar(on_holidays=OnHolidays.MERGE, holidays=TURKISH, last_day=date(2026, 10, 31))
    spans = spans_of(hours, first_day=EVE)

    some = days_counted(spans, first=EVE, number=3)
    all_left = days_counted(spans, first=REPUBLIC_DAY, number=14)

    assert [(day.day, span.day.day) for day, span in some] == [(28, 28), (29, 30), (30, 30)]
    assert [(day.day, span.day.day) for day, span in all_left] == [(29, 30), (30, 30), (31, 31)]


def test_next_span_starts_where_the_last_one_ended_when_the_cut_off_moves() -> None:
    ended = Span(date(2026, 11, 19), utc("2026-11-18T09:15"), utc("2026-11-19T09:15"))

    span = next_span(ended, first_day=date(2026, 11, 1), calendar=calendar(cut_off=time(8)))

    assert span == Span(date(2026, 11, 20), utc("2026-11-19T09:15"), utc("2026-11-20T01:00"))


def test_next_span_after_a_pause_is_one_long_window() -> None:
    ended = Span(date(2026, 11, 19), utc("2026-11-18T09:15"), utc("2026-11-19T09:15"))

    span = next_span(ended, first_day=date(2026, 11, 25), calendar=calendar())

    assert span == Span(date(2026, 11, 25), utc("2026-11-19T09:15"), utc("2026-11-25T09:15"))


@given(hours=calendars())
def test_due_is_never_before_the_cut_off(hours: Calendar) -> None:
    span = next_span(None, first_day=FIRST, calendar=hours)

    assert due_moment(span, calendar=hours) >= span.ends_at


def test_due_moment_is_the_later_hour_of_the_same_day() -> None:
    span = next_span(None, first_day=date(2026, 11, 20), calendar=calendar())

    assert due_moment(span, calendar=calendar()) == utc("2026-11-20T09:30")


@pytest.mark.parametrize(
    ("now", "refused"),
    [("09:14:59.999999", True), ("09:15:00", False), ("09:15:00.000001", False)],
)
def test_require_ended_at_the_edge(now: str, refused: bool) -> None:
    ends_at = utc("2026-11-20T09:15")

    assert _code(lambda: require_ended(ends_at, now=utc(f"2026-11-20T{now}"))) == (
        "window_open" if refused else None
    )


@pytest.mark.parametrize(
    ("due", "code"),
    [
        (time(16, 14), "due_before_cut_off"),
        (time(16, 15), "due_before_cut_off"),
        (time(16, 16), None),
    ],
)
def test_require_due_after_cut_off(due: time, code: str | None) -> None:
    assert _code(lambda: require_due_after_cut_off(cut_off=time(16, 15), due=due)) == code


@pytest.mark.parametrize(
    ("cut_off", "due", "code", "field"),
    [
        (None, None, None, None),
        (time(12, 45), time(13, 0), None, None),
        (time(12, 45), time(12, 45), "half_day_due_before_cut_off", "half_day_due_at"),
        (time(12, 45), None, "half_day_incomplete", "half_day_due_at"),
        (None, time(13, 0), "half_day_incomplete", "half_day_cut_off_at"),
        # Midnight is an hour like any other.
        (time(0, 0), None, "half_day_incomplete", "half_day_due_at"),
        (time(13, 0), time(0, 0), "half_day_due_before_cut_off", "half_day_due_at"),
    ],
)
def test_require_half_day_hours(
    cut_off: time | None, due: time | None, code: str | None, field: str | None
) -> None:
    with nullcontext() if code is None else pytest.raises(RuleBroken) as refused:
        require_half_day_hours(cut_off=cut_off, due=due)

    assert (refused and (refused.value.code, refused.value.field)) == (code and (code, field))


@pytest.mark.parametrize(("back", "code"), [(31, None), (32, "starts_too_early"), (-400, None)])
def test_require_recent_start(back: int, code: str | None) -> None:
    today = date(2026, 11, 20)

    starts_on = today - timedelta(days=back)

    assert _code(lambda: require_recent_start(starts_on, today=today)) == code


@pytest.mark.parametrize(
    ("day", "first", "code"),
    [
        (date(2026, 11, 21), date(2026, 11, 1), "future_day"),
        (date(2026, 11, 20), date(2026, 11, 1), None),
        (date(2026, 11, 1), date(2026, 11, 1), None),
        (date(2026, 10, 31), date(2026, 11, 1), "before_first_day"),
        (date(2026, 11, 20), None, "no_summaries"),
    ],
)
def test_require_told_day(day: date, first: date | None, code: str | None) -> None:
    assert _code(lambda: require_told_day(day, first=first, today=date(2026, 11, 20))) == code


def test_canonical_is_one_text_for_equal_figures() -> None:
    assert canonical({"b": 1, "a": "Thận"}) == canonical({"a": "Thận", "b": 1})
    assert canonical({"b": 1, "a": "Thận"}) == '{"a":"Thận","b":1}'


def test_digest_is_sha256_of_utf8() -> None:
    assert digest("Thận") == digest("Thận".encode())
    assert digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_iso_is_utc_in_whole_seconds() -> None:
    moment = datetime(2026, 11, 20, 16, 15, 0, 999_999, tzinfo=HANOI)

    assert iso(moment) == "2026-11-20T09:15:00Z"


def _code(call: Callable[[], None]) -> str | None:
    try:
        call()
    except RuleBroken as broken:
        return broken.code
    return None
