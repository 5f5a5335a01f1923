"""The figures of a window, counted from the ledger: events only, never people.

Everything is read with a fixed number of queries. What was told before is not counted again:
cumulative figures, targets and the trend go on from the summary before, so that a report costs the
same whatever the ledger's age. ``proof`` recounts.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from registration.ledger.choices import AgeBand, EntryChannel, Sex
from registration.ledger.standing import count_waiting
from registration.reports.counting import (
    COUNTED,
    KEYS,
    Counts,
    count_entries,
    day_in,
    recount,
)
from registration.reports.models import ReportHours, Summary, Window
from registration.reports.names import Names, named, names_of
from registration.reports.rules import DAY, iso
from registration.reports.silence import banners_of
from registration.reports.targets import targets_of
from registration.units.models import Unit

__all__ = [
    "COUNTED",
    "compile_figures",
    "count_entries",
    "counts_of",
    "named",
    "told_changes",
]

VERSION = 4
TREND_DAYS = 14
BROKEN_DOWN = ("received", "confirmed")
BLOOD = ("booked", "cancelled", "arrived", "no_show", "given", "deferred")
BLOOD_OF_UNIT = ("booked", "arrived", "given", "deferred", "ml")
# What a registration can lack: the dimension, and what stands there then.
LACKING = {
    "no_locality": ("locality_id", None),
    "no_sex": ("sex", Sex.UNKNOWN),
    "no_age": ("age_band", AgeBand.UNKNOWN),
    "no_unit": ("unit_id", None),
}


def compile_figures(
    window: Window, *, taken_at: datetime, provisional: int | None = None
) -> dict[str, Any]:
    """The figures of a window as they are frozen, in the language of the department's hours.

    Call it after the ledger's barrier, with the windows before it closed. Writes nothing. With the
    number of a ``provisional`` count the window is one that still goes on; it has no serial.
    """
    hours = ReportHours.objects.select_related("department__province").get(
        department=window.department_id
    )
    department = hours.department
    previous = Summary.objects.filter(department=department).order_by("-serial").first()
    told = json.loads(previous.figures) if previous else None
    counted = count_entries(department, starts_at=window.starts_at, ends_at=window.ends_at)
    days = _days_of(window, told)
    names = names_of(department, days, counted, hours.language)
    counts, adjustments = counts_of(counted), adjustments_of(counted, window.zone)
    cumulative, holds_demo = _cumulative(department, window, counted, adjustments, told)
    is_frozen = provisional is None
    return {
        **_head(department, window, names, days),
        "serial": (previous.serial + 1 if previous else 1) if is_frozen else 0,
        "provisional": None if is_frozen else {"number": provisional},
        "taken_at": iso(taken_at),
        "previous_sha256": previous.sha256 if previous and is_frozen else None,
        "holds_demo": holds_demo,
        "counts": counts,
        "cumulative": cumulative,
        "adjustments": adjustments,
        "earlier": _earlier(counted, days[0], window.zone),
        **_breakdowns(counted, names),
        "blood": _blood(counted, names),
        "targets": targets_of(department, window, counted, names, told),
        "banners": banners_of(department, window, counted, hours.language),
        "waiting": [
            {"key": key, "number": number} for key, number in count_waiting(department).items()
        ],
        "quality": _quality(counted),
        "trend": _trend(window.day, counts, told["trend"] if told else []),
    }


def counts_of(counted: Counts) -> dict[str, int]:
    """The head figures."""
    return {name: counted.heads[name] for name in KEYS}


def adjustments_of(counted: Counts, zone: str) -> list[dict[str, Any]]:
    """What was corrected of days told before: the day concerned, the figure, by how much, why.

    The told day stays as it was told.
    """
    found: Counter[tuple[date, str, str]] = Counter()
    for each in counted.corrections:
        day = each.told_at.astimezone(ZoneInfo(zone)).date()
        found[day, each.name, each.cause] += each.sign
        if each.ml:
            found[day, "ml", each.cause] += each.ml
    return [
        {"day": day.isoformat(), "key": name, "number": number, "cause": cause}
        for (day, name, cause), number in sorted(found.items())
        if number
    ]


def told_changes(figures: Mapping[str, Any]) -> dict[str, int]:
    """By how much a told summary moves each cumulative figure: its day and its corrections.

    Only the figures that it knows: older summaries told of no blood.
    """
    changes = {name: int(figures["counts"][name]) for name in KEYS if name in figures["counts"]}
    for row in figures.get("adjustments", []):
        if row["key"] in changes:
            changes[row["key"]] += row["number"]
    return changes


def _cumulative(
    department: Unit,
    window: Window,
    counted: Counts,
    adjustments: list[dict[str, Any]],
    told: dict[str, Any] | None,
) -> tuple[dict[str, int], bool]:
    """What was told, with what this window adds; what no summary told yet is counted once."""
    before = told["cumulative"] if told else {}
    found: dict[str, int] = {}
    old_demo = False
    if any(name not in before for name in KEYS):
        found, old_demo = recount(department, before=window.ends_at)
    changes = told_changes({"counts": counts_of(counted), "adjustments": adjustments})
    cumulative = {
        name: before[name] + changes[name] if name in before else found[name] for name in KEYS
    }
    told_demo = bool(told and told["holds_demo"])
    return cumulative, told_demo or old_demo or counted.holds_demo


def _days_of(window: Window, told: Mapping[str, Any] | None) -> list[date]:
    """The days that the window counts: those since the one told before, mostly its own alone."""
    before = date.fromisoformat(told["window"]["day"]) if told else window.day - DAY
    return [before + DAY * number for number in range(1, (window.day - before).days + 1)]


def _head(department: Unit, window: Window, names: Names, days: list[date]) -> dict[str, Any]:
    province = department.province
    zone, language = ZoneInfo(window.zone), names.language
    return {
        "version": VERSION,
        "department": {"code": department.code, "name": named(department, language)},
        "reporting_unit": names.steward,
        "jurisdiction": department.jurisdiction_id,
        "province": {
            "code": province.code if province else "",
            "name": province.name if province else "",
        },
        "language": language,
        "zone": window.zone,
        "window": {
            "day": window.day.isoformat(),
            "days": [day.isoformat() for day in days],
            "holiday": names.holiday,
            "starts_at": iso(window.starts_at),
            "ends_at": iso(window.ends_at),
            "cut_off": f"{window.ends_at.astimezone(zone):%H:%M}",
            "due": f"{window.due_at.astimezone(zone):%H:%M}",
            "due_at": iso(window.due_at),
        },
    }


def _earlier(counted: Counts, first_day: date, zone: str) -> list[dict[str, Any]]:
    """What of the day's own counts concerns days before it: old paper, withdrawn registrations."""
    found: Counter[tuple[date, str, str]] = Counter()
    for (signed_on, name), number in counted.groups["signed_on"].items():
        if signed_on and name == "received" and day_in(signed_on) < first_day:
            found[day_in(signed_on), "received", "paper"] += number
    for moment, number in counted.withdrawn_later.items():
        day = moment.astimezone(ZoneInfo(zone)).date()
        found[day, "withdrawn", "withdrawal"] += number
    return [
        {"day": day.isoformat(), "key": key, "number": number, "cause": cause}
        for (day, key, cause), number in sorted(found.items())
        if number
    ]


