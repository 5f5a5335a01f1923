"""What the page of totals shows: sentences on what is missing, sums, a row for each department."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.common import dates
from registration.common.charts import Bar, bar_chart
from registration.common.errors import RuleBroken
from registration.overview.choices import Reported, Span
from registration.overview.ranking import change_cell
from registration.overview.rules import Days, compared_with, days_of, neighbours
from registration.overview.tables import Cell, Row, Table
from registration.overview.totals import CORRECTED, totals_of
from registration.papers import labels
from registration.reports.models import Window
from registration.units.choices import UnitKind
from registration.units.models import Jurisdiction, Unit

Figures = dict[str, Any]
SPANS = {"day": Span.TODAY, "month": Span.MONTH, "year": Span.YEAR}
# More bars than these are not read; the table has every department.
MOST_BARS = 15
# Heads of the table that depend on nothing; the others are shown where they hold a figure.
ALWAYS = ("received", "confirmed")
WHERE_ANY = ("handed_over", "card_issued", "given", "ml")


@dataclass(frozen=True)
class Asked:
    """The country and the days that a page looks at."""

    jurisdiction: Jurisdiction
    span: str
    days: Days

    @property
    def query(self) -> str:
        return self.at(self.days.first)

    def at(self, day: date) -> str:
        return f"jurisdiction={self.jurisdiction.pk}&span={self.span}&at={day.isoformat()}"


def jurisdictions_of(staff: Staff) -> QuerySet[Jurisdiction]:
    """The countries whose totals this person may see: all of them, or one's own."""
    if not staff.may(Right.SEE_TOTALS):
        return Jurisdiction.objects.none()
    if staff.may(Right.SEE_ALL_REPORTS):
        return Jurisdiction.objects.order_by("pk")
    return Jurisdiction.objects.filter(units=staff.unit_id)


def departments_of(jurisdiction: Jurisdiction) -> QuerySet[Unit]:
    """Every department that takes part, or that told something when it still did."""
    told = Window.objects.filter(department=OuterRef("pk"))
    found = Unit.objects.filter(kind=UnitKind.DEPARTMENT, jurisdiction=jurisdiction)
    return found.filter(Q(is_active=True) | Exists(told))


def read_query(
    query: Mapping[str, str], jurisdictions: Iterable[Jurisdiction], *, now: datetime
) -> Asked:
    """The days that an address names; without any, the newest that a department has told.

    Refuses ``no_such_country``, ``no_such_span`` and ``not_a_day``.
    """
    found = {each.pk: each for each in jurisdictions}
    jurisdiction = found.get(query.get("jurisdiction") or next(iter(found), ""))
    if jurisdiction is None:
        raise RuleBroken("no_such_country", _("Choose a country."))
    span = query.get("span") or "day"
    if span not in SPANS:
        raise RuleBroken("no_such_span", _("There is no such view."))
    try:
        at = date.fromisoformat(query["at"]) if query.get("at") else _newest(jurisdiction, now)
    except ValueError:
        at = date.min
    # The ends of the calendar leave no room for the spans before and after.
    if not 2000 <= at.year < 2200:
        raise RuleBroken("not_a_day", _("Write the day as year-month-day."))
    return Asked(jurisdiction, span, days_of(SPANS[span], at))


def _newest(jurisdiction: Jurisdiction, now: datetime) -> date:
    told = Window.objects.filter(department__jurisdiction=jurisdiction, summary__isnull=False)
    return told.aggregate(day=Max("day"))["day"] or now.astimezone(jurisdiction.zone).date()


