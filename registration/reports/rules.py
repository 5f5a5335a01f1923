"""Edges of windows, and the form in which figures are frozen. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from registration.common.dates import short_date
from registration.common.errors import RuleBroken
from registration.reports.choices import OnHolidays
from registration.units.choices import HolidayKind
from registration.units.rules import SATURDAY

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
# Each day that is caught up goes out as a letter of its own: nobody wants a year of them.
MOST_DAYS_BACK = 31


@dataclass(frozen=True, slots=True)
class Span:
    """One department's day: the half-open ``[starts_at, ends_at)`` in UTC."""

    day: date
    starts_at: datetime
    ends_at: datetime


def moment_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The UTC moment at which the clock on the wall of ``zone`` shows ``clock`` on ``day``.

    A time that comes twice is taken the first time; a time that is left out is the first moment
    after the gap.
    """
    wall = datetime.combine(day, clock.replace(microsecond=0, tzinfo=None, fold=0), tzinfo=zone)
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return moment
    return _end_of_gap(wall.replace(fold=1).astimezone(UTC), moment, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between the two at which the zone's clock jumps, found by halving."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + SECOND * ((after - before) // (2 * SECOND))
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


@dataclass(frozen=True, slots=True)
class Calendar:
    """How the days of one department go: its hours, and the holidays of its country by day.

    ``half_day`` holds the cut-off and the due time of half days, if they have their own. Half
    days are no holidays.
    """

    zone: ZoneInfo
    cut_off: time
    due: time
    half_day: tuple[time, time] | None = None
    on_holidays: str = OnHolidays.SEND
    weekends_too: bool = False
    holidays: Mapping[date, str] = field(default_factory=dict)
    last_day: date | None = None

    def is_holiday(self, day: date) -> bool:
        is_weekend = self.weekends_too and day.weekday() >= SATURDAY
        return is_weekend or self.holidays.get(day) == HolidayKind.PUBLIC

    def is_merged(self, day: date) -> bool:
        """Whether the next working day's window counts this day too.

        No working day follows the last day: it has a window of its own, or its entries and those
        of the holidays before it would never be counted.
        """
        is_merging = self.on_holidays == OnHolidays.MERGE and day != self.last_day
        return is_merging and self.is_holiday(day)

    def is_quiet(self, day: date) -> bool:
        """Whether this day's summary is kept and not sent."""
        return self.on_holidays == OnHolidays.SKIP and self.is_holiday(day)

    def cut_off_of(self, day: date) -> time:
        return self._hours_of(day)[0]

    def due_of(self, day: date) -> time:
        return self._hours_of(day)[1]

    def end_of(self, day: date) -> datetime:
        """The moment of the day's cut-off, in UTC."""
        return moment_of(day, self.cut_off_of(day), self.zone)

    def _hours_of(self, day: date) -> tuple[time, time]:
        if self.half_day and self.holidays.get(day) == HolidayKind.HALF_DAY:
            return self.half_day
        return self.cut_off, self.due


def next_span(last: Span | None, *, first_day: date, calendar: Calendar) -> Span:
    """The window after ``last``, or the first one, which is that of ``first_day``.

    It starts where the last one ended, whatever happened to the hours, the holidays or the zone
    since: so windows tile time. A day that is merged, or whose cut-off is not later than that
    start, has no window of its own; the next day's counts it.
    """
    if last is None:
        day, starts_at = first_day, calendar.end_of(first_day - DAY)
    else:
        day, starts_at = max(last.day + DAY, first_day), last.ends_at
    while calendar.is_merged(day) or calendar.end_of(day) <= starts_at:
        day += DAY
    return Span(day, starts_at, calendar.end_of(day))


def due_moment(span: Span, *, calendar: Calendar) -> datetime:
    """When the summary of a window must lie on the desk; never before the window has ended."""
    return max(moment_of(span.day, calendar.due_of(span.day), calendar.zone), span.ends_at)


def days_counted(spans: Iterable[Span], *, first: date, number: int) -> list[tuple[date, Span]]:
    """The days from ``first`` on, each with the window that counts it; fewer where windows end."""
    found: list[tuple[date, Span]] = []
    for span in spans:
        while len(found) < number and (day := first + DAY * len(found)) <= span.day:
            found.append((day, span))
        if len(found) == number:
            break
    return found


def require_ended(ends_at: datetime, *, now: datetime) -> None:
    """Refuse with ``window_open`` while entries can still fall into the window."""
    if now < ends_at:
        raise RuleBroken(
            "window_open", _("This day is still being counted. Ask again after its cut-off.")
        )


def require_due_after_cut_off(*, cut_off: time, due: time) -> None:
    """Refuse with ``due_before_cut_off``: between the two the summary is made."""
    if due <= cut_off:
        raise RuleBroken(
            "due_before_cut_off",
            _("The due time must be later than the cut-off, on the same day."),
            field="due_at",
        )


def require_half_day_hours(*, cut_off: time | None, due: time | None) -> None:
    """Refuse ``half_day_incomplete`` (one of the two) and ``half_day_due_before_cut_off``."""
    if (cut_off is None) != (due is None):
        raise RuleBroken(
            "half_day_incomplete",
            _("Give both hours of half days, or neither."),
            field="half_day_due_at" if due is None else "half_day_cut_off_at",
        )
    if cut_off and due and due <= cut_off:
        raise RuleBroken(
            "half_day_due_before_cut_off",
            _("The due time must be later than the cut-off, on the same day."),
            field="half_day_due_at",
        )


def require_recent_start(starts_on: date, *, today: date) -> None:
    """Refuse with ``starts_too_early`` a first day that would send a pile of old summaries."""
    if starts_on < today - timedelta(days=MOST_DAYS_BACK):
        raise RuleBroken(
            "starts_too_early",
            _("The first day may lie at most %(days)s days back."),
            field="starts_on",
            days=MOST_DAYS_BACK,
        )


def require_told_day(day: date, *, first: date | None, today: date) -> None:
    """Refuse a day that has no summary: ``future_day``, ``no_summaries``, ``before_first_day``."""
    if day > today:
        raise RuleBroken("future_day", _("This day lies in the future: there is no summary of it."))
    if first is None:
        raise RuleBroken("no_summaries", _("This department has no summaries yet."))
    if day < first:
        raise RuleBroken(
            "before_first_day",
            _("The first summary of this department is that of %(first)s."),
            first=short_date(first, get_language() or "en"),
        )


def canonical(figures: dict[str, Any]) -> str:
    """The one text of these figures: equal figures are equal texts, to the byte."""
    return json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(content: str | bytes) -> str:
    """The SHA-256 of a text (as UTF-8) or of a document, in hexadecimal."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def iso(moment: datetime) -> str:
    """``2026-11-20T09:15:00Z``: UTC, whole seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
