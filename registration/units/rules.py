"""Which days an office works. Pure: values in, answer out."""

from collections.abc import Mapping
from datetime import date, timedelta

from registration.units.choices import HolidayKind

SATURDAY = 5
LONGEST_HOLIDAY = 30


def is_closed(day: date, holidays: Mapping[date, str]) -> bool:
    """Whether offices stay shut all day: weekends and public holidays, not half days."""
    return day.weekday() >= SATURDAY or holidays.get(day) == HolidayKind.PUBLIC


def next_working_day(day: date, holidays: Mapping[date, str]) -> date:
    """The first day after ``day`` on which offices open, be it for half of it."""
    for ahead in range(1, LONGEST_HOLIDAY + 1):
        candidate = day + timedelta(days=ahead)
        if not is_closed(candidate, holidays):
            return candidate
    raise ValueError(f"No working day within {LONGEST_HOLIDAY} days after {day}.")