def page_of(asked: Asked, *, visible: Collection[str], now: datetime, language: str) -> Figures:
    """Everything on the page but its form; ``visible`` departments become links.

    A fixed number of queries.
    """
    departments = list(departments_of(asked.jurisdiction))
    days, span = asked.days, SPANS[asked.span]
    newest = _newest(asked.jurisdiction, now)
    other = compared_with(span, days, until=newest)
    moments: Figures = {"now": now, "language": language}
    totals = totals_of(departments, first=days.first, last=days.last, **moments)
    before = totals_of(departments, first=other.first, last=other.last, **moments)
    words: Figures = {"jurisdiction": asked.jurisdiction.pk, **totals}
    earlier, later = neighbours(span, days)
    return {
        "title": _title(asked, language),
        "query": asked.query,
        "before": asked.at(earlier),
        "after": asked.at(later) if days.last < newest else "",
        "compared": _compared(other, before, language),
        "sentences": list(sentences(totals, language)),
        "asides": list(_asides(totals)),
        "sums_line": _sums_line(totals, language),
        "is_whole": totals["told"] == totals["expected"] and not totals["part"],
        "heads": _heads(words, before, language) if totals["told"] else [],
        "tables": [
            *([_sums_table(words, before, language)] if totals["told"] else []),
            _departments_table(words, before, visible, language),
        ],
        "chart": _chart(words, language),
        "corrected_note": str(CORRECTED),
        "legal_note": labels.legal_note(words),
        "demo_note": labels.demo_note() if totals["holds_demo"] else "",
    }


def _title(asked: Asked, language: str) -> str:
    first = asked.days.first
    if asked.span == "year":
        return _("Year %(year)s") % {"year": first.year}
    if asked.span == "month":
        return _("Month %(month)s") % {"month": f"{first.month}/{first.year}"}
    return dates.short_date(first, language)


def _range(days: Days, language: str) -> str:
    first, last = (dates.short_date(day, language) for day in (days.first, days.last))
    if days.length == 1:
        return first
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def _compared(days: Days, before: Figures, language: str) -> str:
    return _("Compared with %(days)s (%(told)s of %(expected)s departments).") % {
        "days": _range(days, language),
        "told": dates.number(before["told"], language),
        "expected": dates.number(before["expected"], language),
    }


def _sums_line(totals: Figures, language: str) -> str:
    """The first thing that is said: of how many departments these are the sums."""
    return _("Sums of %(told)s of %(expected)s departments.") % {
        "told": dates.number(totals["told"], language),
        "expected": dates.number(totals["expected"], language),
    }


def sentences(totals: Figures, language: str) -> Iterable[str]:
    """Who was to report and is not in the sums, or in part, or came late, each by name."""
    if totals["missing"]:
        yield _("Missing: %(names)s.") % {"names": _names(totals["missing"])}
    if totals["part"]:
        each = ", ".join(_with_days(row, language) for row in totals["part"])
        yield _("In the sums only in part: %(names)s.") % {"names": each}
    if totals["late"]:
        each = ", ".join(_with_late(row, language) for row in totals["late"])
        yield _("Reported after the due time: %(names)s.") % {"names": each}
    if totals["open"]:
        yield _("Still being counted: %(names)s.") % {"names": _names(totals["open"])}


def _asides(totals: Figures) -> Iterable[str]:
    """Of whom no summary is expected, by name."""
    if totals["none"]:
        yield _(
            "Without a summary of these days (not begun, ended, or counted with a later day): "
            "%(names)s."
        ) % {"names": _names(totals["none"])}
    if totals["without_hours"]:
        yield _("Without report hours, and in no sum: %(names)s.") % {
            "names": _names(totals["without_hours"])
        }


def _names(rows: Iterable[Figures]) -> str:
    return ", ".join(row["name"] for row in rows)


def _with_days(row: Figures, language: str) -> str:
    days = [date.fromisoformat(day) for day in row["missing_days"]]
    if len(days) > 3:
        lacking = ngettext("%(count)d day is missing", "%(count)d days are missing", len(days))
        return f"{row['name']} ({lacking % {'count': len(days)}})"
    shown = ", ".join(dates.short_date(day, language) for day in days)
    # Translators: days on which a department did not report, in brackets after its name
    lacking = _("without %(days)s") % {"days": shown}
    return f"{row['name']} ({lacking})"


def _with_late(row: Figures, language: str) -> str:
    return row["name"] if row["days"] == 1 else f"{row['name']} ({_late_of(row, language)})"


