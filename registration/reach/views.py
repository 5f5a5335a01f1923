"""The public's pages: a unit asks for its numbers, and sees them by its private link."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from registration.banners.rules import network_of
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.common.networks import address_of
from registration.common.pages import SeeOther, alternates, file_to_keep, private_page
from registration.common.spreadsheets import csv_bytes
from registration.kit.finding import MOST_FOUND, find_unit, find_units
from registration.reach import services
from registration.reach.shown import csv_rows, numbers_context, period_of

# A department may ask for some of its units in one go.
SENDER = Limit("reach.sender", times=30, seconds=3600)
STATUSES = {"link_unknown": 404, "link_ended": 410, "offer_ended": 410, "too_many": 429}


@require_safe
@private_page("same-origin")
def ask(request: HttpRequest) -> HttpResponse:
    """The unit by a part of its name."""
    typed = request.GET.get("q", "")[:60]
    found = find_units(typed, language=translation.get_language())
    context = {
        "typed": typed,
        "units": found[:MOST_FOUND],
        "has_more": len(found) > MOST_FOUND,
        "alternates": alternates("reach:ask"),
    }
    return render(request, "reach/ask.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page("same-origin")
def send(request: HttpRequest, unit: str) -> HttpResponse:
    """The POST writes to the unit's own address, if we know one. It is answered the same if not."""
    found = find_unit(unit)
    if found is None:
        raise Http404
    context = {"unit": found, "alternates": alternates("reach:send", found.code)}
    if request.method != "POST":
        return render(request, "reach/send.html", context)
    now = timezone.now()
    if not count_use(SENDER, network_of(address_of(request)), now=now):
        context["trouble"] = RuleBroken(
            "too_many",
            _("Too many links were asked for from your connection. Wait an hour and try again."),
        )
        return render(request, "reach/send.html", context, status=429)
    services.send_offer(found, now=now)
    return SeeOther(reverse("reach:sent"))


@require_safe
@private_page("same-origin")
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "reach/sent.html", {"alternates": alternates("reach:sent")})


@require_http_methods(["GET", "HEAD", "POST"])
@private_page("same-origin")
def take(request: HttpRequest, offer: str) -> HttpResponse:
    """GET says what happens, for mail scanners open links. The POST makes the link and opens it."""
    try:
        if request.method == "POST":
            token = services.take_offer(offer, now=timezone.now())
            return SeeOther(reverse("reach:numbers", args=[token]))
        unit = services.look_at_offer(offer)
    except RuleBroken as error:
        return _trouble(request, error)
    context = {
        "unit": unit,
        "has_link": services.open_link(unit) is not None,
        "alternates": alternates("reach:take", offer),
    }
    return render(request, "reach/take.html", context)


@require_safe
@private_page("no-referrer")
def numbers(request: HttpRequest, token: str, is_print: bool = False) -> HttpResponse:
    """Views, clicks and registrations of one unit; nothing of a person."""
    try:
        unit = services.unit_of(token)
    except RuleBroken as error:
        return _trouble(request, error)
    context = numbers_context(
        unit,
        period=period_of(request.GET.get("period", "")),
        language=translation.get_language(),
        now=timezone.now(),
        is_print=is_print,
    )
    name = "reach:print" if is_print else "reach:numbers"
    context |= {
        "token": token,
        "csv_url": reverse("reach:csv", args=[token]),
        "alternates": alternates(name, token, query=f"period={context['period']}"),
    }
    return render(request, "reach/numbers.html", context)


@require_safe
@private_page("no-referrer")
def export(request: HttpRequest, token: str) -> HttpResponse:
    try:
        unit = services.unit_of(token)
    except RuleBroken as error:
        return _trouble(request, error)
    period = period_of(request.GET.get("period", ""))
    rows = csv_rows(unit, period=period, now=timezone.now())
    return file_to_keep(csv_bytes(rows), f"{unit.code}.csv")


def _trouble(request: HttpRequest, error: RuleBroken) -> HttpResponse:
    context = {"trouble": error, "alternates": alternates("reach:ask")}
    return render(request, "reach/ended.html", context, status=STATUSES[error.code])
