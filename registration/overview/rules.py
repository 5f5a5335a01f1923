"""Which days a page looks at, which it compares them with, and who is behind. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registration.overview.choices import ExportState, Span

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
DAYS_BACK = 13
# A table is kept for a day; a worker that has not moved for so long is taken for dead.
KEPT = timedelta(days=1)
LEASE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Days:
    """From ``first`` to ``last``, both of them included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def days_of(span: Span, at: date) -> Days:
    """The days of a span that holds ``at`` or, for the last days, ends with it."""
    if span == Span.MONTH:
        return Days(at.replace(day=1), at.replace(day=monthrange(at.year, at.month)[1]))
    if span == Span.YEAR:
        return Days(date(at.year, 1, 1), date(at.year, 12, 31))
    if span == Span.DAYS:
        return Days(at - DAY * DAYS_BACK, at)
    return Days(at, at)


def compared_with(span: Span, days: Days, *, until: date) -> Days:
    """The days before that ``days``, as far as they have come (``until``), are compared with.

    Of a month or year the same days of the one before, which may be shorter; of one day the same
    weekday of last week; else as many days just before.
    """
    last = max(days.first, min(days.last, until))
    if span == Span.TODAY:
        return Days(days.first - WEEK, days.last - WEEK)
    if span == Span.MONTH:
        before = days_of(Span.MONTH, days.first - DAY)
        if last == days.last:
            return before
        return Days(before.first, min(before.last, before.first + (last - days.first)))
    if span == Span.YEAR:
        year = days.first.year - 1
        same = min(last.day, monthrange(year, last.month)[1])
        return Days(date(year, 1, 1), date(year, last.month, same))
    length = Days(days.first, last).length
    return Days(days.first - DAY * length, days.first - DAY)


def neighbours(span: Span, days: Days) -> tuple[date, date]:
    """A day of the span before, and one of the span after."""
    if span in (Span.MONTH, Span.YEAR):
        return days.first - DAY, days.last + DAY
    length = DAY * days.length
    return days.last - length, days.last + length


def share_of(reached: int, target: int | None) -> int | None:
    """What was reached in parts of a hundred, rounded down; None without a target."""
    return reached * 100 // target if target else None


def is_behind(
    reached: int, target: int | None, *, starts_on: date, ends_on: date | None, on: date
) -> bool:
    """Whether less was reached than an even pace over the campaign would have brought by then.

    The day itself counts as past. A campaign without an end has no pace.
    """
    if not target or ends_on is None or on < starts_on:
        return False
    length = Days(starts_on, ends_on).length
    past = min(length, Days(starts_on, on).length)
    return reached * length < target * past


def may_be_taken(state: str, leased_until: datetime | None, *, now: datetime) -> bool:
    """Whether a worker may make the table: it waits, or whoever made it has died."""
    if state == ExportState.WAITING:
        return True
    return state == ExportState.RUNNING and (leased_until is None or leased_until < now)
