"""The figures of a window, counted from the ledger: events only, never people.

Everything is read with a fixed number of queries. What was told before is not counted again:
cumulative figures and the trend go on from the summary before, so that a report costs the same
whatever the ledger's age. ``proof`` recounts.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.ledger.models import Event
from registration.monitor.overview import carried
from registration.reports.models import ReportHours, Summary, Window
from registration.reports.rules import DAY, iso
from registration.units.choices import active_languages
from registration.units.models import Organ, Unit
from registration.units.places import steward_of

COUNTED = {
    "received": EventKind.PLEDGE_RECEIVED,
    "confirmed": EventKind.PLEDGE_CONFIRMED,
    "changed": EventKind.PLEDGE_CHANGED,
    "withdrawn": EventKind.PLEDGE_WITHDRAWN,
    "handed_over": EventKind.PLEDGE_HANDED_OVER,
    "card_issued": EventKind.PLEDGE_CARD_ISSUED,
}
NAMES = {str(kind): name for name, kind in COUNTED.items()}
SIGNS = {str(EventKind.ENTRY_TAKEN_BACK): -1, str(EventKind.ENTRY_RESTORED): 1}
TREND_DAYS = 14

DIMENSIONS = ("channel", "unit", "organs", "sex", "age_band")
BROKEN_DOWN = ("received", "confirmed")

Groups = dict[str, Counter[tuple[Any, str]]]


def count_entries(department: Unit, *, starts_at: datetime, ends_at: datetime) -> Groups:
    """Count the events of ``[starts_at, ends_at)``: dimension → (key, name of the count) → number.

    Tests are left out. Dimensions: kind, demo, channel, unit (its id), organs, sex, age_band. One
    query reads each row once and groups equal ones; all breakdowns are folded from that answer,
    so that they cannot disagree. What was corrected before the day was told counts as corrected.
    """
    rows = (
        _counted(department)
        .filter(happened_at__gte=starts_at, happened_at__lt=ends_at)
        .values_list("kind", "is_demo", *DIMENSIONS)
        .annotate(number=Count("pk"))
    )
    corrections = (
        _corrections(department, starts_at=starts_at, ends_at=ends_at)
        .filter(corrects__happened_at__gte=starts_at)
        .values_list("kind", "corrects__kind", "is_demo", *DIMENSIONS)
        .annotate(number=Count("pk"))
    )
    corrected = [(of, *rest, SIGNS[kind] * number) for kind, of, *rest, number in corrections]
    groups: Groups = {name: Counter() for name in ("kind", "demo", *DIMENSIONS)}
    for kind, is_demo, *keys, number in [*rows, *corrected]:
        name = NAMES[kind]
        groups["kind"]["", name] += number
        if is_demo:
            groups["demo"]["", ""] += number
        if name in BROKEN_DOWN:
            for dimension, key in zip(DIMENSIONS, keys, strict=True):
                groups[dimension][key, name] += number
    return groups


def _counted(department: Unit) -> QuerySet[Event]:
    """The department's events that count at all, in no order."""
    return Event.objects.filter(
        department=department, is_test=False, kind__in=list(COUNTED.values())
    ).order_by()


def _corrections(
    department: Unit, *, starts_at: datetime | None = None, ends_at: datetime
) -> QuerySet[Event]:
    """Corrections of counted events that were made in ``[starts_at, ends_at)``."""
    found = Event.objects.filter(
        department=department,
        is_test=False,
        corrects__isnull=False,
        kind__in=list(SIGNS),
        corrects__kind__in=list(COUNTED.values()),
        happened_at__lt=ends_at,
    )
    return (found.filter(happened_at__gte=starts_at) if starts_at else found).order_by()


def adjustments_of(window: Window) -> list[dict[str, Any]]:
    """What was corrected in a window of days told before: the day concerned, the figure, by how
    much. The told day stays as it was told.
    """
    zone = ZoneInfo(window.zone)
    rows = (
        _corrections(window.department, starts_at=window.starts_at, ends_at=window.ends_at)
        .filter(corrects__happened_at__lt=window.starts_at)
        .values_list("kind", "corrects__kind", "corrects__happened_at")
    )
    found: Counter[tuple[date, str]] = Counter()
    for kind, of, happened_at in rows:
        found[happened_at.astimezone(zone).date(), NAMES[of]] += SIGNS[kind]
    return [
        {"day": day.isoformat(), "key": name, "number": number}
        for (day, name), number in sorted(found.items())
        if number
    ]


def told_changes(figures: Mapping[str, Any]) -> dict[str, int]:
    """By how much a told summary moves each cumulative figure: its day and its corrections."""
    changes = {name: int(figures["counts"][name]) for name in COUNTED}
    for row in figures.get("adjustments", []):
        changes[row["key"]] += row["number"]
    return changes


def counts_of(groups: Groups) -> dict[str, int]:
    """The six head figures."""
    return {name: groups["kind"]["", name] for name in COUNTED}


def recount(department: Unit, *, before: datetime) -> tuple[dict[str, int], bool]:
    """The head figures of everything before a moment, and whether demo entries are among them."""
    rows = (
        _counted(department)
        .filter(happened_at__lt=before)
        .values_list("kind")
        .annotate(number=Count("pk"), demo=Count("pk", filter=Q(is_demo=True)))
    )
    found = {NAMES[kind]: (number, demo) for kind, number, demo in rows}
    counts = {name: found.get(name, (0, 0))[0] for name in COUNTED}
    for name, number in _net_corrections(department, before):
        counts[name] += number
    return counts, any(demo for _number, demo in found.values())


