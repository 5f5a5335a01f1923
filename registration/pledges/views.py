"""The public's pages: choose the province, fill in, check, send, received, confirm."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from registration.common.errors import RuleBroken
from registration.people.services import find_link, require_open
from registration.pledges import services
from registration.pledges.choices import LinkPurpose, PledgeState
from registration.pledges.doors import find_door
from registration.pledges.models import Pledge
from registration.pledges.pages import STATUSES, SeeOther, alternates, private_page
from registration.pledges.provinces import provinces_to_choose
from registration.pledges.visit import RECEIVED_SALT, Visit

RECEIVED_SECONDS = 24 * 3600


@require_safe
@private_page("strict-origin-when-cross-origin")
def choose(request: HttpRequest) -> HttpResponse:
    """Every province that takes registrations, the reader's own country first."""
    language = translation.get_language()
    typed = request.GET.get("q", "")[:60]
    context = {
        "groups": provinces_to_choose(language, typed=typed),
        "typed": typed,
        "placement": request.GET.get("b", "")[:16],
        "alternates": alternates(request, "pledges:choose"),
    }
    return render(request, "pledges/choose.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@private_page("same-origin")
def fill_in(request: HttpRequest, province: str) -> HttpResponse:
    """The form, and both steps that are posted to it: check, then send."""
    door = find_door(province, language=translation.get_language(), now=timezone.now())
    if door is None:
        raise Http404
    visit = Visit(request, door)
    steps = {"change": visit.change, "send": visit.send}
    try:
        if request.method != "POST":
            return visit.start()
        return steps.get(request.POST.get("action", ""), visit.check)()
    except RuleBroken as error:
        # No text to agree to, or not in this language: nobody can be registered here now.
        context = {"trouble": error, "department": door.department}
        return render(request, "pledges/closed.html", context, status=503)


@require_safe
@private_page("no-referrer")
def received(request: HttpRequest, token: str) -> HttpResponse:
    """What was saved, read back: the reference and the next step, and nothing of a person."""
    try:
        key = signing.loads(token, salt=RECEIVED_SALT, max_age=RECEIVED_SECONDS)
    except signing.BadSignature:
        return render(request, "pledges/received_ended.html", status=404)
    pledge = Pledge.objects.select_related("jurisdiction").filter(pk=key).first()
    if pledge is None:
        return render(request, "pledges/received_ended.html", status=404)
    context = {"pledge": pledge, "alternates": alternates(request, "pledges:received", token)}
    return render(request, "pledges/received.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private_page("same-origin")
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """GET and HEAD only show a button: mail scanners open links. The POST confirms."""
    now = timezone.now()
    links = alternates(request, "pledges:confirm", token)
    try:
        if request.method == "POST":
            services.confirm_by_link(token, now=now)
            return SeeOther(reverse("pledges:confirm", args=[token]))
        link = find_link(token, purpose=LinkPurpose.CONFIRM)
        pledge = Pledge.objects.select_related("jurisdiction", "department").get(pk=link.about)
        context = {"pledge": pledge, "alternates": links}
        if pledge.state == PledgeState.CONFIRMED:
            return render(request, "pledges/confirmed.html", context)
        require_open(link, now=now)
    except RuleBroken as error:
        context = {"trouble": error, "alternates": links}
        status = STATUSES.get(error.code, 410)
        return render(request, "pledges/link_ended.html", context, status=status)
    return render(request, "pledges/confirm.html", context)
