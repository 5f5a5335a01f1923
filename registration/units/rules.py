"""Which days an office works, and what makes a channel. Pure: values in, answer out."""

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
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


def require_outside_address(address: str, *, own: str) -> None:
    """Refuse what is no address of the web, or one of this portal (``address_unfit``)."""
    if not address.startswith("https://"):
        raise _broken("address", _("Write the address of the form, with https://."))
    # Led on to ourselves, a visitor would go round for ever.
    if (urlsplit(address).hostname or "").rstrip(".") == urlsplit(own).hostname:
        raise _broken(
            "address", _("This is an address of this portal: choose its form as the kind.")
        )


def require_desk(*, is_chosen: bool, can_be_found: bool) -> None:
    """Refuse a desk that is not named, or that nobody can call or visit (``unit_unfit``)."""
    if not is_chosen:
        raise _broken("unit", _("Choose the unit whose desk takes registrations."))
    if not can_be_found:
        raise _broken("unit", _("This unit has no telephone and no address: nobody would find it."))


def require_channel_days(starts_on: date, ends_on: date | None, notice_until: date | None) -> None:
    """Refuse days out of order (``ends_on_unfit``, ``notice_until_unfit``)."""
    if ends_on and ends_on <= starts_on:
        raise _broken("ends_on", _("The end must lie after the start."))
    if notice_until and notice_until < starts_on:
        raise _broken("notice_until", _("The notice must last until the first day at least."))


def _broken(field: str, sentence: str | Promise) -> RuleBroken:
    return RuleBroken(f"{field}_unfit", sentence, field=field)
