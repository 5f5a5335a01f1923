"""A row for each department and local day, laid down when the day has ended."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from registration.reports.models import ReportHours, Window
from registration.reports.rules import DAY, Calendar, Span, days_counted, due_moment, next_span
from registration.units.models import Holiday, Unit

DAYS_AHEAD = 14


def ensure_windows(*, now: datetime, department: Unit | None = None) -> list[Window]:
    """Lay down every window that has ended and is missing; return those still to be worked on.

    Catches up after any downtime. Two schedulers at once do no harm: the second waits, and sees
    what the first has laid down.
    """
    hours = _hours_with_last_window()
    if department is not None:
        hours = hours.filter(department=department)
    late = [plan.hours.pk for plan in _plans(hours) if next(plan.ended(now), None)]
    if late:
        _lay_down(late, now=now)
    unfinished = Window.objects.filter(finished_at__isnull=True, ends_at__lte=now)
    if department is not None:
        unfinished = unfinished.filter(department=department)
    return list(
        unfinished.select_related("department__jurisdiction").order_by("department", "ends_at")
    )


@transaction.atomic
def _lay_down(late: list[int], *, now: datetime) -> None:
    """Ask again what is missing, under the lock of the hours that say so.

    What was seen before the lock may be old: windows of old and of new hours, laid down side by
    side, could overlap without any two of their edges being the same.
    """
    locked = ReportHours.objects.select_for_update().filter(pk__in=late)
    # One order for all, or two schedulers would wait for each other for ever.
    list(locked.order_by("pk").values_list("pk"))
    plans = _plans(_hours_with_last_window().filter(pk__in=late))
    Window.objects.bulk_create([plan.window(span) for plan in plans for span in plan.ended(now)])


def open_windows(departments: Iterable[Unit], *, now: datetime) -> list[Window]:
    """The window of each department that is being counted; not stored, for its hours may change."""
    found = []
    for plan in plans_of(departments):
        if span := next((span for span in plan.spans() if span.ends_at > now), None):
            found.append(plan.window(span))
    return found


def plans_of(departments: Iterable[Unit]) -> list["Plan"]:
    """The plan of each department that has hours, by name; two queries."""
    hours = _hours_with_last_window().filter(department__in=list(departments))
    return _plans(hours.order_by("department__folded"))


@dataclass(frozen=True, slots=True)
class Plan:
    """Which windows follow a department's last one on record, as its hours stand now."""

    hours: ReportHours
    calendar: Calendar
    last: Span | None

    def spans(self) -> Iterator[Span]:
        """Without end unless the hours have a last day."""
        last = self.last
        while True:
            last = next_span(last, first_day=self.hours.starts_on, calendar=self.calendar)
            if self.hours.ends_on and last.day > self.hours.ends_on:
                return
            yield last

    def ended(self, now: datetime) -> Iterator[Span]:
        return takewhile(lambda span: span.ends_at <= now, self.spans())

    def window(self, span: Span) -> Window:
        return Window(
            department=self.hours.department,
            day=span.day,
            zone=self.calendar.zone.key,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            due_at=due_moment(span, calendar=self.calendar),
            is_quiet=self.calendar.is_quiet(span.day),
        )


def plan_of(hours: ReportHours) -> Plan:
    """The plan of hours as they stand in memory, saved or not."""
    last = Window.objects.filter(department=hours.department).order_by("-ends_at").first()
    span = Span(last.day, last.starts_at, last.ends_at) if last else None
    return Plan(hours, calendars([hours])[hours.department_id], span)


def days_ahead(plan: Plan, *, now: datetime) -> list[tuple[date, Window]]:
    """The next 14 days whose window is still open, each with the window that counts it."""
    ended = [plan.last, *plan.ended(now)][-1]
    today = now.astimezone(plan.calendar.zone).date()
    first = max(today, ended.day + DAY) if ended else max(today, plan.hours.starts_on)
    counted = days_counted(plan.spans(), first=first, number=DAYS_AHEAD)
    return [(day, plan.window(span)) for day, span in counted]


def calendars(hours: Iterable[ReportHours]) -> dict[int, Calendar]:
    """How the days of each department go, by its id; one query for all of them."""
    hours = list(hours)
    kinds: dict[str, dict[date, str]] = defaultdict(dict)
    holidays = Holiday.objects.filter(
        jurisdiction__in={each.department.jurisdiction_id for each in hours}
    )
    for jurisdiction, day, kind in holidays.values_list("jurisdiction", "day", "kind"):
        kinds[jurisdiction][day] = kind
    return {
        each.department_id: _calendar(each, kinds[each.department.jurisdiction_id])
        for each in hours
    }


def _calendar(hours: ReportHours, holidays: dict[date, str]) -> Calendar:
    half_day = None
    if hours.half_day_cut_off_at and hours.half_day_due_at:
        half_day = hours.half_day_cut_off_at, hours.half_day_due_at
    return Calendar(
        zone=hours.department.jurisdiction.zone,
        cut_off=hours.cut_off_at,
        due=hours.due_at,
        half_day=half_day,
        on_holidays=hours.on_holidays,
        weekends_too=hours.weekends_too,
        holidays=holidays,
        last_day=hours.ends_on,
    )


def _hours_with_last_window() -> QuerySet[ReportHours]:
    last = Window.objects.filter(department=OuterRef("department")).order_by("-ends_at")
    return ReportHours.objects.select_related("department__jurisdiction").annotate(
        last_day=Subquery(last.values("day")[:1]),
        last_starts_at=Subquery(last.values("starts_at")[:1]),
        last_ends_at=Subquery(last.values("ends_at")[:1]),
    )


def _plans(found: QuerySet[ReportHours]) -> list[Plan]:
    days = calendars(found)
    return [Plan(each, days[each.department_id], _last(each)) for each in found]


def _last(hours: ReportHours) -> Span | None:
    if not hours.last_day:  # type: ignore[attr-defined]
        return None
    return Span(hours.last_day, hours.last_starts_at, hours.last_ends_at)  # type: ignore[attr-defined]