def _breakdowns(counted: Counts, names: Names) -> dict[str, Any]:
    return {
        "by_channel": _keyed(counted, "channel", EntryChannel.values),
        "by_placement": _ranked(counted, "placement_id", names.placements),
        "by_unit": _ranked(counted, "unit_id", names.units),
        "by_campaign": _ranked(counted, "campaign_id", names.campaigns),
        "by_locality": _ranked(counted, "locality_id", names.localities),
        "by_organ": _by_organ(counted, names),
        "by_sex": _keyed(counted, "sex", Sex.values),
        "by_age_band": _keyed(counted, "age_band", AgeBand.values),
    }


def _two(counted: Mapping[tuple[Any, str], int], key: Any) -> dict[str, int]:
    return {name: counted.get((key, name), 0) for name in BROKEN_DOWN}


def _keyed(counted: Counts, dimension: str, keys: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of a dimension in the order of its choices, without those that count nothing."""
    rows = [{"key": str(key), **_two(counted.groups[dimension], key)} for key in keys]
    return [row for row in rows if row["received"] or row["confirmed"]]


def _ranked(
    counted: Counts, dimension: str, known: Mapping[int, Mapping[str, str]]
) -> list[dict[str, Any]]:
    """The rows of a dimension that are known by name, the most received first."""
    rows = [{**row, **_two(counted.groups[dimension], key)} for key, row in known.items()]
    rows = [row for row in rows if row["received"] or row["confirmed"]]
    return sorted(rows, key=lambda row: (-row["received"], -row["confirmed"], row["code"]))


def _by_organ(counted: Counts, names: Names) -> list[dict[str, Any]]:
    """Take apart the choices, each of which names several organs and was counted as one."""
    found: Counter[tuple[str, str]] = Counter()
    for (choice, name), number in counted.groups["organs"].items():
        for code in filter(None, choice.split(";")):
            found[code, name] += number
    places = {code: place for place, code in enumerate(names.organs)}
    codes = sorted({code for code, _name in found}, key=lambda code: (places.get(code, 999), code))
    rows = [
        {"code": code, "name": names.organs.get(code, code), **_two(found, code)} for code in codes
    ]
    return [row for row in rows if row["received"] or row["confirmed"]]


def _blood(counted: Counts, names: Names) -> dict[str, Any] | None:
    """Blood drives: units given by volume, why some could not give, each unit's share."""
    if not any(counted.heads[name] for name in BLOOD):
        return None
    volumes, reasons = counted.groups["volume_ml"], counted.groups["reason"]
    of_unit = counted.groups["unit_id"]
    rows = [
        {**row, **{name: of_unit[key, name] for name in BLOOD_OF_UNIT}}
        for key, row in names.units.items()
    ]
    return {
        "by_volume": [
            {"ml": ml, "number": number}
            for (ml, name), number in sorted(volumes.items(), key=lambda row: row[0][0] or 0)
            if name == "given" and ml and number
        ],
        "deferrals": [
            {"reason": reason, "number": number}
            for (reason, name), number in sorted(reasons.items())
            if name == "deferred" and number
        ],
        "by_unit": sorted(
            (row for row in rows if any(row[name] for name in BLOOD_OF_UNIT)),
            key=lambda row: (-row["given"], -row["booked"], row["code"]),
        ),
    }


def _quality(counted: Counts) -> list[dict[str, Any]]:
    """Of what was received: how much its owner has not confirmed yet, and what it does not say."""
    received = counted.heads["received"]
    if not received:
        return []
    found = {"unconfirmed": max(received - counted.confirmed_at_once, 0)}
    for key, (dimension, nothing) in LACKING.items():
        found[key] = counted.groups[dimension][nothing, "received"]
    return [{"key": key, "number": number, "of": received} for key, number in found.items()]


def _trend(day: date, counts: dict[str, int], told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last fourteen days as they were told; a day without a window counts nothing."""
    known = {row["day"]: row for row in told}
    known[day.isoformat()] = {"received": counts["received"], "confirmed": counts["confirmed"]}
    days = [(day - DAY * back).isoformat() for back in range(TREND_DAYS - 1, -1, -1)]
    return [{"day": each, **_two_of(known.get(each))} for each in days]


def _two_of(row: dict[str, Any] | None) -> dict[str, int]:
    return {name: row[name] if row else 0 for name in BROKEN_DOWN}
