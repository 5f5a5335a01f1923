"""Dates, clock times and numbers as the offices of each country write them.

Written here and not left to Babel, whose Vietnamese dates (``18/6/26``, ``18 tháng 6, 2026``)
are not those of official paper. All functions are pure; a language that has no form of its own
is written as English.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NO_BREAK = "\u00a0"

MONTHS = {
    "tr": [
        "Ocak",
        "Şubat",
        "Mart",
        "Nisan",
        "Mayıs",
        "Haziran",
        "Temmuz",
        "Ağustos",
        "Eylül",
        "Ekim",
        "Kasım",
        "Aralık",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
WEEKDAYS_TR = [
    "Pazartesi",
    "Salı",
    "Çarşamba",
    "Perşembe",
    "Cuma",
    "Cumartesi",
    "Pazar",
]


def short_date(day: date, language: str) -> str:
    """Return 18.06.2026 (tr), 18/6/2026 (vi) or 18/06/2026 (en)."""
    if language == "vi":
        return f"{day.day}/{day.month}/{day.year}"
    mark = "." if language == "tr" else "/"
    return mark.join((f"{day.day:02}", f"{day.month:02}", f"{day.year:04}"))


def long_date(day: date, language: str) -> str:
    """Return 18 Haziran 2026 Perşembe (tr), ngày 18 tháng 6 năm 2026 (vi) or 18 June 2026 (en)."""
    if language == "vi":
        return f"ngày {day.day} tháng {day.month} năm {day.year}"
    if language == "tr":
        month, weekday = MONTHS["tr"][day.month - 1], WEEKDAYS_TR[day.weekday()]
        return f"{day.day} {month} {day.year} {weekday}"
    return f"{day.day} {MONTHS['en'][day.month - 1]} {day.year}"


def clock_time(moment: time | datetime, language: str) -> str:
    """Return 16.30 (tr), 16h30 (vi) or 16:30 (en), from the hour and minute as they stand."""
    mark = {"tr": ".", "vi": "h"}.get(language, ":")
    return f"{moment.hour:02}{mark}{moment.minute:02}"


def date_time(moment: datetime, language: str, *, zone: str) -> str:
    """Return an aware ``moment`` as read on the wall in ``zone``.

    18.06.2026 16.30 (tr), 16h30 ngày 18/6/2026 (vi) or 18/06/2026 16:30 (en).
    """
    local = moment.astimezone(ZoneInfo(zone))
    day, clock = short_date(local.date(), language), clock_time(local, language)
    return f"{clock} ngày {day}" if language == "vi" else f"{day} {clock}"


def number(value: float | Decimal, language: str, *, decimals: int = 0) -> str:
    """Return 1.234.567,89 (tr, vi) or 1,234,567.89 (en), with ``decimals`` places."""
    text = f"{value:,.{decimals}f}"
    if language in ("tr", "vi"):
        return text.translate(str.maketrans(",.", ".,"))
    return text


def percent(value: float | Decimal, language: str, *, decimals: int = 0) -> str:
    """Return %26 (tr) or 26% (vi, en) for the ``value`` 26 (parts of a hundred)."""
    text = number(value, language, decimals=decimals)
    return f"%{text}" if language == "tr" else f"{text}%"


def place_and_date(place: str, day: date, *, with_day: bool = False) -> str:
    """Return the place and date of a Vietnamese letter, the day left for the clerk to fill in.

    Days below 10 and the months 1 and 2 carry a zero (Decree 30/2020/NĐ-CP, Annex I). The month
    and year of ``day`` are written; the day itself only ``with_day``.
    """
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    blank = f"{day.day:02}" if with_day else NO_BREAK * 6
    return f"{place}, ngày {blank} tháng {month} năm {day.year}"


def time_left(moment: datetime, *, now: datetime) -> str:
    """A whole sentence such as "2 hours 5 minutes left.", or how long ago it was."""
    is_over = moment <= now
    # Rounded up while it runs, down once it is over.
    minutes = (
        int((now - moment).total_seconds() // 60)
        if is_over
        else -((now - moment) // timedelta(minutes=1))
    )
    hours, rest = divmod(minutes, 60)
    days, hours_left = divmod(hours, 24)
    parts = [ngettext("%(count)d minute", "%(count)d minutes", rest) % {"count": rest}]
    if hours:
        shown = hours_left if days else hours
        parts.insert(0, ngettext("%(count)d hour", "%(count)d hours", shown) % {"count": shown})
    if days:
        parts = [ngettext("%(count)d day", "%(count)d days", days) % {"count": days}, parts[0]]
    if is_over:
        return _("%(time)s over.") % {"time": " ".join(parts)}
    return _("%(time)s left.") % {"time": " ".join(parts)}
