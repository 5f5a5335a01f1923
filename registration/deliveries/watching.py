"""Desk pages of the watch over due times: the countdown, and a department's contacts."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.common.dates import date_time
from registration.common.errors import RuleBroken
from registration.common.pages import SeeOther, file_to_keep
from registration.deliveries.choices import Stage
from registration.deliveries.countdown import Row, csv_lines, figures_of, rows_of
from registration.deliveries.fence import kept_by, visible_to
from registration.deliveries.models import Watch
from registration.deliveries.watch import clock_line, set_watch
from registration.deliveries.watch_forms import ContactsForm
from registration.units.models import Unit

REFRESH_SECONDS = 60


def _rows(request: HttpRequest) -> list[Row]:
    departments = visible_to(request.user).order_by("folded")
    return rows_of(departments, now=timezone.now(), language=get_language() or "en")


def _of_country(request: HttpRequest, rows: list[Row]) -> list[Row]:
    country = request.GET.get("country", "")
    known = {row.department.jurisdiction_id for row in rows}
    return [row for row in rows if country not in known or _country(row) == country]


def _country(row: Row) -> str:
    return row.department.jurisdiction_id


def _in_state(request: HttpRequest, rows: list[Row]) -> list[Row]:
    state = request.GET.get("state", "")
    return [row for row in rows if state not in Stage.values or row.stage == state]


@require_safe
@never_cache
@require_right(Right.WATCH_REPORTS)
def countdown(request: HttpRequest) -> HttpResponse:
    """All departments against their due times, the most urgent first; loads anew each minute."""
    everything = _rows(request)
    rows = _of_country(request, everything)
    staff, stays = staff_of(request), request.GET.get("stays") == "1"
    context = {
        "rows": _in_state(request, rows),
        "has_departments": bool(everything),
        "figures": figures_of(rows),
        "tabs": _tabs(request, rows),
        "countries": _countries(everything),
        "country": request.GET.get("country", ""),
        "state": request.GET.get("state", ""),
        "taken": _taken(staff.unit),
        "clock_line": clock_line(),
        "may_keep": staff.may(Right.KEEP_RECIPIENTS),
        "query": request.GET.urlencode(),
        "other_pace": _query(request, stays="" if stays else "1"),
        "stays": stays,
    }
    response = render(request, "deliveries/watch.html", context)
    if not stays:
        # As a header: a page that says so itself fails those who read it slowly (WCAG 2.2.1).
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


def _taken(unit: Unit | None) -> str:
    """When the page was made, on the reader's clock; whoever belongs to no country has UTC."""
    language, now = get_language() or "en", timezone.now()
    if unit:
        return date_time(now, language, zone=unit.jurisdiction.time_zone)
    return date_time(now, language, zone="UTC") + " (UTC)"


def _countries(rows: list[Row]) -> list[tuple[str, str]]:
    names = {_country(row): row.department.jurisdiction.name for row in rows}
    return sorted(names.items())


def _tabs(request: HttpRequest, rows: list[Row]) -> list[dict[str, Any]]:
    numbers = Counter(str(row.stage) for row in rows)
    labels = {"": _("All"), **dict(Stage.choices)}
    wanted = request.GET.get("state", "")
    return [
        {
            "name": label,
            "number": numbers[code] if code else len(rows),
            "query": _query(request, state=code),
            "current": code == (wanted if wanted in Stage.values else ""),
        }
        for code, label in labels.items()
        if not code or numbers[code]
    ]


def _query(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query[name] = value
    for name in [name for name, value in query.items() if not value]:
        del query[name]
    return query.urlencode()


@require_safe
@never_cache
@require_right(Right.WATCH_REPORTS)
def table(request: HttpRequest) -> HttpResponse:
    """The countdown as it is narrowed, as CSV."""
    rows = _in_state(request, _of_country(request, _rows(request)))
    text = "".join(csv_lines(rows, language=get_language() or "en"))
    return file_to_keep(text.encode(), "countdown.csv")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.KEEP_RECIPIENTS)
def contacts(request: HttpRequest, department: str) -> HttpResponse:
    """Whom to tell when this department's summary is late, and its outside watch."""
    staff = staff_of(request)
    found = get_object_or_404(kept_by(staff), code=department)
    watch = Watch.objects.filter(department=found).first()
    form = ContactsForm(request.POST or None, initial=_initial(found, watch))
    if form.is_valid():
        try:
            set_watch(found, **form.cleaned_data, staff=staff, now=timezone.now())
        except RuleBroken as error:
            form.refuse(error)
        else:
            messages.success(request, _("The contacts are kept. They hold from now on."))
            return SeeOther(reverse("deliveries:contacts", args=[found.code]))
    language, now = get_language() or "en", timezone.now()
    context = {
        "department": found,
        "form": form,
        "row": next(iter(rows_of([found], now=now, language=language)), None),
    }
    status = 422 if form.errors else 200
    return render(request, "deliveries/watch_contacts.html", context, status=status)


def _initial(department: Unit, watch: Watch | None) -> dict[str, Any]:
    if watch is None:
        return {"language": department.jurisdiction.language}
    return {name: getattr(watch, name) for name in ContactsForm.base_fields}
