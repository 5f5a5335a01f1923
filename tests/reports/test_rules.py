from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registration.common.errors import RuleBroken
from registration.reports.choices import WindowState
from registration.reports.rules import (
    Span,
    canonical,
    digest,
    due_moment,
    iso,
    moment_of,
    next_span,
    require_due_after_cut_off,
    require_ended,
    require_recent_start,
    require_told_day,
    state_of,
    window_edges,
)

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones() - {"localtime", "Factory"})

zones = st.sampled_from(ZONES).map(cache(ZoneInfo))
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
days = st.dates(min_value=date(1970, 1, 5), max_value=date(2060, 1, 1))


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
def test_window_edges(zone: str, day: str, cut_off: time, starts_at: str, ends_at: str) -> None:
    edges = window_edges(date.fromisoformat(day), cut_off=cut_off, zone=ZoneInfo(zone))

    assert edges == (utc(starts_at), utc(ends_at))


@given(zone=zones, day=days, cut_off=clocks)
def test_windows_of_neighbouring_days_touch(zone: ZoneInfo, day: date, cut_off: time) -> None:
    here = window_edges(day, cut_off=cut_off, zone=zone)
    following = window_edges(day + timedelta(days=1), cut_off=cut_off, zone=zone)

    assert here[0] <= here[1] == following[0] <= following[1]


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


@given(
    first_day=days,
    hours=st.lists(st.tuples(zones, clocks), min_size=1, max_size=12),
)
def test_windows_tile_time_through_every_change_of_hours_and_of_zone(
    first_day: date, hours: list[tuple[ZoneInfo, time]]
) -> None:
    spans: list[Span] = []
    for zone, cut_off in hours:
        last = spans[-1] if spans else None
        spans.append(next_span(last, first_day=first_day, cut_off=cut_off, zone=zone))

    assert all(span.starts_at < span.ends_at for span in spans)
    assert all(a.ends_at == b.starts_at and a.day < b.day for a, b in pairwise(spans))


@given(zone=zones, day=days, cut_off=clocks, seconds=st.integers(0, 90_000))
def test_every_moment_belongs_to_exactly_one_window(
    zone: ZoneInfo, day: date, cut_off: time, seconds: int
) -> None:
    last = None
    spans = []
    for _ in range(4):
        last = next_span(last, first_day=day, cut_off=cut_off, zone=zone)
        spans.append(last)
    moment = spans[0].starts_at + timedelta(seconds=seconds)

    holding = [span for span in spans if span.starts_at <= moment < span.ends_at]

    assert len(holding) == 1 or moment >= spans[-1].ends_at


def test_next_span_starts_where_the_last_one_ended_when_the_cut_off_moves() -> None:
    ended = Span(date(2026, 11, 19), utc("2026-11-18T09:15"), utc("2026-11-19T09:15"))

    span = next_span(ended, first_day=date(2026, 11, 1), cut_off=time(8, 0), zone=HANOI)

    assert span == Span(date(2026, 11, 20), utc("2026-11-19T09:15"), utc("2026-11-20T01:00"))


def test_next_span_after_a_pause_is_one_long_window() -> None:
    ended = Span(date(2026, 11, 19), utc("2026-11-18T09:15"), utc("2026-11-19T09:15"))

    span = next_span(ended, first_day=date(2026, 11, 25), cut_off=time(16, 15), zone=HANOI)

    assert span == Span(date(2026, 11, 25), utc("2026-11-19T09:15"), utc("2026-11-25T09:15"))


@given(zone=zones, day=days, cut_off=clocks, due=clocks)
def test_due_is_never_before_the_cut_off(
    zone: ZoneInfo, day: date, cut_off: time, due: time
) -> None:
    span = next_span(None, first_day=day, cut_off=cut_off, zone=zone)

    assert due_moment(span, due=due, zone=zone) >= span.ends_at


def test_due_moment_is_the_later_hour_of_the_same_day() -> None:
    span = next_span(None, first_day=date(2026, 11, 20), cut_off=time(16, 15), zone=HANOI)

    assert due_moment(span, due=time(16, 30), zone=HANOI) == utc("2026-11-20T09:30")


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


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((False, False, 0, 0, 0), WindowState.WAITING),
        ((True, False, 0, 0, 0), WindowState.FROZEN),
        ((True, True, 1, 1, 1), WindowState.FAILED),
        ((True, True, 1, 1, 0), WindowState.QUEUED),
        ((True, True, 0, 2, 0), WindowState.SENT),
        ((True, True, 0, 0, 0), WindowState.UNADDRESSED),
    ],
)
def test_state_of(facts: tuple[bool, bool, int, int, int], state: WindowState) -> None:
    is_frozen, is_finished, waiting, sent, failed = facts

    found = state_of(
        is_frozen=is_frozen, is_finished=is_finished, waiting=waiting, sent=sent, failed=failed
    )

    assert found == state


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
