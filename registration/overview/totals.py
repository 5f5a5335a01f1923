"""Sums over many departments, from frozen summaries only, with what is missing by its name.

What a department counted in some days is by how much its cumulative figures rose: from before the
first summary of these days to the last one. So two summaries of a department are read, however
many days lie between them, on both databases alike; thirty times as many texts would have to be
parsed to add up days, or a year of them for one page. What a summary corrects of days told before
is in its cumulative figures, and so in the rise: ``CORRECTED`` says it.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from registration.deliveries.shown import is_late_window, with_first_sent
from registration.overview.choices import Reported
from registration.reports.counting import KEYS
from registration.reports.figures import told_changes
from registration.reports.models import Summary, Window
from registration.reports.names import named
from registration.reports.windows import Plan, plans_of
from registration.units.models import Unit

Figures = dict[str, Any]

CORRECTED = _(
    "The sums are what the departments' cumulative figures rose by in these days. What was "
    "corrected in them of earlier days is inside."
)


@dataclass
class Told:
    """What one department told of the days: how many windows ended, were told, were late."""

    ended: int = 0
    told: int = 0
    late: int = 0
    first: int | None = None
    last: int | None = None
    missing: list[date] = field(default_factory=list)
    is_open: bool = False

    @property
    def state(self) -> Reported:
        if self.told:
            return Reported.WHOLE if self.told == self.ended else Reported.PART
        if self.ended:
            return Reported.NOTHING
        return Reported.OPEN if self.is_open else Reported.NONE


def totals_of(
    departments: Iterable[Unit], *, first: date, last: date, now: datetime, language: str
) -> Figures:
    """The departments' figures of the days from ``first`` to ``last``, and their sums.

    ``rows`` has each department with hours, most received first; who told nothing has None as
    ``counts``. ``told`` of ``expected`` departments are in the sums; ``missing``, ``part``,
    ``open`` and ``none`` name the others by why, ``late`` those who told after the due time,
    ``without_hours`` those that nobody expects a summary of. Six queries.
    """
    units = list(departments)
    told = _told(units, first, last, now)
    figures = _read(told.values())
    rows = [
        _row(unit, told[unit.pk], figures, language)
        for unit in sorted(units, key=lambda unit: unit.folded)
        if unit.pk in told
    ]
    rows.sort(key=_order)
    for place, row in enumerate(rows, start=1):
        row["rank"] = place if row["counts"] else None
    counted = [row for row in rows if row["counts"]]
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "expected": sum(row["state"] != Reported.NONE for row in rows),
        "told": len(counted),
        "counts": _sum(row["counts"] for row in counted),
        "cumulative": _sum(row["cumulative"] for row in counted),
        "rows": rows,
        "missing": _named(rows, Reported.NOTHING),
        "part": _named(rows, Reported.PART),
        "open": _named(rows, Reported.OPEN),
        "none": _named(rows, Reported.NONE),
        "late": [_name(row) for row in rows if row["late"]],
        "without_hours": [
            {"code": unit.code, "name": named(unit, language)}
            for unit in sorted(units, key=lambda unit: unit.folded)
            if unit.pk not in told
        ],
        "holds_demo": any(row["holds_demo"] for row in counted),
    }


def _told(units: list[Unit], first: date, last: date, now: datetime) -> dict[int, Told]:
    """By department: everyone who has hours now, or had them in these days."""
    plans = {plan.hours.department_id: plan for plan in plans_of(units)}
    windows = Window.objects.filter(department__in=units, day__gte=first, day__lte=last)
    found = {pk: _beyond(plan, first, last, now) for pk, plan in plans.items()}
    for row in _summed(windows):
        each = found.setdefault(row["department"], Told())
        each.ended += row["laid"]
        each.told = row["told"]
        each.first, each.last = row["first"], row["last"]
    gaps = windows.filter(summary__isnull=True).order_by("day")
    for pk, day in gaps.values_list("department", "day"):
        found[pk].missing.append(day)
    # Nobody waits for the summary of a day on which nothing is sent.
    due = windows.filter(summary__isnull=False, is_quiet=False, due_at__lt=now).order_by()
    for window in with_first_sent(due):
        found[window.department_id].late += is_late_window(window, now=now)
    for each in found.values():
        each.missing.sort()
    return found


def _summed(windows: QuerySet[Window]) -> Any:
    return (
        windows.order_by()
        .values("department")
        .annotate(
            laid=Count("pk"),
            told=Count("summary"),
            # Summaries of a department are written one after another: the last is the newest.
            first=Min("summary"),
            last=Max("summary"),
        )
    )


def _beyond(plan: Plan, first: date, last: date, now: datetime) -> Told:
    """What has ended since the last window was laid down, and whether the days are still open."""
    days = [span.day for span in plan.ended(now) if first <= span.day <= last]
    following = next((span for span in plan.spans() if span.ends_at > now), None)
    is_open = following is not None and first <= following.day <= last
    return Told(ended=len(days), missing=days, is_open=is_open)


def _read(told: Iterable[Told]) -> dict[int, Figures]:
    wanted = {pk for each in told for pk in (each.first, each.last) if pk is not None}
    texts = Summary.objects.filter(pk__in=wanted).order_by().values_list("pk", "figures")
    return {pk: json.loads(text) for pk, text in texts}


def _row(unit: Unit, told: Told, figures: Mapping[int, Figures], language: str) -> Figures:
    row: Figures = {
        "code": unit.code,
        "name": named(unit, language),
        "state": told.state.value,
        "days": told.ended,
        "days_told": told.told,
        "late": told.late,
        "missing_days": [day.isoformat() for day in told.missing],
        "counts": None,
        "cumulative": None,
        "banners": None,
        "holds_demo": False,
    }
    if told.first is None or told.last is None:
        return row
    oldest, newest = figures[told.first], figures[told.last]
    banners = newest.get("banners") or {}
    return row | {
        "counts": _rise(oldest, newest),
        "cumulative": {name: newest["cumulative"].get(name, 0) for name in KEYS},
        "banners": (
            {name: banners[name] for name in ("present", "units")} if banners.get("units") else None
        ),
        "holds_demo": newest["holds_demo"],
    }


def _rise(oldest: Figures, newest: Figures) -> dict[str, int]:
    """From before the oldest summary to the newest; figures of older versions lack some names."""
    before: defaultdict[str, int] = defaultdict(int, oldest["cumulative"])
    for name, number in told_changes(oldest).items():
        before[name] -= number
    return {name: newest["cumulative"].get(name, 0) - before[name] for name in KEYS}


def _order(row: Figures) -> tuple[bool, int, int]:
    """Most received first, who told nothing last; equal ones stay in the order of names."""
    counts = row["counts"] or {"received": 0, "confirmed": 0}
    return row["counts"] is None, -counts["received"], -counts["confirmed"]


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    rows = list(counts)
    return {name: sum(row[name] for row in rows) for name in KEYS}


def _name(row: Figures) -> Figures:
    names = ("code", "name", "days", "days_told", "late", "missing_days")
    return {name: row[name] for name in names}


def _named(rows: Iterable[Figures], state: Reported) -> list[Figures]:
    return [_name(row) for row in rows if row["state"] == state]
