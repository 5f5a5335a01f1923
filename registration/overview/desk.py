"""The department's pages on the desk: figures, documents and deliveries, never a person."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.common.errors import RuleBroken
from registration.deliveries.fence import sees_totals_only, visible_to
from registration.deliveries.shown import receipts_of
from registration.overview.choices import Span
from registration.overview.department import page_of, read_query
from registration.overview.rules import days_of
from registration.overview.shown import (
    content_type_of,
    open_day_of,
    row_of,
    summary_of,
    windows_of,
)
from registration.overview.tables import csv_of, find
from registration.papers.slides import build_slides
from registration.reports.choices import Edition, Format
from registration.reports.models import Document, ReportHours, Summary, Window
from registration.reports.periods import period_of
from registration.reports.rules import require_ended, require_told_day
from registration.reports.services import open_windows
from registration.units.models import Unit

PER_PAGE = 20
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def windows(request: HttpRequest) -> HttpResponse:
    """The days of all departments that somebody sees; who sees one is led to its page, and a
    ministry's officer to the totals.
    """
    now, language = timezone.now(), get_language()
    departments = list(visible_to(request.user).order_by("folded"))
    if code := request.GET.get("department", ""):
        return _to_department(get_object_or_404(visible_to(request.user), code=code), request)
    if len(departments) == 1:
        return _to_department(departments[0], request)
    if sees_totals_only(staff_of(request)):
        return redirect("overview:totals")
    page = Paginator(windows_of(departments), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "departments": departments,
        "open_days": [
            open_day_of(window, now=now, language=language)
            for window in open_windows(departments, now=now)
        ],
        "page_obj": page,
        "rows": [row_of(window, language, now=now) for window in page],
    }
    return render(request, "overview/windows.html", context)


def _to_department(department: Unit, request: HttpRequest) -> HttpResponse:
    query = request.GET.copy()
    query.pop("department", None)
    answer = redirect("overview:department", department.code)
    answer["Location"] += f"?{query.urlencode()}" if query else ""
    return answer


def department_of(request: HttpRequest, code: str) -> Unit:
    """The department of an address, if this person may see it; another one is not found."""
    found = visible_to(request.user).select_related("jurisdiction", "province")
    return get_object_or_404(found, code=code)


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def department(request: HttpRequest, department: str) -> HttpResponse:
    """Today so far, the last days, a month, a year or a campaign; ``?day=`` leads to a summary.

    ``?format=csv&table=`` is one table of the page.
    """
    found, now, language = department_of(request, department), timezone.now(), get_language()
    asked_day, problem = request.GET.get("day", "").strip(), ""
    if asked_day:
        try:
            day = _find_day(found, asked_day)
        except RuleBroken as error:
            problem = error.sentence
        else:
            return redirect("overview:summary", found.code, day.isoformat())
    try:
        asked = read_query(request.GET, found, now=now)
    except RuleBroken as error:
        problem = problem or error.sentence
        asked = read_query({}, found, now=now)
    shown = page_of(found, asked, now=now, language=language)
    if request.GET.get("format") == "csv":
        return _csv(shown["tables"], request, f"{found.code}-{asked.days.last}")
    context = {
        "department": found,
        "spans": [span for span in Span if span != Span.CAMPAIGN],
        "asked": asked,
        "asked_day": asked_day,
        "problem": problem,
        "shown": shown,
    }
    if asked.span == Span.TODAY:
        page = Paginator(windows_of([found]), PER_PAGE).get_page(request.GET.get("page"))
        context |= {
            "page_obj": page,
            "rows": [row_of(window, language, now=now) for window in page],
        }
    return render(request, "overview/department.html", context)


def _csv(tables: list[Any], request: HttpRequest, name: str) -> HttpResponse:
    table = find(tables, request.GET.get("table", ""))
    if table is None:
        raise Http404
    answer = HttpResponse(csv_of(table, get_language()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{table.key}.csv"'
    return answer


def _find_day(department: Unit, asked: str) -> date:
    """The day of an existing summary, or ``RuleBroken`` with the reason why there is none."""
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        raise RuleBroken("not_a_day", _("Write the day as year-month-day.")) from None
    now = timezone.now()
    today = now.astimezone(department.jurisdiction.zone).date()
    told = Window.objects.filter(department=department, summary__isnull=False)
    first = told.order_by("day").values_list("day", flat=True).first()
    # The day that is open may already bear tomorrow's date: after the cut-off it does.
    for window in open_windows([department], now=now):
        if window.day == day:
            require_ended(window.ends_at, now=now)
    require_told_day(day, first=first, today=today)
    if not told.filter(day=day).exists():
        raise RuleBroken("no_summary", _("There is no summary of this day."))
    return day


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def summary(request: HttpRequest, department: str, day: str) -> HttpResponse:
    """One frozen summary: its figures, where they come from, who has received them."""
    found = _summary(request, department, day)
    shown = summary_of(found, get_language())
    if request.GET.get("format") == "csv":
        return _csv(shown["tables"], request, f"{department}-{day}")
    context = {
        "summary": found,
        "day_code": day,
        "shown": shown,
        "receipts": receipts_of(found, get_language(), staff=staff_of(request)),
    }
    return render(request, "overview/summary.html", context)


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def document(request: HttpRequest, department: str, day: str, format: str) -> HttpResponse:
    """A document as it was made for the department, to the byte."""
    found = get_object_or_404(
        Document,
        summary=_summary(request, department, day),
        format=format,
        edition=Edition.OWN,
    )
    response = HttpResponse(bytes(found.content), content_type=content_type_of(found.format))
    shown = "inline" if found.format == Format.PDF else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="{found.name}"'
    return response


def _summary(request: HttpRequest, department: str, day: str) -> Summary:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(
        Summary.objects.select_related("department__jurisdiction", "window"),
        department__in=visible_to(request.user),
        department__code=department,
        window__day=on,
    )


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def slides(request: HttpRequest, department: str, month: str) -> HttpResponse:
    """A month, written ``2026-11``, as slides in the department's language."""
    found = department_of(request, department)
    try:
        days = days_of(Span.MONTH, date.fromisoformat(f"{month}-01"))
    except ValueError:
        raise Http404 from None
    hours = ReportHours.objects.filter(department=found).first()
    language = hours.language if hours else found.language
    period = period_of(
        found, first=days.first, last=days.last, language=language, now=timezone.now()
    )
    answer = HttpResponse(build_slides(period), content_type=SLIDES)
    name = f"{found.code}-{days.first:%Y-%m}.pptx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
