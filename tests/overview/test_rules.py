from datetime import UTC, date, datetime, timedelta

import pytest

from registration.overview.choices import ExportState, Span
from registration.overview.rules import (
    Days,
    compared_with,
    days_of,
    is_behind,
    may_be_taken,
    neighbours,
    share_of,
)

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def days(first: str, last: str) -> Days:
    return Days(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("span", "at", "expected"),
    [
        (Span.TODAY, "2026-11-20", days("2026-11-20", "2026-11-20")),
        (Span.DAYS, "2026-11-20", days("2026-11-07", "2026-11-20")),
        (Span.MONTH, "2028-02-29", days("2028-02-01", "2028-02-29")),
        (Span.YEAR, "2026-11-20", days("2026-01-01", "2026-12-31")),
    ],
)
def test_the_days_of_a_span(span: Span, at: str, expected: Days) -> None:
    assert days_of(span, date.fromisoformat(at)) == expected


@pytest.mark.parametrize(
    ("span", "shown", "until", "expected"),
    [
        (Span.TODAY, ("2026-11-20", "2026-11-20"), "2026-11-19", ("2026-11-13", "2026-11-13")),
        (Span.DAYS, ("2026-11-06", "2026-11-19"), "2026-11-19", ("2026-10-23", "2026-11-05")),
        # A month that goes on: the same days of the one before, which may be shorter.
        (Span.MONTH, ("2026-11-01", "2026-11-30"), "2026-11-19", ("2026-10-01", "2026-10-19")),
        (Span.MONTH, ("2026-03-01", "2026-03-31"), "2026-03-30", ("2026-02-01", "2026-02-28")),
        (Span.MONTH, ("2026-11-01", "2026-11-30"), "2026-12-05", ("2026-10-01", "2026-10-31")),
        (Span.YEAR, ("2028-01-01", "2028-12-31"), "2028-02-29", ("2027-01-01", "2027-02-28")),
        (Span.CAMPAIGN, ("2026-11-01", "2026-11-30"), "2026-11-10", ("2026-10-22", "2026-10-31")),
    ],
)
def test_what_a_span_is_compared_with(
    span: Span, shown: tuple[str, str], until: str, expected: tuple[str, str]
) -> None:
    assert compared_with(span, days(*shown), until=date.fromisoformat(until)) == days(*expected)


@pytest.mark.parametrize(
    ("span", "shown", "expected"),
    [
        (Span.DAYS, ("2026-11-07", "2026-11-20"), ("2026-11-06", "2026-12-04")),
        (Span.MONTH, ("2026-01-01", "2026-01-31"), ("2025-12-31", "2026-02-01")),
    ],
)
def test_the_spans_beside(span: Span, shown: tuple[str, str], expected: tuple[str, str]) -> None:
    assert [each.isoformat() for each in neighbours(span, days(*shown))] == list(expected)


@pytest.mark.parametrize(
    ("reached", "target", "ends_on", "expected"),
    [
        # Ten days, the fifth is over: half of it.
        (49, 100, "2026-11-10", True),
        (50, 100, "2026-11-10", False),
        (0, None, "2026-11-10", False),
        (0, 100, None, False),
    ],
)
def test_who_is_behind_the_pace(
    reached: int, target: int | None, ends_on: str | None, expected: bool
) -> None:
    behind = is_behind(
        reached,
        target,
        starts_on=date(2026, 11, 1),
        ends_on=date.fromisoformat(ends_on) if ends_on else None,
        on=date(2026, 11, 5),
    )

    assert behind is expected


def test_a_share_is_never_rounded_up() -> None:
    assert (share_of(999, 1000), share_of(1000, 1000), share_of(5, None)) == (99, 100, None)


@pytest.mark.parametrize(
    ("state", "lease", "expected"),
    [
        (ExportState.WAITING, None, True),
        (ExportState.RUNNING, timedelta(seconds=1), False),
        (ExportState.RUNNING, timedelta(0), False),
        (ExportState.RUNNING, timedelta(seconds=-1), True),
        (ExportState.READY, None, False),
        (ExportState.STOPPED, None, False),
    ],
)
def test_who_may_take_a_table(state: str, lease: timedelta | None, expected: bool) -> None:
    leased_until = NOW + lease if lease is not None else None

    assert may_be_taken(state, leased_until, now=NOW) is expected
