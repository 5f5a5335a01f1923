"""A row for each department and local day, laid down when the day has ended."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery

from registration.reports.models import ReportHours, Window
from registration.reports.rules import Span, due_moment, next_span
from registration.units.models import Unit


def ensure_windows(*, now: datetime, department: Unit | None = None) -> list[Window]:
    """Lay down every window that has ended and is missing; return those still to be worked on.

    Catches up after any downtime. Two schedulers at once do no harm: both compute the same rows
    and the database keeps one of each.
    """
    hours = _hours_with_last_window()
    if department is not None:
        hours = hours.filter(department=department)
    missing = [window for each in hours for window in _ended(each, now)]
    if missing:
        Window.objects.bulk_create(missing, ignore_conflicts=True)
    unfinished = Window.objects.filter(finished_at__isnull=True, ends_at__lte=now)
    if department is not None:
        unfinished = unfinished.filter(department=department)
    return list(
        unfinished.select_related("department__jurisdiction").order_by("department", "ends_at")
    )


def open_windows(departments: Iterable[Unit], *, now: datetime) -> list[Window]:
    """The window of each department that is being counted; not stored, for its hours may change."""
    hours = _hours_with_last_window().filter(department__in=list(departments))
    found = []
    for each in hours.order_by("department__folded"):
        if span := next((span for span in _spans(each) if span.ends_at > now), None):
            found.append(_window(each, span))
    return found


def _hours_with_last_window() -> QuerySet[ReportHours]:
    last = Window.objects.filter(department=OuterRef("department")).order_by("-ends_at")
    return ReportHours.objects.select_related("department__jurisdiction").annotate(
        last_day=Subquery(last.values("day")[:1]),
        last_starts_at=Subquery(last.values("starts_at")[:1]),
        last_ends_at=Subquery(last.values("ends_at")[:1]),
    )


def _spans(hours: ReportHours) -> Iterator[Span]:
    """The windows after the last one on record, without end unless the hours have a last day."""
    zone = hours.department.jurisdiction.zone
    last = None
    if hours.last_day:  # type: ignore[attr-defined]
        last = Span(hours.last_day, hours.last_starts_at, hours.last_ends_at)  # type: ignore[attr-defined]
    while True:
        last = next_span(last, first_day=hours.starts_on, cut_off=hours.cut_off_at, zone=zone)
        if hours.ends_on and last.day > hours.ends_on:
            return
        yield last


def _ended(hours: ReportHours, now: datetime) -> Iterator[Window]:
    for span in _spans(hours):
        if span.ends_at > now:
            return
        yield _window(hours, span)


def _window(hours: ReportHours, span: Span) -> Window:
    zone: ZoneInfo = hours.department.jurisdiction.zone
    return Window(
        department=hours.department,
        day=span.day,
        zone=zone.key,
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        due_at=due_moment(span, due=hours.due_at, zone=zone),
    )
