"""What everybody may read of a province: closed months only, from their shared edition.

A total since the start that is protected as a whole would give its last month away to whoever kept
the total of the month before. So nothing is told but what the months themselves tell: a row is the
sum of the months in which it can be shown, and what cannot stands in one row at the end. The month
that is running is left out: two looks at it on following days would tell a single day.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Max, Min
from django.utils import translation
from django.utils.translation import gettext as _

from registration.common import dates
from registration.common.charts import Bar, bar_chart
from registration.common.spreadsheets import csv_bytes, delimiter_of
from registration.overview.choices import Span
from registration.overview.rules import DAY, Days, days_of
from registration.papers import labels
from registration.papers.disclosure import ADDING_UP, shared_edition, shared_period
from registration.reports.counting import KEYS
from registration.reports.models import Summary, Window
from registration.reports.names import named
from registration.reports.periods import CHOICES, period_of
from registration.units.choices import UnitKind
from registration.units.models import Organ, Unit

Figures = dict[str, Any]
# Counted anew where a later version of the portal would count otherwise.
VERSION = 1
TWO = ("received", "confirmed")
TABLES = {
    name: {**ADDING_UP, "by_organ": "code"}[name]
    for name in ("by_channel", "by_unit", "by_organ", "by_sex", "by_age_band", "by_locality")
}
# What is told of a whole province; withdrawals and refusals are the department's own.
HEADS = ("received", "confirmed", "handed_over", "card_issued", "given", "ml")
MONTHS_SHOWN = 12
# Names of units may change; the figures of a closed month never do.
WORDS_KEPT = timedelta(days=1)


def department_at(province: str) -> Unit | None:
    """The department of a province, by the code that the province has in addresses: ``vn-22``."""
    jurisdiction, _dash, code = province.partition("-")
    found = Unit.objects.filter(
        kind=UnitKind.DEPARTMENT,
        is_active=True,
        province__jurisdiction=jurisdiction.upper(),
        province__code=code,
    )
    return found.select_related("jurisdiction", "province").first()


def statistics_of(department: Unit, *, language: str) -> Figures | None:
    """The statistics in words of ``language``; None before a first month is closed.

    Two queries and a look into the cache: figures are folded once for each closed month.
    """
    months = closed_months(department)
    if not months:
        return None
    until = months[-1].last
    told = Summary.objects.filter(department=department, window__day__lte=until)
    newest = told.order_by("-serial").values_list("sha256", flat=True).first()
    key = f"statistics:{VERSION}:{department.pk}:{newest}:{until}:{language}"
    found: Figures | None = cache.get(key)
    if found is None:
        folded = fold_months([month_of(department, days) for days in months])
        with translation.override(language):
            found = _in_words(department, months, folded, language)
        cache.set(key, found, WORDS_KEPT.total_seconds())
    return found


def closed_months(department: Unit) -> list[Days]:
    """The months of which every day is told, the first from the first day that was.

    Days are told one after another: whoever has told a later one has told them all.
    """
    told = Window.objects.filter(department=department, summary__isnull=False)
    ends = told.aggregate(first=Min("day"), last=Max("day"))
    months: list[Days] = []
    if ends["first"] is None:
        return months
    month = Days(ends["first"], days_of(Span.MONTH, ends["first"]).last)
    while month.last <= ends["last"]:
        months.append(month)
        month = days_of(Span.MONTH, month.last + DAY)
    return months


def month_of(department: Unit, days: Days) -> Figures:
    """A closed month in the shared edition, so that no hidden figure of a day follows from it.

    Folded once: its key holds the hash of its last summary.
    """
    told = Summary.objects.filter(
        department=department, window__day__gte=days.first, window__day__lte=days.last
    ).order_by("serial")
    newest = told.values_list("sha256", flat=True).last()
    key = f"statistics-month:{VERSION}:{department.pk}:{days.last}:{newest}"
    found: Figures | None = cache.get(key)
    if found is None:
        period = period_of(
            department,
            first=days.first,
            last=days.last,
            language=department.language,
            with_open=False,
        )
        texts = told.values_list("figures", flat=True)
        shared = shared_period(period, [shared_edition(json.loads(text)) for text in texts])
        wanted = ("first", "counts", "holds_demo", "withheld", *TABLES)
        found = {name: shared[name] for name in wanted}
        cache.set(key, found, None)
    return found


def fold_months(months: Sequence[Mapping[str, Any]]) -> Figures:
    """Shared months as one: head figures whole, of tables what each month shows. Pure.

    A row of which a month is hidden says ``at_least``. ``rest`` is what a table's rows leave out
    of the head figures; tables whose rows overlap have none.
    """
    counts = {name: sum(month["counts"].get(name, 0) for month in months) for name in KEYS}
    return {
        "counts": counts,
        "months": [
            {"first": month["first"], **{name: month["counts"][name] for name in TWO}}
            for month in months
        ],
        "tables": {
            name: _table(months, name, known_by, counts) for name, known_by in TABLES.items()
        },
        "holds_demo": any(month["holds_demo"] for month in months),
    }


def _table(
    months: Sequence[Mapping[str, Any]], name: str, known_by: str, counts: Mapping[str, int]
) -> Figures:
    rows: dict[str, Figures] = {}
    hidden = set()
    for month in months:
        for row in month[name]:
            if row.get("hidden"):
                hidden.add(row[known_by])
                continue
            kept = rows.setdefault(row[known_by], dict.fromkeys(TWO, 0))
            kept["name"] = row.get("name", "")
            for each in TWO:
                kept[each] += row[each]
    is_withheld = any(name in month["withheld"] for month in months)
    shown = [
        {"key": key, **row, "at_least": is_withheld or key in hidden} for key, row in rows.items()
    ]
    rest = None
    if name in ADDING_UP:
        left = {each: counts[each] - sum(row[each] for row in shown) for each in TWO}
        rest = left if any(left.values()) else None
    return {"rows": shown, "rest": rest}


def _in_words(department: Unit, months: Sequence[Days], folded: Figures, language: str) -> Figures:
    first, last = months[0].first, months[-1].last
    words: Figures = {
        "jurisdiction": department.jurisdiction_id,
        "counts": folded["counts"],
        "cumulative": {},
    }
    province = department.province.address_code if department.province else ""
    return {
        "province": province,
        "title": _("Statistics of %(province)s") % {"province": department.province},
        "days_line": _("From %(first)s to %(last)s, by closed months.")
        % {"first": dates.short_date(first, language), "last": dates.short_date(last, language)},
        "as_of": last.isoformat(),
        "heads": [
            {
                "label": row["label"],
                "number": row["day"],
                "value": dates.number(row["day"], language),
            }
            for row in labels.count_rows(words)
            if row["key"] in HEADS
        ],
        "columns": labels.short_heads(words),
        "months": _months(folded["months"][-MONTHS_SHOWN:], f"months-{province}", language),
        "tables": [
            table
            for name in TABLES
            if (table := _table_in_words(name, folded["tables"][name], language))["rows"]
        ],
        "demo_note": labels.demo_note() if folded["holds_demo"] else "",
        "notes": [
            labels.legal_note(words),
            _(
                "So that nobody can be recognised, figures of fewer than five people in a month "
                "are hidden, and so are figures from which they could be worked out. A row of "
                "which a month is hidden says “at least”; what is hidden stands in the last row. "
                "The totals are complete."
            ),
            _(
                "These are the figures as the department told them day by day. What was corrected "
                "later, such as two entries of one person, is not taken off."
            ),
        ],
    }


def _months(months: Sequence[Figures], chart_id: str, language: str) -> Figures:
    rows = []
    for month in months:
        day = date.fromisoformat(month["first"])
        rows.append(_row(f"{day.month}/{day.year}", month, language))
    chart = bar_chart(
        [Bar(row["label"], row["values"][0]) for row in rows],
        chart_id=chart_id,
        title=_("Month by month"),
        description=_("A bar for each month; the table holds the same figures."),
        language=language,
    )
    return {"rows": rows, "chart": chart}


def _row(label: str, two: Mapping[str, Any], language: str) -> Figures:
    at_least = two.get("at_least", False)
    values = [two[name] for name in TWO]
    numbers = [dates.number(value, language) for value in values]
    return {
        "label": label,
        # Translators: a figure of which some months are hidden
        "cells": [
            _("at least %(number)s") % {"number": each} if at_least else each for each in numbers
        ],
        "values": values,
        "at_least": at_least,
    }


def _table_in_words(name: str, table: Figures, language: str) -> Figures:
    known = _names(name, [row["key"] for row in table["rows"]], language)
    in_order = list(CHOICES.get(name, known if name == "by_organ" else ()))
    place = {key: number for number, key in enumerate(in_order)}
    # Those without an order of their own by their size; what is not stated comes last.
    table["rows"].sort(
        key=lambda row: (not row["key"], place.get(row["key"], 0), -row["received"], row["key"])
    )
    rows = [
        _row(known.get(row["key"]) or row["name"] or _label(name, row["key"]), row, language)
        for row in table["rows"]
    ]
    if table["rest"]:
        rows.append(_row(_("Hidden in single months"), table["rest"], language))
    note = _("One entry may name several organs and tissues, so these rows are not added up.")
    return {
        "key": name,
        "title": _(labels.TITLES[name]),
        "heading": _(labels.HEADINGS[name]),
        "rows": rows,
        "note": note if name == "by_organ" else "",
    }


def _names(name: str, keys: Iterable[str], language: str) -> dict[str, str]:
    """Names in the reader's language, in the order of the table; empty where keys are words."""
    found: Iterable[Any] = ()
    if name == "by_unit":
        found = Unit.objects.filter(code__in=list(keys))
    elif name == "by_organ":
        found = Organ.objects.order_by("sort", "code")
    return {each.code: named(each, language) for each in found}


def _label(name: str, key: str) -> str:
    if not key:
        return _("Not stated")
    names = labels.KEYS.get(name, {})
    return _(names[key]) if key in names else key.replace("-", "–")


def csv_of(statistics: Figures, language: str) -> bytes:
    """Every figure of the page as one table, numbers without grouping."""
    return csv_bytes(_csv_rows(statistics), delimiter=delimiter_of(language))


def _csv_rows(statistics: Figures) -> Iterator[Sequence[str]]:
    until = statistics["as_of"]
    yield [_("Table"), _("Row"), *statistics["columns"], _("Note"), _("Figures until")]
    for head in statistics["heads"]:
        yield [_("Total"), head["label"], str(head["number"]), "", "", until]
    months = {"title": _("Month by month"), "rows": statistics["months"]["rows"]}
    for table in (months, *statistics["tables"]):
        for row in table["rows"]:
            # Translators: stands beside a figure of which some months are hidden
            note = _("at least") if row["at_least"] else ""
            yield [table["title"], row["label"], *map(str, row["values"]), note, until]
