"""Several days as one: folded from frozen summaries, so that a month cannot differ from its days.

Counts of a period are the sum of its days' counts as they were told. What was corrected later
stands beside them as lines of its own and is part of the cumulative figures.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from registration.ledger.choices import AgeBand, EntryChannel, Sex
from registration.reports.counting import KEYS
from registration.reports.figures import compile_figures
from registration.reports.models import ReportHours, Summary, Window
from registration.reports.names import named
from registration.reports.rules import DAY, iso
from registration.reports.windows import plan_of
from registration.units.models import Organ, Unit
from registration.units.places import steward_of

VERSION = 1
# Tables in the order of their choices, and tables with the largest rows first.
CHOICES = {
    "by_channel": EntryChannel.values,
    "by_sex": Sex.values,
    "by_age_band": AgeBand.values,
}
LISTED = ("by_unit", "by_campaign", "by_locality", "by_placement")
TWO = ("received", "confirmed")
BLOOD = ("booked", "arrived", "given", "deferred", "ml")
# The longest run of holidays that one summary counts: a day may be told so much later.
LATEST_TOLD = timedelta(days=16)

Figures = dict[str, Any]


def period_of(
    department: Unit,
    *,
    first: date,
    last: date,
    language: str,
    now: datetime | None = None,
    with_open: bool = True,
) -> Figures:
    """The days from ``first`` to ``last``, both of them included, as plain values.

    ``missing`` names the days that have ended and are not told. The figures of the day that is
    still being counted are not part of any sum: they stand in ``provisional``, unless ``last`` is
    before that day or ``with_open`` is false. A fixed number of queries.
    """
    now = now or timezone.now()
    windows = _windows(department, first, last)
    told = [each for day, each in windows if each and day <= last]
    unlaid, open_window = _beyond(department, now)
    newest = told[-1] if told else _told_before(department, first)
    covered = {day for _day, each in windows if each for day in _days_told(each)}
    return {
        "version": VERSION,
        **_head(department, language, last, newest),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "days": _days(told, covered, first, last),
        "counts": _sum(each["counts"] for each in told),
        "cumulative": _sum([newest["cumulative"]] if newest else []),
        "told_until": newest["window"]["day"] if newest else None,
        "adjustments": _later(told, "adjustments"),
        "earlier": _later(told, "earlier"),
        **{key: _keyed(told, key, choices) for key, choices in CHOICES.items()},
        **{key: _listed(told, key) for key in LISTED},
        "by_organ": _by_organ(told, language),
        "blood": _blood(told),
        "targets": newest.get("targets", []) if newest else [],
        "banners": newest.get("banners") if newest else None,
        "missing": _missing(windows, unlaid, first, last),
        "holds_demo": bool(newest and newest["holds_demo"]),
        "provisional": (
            open_figures(open_window, now=now)
            if with_open and open_window and open_window.day <= last
            else None
        ),
    }


def open_figures(window: Window, *, now: datetime) -> Figures:
    """The figures of the day that is being counted, up to ``now``; numbered 0, for none is kept."""
    figures = compile_figures(window, taken_at=now, provisional=0)
    figures["window"]["ends_at"] = iso(now)
    return figures


def _windows(department: Unit, first: date, last: date) -> list[tuple[date, Figures | None]]:
    """Each window's day with its figures, in order; somewhat further than asked (holidays)."""
    rows = (
        Window.objects.filter(
            department=department, day__gte=first, day__lte=_plus(last, LATEST_TOLD)
        )
        .order_by("ends_at")
        .values_list("day", "summary__figures")
    )
    return [(day, json.loads(text) if text else None) for day, text in rows]


def _beyond(department: Unit, now: datetime) -> tuple[list[date], Window | None]:
    """The days that have ended since the last window was laid down, and the open window."""
    hours = ReportHours.objects.filter(department=department)
    found = hours.select_related("department__jurisdiction").first()
    if found is None:
        return [], None
    plan = plan_of(found)
    following = (plan.window(span) for span in plan.spans() if span.ends_at > now)
    return [span.day for span in plan.ended(now)], next(following, None)


def _plus(day: date, more: timedelta) -> date:
    return day + min(more, date.max - day)


def _told_before(department: Unit, first: date) -> Figures | None:
    """The last summary of an earlier day: what was cumulative then still is."""
    before = Summary.objects.filter(department=department, window__day__lt=first)
    text = before.order_by("-serial").values_list("figures", flat=True).first()
    return json.loads(text) if text else None


