"""Edges of windows, and the form in which figures are frozen. Pure."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from registration.common.dates import short_date
from registration.common.errors import RuleBroken
from registration.reports.choices import WindowState

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


def window_edges(day: date, *, cut_off: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The window of ``day``: from the cut-off of the day before to the cut-off of this one."""
    return moment_of(day - DAY, cut_off, zone), moment_of(day, cut_off, zone)


def next_span(last: Span | None, *, first_day: date, cut_off: time, zone: ZoneInfo) -> Span:
    """The window after ``last``, or the first one, which is that of ``first_day``.

    It starts where the last one ended, whatever happened to the hours or the zone since: so
    windows tile time. A day whose cut-off is not later than that start has no window of its own.
    """
    if last is None:
        day = first_day
        starts_at = window_edges(day, cut_off=cut_off, zone=zone)[0]
    else:
        day, starts_at = max(last.day + DAY, first_day), last.ends_at
    while moment_of(day, cut_off, zone) <= starts_at:
        day += DAY
    return Span(day, starts_at, moment_of(day, cut_off, zone))


def due_moment(span: Span, *, due: time, zone: ZoneInfo) -> datetime:
    """When the summary of a window must lie on the desk; never before the window has ended."""
    return max(moment_of(span.day, due, zone), span.ends_at)


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


def state_of(
    *, is_frozen: bool, is_finished: bool, waiting: int, sent: int, failed: int
) -> WindowState:
    """How far a window has got, from its summary and the numbers of its messages."""
    if not is_frozen:
        return WindowState.WAITING
    if not is_finished:
        return WindowState.FROZEN
    if failed:
        return WindowState.FAILED
    if waiting:
        return WindowState.QUEUED
    return WindowState.SENT if sent else WindowState.UNADDRESSED


def canonical(figures: dict[str, Any]) -> str:
    """The one text of these figures: equal figures are equal texts, to the byte."""
    return json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(content: str | bytes) -> str:
    """The SHA-256 of a text (as UTF-8) or of a document, in hexadecimal."""
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def iso(moment: datetime) -> str:
    """``2026-11-20T09:15:00Z``: UTC, whole seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
