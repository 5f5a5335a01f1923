"""Desk pages of the monitor: which websites carry the banner, and what is done about the others."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registration.accounts.access import require_right
from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.banners.models import Placement, Referrer
from registration.common.charts import column_chart
from registration.common.dates import number, short_date
from registration.common.errors import RuleBroken
from registration.monitor import letters, outage, overview
from registration.monitor.choices import State
from registration.monitor.models import DayState, PublishedLine, Site
from registration.monitor.services import request_visit
from registration.units.choices import UnitKind
from registration.units.models import Province, Unit

DAYS_TOLD = 30


def _provinces(request: HttpRequest) -> list[Province]:
    return list(cast(Staff, request.user).provinces().select_related("jurisdiction"))


def _rows(request: HttpRequest, provinces: list[Province]) -> list[overview.Row]:
    return overview.rows_of(provinces, language=request.LANGUAGE_CODE, **_wanted(request))


def _wanted(request: HttpRequest) -> dict[str, str]:
    asked = request.GET
    states = {"none", *State.values}
    return {
        "state": asked.get("state", "") if asked.get("state") in states else "",
        "kind": asked.get("kind", "") if asked.get("kind") in UnitKind.values else "",
        "typed": asked.get("q", "").strip()[:60],
    }


@require_safe
@never_cache
@require_right(Right.WATCH_SITES)
def sites(request: HttpRequest) -> HttpResponse:
    """Every unit of the province with what its website showed, those to act on first."""
    provinces, language = _provinces(request), request.LANGUAGE_CODE
    states = overview.states_of(provinces)
    query = request.GET.copy()
    query.pop("state", None)
    context = {
        "provinces": provinces,
        "rows": _rows(request, provinces),
        "present": number(states[State.PRESENT], language),
        "total": number(states.total(), language),
        "lacking": sum(states[state] for state in overview.LACKING),
        "chart": _chart(provinces, language),
        "tabs": _tabs(states, wanted=_wanted(request)["state"], rest=query.urlencode()),
        "wanted": _wanted(request),
        "kinds": UnitKind.choices,
        "lines": overview.lines_of(provinces),
        "query": request.GET.urlencode(),
        "is_off": not settings.MONITOR_VISITS,
        "lost_on": _lost_on(provinces, language),
    }
    return render(request, "monitor/sites.html", context)


def _lost_on(provinces: list[Province], language: str) -> str:
    """The day on which the portal itself had no line, if its latest visits were made on it."""
    if not provinces:
        return ""
    zone = provinces[0].jurisdiction.zone
    lost_at = outage.ours_at(zone)
    return short_date(lost_at.astimezone(zone).date(), language) if lost_at else ""


def _tabs(states: Any, *, wanted: str, rest: str) -> list[dict[str, Any]]:
    names = {"": _("All"), "none": _("Not visited yet")} | dict(State.choices)
    numbers = {"": states.total(), **states}
    return [
        {
            "name": names[code],
            "number": numbers[code],
            "query": f"state={code}&{rest}" if rest else f"state={code}",
            "current": code == wanted,
        }
        for code in ["", *map(str, overview.ORDER), "none"]
        if numbers.get(code)
    ]


def _chart(provinces: list[Province], language: str) -> Any:
    if not provinces:
        return ""
    last = timezone.localdate(timezone=provinces[0].jurisdiction.zone)
    days = overview.days_of(provinces, last=last)
    if not any(day.value for day in days):
        return ""
    return column_chart(
        days,
        chart_id="carried",
        title=_("Units that carry the banner, the last 30 days"),
        description=_("Of %(all)s units visited %(part)s carry the banner today.")
        % {"all": number(days[-1].value, language), "part": number(days[-1].part, language)},
        labels=(_("Visited"), _("Banner present")),
        language=language,
    )


@require_safe
@never_cache
@require_right(Right.WATCH_SITES)
def export(request: HttpRequest) -> HttpResponse:
    """The table as it is narrowed, as CSV."""
    rows = _rows(request, _provinces(request))
    lines = list(overview.csv_lines(rows, language=request.LANGUAGE_CODE))
    name = get_valid_filename(_("websites") + ".csv")
    return HttpResponse(
        "".join(lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _unit(request: HttpRequest, code: str) -> Unit:
    units = overview.units_of(_provinces(request)).select_related(
        "site", "jurisdiction", "province__jurisdiction"
    )
    found = units.filter(code=code).first()
    if found is None:
        raise Http404
    return found


@require_safe
@never_cache
@require_right(Right.WATCH_SITES)
def one(request: HttpRequest, unit: str) -> HttpResponse:
    """One unit: what was found, where, since when, its placements, and where clicks came from."""
    found = _unit(request, unit)
    site = getattr(found, "site", None)
    now = timezone.now()
    context = {
        "row": overview.row_of(found, language=request.LANGUAGE_CODE),
        "facts": overview.facts_of(site, language=request.LANGUAGE_CODE) if site else [],
        "days": DayState.objects.filter(unit=found).order_by("-day")[:DAYS_TOLD],
        "placements": Placement.objects.filter(unit=found).select_related("banner"),
        "referrers": Referrer.objects.filter(placement__unit=found)[:20],
        "lines": PublishedLine.objects.filter(line__unit=found).select_related("line"),
        "may_remind": site is not None and letters.may_be_reminded(site, now=now),
    }
    return render(request, "monitor/one.html", context)


@require_POST
@never_cache
@require_right(Right.WATCH_SITES)
def visit(request: HttpRequest, unit: str) -> HttpResponse:
    found = _unit(request, unit)
    try:
        request_visit(found, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, _("The website is visited in a moment. Load this page again."))
    return redirect("monitor:one", found.code)


@require_safe
@never_cache
@require_right(Right.WATCH_SITES)
def letter(request: HttpRequest, unit: str) -> HttpResponse:
    """The official letter to a unit that lacks the banner, ready for number and signature."""
    found = _unit(request, unit)
    site = getattr(found, "site", None)
    if site is None:
        raise Http404
    try:
        content = letters.unit_letter(site, now=timezone.now())
    except RuleBroken as error:
        messages.error(request, error.sentence)
        return redirect("monitor:one", found.code)
    headers = {"Content-Disposition": f'inline; filename="{found.code}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@require_right(Right.WATCH_SITES)
def remind(request: HttpRequest) -> HttpResponse:
    """Who would be written to, and on POST the message to each of those that were ticked."""
    provinces, now = _provinces(request), timezone.now()
    lacking = Site.objects.filter(
        unit__in=overview.units_of(provinces), state__in=map(str, overview.LACKING)
    ).select_related("unit__jurisdiction")
    if request.method == "POST":
        ticked = lacking.filter(unit__code__in=request.POST.getlist("unit"))
        told = letters.remind_units(list(ticked), now=now)
        words = ngettext("%(n)s unit is written to.", "%(n)s units are written to.", told)
        messages.success(request, words % {"n": number(told, request.LANGUAGE_CODE)})
        return redirect("monitor:sites")
    rows = [(site, letters.may_be_reminded(site, now=now)) for site in lacking]
    return render(request, "monitor/remind.html", {"rows": rows})
