"""Where the link in a message leads: the documents behind sign-in, and the word that they came."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registration.accounts.access import require_right, staff_of
from registration.accounts.choices import Right
from registration.common.dates import date_time
from registration.common.pages import SeeOther
from registration.deliveries.editions import Papers, edition_for, facts_of_papers, file_response
from registration.deliveries.fence import visible_to
from registration.deliveries.links import LinkUnknown, read_link
from registration.deliveries.models import Delivery
from registration.deliveries.receipts import acknowledge_delivery, note_opening
from registration.outbox.choices import Channel


def _delivery(request: HttpRequest, token: str) -> tuple[Delivery, bool]:
    """The delivery of a link, and whether the link is still good; else 404."""
    try:
        key, is_good = read_link(token)
    except LinkUnknown:
        raise Http404 from None
    found = Delivery.objects.filter(recipient__department__in=visible_to(request.user))
    return (
        get_object_or_404(
            found.select_related(
                "summary__window",
                "summary__department__jurisdiction",
                "provisional__department__jurisdiction",
                "recipient__department__jurisdiction",
                "acknowledged_by",
            ).exclude(message__channel=Channel.WEBHOOK),
            message__dedupe_key=key,
        ),
        is_good,
    )


def _papers(delivery: Delivery) -> Papers:
    thing = delivery.summary or delivery.provisional
    if thing is None:
        raise Http404
    return Papers(thing, edition_for(delivery.recipient.is_outside))


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def delivery(request: HttpRequest, token: str) -> HttpResponse:
    """The documents that a message told of. The opening is noted, receipt never by it."""
    found, is_good = _delivery(request, token)
    papers = _papers(found)
    language = translation.get_language()
    context = {
        "delivery": found,
        "token": token,
        "facts": facts_of_papers(papers, language),
        "formats": [{"code": each.value, "label": each.label} for each in papers.formats],
        "desk_url": _desk_address(found),
    }
    if not is_good:
        return render(request, "deliveries/link_expired.html", context, status=410)
    if request.method == "GET":
        note_opening(found, now=timezone.now())
    if found.acknowledged_at and found.acknowledged_by:
        zone = found.recipient.department.jurisdiction.time_zone
        context["acknowledged"] = date_time(found.acknowledged_at, language, zone=zone)
    return render(request, "deliveries/delivery.html", context)


def _desk_address(delivery: Delivery) -> str:
    """The same figures on the desk, where no link runs out."""
    code = delivery.recipient.department.code
    if delivery.summary:
        day = delivery.summary.window.day.isoformat()
        return reverse("overview:summary", args=[code, day])
    number = delivery.provisional.number if delivery.provisional else 0
    return reverse("deliveries:provisional", args=[code, number])


@require_safe
@never_cache
@require_right(Right.SEE_REPORTS)
def document(request: HttpRequest, token: str, format: str) -> HttpResponseBase:
    """One document, in the edition that the recipient gets."""
    found, is_good = _delivery(request, token)
    if not is_good:
        return delivery(request, token)
    return file_response(_papers(found), format)


@require_POST
@never_cache
@require_right(Right.SEE_REPORTS)
def acknowledge(request: HttpRequest, token: str) -> HttpResponse:
    """The office has received it: said once, by a person who is signed in."""
    found, is_good = _delivery(request, token)
    if is_good and acknowledge_delivery(found, staff=staff_of(request), now=timezone.now()):
        messages.success(request, _("Receipt is confirmed. Thank you."))
    return SeeOther(reverse("deliveries:delivery", args=[token]))
