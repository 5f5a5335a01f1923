"""What a department's hours make of the days ahead, in the words of the language in use."""

from datetime import date, datetime, timedelta

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registration.common.dates import clock_time, date_time, short_date
from registration.reports.models import Window
from registration.reports.windows import Plan, days_ahead
from registration.units.models import Holiday

# Whoever changes hours this close to the cut-off is told what becomes of the day.
SOON = timedelta(minutes=30)


def preview(plan: Plan, *, now: datetime) -> list[dict[str, str]]:
    """A row for each of the next 14 days: day, holiday, cut-off, due time, what happens."""
    ahead = days_ahead(plan, now=now)
    language = get_language() or "en"
    holidays = {
        each.day: each
        for each in Holiday.objects.filter(
            jurisdiction=plan.hours.department.jurisdiction_id,
            day__in=[day for day, _window in ahead],
        )
    }
    return [
        {
            "day": short_date(day, language),
            "weekday": formats.date_format(day, "l"),
            "holiday": _holiday_name(holidays.get(day)),
            **_fate(plan, day, window, language),
        }
        for day, window in ahead
    ]


def _holiday_name(holiday: Holiday | None) -> str:
    if holiday is None:
        return ""
    if not holiday.is_estimated:
        return holiday.name
    # Translators: a religious holiday whose date has not been announced yet
    return _("%(name)s (date estimated)") % {"name": holiday.name}


def _fate(plan: Plan, day: date, window: Window, language: str) -> dict[str, str]:
    if window.day != day:
        with_day = short_date(window.day, language)
        return {"happens": _("Counted with the summary of %(day)s") % {"day": with_day}}
    zone = plan.calendar.zone
    return {
        "cut_off": clock_time(window.ends_at.astimezone(zone), language),
        "due": clock_time(window.due_at.astimezone(zone), language),
        "happens": _("Made and kept, not sent") if window.is_quiet else _("Made and sent"),
    }


def standing_note(plan: Plan, *, now: datetime) -> str:
    """Which day is being counted, or what became of one that the hours have just ended."""
    ended = list(plan.ended(now))
    span = ended[-1] if ended else next(plan.spans(), None)
    if span is None:
        return _("The last day has passed: no further summary is made.")
    language, zone = get_language() or "en", plan.calendar.zone.key
    values = {
        "day": short_date(span.day, language),
        "starts": date_time(span.starts_at, language, zone=zone),
        "ends": date_time(span.ends_at, language, zone=zone),
        "due": date_time(plan.window(span).due_at, language, zone=zone),
    }
    if ended:
        return (
            _(
                "The cut-off of %(day)s has passed (%(ends)s): its summary is made now. What has"
                " come in since counts for the next day."
            )
            % values
        )
    return _("The day being counted is %(day)s: from %(starts)s to %(ends)s, due %(due)s.") % values


def soon_note(plan: Plan, *, now: datetime) -> str:
    """What a change does minutes before the cut-off; nothing when there is time."""
    span = next((span for span in plan.spans() if span.ends_at > now), None)
    if span is None or span.ends_at - now > SOON:
        return ""
    language, zone = get_language() or "en", plan.calendar.zone.key
    return _(
        "The cut-off is near. A change that is saved before %(ends)s moves the end of this day;"
        " one that is saved later holds from the next day on."
    ) % {"ends": date_time(span.ends_at, language, zone=zone)}
