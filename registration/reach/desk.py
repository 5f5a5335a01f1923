"""Desk pages: a secretary sees the numbers of the own unit, a department those of its units."""

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registration.accounts.access import require_right
from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.banners.models import Prompt
from registration.banners.prompts import frame_code, image_code
from registration.common.dates import date_time, number
from registration.common.folding import fold
from registration.common.pages import file_to_keep
from registration.common.spreadsheets import csv_bytes
from registration.reach import results, services
from registration.reach.figures import Counts, last_days, numbers_of_units
from registration.reach.shown import csv_rows, numbers_context, period_of
from registration.units.models import Unit

DAYS = 30
# Whose numbers are meant: the address names the unit, or else it is one's own.
Addresses = Callable[..., str]


@require_safe
@never_cache
@require_right(Right.WATCH_SITES)
def units(request: HttpRequest) -> HttpResponse:
    """The units of the province with their last 30 days, those that brought most first."""
    typed = request.GET.get("q", "").strip()[:60]
    listed = _units(request)
    if typed:
        listed = listed.filter(folded__contains=fold(typed))
    found = list(listed.select_related("jurisdiction"))
    counted: dict[int, Counts] = {}
    if found:
        span = last_days(DAYS, now=timezone.now(), zone=found[0].jurisdiction.zone)
        counted = numbers_of_units(found, span)
    rows = [(unit, counted.get(unit.pk, Counts())) for unit in found]
    rows.sort(key=lambda row: (-row[1].received, -row[1].clicks, -row[1].views, row[0].folded))
    language = request.LANGUAGE_CODE
    context = {
        "typed": typed,
        "days": DAYS,
        "rows": [
            (
                unit,
                *(
                    number(each, language)
                    for each in (counts.views, counts.clicks, counts.received, counts.confirmed)
                ),
            )
            for unit, counts in rows
        ],
    }
    return render(request, "reach/desk_units.html", context)


@require_safe
@never_cache
@require_right(Right.WATCH_SITES)
def one(request: HttpRequest, unit: str) -> HttpResponse:
    return _numbers(request, _unit(request, unit), _of_unit)


@require_safe
@never_cache
@require_right(Right.SEE_PLACEMENTS)
def own(request: HttpRequest) -> HttpResponse:
    return _numbers(request, _own(request), _of_own)


@require_safe
@never_cache
@require_right(Right.WATCH_SITES)
def one_csv(request: HttpRequest, unit: str) -> HttpResponse:
    return _csv(request, _unit(request, unit))


@require_safe
@never_cache
@require_right(Right.SEE_PLACEMENTS)
def own_csv(request: HttpRequest) -> HttpResponse:
    return _csv(request, _own(request))


@require_POST
@never_cache
@require_right(Right.WATCH_SITES)
def one_link(request: HttpRequest, unit: str) -> HttpResponse:
    return _make_link(request, _unit(request, unit), _of_unit)


@require_POST
@never_cache
@require_right(Right.SEE_PLACEMENTS)
def own_link(request: HttpRequest) -> HttpResponse:
    return _make_link(request, _own(request), _of_own)


@require_safe
@never_cache
@require_right(Right.WATCH_SITES)
def one_prompt(request: HttpRequest, unit: str, code: str) -> HttpResponse:
    return _prompt(request, _unit(request, unit), code, _of_unit)


@require_safe
@never_cache
@require_right(Right.SEE_PLACEMENTS)
def own_prompt(request: HttpRequest, code: str) -> HttpResponse:
    return _prompt(request, _own(request), code, _of_own)


@require_safe
@never_cache
@require_right(Right.WATCH_SITES)
def one_prompt_csv(request: HttpRequest, unit: str, code: str) -> HttpResponse:
    return _prompt_csv(request, _unit(request, unit), code)


@require_safe
@never_cache
@require_right(Right.SEE_PLACEMENTS)
def own_prompt_csv(request: HttpRequest, code: str) -> HttpResponse:
    return _prompt_csv(request, _own(request), code)


