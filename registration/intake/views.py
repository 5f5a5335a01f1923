"""The public's pages: choose the province, fill in, check, send, received, confirm, contest."""

from datetime import datetime

from django.core import signing
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from registration.common.errors import RuleBroken
from registration.common.limits import count_use
from registration.common.pages import STATUSES, SeeOther, private_page
from registration.intake import codes
from registration.intake.channels import (
    Elsewhere,
    channel_on,
    elsewhere_of,
    find_province,
    moved_on,
    provinces_elsewhere,
)
from registration.intake.contests import Stage, answer_contest, find_contest
from registration.intake.doors import find_door
from registration.intake.forms import CodeForm
from registration.intake.gate import sender_of
from registration.intake.pages import alternates
from registration.intake.provinces import provinces_to_choose
from registration.intake.visit import RECEIVED_SALT, Visit
from registration.people.services import find_link, require_open
from registration.pledges import services
from registration.pledges.choices import LinkPurpose, PledgeState
from registration.pledges.models import Pledge
from registration.pledges.rules import require_confirmable

RECEIVED_SECONDS = 24 * 3600
# One that waits for a comparison is shown as confirmed: whoever confirmed learns of no other.
SETTLED = (PledgeState.CONFIRMED, PledgeState.WAITING)


@require_safe
@private_page("strict-origin-when-cross-origin")
def choose(request: HttpRequest) -> HttpResponse:
    """Every province that takes registrations, the reader's own country first."""
    language = translation.get_language()
    typed = request.GET.get("q", "")[:60]
    # By the day of Greenwich: for the hours between, the province's own page knows better.
    elsewhere = provinces_elsewhere(timezone.now().date())
    context = {
        "groups": provinces_to_choose(language, elsewhere=elsewhere, typed=typed),
        "typed": typed,
        "placement": request.GET.get("b", "")[:16],
        "alternates": alternates(request, "intake:choose"),
    }
    return render(request, "intake/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@private_page("same-origin")
def fill_in(request: HttpRequest, province: str) -> HttpResponse:
    """The form, and both steps that are posted to it: check, then send.

    Where the province's channel is another one, a page that leads there; nothing is registered.
    """
    now = timezone.now()
    door = find_door(province, language=translation.get_language(), now=now)
    place = door.province if door else find_province(province)
    if place is None:
        raise Http404
    day = now.astimezone(place.jurisdiction.zone).date()
    posts = request.method == "POST"
    sends = posts and request.POST.get("action") == "send"
    channel = channel_on(place, day, anew=sends)
    elsewhere = elsewhere_of(place, channel, has_form=door is not None, day=day)
    if door is None or elsewhere:
        return _lead_elsewhere(request, elsewhere or Elsewhere(place))
    visit = Visit(request, door, moved_on=moved_on(channel, day))
    steps = {"change": visit.change, "send": visit.send}
    try:
        if not posts:
            return visit.start()
        return steps.get(request.POST.get("action", ""), visit.check)()
    except RuleBroken as error:
        # No text to agree to, or not in this language: nobody can be registered here now.
        context = {"trouble": error, "department": door.department}
        return render(request, "intake/closed.html", context, status=503)


def _lead_elsewhere(request: HttpRequest, elsewhere: Elsewhere) -> HttpResponse:
    """A page, or the outside form itself; what is posted is told that nothing was saved."""
    if request.method != "POST" and elsewhere.leads_on:
        return HttpResponseRedirect(elsewhere.address)
    context = {
        "elsewhere": elsewhere,
        "moved_on": elsewhere.moved_on,
        "province": elsewhere.province,
        "jurisdiction": elsewhere.province.jurisdiction,
        "placement": request.GET.get("b", request.POST.get("b", ""))[:16],
        "alternates": alternates(request, "intake:fill_in", elsewhere.province.address_code),
    }
    if request.method != "POST":
        return render(request, elsewhere.template, context)
    context["trouble"] = RuleBroken(
        "channel_elsewhere",
        _("Nothing was saved: this province does not take registrations on this form now."),
    )
    return render(request, elsewhere.template, context, status=409)


@require_safe
@private_page("same-origin")
def received(request: HttpRequest, token: str) -> HttpResponse:
    """What was saved, read back: the reference and the next step, and nothing of a person."""
    try:
        key = signing.loads(token, salt=RECEIVED_SALT, max_age=RECEIVED_SECONDS)
    except signing.BadSignature:
        return render(request, "intake/received_ended.html", status=404)
    pledge = Pledge.objects.select_related("jurisdiction").filter(pk=key).first()
    if pledge is None:
        return render(request, "intake/received_ended.html", status=404)
    context = {"pledge": pledge, "alternates": alternates(request, "intake:received", token)}
    if codes.is_confirmed_by_code(pledge):
        context["form"] = CodeForm(initial={"reference": pledge.reference})
    return render(request, "intake/received.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page("same-origin")
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET and HEAD only show a button: mail scanners open links. The POST confirms."""
    now = timezone.now()
    links = alternates(request, "intake:confirm", token)
    try:
        if request.method == "POST":
            services.confirm_by_link(token, now=now)
            return SeeOther(reverse("intake:confirm", args=[token]))
        link = find_link(token, purpose=LinkPurpose.CONFIRM)
        pledge = _with_places().get(pk=link.about)
        context = {"pledge": pledge, "alternates": links}
        if pledge.state in SETTLED:
            return render(request, "intake/confirmed.html", context)
        require_confirmable(PledgeState(pledge.state))
        require_open(link, now=now)
    except RuleBroken as error:
        context = {"trouble": error, "alternates": links}
        status = STATUSES.get(error.code, 410)
        return render(request, "intake/link_ended.html", context, status=status)
    return render(request, "intake/confirm.html", context)


def _with_places() -> QuerySet[Pledge]:
    return Pledge.objects.select_related("jurisdiction", "department", "province")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@private_page("same-origin")
def code(request: HttpRequest) -> HttpResponse:
    """Confirm by reference and six digits, or ask for new ones.

    An unknown reference, a wrong code and one that has ended get the same answer.
    """
    context = {"form": CodeForm(), "alternates": alternates(request, "intake:code")}
    if request.method != "POST":
        return render(request, "intake/code.html", context)
    now = timezone.now()
    asks_anew = request.POST.get("action") == "new"
    form = CodeForm(request.POST, asks_anew=asks_anew)
    if not form.is_valid():
        return render(request, "intake/code.html", {**context, "form": form}, status=422)
    reference = form.cleaned_data["reference"]
    context["form"] = CodeForm(initial={"reference": reference})
    try:
        _count_code(request, now=now)
        if not asks_anew:
            pledge = codes.confirm_by_code(reference, form.cleaned_data["code"], now=now)
            return SeeOther(codes.confirmed_address(pledge))
        codes.send_new_code(reference, now=now)
    except RuleBroken as error:
        status = STATUSES.get(error.code, 422)
        return render(request, "intake/code.html", {**context, "trouble": error}, status=status)
    return render(request, "intake/code.html", {**context, "asked_anew": True})


def _count_code(request: HttpRequest, *, now: datetime) -> None:
    if not count_use(codes.SENDER_OF_CODES, sender_of(request), now=now):
        raise RuleBroken(
            "too_many",
            _("Too many codes came from your connection in a short time. Wait an hour."),
        )


@require_safe
@private_page("no-referrer")
def confirmed(request: HttpRequest, token: str) -> HttpResponse:
    """After the right code: the same page as after the button in the mail."""
    key = codes.confirmed_key(token)
    pledge = _with_places().filter(pk=key, state__in=SETTLED).first() if key else None
    context = {"pledge": pledge, "alternates": alternates(request, "intake:confirmed", token)}
    if pledge is None:
        return render(request, "intake/received_ended.html", context, status=404)
    return render(request, "intake/confirmed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page("same-origin")
def contest(request: HttpRequest, token: str) -> HttpResponse:
    """ "This is not mine", or, of one that waits, "it was me". Only the POST does anything."""
    now = timezone.now()
    context: dict[str, object] = {"alternates": alternates(request, "intake:contest", token)}
    try:
        if request.method == "POST":
            answer_contest(token, request.POST.get("answer", ""), now=now)
            return SeeOther(reverse("intake:contest", args=[token]))
        found = find_contest(token, now=now)
    except RuleBroken as error:
        context["trouble"] = error
        status = STATUSES.get(error.code, 410)
        return render(request, "intake/contest_ended.html", context, status=status)
    context["contest"] = found
    status = 410 if found.stage == Stage.ENDED else 200
    return render(request, "intake/contest.html", context, status=status)
