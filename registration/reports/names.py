"""The names of what was counted, in the language of a report: one statement for all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from registration.reports.counting import Counts
from registration.units.choices import active_languages
from registration.units.models import Organ, Unit

Row = dict[str, str]

# Kind of row, id, code, what else belongs to it, and its name in each language.
STATEMENT = """
SELECT 'unit', id, code, NULL, NULL, {names} FROM units_unit WHERE id IN ({units})
    OR id IN (SELECT unit_id FROM banners_placement WHERE id IN ({placements}))
UNION ALL
SELECT 'campaign', id, code, parent_id, NULL, {titles} FROM campaigns_campaign
WHERE id IN ({campaigns})
UNION ALL
SELECT 'locality', id, code, NULL, full_name, {nothing} FROM units_locality
WHERE id IN ({localities})
UNION ALL
SELECT 'placement', id, code, unit_id, size || ' · ' || language, {nothing} FROM banners_placement
WHERE id IN ({placements})
UNION ALL
SELECT 'organ', NULL, code, sort, NULL, {names} FROM units_organ
UNION ALL
SELECT 'steward', unit_id, code, NULL, NULL, {names} FROM units_stewardship
    JOIN units_unit ON units_unit.id = unit_id
WHERE units_stewardship.id = (SELECT id FROM units_stewardship WHERE province_id = %s
    AND starts_on <= %s AND (ends_on IS NULL OR ends_on > %s) ORDER BY starts_on DESC LIMIT 1)
UNION ALL
SELECT 'holiday', NULL, CAST(day AS varchar(10)), NULL, name, {nothing} FROM units_holiday
WHERE jurisdiction_id = %s AND kind = 'public' AND day IN ({days})
"""


@dataclass
class Names:
    """Codes and names by id; organs in the order in which a form shows them."""

    language: str
    units: dict[int, Row] = field(default_factory=dict)
    campaigns: dict[int, Row] = field(default_factory=dict)
    localities: dict[int, Row] = field(default_factory=dict)
    placements: dict[int, Row] = field(default_factory=dict)
    organs: dict[str, str] = field(default_factory=dict)
    # The campaign of which another is a part, where it is one.
    parents: dict[int, int] = field(default_factory=dict)
    # Who works on the province's registrations on the last of the days, and what they celebrate.
    steward: Row | None = None
    holiday: str = ""


def named(row: Unit | Organ, language: str) -> str:
    """The row's name in a language; where that is missing, in any other."""
    return name_in(vars(row), language, "name") or str(row.pk)


def name_in(values: Mapping[str, Any], language: str, what: str) -> str:
    """Of the columns of a translated name the one in a language, else any that is filled."""
    names = (values[f"{what}_{code}"] for code in (language, *dict(active_languages())))
    return next((name for name in names if name), "")


def columns_of(what: str) -> list[str]:
    """The columns that hold a translated name."""
    return [f"{what}_{code}" for code in dict(active_languages())]


def names_of(department: Unit, days: Sequence[date], counted: Counts, language: str) -> Names:
    """The names of everything that was counted or corrected, and of the public holidays among the
    days. A half day is a working day.
    """
    found = Names(language)
    placements: list[tuple[int, str, int, str]] = []
    organs: list[tuple[int, str, str]] = []
    holidays: list[tuple[str, str]] = []
    for kind, key, code, other, text, *translated in _rows(department, days, counted):
        name = name_in(dict(zip(columns_of("name"), translated, strict=True)), language, "name")
        row = {"code": code, "name": name or text or code}
        if kind == "unit":
            found.units[key] = row
        elif kind == "campaign":
            found.campaigns[key] = row
            if other:
                found.parents[key] = other
        elif kind == "locality":
            found.localities[key] = row
        elif kind == "placement":
            placements.append((key, code, other, text))
        elif kind == "steward":
            found.steward = row if key != department.pk else None
        elif kind == "holiday":
            holidays.append((code, text))
        else:
            organs.append((other, code, row["name"]))
    found.organs = {code: name for _sort, code, name in sorted(organs)}
    found.holiday = ", ".join(dict.fromkeys(name for _day, name in sorted(holidays)))
    # A placement goes by its unit, the size and the language of its banner.
    for key, code, unit, text in placements:
        at = found.units[unit]
        name = f"{at['name']} · {text.replace('x', ' × ')}"
        found.placements[key] = {"code": code, "unit": at["code"], "name": name}
    return found


def _rows(department: Unit, days: Sequence[date], counted: Counts) -> Iterable[tuple[Any, ...]]:
    ids = {
        name: {key for key, _name in counted.groups[column] if key is not None}
        for name, column in {
            "units": "unit_id",
            "campaigns": "campaign_id",
            "localities": "locality_id",
            "placements": "placement_id",
        }.items()
    }
    ids["campaigns"] |= {campaign for each in counted.corrections if (campaign := each.share[0])}
    # The statement names the placements twice.
    order = ("units", "placements", "campaigns", "localities", "placements")
    told = [day.isoformat() for day in days]
    marks = {name: ", ".join(["%s"] * len(keys)) or "NULL" for name, keys in ids.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            STATEMENT.format(
                names=", ".join(columns_of("name")),
                titles=", ".join(columns_of("title")),
                nothing=", ".join(["NULL"] * len(columns_of("name"))),
                days=", ".join(["%s"] * len(told)),
                **marks,
            ),
            [
                *(key for name in order for key in ids[name]),
                *(department.province_id, told[-1], told[-1], department.jurisdiction_id, *told),
            ],
        )
        return cursor.fetchall()