def _units(request: HttpRequest) -> Any:
    provinces = cast(Staff, request.user).provinces()
    return Unit.objects.filter(province__in=provinces, is_active=True).order_by("folded")


def _unit(request: HttpRequest, code: str) -> Unit:
    """A unit of one's provinces; any other does not exist."""
    found: Unit | None = _units(request).select_related("jurisdiction").filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _own(request: HttpRequest) -> Unit:
    unit = cast(Staff, request.user).unit
    if unit is None:
        raise Http404
    return unit


def _of_unit(name: str, unit: Unit, *more: str) -> str:
    return reverse(f"reach_desk:one{name}", args=[unit.code, *more])


def _of_own(name: str, _unit: Unit, *more: str) -> str:
    return reverse(f"reach_desk:own{name}", args=more)


def _numbers(
    request: HttpRequest, unit: Unit, address: Addresses, *, new_link: str = ""
) -> HttpResponse:
    link = services.open_link(unit)
    zone, language = unit.jurisdiction.time_zone, request.LANGUAGE_CODE
    context = numbers_context(
        unit,
        period=period_of(request.GET.get("period", "")),
        language=language,
        now=timezone.now(),
    )
    context |= {
        "new_link": new_link,
        "link_made_at": date_time(link.made_at, language, zone=zone) if link else "",
        "self_url": address("", unit),
        "link_url": address("_link", unit),
        "csv_url": address("_csv", unit),
        "is_own": address is _of_own,
        "prompts": [
            (prompt, address("_prompt", unit, prompt.code))
            for prompt in Prompt.objects.filter(unit=unit).order_by("created_at", "pk")
        ],
    }
    return render(request, "reach/desk_numbers.html", context)


def _csv(request: HttpRequest, unit: Unit) -> HttpResponse:
    period = period_of(request.GET.get("period", ""))
    rows = csv_rows(unit, period=period, now=timezone.now())
    return file_to_keep(csv_bytes(rows), f"{unit.code}.csv")


def _make_link(request: HttpRequest, unit: Unit, address: Addresses) -> HttpResponse:
    """Answered with the page itself: the link is shown this once and is kept nowhere."""
    token = services.make_link(unit, by=cast(Staff, request.user), now=timezone.now())
    with translation.override(unit.language):
        link = settings.BASE_URL + reverse("reach:numbers", args=[token])
    return _numbers(request, unit, address, new_link=link)


def _found_prompt(unit: Unit, code: str) -> Prompt:
    prompt = Prompt.objects.select_related("unit").filter(unit=unit, code=code).first()
    if prompt is None:
        raise Http404
    return prompt


def _prompt(request: HttpRequest, unit: Unit, code: str, address: Addresses) -> HttpResponse:
    """The code to paste, and what each wording brought."""
    prompt = _found_prompt(unit, code)
    language = request.LANGUAGE_CODE
    found = results.results_of(prompt, language=language)
    context = {
        "unit": unit,
        "prompt": prompt,
        "results": found,
        "verdict": results.verdict(found),
        "chart_title": results.chart_title(),
        "chart": (
            results.chart_of(found, language=language)
            if any(result.counts.received for result in found)
            else ""
        ),
        "codes": [
            (
                "code-image",
                _("Link and picture: the wording changes every hour"),
                image_code(prompt),
            ),
            ("code-frame", _("Frame: each visitor gets a wording by chance"), frame_code(prompt)),
        ],
        "self_url": address("", unit),
        "csv_url": address("_prompt_csv", unit, prompt.code),
    }
    return render(request, "reach/desk_prompt.html", context)


def _prompt_csv(request: HttpRequest, unit: Unit, code: str) -> HttpResponse:
    prompt = _found_prompt(unit, code)
    found = results.results_of(prompt, language=request.LANGUAGE_CODE)
    return file_to_keep(csv_bytes(results.csv_rows(found)), f"{unit.code}-{prompt.code}.csv")
