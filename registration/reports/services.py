"""What people and the clock do with a department's summaries."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from registration.reports.choices import OnHolidays
from registration.reports.closing import close_window
from registration.reports.figures import compile_figures
from registration.reports.models import ReportHours
from registration.reports.rules import require_due_after_cut_off, require_half_day_hours
from registration.reports.windows import ensure_windows, open_windows
from registration.units.models import Unit

__all__ = [
    "close_window",
    "compile_figures",
    "ensure_windows",
    "open_windows",
    "set_report_hours",
]


@transaction.atomic
def set_report_hours(
    department: Unit,
    *,
    cut_off_at: time,
    due_at: time,
    language: str,
    starts_on: date,
    ends_on: date | None = None,
    on_holidays: OnHolidays = OnHolidays.SEND,
    weekends_too: bool = False,
    half_day_cut_off_at: time | None = None,
    half_day_due_at: time | None = None,
    now: datetime | None = None,
) -> ReportHours:
    """Set when a department's day is counted and due, on its own clock.

    Days that have ended are laid down under the old hours first; the day being counted ends at
    the new cut-off, and starts where the last one ended. Refuses with ``due_before_cut_off``,
    ``half_day_incomplete`` and ``half_day_due_before_cut_off``.
    """
    hours = ReportHours.objects.select_for_update().filter(department=department).first()
    require_due_after_cut_off(cut_off=cut_off_at, due=due_at)
    require_half_day_hours(cut_off=half_day_cut_off_at, due=half_day_due_at)
    if hours is None:
        hours = ReportHours(department=department)
    else:
        ensure_windows(now=now or timezone.now(), department=department)
    hours.cut_off_at, hours.due_at = cut_off_at, due_at
    hours.language, hours.starts_on, hours.ends_on = language, starts_on, ends_on
    hours.on_holidays, hours.weekends_too = on_holidays, weekends_too
    hours.half_day_cut_off_at, hours.half_day_due_at = half_day_cut_off_at, half_day_due_at
    hours.save()
    return hours
