"""The department's pages on the desk: figures, documents and deliveries, never a person."""

from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registration.accounts.access import require_right
from registration.accounts.choices import Right
from registration.common.errors import RuleBroken
from registration.reports.choices import Format
from registration.reports.models import Document, Summary, Window
from registration.reports.overview import (
    content_type_of,
    open_day_of,
    row_of,
    summary_of,
    visible_to,
    windows_of,
)
from registration.reports.rules import require_ended, require_told_day
from registration.reports.services import open_windows
from registration.units.models import Unit

PER_PAGE = 20


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def windows(request: HttpRequest) -> HttpResponse:
    """The day being counted and the days that were told; ``?day=`` leads to one of them."""
    now, language = timezone.now(), get_language()
    departments = list(visible_to(request.user).order_by("folded"))
    chosen = departments
    code = request.GET.get("department", "")
    if code:
        chosen = [each for each in departments if each.code == code]
        if not chosen:
            raise Http404
    asked, problem = request.GET.get("day", "").strip(), ""
    if asked:
        try:
            day = _find_day(chosen, asked)
        except RuleBroken as error:
            problem = error.sentence
        else:
            return redirect("reports:summary", chosen[0].code, day.isoformat())
    page = Paginator(windows_of(chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "departments": departments,
        "chosen": chosen[0] if len(chosen) == 1 else None,
        "code": code,
        "asked": asked,
        "problem": problem,
        "query": f"department={code}" if code else "",
        "open_days": [
            open_day_of(window, now=now, language=language, with_counts=len(chosen) == 1)
            for window in open_windows(chosen, now=now)
        ],
        "page_obj": page,
        "rows": [row_of(window, language) for window in page],
    }
    return render(request, "reports/windows.html", context)


def _find_day(departments: list[Unit], asked: str) -> date:
    """The day of an existing summary, or ``RuleBroken`` with the reason why there is none."""
    if len(departments) != 1:
        raise RuleBroken("choose_department", _("Choose a department first, then its day."))
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        raise RuleBroken("not_a_day", _("Write the day as year-month-day.")) from None
    department, now = departments[0], timezone.now()
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
    return render(
        request,
        "reports/summary.html",
        {"summary": found, "day_code": day} | {"shown": summary_of(found, get_language())},
    )


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def document(request: HttpRequest, department: str, day: str, format: str) -> HttpResponse:
    """A document as it was made, to the byte."""
    found = get_object_or_404(Document, summary=_summary(request, department, day), format=format)
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
