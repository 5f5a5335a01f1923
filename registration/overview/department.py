"""What a department's page shows of a day, a month, a year or a campaign, as plain values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from registration.campaigns.models import Campaign
from registration.common import dates
from registration.common.errors import RuleBroken
from registration.overview.choices import Span
from registration.overview.ranking import change_cell, ranked_units
from registration.overview.rules import DAY, WEEK, Days, compared_with, days_of, neighbours
from registration.overview.shown import open_day_of
from registration.overview.tables import (
    TWO,
    Cell,
    Links,
    Row,
    Table,
    count_table,
    days_table,
    tables_of,
    untold,
)
from registration.papers import labels
from registration.reports.counting import count_entries
from registration.reports.models import Window
from registration.reports.periods import period_of
from registration.reports.services import open_windows
from registration.units.models import Unit

Figures = dict[str, Any]
TREND = timedelta(days=13)


@dataclass(frozen=True)
class Asked:
    """What a page looks at; ``today`` is the day that is being counted, ``until`` the last day
    that can have figures.
    """

    span: Span
    days: Days
    today: Window | None
    until: date
    campaigns: Sequence[Campaign]
    campaign: Campaign | None = None

    @property
    def query(self) -> str:
        if self.campaign:
            return f"span={self.span.value}&campaign={self.campaign.code}"
        return f"span={self.span.value}&at={self.days.last.isoformat()}"


def read_query(query: Mapping[str, str], department: Unit, *, now: datetime) -> Asked:
    """The span that an address names; two queries. Refuses what names none: ``no_such_span``,
    ``not_a_day``, ``no_such_campaign``.
    """
    today = next(iter(open_windows([department], now=now)), None)
    until = today.day if today else now.astimezone(department.jurisdiction.zone).date()
    campaigns = list(_campaigns(department, until))
    try:
        span = Span(query.get("span") or Span.TODAY)
    except ValueError:
        raise RuleBroken("no_such_span", _("There is no such view.")) from None
    if span == Span.CAMPAIGN:
        campaign = next((c for c in campaigns if c.code == query.get("campaign")), None)
        if campaign is None:
            raise RuleBroken("no_such_campaign", _("Choose a campaign."))
        last = min(until, campaign.ends_on or until)
        return Asked(span, Days(campaign.starts_on, last), today, until, campaigns, campaign)
    at = _day(query.get("at", ""), until - DAY if span == Span.DAYS else until)
    return Asked(span, days_of(span, at), today, until, campaigns)


def _day(text: str, otherwise: date) -> date:
    try:
        day = date.fromisoformat(text) if text else otherwise
    except ValueError:
        day = date.min
    # The ends of the calendar leave no room for the spans before and after.
    if not 2000 <= day.year < 2200:
        raise RuleBroken("not_a_day", _("Write the day as year-month-day."))
    return day


def _campaigns(department: Unit, until: date) -> Any:
    here = Q(province=department.province_id) | Q(province__isnull=True)
    return Campaign.objects.filter(
        here, jurisdiction=department.jurisdiction_id, starts_on__lte=until
    )


def page_of(department: Unit, asked: Asked, *, now: datetime, language: str) -> Figures:
    """Everything between the chips and the end of the page; a fixed number of queries."""
    build = _today if asked.span == Span.TODAY else _days
    return _frame(asked, language) | build(department, asked, now=now, language=language)


def _frame(asked: Asked, language: str) -> Figures:
    before, after = neighbours(asked.span, asked.days)
    moves = asked.span not in (Span.TODAY, Span.CAMPAIGN)
    return {
        "span": asked.span.value,
        "title": _title(asked, language),
        "query": asked.query,
        "before": f"span={asked.span.value}&at={before.isoformat()}" if moves else "",
        "after": (
            f"span={asked.span.value}&at={min(after, asked.until).isoformat()}"
            if moves and asked.days.last < asked.until
            else ""
        ),
        "month": f"{asked.days.first:%Y-%m}" if asked.span == Span.MONTH else "",
    }


def _title(asked: Asked, language: str) -> str:
    days = asked.days
    if asked.campaign:
        return f"{asked.campaign}: {_range(days, language)}"
    if asked.span == Span.YEAR:
        return _("Year %(year)s") % {"year": days.first.year}
    if asked.span == Span.MONTH:
        return _("Month %(month)s") % {"month": f"{days.first.month}/{days.first.year}"}
    return f"{asked.span.label}: {_range(days, language)}"


def _range(days: Days, language: str) -> str:
    first, last = (dates.short_date(day, language) for day in (days.first, days.last))
    if days.length == 1:
        return first
    return _("%(first)s to %(last)s") % {"first": first, "last": last}


def _today(department: Unit, asked: Asked, *, now: datetime, language: str) -> Figures:
    """The open day with its hours and its figures so far, beside the same hours of last week."""
    if asked.today is None:
        return {"open": None, "heads": [], "tables": []}
    day = asked.today.day
    period = period_of(department, first=day - TREND, last=day, language=language, now=now)
    figures = period["provisional"] or {}
    links = Links(department.code, {"day": day.isoformat()})
    before = count_entries(department, starts_at=asked.today.starts_at - WEEK, ends_at=now - WEEK)
    trend = [
        each | {name: figures["counts"][name] for name in TWO} | {"is_open": True}
        if each["day"] == day.isoformat()
        else each
        for each in period["days"]
    ]
    return {
        "open": open_day_of(asked.today, now=now, language=language),
        "compared": _("the same hours of last week"),
        "heads": _heads(figures, before.heads, links, language),
        "is_quiet": labels.is_quiet(figures),
        **_notes(figures, period),
        "tables": [
            count_table(figures, links, language),
            days_table(figures, trend, department.code, language),
            weeks_table(trend, language),
            *_with_units(figures, None, department, day, links, language),
        ],
    }


def _days(department: Unit, asked: Asked, *, now: datetime, language: str) -> Figures:
    """Days that were told, beside those before; what is still being counted is not among them."""
    days = asked.days
    told = asked.until - DAY if asked.today else asked.until
    other = compared_with(asked.span, days, until=told)
    period = period_of(department, first=days.first, last=days.last, language=language, now=now)
    before = period_of(
        department,
        first=other.first,
        last=other.last,
        language=language,
        now=now,
        with_open=False,
    )
    links = Links(department.code, _narrowed(days))
    shown_days = [day for day in period["days"] if date.fromisoformat(day["day"]) <= told]
    weeks = [weeks_table(shown_days, language)] if asked.span == Span.DAYS else []
    campaign = [_campaign_table(asked.campaign, period, links, language)] if asked.campaign else []
    return {
        "compared": _range(other, language),
        "heads": _heads(period, before["counts"], links, language),
        "is_quiet": labels.is_quiet(period),
        "missing": [
            dates.short_date(date.fromisoformat(day), language) for day in period["missing"]
        ],
        "open_counts": _open_counts(period, department, language),
        **_notes(period, period),
        "tables": [
            *campaign,
            count_table(period, links, language),
            days_table(period, shown_days, department.code, language),
            *weeks,
            *_with_units(period, before, department, min(days.last, told), links, language),
        ],
    }


def _narrowed(days: Days) -> dict[str, str]:
    return {"first": days.first.isoformat(), "last": days.last.isoformat()}


def _notes(figures: Figures, period: Figures) -> Figures:
    return {
        "legal_note": labels.legal_note(figures),
        "banner_line": labels.banner_line(figures),
        "demo_note": labels.demo_note() if period["holds_demo"] else "",
    }


def _with_units(
    figures: Figures,
    before: Figures | None,
    department: Unit,
    on: date,
    links: Links,
    language: str,
) -> list[Table]:
    """The units ranked, in place of the plain table of units, then all other tables."""
    ranked = ranked_units(
        figures,
        before,
        department=department,
        on=on,
        links=links,
        language=language,
    )
    return [ranked, *tables_of(figures, links, language)]


def _heads(
    figures: Figures, before: Mapping[str, int], links: Links, language: str
) -> list[Figures]:
    """The head figures, each a link, with how it moved in words."""
    return [
        {
            "label": row["label"],
            "value": labels.shown(row["day"], language),
            "url": links.to(kind=row["key"]),
            "change": change_cell(row["day"] or 0, before.get(row["key"], 0), language).text,
        }
        for row in labels.count_rows(figures)
    ]


def _open_counts(period: Figures, department: Unit, language: str) -> str:
    """One sentence on the day that is still being counted and in no sum of the page."""
    figures = period["provisional"]
    if figures is None:
        return ""
    day = date.fromisoformat(figures["window"]["day"])
    return _(
        "%(day)s is still being counted: %(received)s received and %(confirmed)s confirmed so "
        "far. The figures on this page do not hold them."
    ) % {
        "day": dates.short_date(day, language),
        "received": dates.number(figures["counts"]["received"], language),
        "confirmed": dates.number(figures["counts"]["confirmed"], language),
    }


def weeks_table(days: Sequence[Figures], language: str) -> Table:
    """Each of the last seven days beside the same weekday a week before."""
    rows = []
    for now, before in zip(days[-7:], days[-14:-7], strict=False):
        told = [each.get("is_open") or each["has_summary"] for each in (now, before)]
        figures = [
            Cell(dates.number(each["received"], language), value=each["received"])
            if is_told
            else untold(each)
            for each, is_told in zip((now, before), told, strict=True)
        ]
        change = change_cell(now["received"], before["received"], language)
        names = [
            dates.short_date(date.fromisoformat(each["day"]), language) for each in (now, before)
        ]
        cells = [figures[0], Cell(names[1]), figures[1], change if all(told) else Cell("–")]
        rows.append(Row(names[0], cells))
    return Table(
        key="weeks",
        title=_("Compared with last week"),
        heading=_("Date"),
        columns=[
            (_("Received"), True),
            (_("A week before"), False),
            (_("Received then"), True),
            (pgettext("figure", "Change"), False),
        ],
        rows=rows,
    )


def _campaign_table(campaign: Campaign, period: Figures, links: Links, language: str) -> Table:
    """What the campaign itself brought; the rest of the page is of all registrations then."""
    row: Figures = next((row for row in period["by_campaign"] if row["code"] == campaign.code), {})
    heads = labels.short_heads(period)
    return Table(
        key="campaign",
        title=_("What the campaign brought"),
        heading=_("Campaign"),
        columns=[(head, True) for head in heads],
        rows=[
            Row(
                str(campaign),
                [
                    Cell(
                        dates.number(row.get(name, 0), language),
                        links.to(kind=name, campaign=campaign.code),
                        row.get(name, 0),
                    )
                    for name in TWO
                ],
            )
        ],
        note=_("The other tables hold all registrations of these days."),
    )