def _late_of(row: Figures, language: str) -> str:
    return _("%(late)s of %(days)s days") % {
        "late": dates.number(row["late"], language),
        "days": dates.number(row["days"], language),
    }


def _heads(words: Figures, before: Figures, language: str) -> list[Figures]:
    return [
        {
            "label": row["label"],
            "value": dates.number(row["day"], language),
            "change": _moved(row["day"], before, row["key"], language).text,
        }
        for row in labels.count_rows(words)
        if row["key"] in (*ALWAYS, *WHERE_ANY)
    ]


def _moved(now: int, before: Figures, key: str, language: str) -> Cell:
    """How a sum moved; a dash where nobody told anything that it could be compared with."""
    return change_cell(now, before["counts"][key], language) if before["told"] else Cell("–")


def _sums_table(words: Figures, before: Figures, language: str) -> Table:
    rows = []
    for row in labels.count_rows(words):
        earlier = before["counts"][row["key"]] if before["told"] else None
        numbers = [_number(each, language) for each in (row["day"], earlier, row["total"])]
        change = _moved(row["day"], before, row["key"], language)
        rows.append(Row(row["label"], [*numbers[:2], change, numbers[2]]))
    return Table(
        key="sums",
        title=_("Sums"),
        heading=_("Figure"),
        columns=[
            (_("In these days"), True),
            (_("In the days compared with"), True),
            (pgettext("figure", "Change"), False),
            (_("Cumulative"), True),
        ],
        rows=rows,
    )


def _departments_table(
    words: Figures, before: Figures, visible: Collection[str], language: str
) -> Table:
    earlier = {row["code"]: row["counts"] for row in before["rows"]}
    keys = [*ALWAYS, *(key for key in WHERE_ANY if words["cumulative"][key])]
    heads = dict(zip(ALWAYS, labels.short_heads(words), strict=True))
    rows = [
        Row(
            row["name"],
            [
                _number(row["rank"], language),
                Cell(str(Reported(row["state"]).label)),
                Cell(_in_time(row, language)),
                *(_number(row["counts"] and row["counts"][key], language) for key in keys),
                _change(row, earlier.get(row["code"]), language),
                Cell(_banners(row, language)),
                _number(row["cumulative"] and row["cumulative"]["received"], language),
            ],
            (reverse("overview:department", args=[row["code"]]) if row["code"] in visible else ""),
        )
        for row in words["rows"]
    ]
    return Table(
        key="departments",
        title=_("By department"),
        heading=_("Department"),
        columns=[
            (_("Rank"), True),
            (_("State"), False),
            (_("In time"), False),
            *((heads.get(key) or labels.count_label(words, key), True) for key in keys),
            (_("Change of what was received"), False),
            (_("Units that carry the banner"), False),
            (_("Received, cumulative"), True),
        ],
        rows=rows,
    )


def _number(value: int | None, language: str) -> Cell:
    return Cell("–" if value is None else dates.number(value, language), value=value)


def _change(row: Figures, earlier: Mapping[str, int] | None, language: str) -> Cell:
    if row["counts"] is None or earlier is None:
        return Cell("–")
    return change_cell(row["counts"]["received"], earlier["received"], language)


def _in_time(row: Figures, language: str) -> str:
    if not row["days_told"]:
        return "–"
    if not row["late"]:
        return _("in time")
    if row["days"] == 1:
        return _("late")
    return _("%(days)s late") % {"days": _late_of(row, language)}


def _banners(row: Figures, language: str) -> str:
    if row["banners"] is None:
        return "–"
    return _("%(present)s of %(units)s") % {
        name: dates.number(row["banners"][name], language) for name in ("present", "units")
    }


def _chart(words: Figures, language: str) -> str:
    bars = [
        Bar(row["name"], row["counts"]["received"])
        for row in words["rows"]
        if row["counts"] and row["counts"]["received"]
    ][:MOST_BARS]
    if len(bars) < 2:
        return ""
    return bar_chart(
        bars,
        chart_id="chart-departments",
        title=labels.short_heads(words)[0],
        description=_("A bar for each of the first departments; the table below has all of them."),
        language=language,
    )
