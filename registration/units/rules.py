"""Codes that were renamed, and which days an office works. Pure: values in, answer out."""

from collections.abc import Mapping
from datetime import date, timedelta

from registration.units.choices import HolidayKind

SATURDAY = 5
LONGEST_HOLIDAY = 30


def present_code(code: str, became: Mapping[str, str]) -> str:
    """The code a province has today; ``became`` leads former codes to present ones.

    Codes of before 1 July 2025 were partly given to another province's successor (72 was Tây Ninh
    and is now a part of 80), so only ask about codes that are known to be former ones.
    """
    return became.get(code, code)


def identity_code_of(number: str) -> str:
    """The first three digits of a citizen number: the province of birth, by its former code."""
    return number[:3]


def is_closed(day: date, holidays: Mapping[date, str]) -> bool:
    """Whether offices stay shut all day: weekends and public holidays, not half days."""
    return day.weekday() >= SATURDAY or holidays.get(day) == HolidayKind.PUBLIC


def is_half_day(day: date, holidays: Mapping[date, str]) -> bool:
    """Whether offices close at 13:00 (Law 2429 art. 2: the eves of Turkish holidays)."""
    return not is_closed(day, holidays) and holidays.get(day) == HolidayKind.HALF_DAY


def next_working_day(day: date, holidays: Mapping[date, str]) -> date:
    """The first day after ``day`` on which offices open, be it for half of it."""
    for ahead in range(1, LONGEST_HOLIDAY + 1):
        candidate = day + timedelta(days=ahead)
        if not is_closed(candidate, holidays):
            return candidate
    raise ValueError(f"No working day within {LONGEST_HOLIDAY} days after {day}.")


def without_kind_word(typed: str, kind_words: tuple[str, ...]) -> str:
    """``phuong ha long`` → ``ha long``: people type the kind of place before its name."""
    for word in kind_words:
        rest = typed.removeprefix(f"{word} ")
        if rest != typed and rest:
            return rest
    return typed