def _days_told(figures: Figures) -> list[str]:
    window = figures["window"]
    return window.get("days") or [window["day"]]


def _head(department: Unit, language: str, last: date, newest: Figures | None) -> Figures:
    province = department.province
    steward = steward_of(province, day=last) if province else None
    jurisdiction = department.jurisdiction
    return {
        "department": {"code": department.code, "name": named(department, language)},
        "reporting_unit": (
            {"code": steward.code, "name": named(steward, language)}
            if steward and steward != department
            else None
        ),
        "jurisdiction": jurisdiction.code,
        "province": {
            "code": province.code if province else "",
            "name": province.name if province else "",
        },
        "language": language,
        "zone": newest["zone"] if newest else jurisdiction.time_zone,
    }


def _days(told: list[Figures], covered: set[str], first: date, last: date) -> list[Figures]:
    """Every day of the period; one that another day's summary counts has no figures of its own."""
    known = {each["window"]["day"]: each["counts"] for each in told}
    days = []
    for ahead in range((last - first).days + 1):
        day = (first + ahead * DAY).isoformat()
        two = {name: known.get(day, {}).get(name, 0) for name in TWO}
        days.append({"day": day, **two, "is_told": day in covered, "has_summary": day in known})
    return days


def _missing(
    windows: list[tuple[date, Figures | None]], unlaid: list[date], first: date, last: date
) -> list[str]:
    """The days that have ended and are not told: laid down and not closed, or not even that."""
    days = {day for day, each in windows if each is None} | set(unlaid)
    return [day.isoformat() for day in sorted(days) if first <= day <= last]


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Added up by name; older figures lack some, and count nothing there."""
    total: Counter[str] = Counter()
    for each in counts:
        for name, number in each.items():
            total[name] += number
    return {name: total[name] for name in KEYS}


def _later(told: list[Figures], name: str) -> list[Figures]:
    """Lines about earlier days, each with the day on which it was told."""
    return [
        {**row, "told_on": each["window"]["day"]} for each in told for row in each.get(name, [])
    ]


def _added(told: list[Figures], table: str, by: str) -> dict[str, Figures]:
    """The rows of a table, equal ones added up; what is written beside them is the newest."""
    rows: dict[str, Figures] = {}
    for each in told:
        for row in each.get(table) or []:
            before = rows.get(row[by], {})
            rows[row[by]] = row | {name: row[name] + before.get(name, 0) for name in TWO}
    return rows


def _keyed(told: list[Figures], table: str, choices: Iterable[str]) -> list[Figures]:
    rows = _added(told, table, "key")
    return [rows[str(key)] for key in choices if str(key) in rows]


def _listed(told: list[Figures], table: str) -> list[Figures]:
    rows = _added(told, table, "code").values()
    return sorted(rows, key=lambda row: (-row["received"], -row["confirmed"], row["code"]))


def _by_organ(told: list[Figures], language: str) -> list[Figures]:
    """In the order and with the names of the reference rows: a reader may have another language."""
    rows = _added(told, "by_organ", "code")
    known = [
        rows.pop(organ.code) | {"name": named(organ, language)}
        for organ in Organ.objects.order_by("sort", "code")
        if organ.code in rows
    ]
    return known + [rows[code] for code in sorted(rows)]


def _blood(told: list[Figures]) -> Figures | None:
    parts = [each["blood"] for each in told if each.get("blood")]
    if not parts:
        return None
    units: dict[str, Figures] = {}
    for part in parts:
        for row in part["by_unit"]:
            before = units.get(row["code"], {})
            units[row["code"]] = row | {name: row[name] + before.get(name, 0) for name in BLOOD}
    return {
        "by_volume": list(_numbers(parts, "by_volume", "ml")),
        "deferrals": list(_numbers(parts, "deferrals", "reason")),
        "by_unit": sorted(
            units.values(), key=lambda row: (-row["given"], -row["booked"], row["code"])
        ),
    }


def _numbers(parts: list[Figures], table: str, by: str) -> Iterator[Figures]:
    total: Counter[Any] = Counter()
    for part in parts:
        for row in part[table]:
            total[row[by]] += row["number"]
    for key in sorted(total):
        yield {by: key, "number": total[key]}
