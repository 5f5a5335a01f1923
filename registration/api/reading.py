"""What the routes read: lists with their pages, frozen figures and documents, sums of days."""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import get_language

from registration.api.keys import departments_of
from registration.api.models import ApiKey
from registration.api.problems import Problem
from registration.api.rules import is_whole_month
from registration.campaigns.models import Campaign
from registration.deliveries.editions import edition_for
from registration.deliveries.shown import state_of_window, with_deliveries
from registration.papers.disclosure import shared_edition, shared_period, without_tables
from registration.reports.choices import Format
from registration.reports.closing import documents_of, formats_of
from registration.reports.models import Document, Summary, Window
from registration.reports.periods import open_figures, period_of
from registration.reports.services import open_windows
from registration.units.choices import UnitKind
from registration.units.models import Province, Unit

PROVISIONAL_SECONDS = 30
Row = dict[str, Any]


def find_department(key: ApiKey, code: str) -> Unit:
    """A department that the key reads; any other is as one that does not exist."""
    found = departments_of(key).filter(code=code).first()
    if found is None:
        raise Problem("not_found")
    return found


def asked_departments(key: ApiKey, code: str | None) -> QuerySet[Unit]:
    """The department that was asked for, or all that the key reads."""
    if code is None:
        return departments_of(key)
    return departments_of(key).filter(pk=find_department(key, code).pk)


def page_of(
    rows: QuerySet[Any], *, page: int, per_page: int, address: Callable[[int], str]
) -> tuple[list[Any], Row]:
    """The rows of a page and what is said of it; a page after the last one is empty."""
    paginator = Paginator(rows, per_page)
    total, pages = paginator.count, paginator.num_pages
    found = list(paginator.page(page).object_list) if page <= pages else []
    return found, {
        "total": total,
        "page": page,
        "pages": pages,
        "next": address(page + 1) if page < pages else None,
        "previous": address(page - 1) if 1 < page <= pages + 1 else None,
    }


# --- Summaries ---------------------------------------------------------------------------------


def told_windows(
    departments: QuerySet[Unit], *, first: date | None, last: date | None
) -> QuerySet[Window]:
    """Windows with a summary, the newest first, with what became of their messages."""
    found = Window.objects.filter(department__in=departments, summary__isnull=False)
    if first:
        found = found.filter(day__gte=first)
    if last:
        found = found.filter(day__lte=last)
    return with_deliveries(found.select_related("department", "summary")).order_by(
        "-ends_at", "department"
    )


def summary_row(window: Window, base: str) -> Row:
    summary, department = window.summary, window.department
    figures = json.loads(summary.figures)
    address = f"{base}/summaries/{department.code}/{window.day.isoformat()}"
    return {
        "department": {"code": department.code, "name": department.name},
        "number": summary.serial,
        "day": window.day,
        "sha256": summary.sha256,
        "previous_sha256": summary.previous_sha256 or None,
        "frozen_at": summary.frozen_at,
        "due_at": window.due_at,
        "state": state_of_window(window),
        "counts": figures["counts"],
        "cumulative": figures["cumulative"],
        "address": address,
        "documents": {each: f"{address}/documents/{each}" for each in formats_of(figures)},
    }


def kept_document(key: ApiKey, *, code: str, day: date, format: Format) -> Document:
    """A summary's document as it is kept; those of an edition that nobody had yet are made."""
    edition = edition_for(key.is_outside)
    summary = Summary.objects.filter(department=find_department(key, code), window__day=day).first()
    if summary is None:
        raise Problem("not_found")
    found = summary.documents.filter(edition=edition, format=format).first()
    if found is None:
        made = documents_of(summary, edition=edition)
        found = next((each for each in made if each.format == format), None)
    if found is None:
        raise Problem("not_found")
    return found


# --- Figures that are not frozen ---------------------------------------------------------------


def figures_until_now(key: ApiKey, department: Unit, *, now: datetime) -> Row:
    """The open day until now, counted at most every 30 seconds and kept nowhere else.

    A key from outside gets no tables: what one minute adds to them would be one person.
    """
    name = f"api-provisional:{department.pk}"
    figures = cache.get(name)
    if figures is None:
        window = next(iter(open_windows([department], now=now)), None)
        if window is None or now < window.starts_at:
            raise Problem("not_found")
        figures = open_figures(window, now=now)
        cache.set(name, figures, PROVISIONAL_SECONDS)
    return shared_edition(figures) if key.is_outside else dict(figures)


def figures_of_days(
    key: ApiKey, department: Unit, *, first: date, last: date, now: datetime
) -> Row:
    """The days as one. A key from outside gets tables of whole months alone, once all is told:
    periods of its own choice could be taken from each other until one person is left.
    """
    period = period_of(
        department,
        first=first,
        last=last,
        language=get_language() or "en",
        now=now,
        with_open=False,
    )
    period.pop("provisional")
    if not key.is_outside:
        return period
    is_over = now.astimezone(department.jurisdiction.zone).date() > last
    if is_whole_month(first, last) and is_over and not period["missing"]:
        return shared_period(period, _shared_days(department, first, last))
    return without_tables(shared_period(period, []))


def _shared_days(department: Unit, first: date, last: date) -> list[Row]:
    told = Summary.objects.filter(
        department=department, window__day__gte=first, window__day__lte=last
    )
    return [shared_edition(json.loads(text)) for text in told.values_list("figures", flat=True)]


# --- Units and campaigns -----------------------------------------------------------------------


def units_of(key: ApiKey, code: str | None) -> QuerySet[Unit]:
    """The units of a department's province, or of a ministry's country."""
    units = Unit.objects.select_related("province", "parent").order_by("folded", "pk")
    if code is None and key.unit.kind == UnitKind.MINISTRY:
        return units.filter(jurisdiction=key.unit.jurisdiction_id)
    department = find_department(key, code or key.unit.code)
    theirs = Q(pk=department.pk) | Q(parent=department.pk)
    if department.province_id:
        theirs |= Q(province=department.province_id)
    return units.filter(theirs)


def campaigns_of(key: ApiKey, code: str | None) -> QuerySet[Campaign]:
    """The campaigns of a department's province with the national ones, or of a country."""
    campaigns = Campaign.objects.filter(jurisdiction=key.unit.jurisdiction_id)
    if code is not None or key.unit.kind != UnitKind.MINISTRY:
        department = find_department(key, code or key.unit.code)
        campaigns = campaigns.filter(Q(province=department.province_id) | Q(province__isnull=True))
    return campaigns.select_related("province", "owner", "parent").order_by("-starts_on", "code")


def unit_row(unit: Unit) -> Row:
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "short_name": unit.short_name or "",
        "province": _province(unit.province),
        "parent": unit.parent.code if unit.parent else None,
        "is_active": unit.is_active,
    }


def campaign_row(campaign: Campaign) -> Row:
    return {
        "code": campaign.code,
        "kind": campaign.kind,
        "title": campaign.title,
        "slogan": campaign.slogan or "",
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "registers_after_end": campaign.registers_after_end,
        "province": _province(campaign.province),
        "owner": {"code": campaign.owner.code, "name": campaign.owner.name},
        "parent": campaign.parent.code if campaign.parent else None,
    }


def _province(province: Province | None) -> Row | None:
    return {"code": province.address_code, "name": province.name} if province else None


def rows_of(make: Callable[[Any], Row], found: Iterable[Any]) -> list[Row]:
    return [make(each) for each in found]