def _net_corrections(department: Unit, before: datetime) -> Iterator[tuple[str, int]]:
    rows = (
        _corrections(department, ends_at=before)
        .values_list("kind", "corrects__kind")
        .annotate(number=Count("pk"))
    )
    for kind, of, number in rows:
        yield NAMES[of], SIGNS[kind] * number


def compile_figures(window: Window, *, taken_at: datetime) -> dict[str, Any]:
    """The figures of a window as they are frozen, in the language of the department's hours.

    Call it after the ledger's barrier, with the windows before it closed. Writes nothing.
    """
    department = Unit.objects.select_related("province").get(pk=window.department_id)
    hours = ReportHours.objects.get(department=department)
    previous = Summary.objects.filter(department=department).order_by("-serial").first()
    told = json.loads(previous.figures) if previous else None
    groups = count_entries(department, starts_at=window.starts_at, ends_at=window.ends_at)
    counts, adjustments = counts_of(groups), adjustments_of(window)
    if told:
        changes = told_changes({"counts": counts, "adjustments": adjustments})
        cumulative = {name: told["cumulative"][name] + changes[name] for name in COUNTED}
        holds_demo = told["holds_demo"] or bool(groups["demo"]["", ""])
    else:
        cumulative, holds_demo = recount(department, before=window.ends_at)
    return {
        **_head(department, window, hours.language),
        "serial": previous.serial + 1 if previous else 1,
        "taken_at": iso(taken_at),
        "previous_sha256": previous.sha256 if previous else None,
        "holds_demo": holds_demo,
        "counts": counts,
        "cumulative": cumulative,
        "adjustments": adjustments,
        "by_channel": _keyed(groups, "channel", EntryChannel.values),
        "by_unit": _by_unit(groups, hours.language),
        "by_organ": _by_organ(groups, hours.language),
        "by_sex": _keyed(groups, "sex", Sex.values),
        "by_age_band": _keyed(groups, "age_band", AgeBand.values),
        "trend": _trend(window.day, counts, told["trend"] if told else []),
    }


def named(row: Unit | Organ, language: str) -> str:
    """The row's name in a language; where that is missing, in any other."""
    names = (getattr(row, f"name_{code}") for code in (language, *dict(active_languages())))
    return next((name for name in names if name), str(row.pk))


def _head(department: Unit, window: Window, language: str) -> dict[str, Any]:
    province = department.province
    steward = steward_of(province, day=window.day) if province else None
    zone = ZoneInfo(window.zone)
    present, units = carried(department)
    return {
        "version": 3,
        "department": {"code": department.code, "name": named(department, language)},
        "reporting_unit": (
            {"code": steward.code, "name": named(steward, language)}
            if steward and steward != department
            else None
        ),
        "jurisdiction": department.jurisdiction_id,
        # Units whose website carries the banner by the last visits, of all that take part.
        "banners": {"present": present, "units": units},
        "province": {
            "code": province.code if province else "",
            "name": province.name if province else "",
        },
        "language": language,
        "zone": window.zone,
        "window": {
            "day": window.day.isoformat(),
            "starts_at": iso(window.starts_at),
            "ends_at": iso(window.ends_at),
            "cut_off": f"{window.ends_at.astimezone(zone):%H:%M}",
            "due": f"{window.due_at.astimezone(zone):%H:%M}",
            "due_at": iso(window.due_at),
        },
    }


def _two(counted: Mapping[tuple[Any, str], int], key: Any) -> dict[str, int]:
    return {name: counted.get((key, name), 0) for name in BROKEN_DOWN}


def _keyed(groups: Groups, dimension: str, keys: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of a dimension in the order of its choices, without those that count nothing."""
    counted = groups[dimension]
    rows = [{"key": str(key), **_two(counted, key)} for key in keys]
    return [row for row in rows if row["received"] or row["confirmed"]]


def _by_unit(groups: Groups, language: str) -> list[dict[str, Any]]:
    counted = groups["unit"]
    units = Unit.objects.in_bulk({key for key, _name in counted if key is not None})
    rows = [
        {"code": unit.code, "name": named(unit, language), **_two(counted, pk)}
        for pk, unit in units.items()
    ]
    return sorted(rows, key=lambda row: (-row["received"], -row["confirmed"], row["code"]))


def _by_organ(groups: Groups, language: str) -> list[dict[str, Any]]:
    """Take apart the choices, each of which names several organs and was counted as one."""
    counted: Counter[tuple[str, str]] = Counter()
    for (choice, name), number in groups["organs"].items():
        for code in filter(None, choice.split(";")):
            counted[code, name] += number
    organs = Organ.objects.in_bulk({code for code, _name in counted})
    codes = sorted(
        {code for code, _name in counted},
        key=lambda code: (organs[code].sort if code in organs else 999, code),
    )
    return [
        {
            "code": code,
            "name": named(organs[code], language) if code in organs else code,
            **_two(counted, code),
        }
        for code in codes
    ]


def _trend(day: date, counts: dict[str, int], told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last fourteen days as they were told; a day without a window counts nothing."""
    known = {row["day"]: row for row in told}
    known[day.isoformat()] = {"received": counts["received"], "confirmed": counts["confirmed"]}
    days = [(day - DAY * back).isoformat() for back in range(TREND_DAYS - 1, -1, -1)]
    return [{"day": each, **_two_of(known.get(each))} for each in days]


def _two_of(row: dict[str, Any] | None) -> dict[str, int]:
    return {name: row[name] if row else 0 for name in BROKEN_DOWN}
