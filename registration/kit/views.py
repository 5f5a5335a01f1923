"""The public's pages: find the unit, choose, get the code, paste it, hang up the poster."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from registration.banners.choices import Size
from registration.banners.models import Banner, Placement
from registration.banners.pictures import banner_picture
from registration.banners.rules import network_of
from registration.banners.services import place
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.common.networks import address_of
from registration.common.pages import SeeOther, alternates
from registration.kit import papers
from registration.kit.choices import SIZES, Guide, Paper, languages
from registration.kit.finding import MOST_FOUND, banners_for, find_unit, find_units
from registration.kit.forms import ChoiceForm
from registration.kit.pages import of_placement, public
from registration.kit.texts import Kit
from registration.units.models import Unit

# A department may get the codes for all of its units in one afternoon.
PLACES = Limit("kit.place", times=120, seconds=3600)
STATUSES = {"too_many": 429, "banner_over": 409}
PAPER_SECONDS = 3600


@require_safe
@public()
def choose(request: HttpRequest) -> HttpResponse:
    """The unit by a part of its name."""
    typed = request.GET.get("q", "")[:60]
    query = QueryDict(mutable=True)
    if typed:
        query["q"] = typed
    found = find_units(typed, language=translation.get_language())
    context = {
        "typed": typed,
        "units": found[:MOST_FOUND],
        "has_more": len(found) > MOST_FOUND,
        "alternates": alternates("kit:choose", query=query.urlencode()),
    }
    return render(request, "kit/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest, code: str) -> HttpResponse:
    """Banner, language and size of one unit; the POST gives the code out."""
    unit = find_unit(code)
    if unit is None:
        context: dict[str, object] = {"alternates": alternates("kit:choose")}
        return render(request, "kit/unknown_unit.html", context, status=404)
    now = timezone.now()
    banners = banners_for(unit, day=now.astimezone(unit.jurisdiction.zone).date())
    context = {"unit": unit, "alternates": alternates("kit:fill_in", unit.code)}
    if not banners:
        return render(request, "kit/no_banner.html", context)
    form = ChoiceForm(unit, banners, _chosen(request))
    context["form"] = form
    if request.method != "POST" or request.POST.get("action") == "show":
        return _answer(request, context)
    if not form.is_valid():
        return _answer(request, context, status=422)
    try:
        placement = _place(request, unit, form, now=now)
    except RuleBroken as error:
        context["trouble"] = error
        return _answer(request, context, status=STATUSES[error.code])
    return SeeOther(reverse("kit:placed", args=[placement.code]))


def _answer(request: HttpRequest, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    response = render(request, "kit/fill_in.html", context, status=status)
    # Under "no-referrer" a browser would send "Origin: null" with the form, which is refused.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _chosen(request: HttpRequest) -> QueryDict | None:
    """What was chosen by the form, or by the address of a link."""
    if request.method == "POST":
        return request.POST
    return request.GET if {"banner", "language", "size"} <= set(request.GET) else None


def _place(request: HttpRequest, unit: Unit, form: ChoiceForm, *, now: datetime) -> Placement:
    if not count_use(PLACES, network_of(address_of(request)), now=now):
        raise RuleBroken(
            "too_many",
            _("Too many codes were asked for from your connection. Wait an hour and try again."),
        )
    chosen = form.cleaned_data
    return place(
        form.banners[chosen["banner"]],
        unit,
        language=chosen["language"],
        size=Size(chosen["size"]),
        now=now,
    )


@require_safe
@public(seconds=300)
def preview(request: HttpRequest, banner: str, language: str, size: str) -> HttpResponse:
    """A banner that nobody has placed yet. Only what was published is drawn."""
    found = Banner.objects.filter(code=banner, live=True).select_related("campaign__owner").first()
    if found is None or language not in dict(languages()) or size not in SIZES:
        raise Http404
    shown = banner_picture(found, language, size=Size(size))
    etag = f'"{shown.digest}"'
    return HttpResponse(shown.png(), content_type="image/png", headers={"ETag": etag})


@require_safe
@public()
@of_placement
def placed(request: HttpRequest, placement: Placement) -> HttpResponse:
    """The code in all its kinds, how to paste it, the poster, the signature."""
    return render(request, "kit/placed.html", _told(placement, "kit:placed"))


@require_safe
@public()
@of_placement
def print_out(request: HttpRequest, placement: Placement) -> HttpResponse:
    """The same on one sheet, for whoever works from paper."""
    return render(request, "kit/print.html", _told(placement, "kit:print"))


@require_safe
@public()
@of_placement
def how(request: HttpRequest, placement: Placement, guide: str) -> HttpResponse:
    if guide not in Guide:
        raise Http404
    context = _told(placement, "kit:how", guide) | {"guide": Guide(guide)}
    return render(request, f"kit/guides/{guide}.html", context)


@require_safe
@public(seconds=PAPER_SECONDS)
@of_placement
def qr_svg(request: HttpRequest, placement: Placement) -> HttpResponse:
    return HttpResponse(papers.qr_svg(placement), content_type="image/svg+xml")


@require_safe
@public(seconds=PAPER_SECONDS)
@of_placement
def qr_png(request: HttpRequest, placement: Placement) -> HttpResponse:
    return _file(papers.qr_png(placement), "image/png", f"qr-{placement.code}.png")


@require_safe
@public(seconds=300)
@of_placement
def poster(request: HttpRequest, placement: Placement, paper: str) -> HttpResponse:
    if paper not in Paper:
        raise Http404
    made = papers.poster(placement, Paper(paper))
    return _file(made, "application/pdf", f"poster-{paper}-{placement.code}.pdf")


def _file(made: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(made, content_type=kind, headers=headers)


def _told(placement: Placement, name: str, *args: str) -> dict[str, object]:
    return {
        "placement": placement,
        "unit": placement.unit,
        "kit": Kit(placement),
        "alternates": alternates(name, placement.code, *args),
    }
