"""The visit of a person to the own record: half an hour, kept in the session and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from registration.intake.pages import alternates
from registration.people.models import Contact, OneTimeLink
from registration.pledges.choices import OPEN_STATES, PledgeState
from registration.pledges.events import with_origin
from registration.pledges.models import Pledge
from registration.records.rules import VISIT_LIFE

KEY = "record"


@dataclass(frozen=True)
class Visit:
    """Whose record is open. ``contact`` is the one whose link opened it."""

    pledge: Pledge
    contact: Contact | None
    until: datetime


def begin_visit(request: HttpRequest, link: OneTimeLink, *, now: datetime) -> None:
    """Open the record of a link that was just used. The session gets a new key (no fixation)."""
    request.session.cycle_key()
    request.session[KEY] = {
        "pledge": str(link.about),
        "contact": str(link.contact_id),
        "until": (now + VISIT_LIFE).timestamp(),
    }


def find_visit(request: HttpRequest, *, now: datetime) -> Visit | None:
    """The open visit, if its half hour is not over and its registration has not ended elsewhere."""
    kept = request.session.get(KEY)
    if kept is None or now.timestamp() >= kept["until"]:
        return None
    pledge = with_origin().filter(pk=kept["pledge"]).first()
    if pledge is None:
        return None
    withdrawn_here = pledge.state == PledgeState.WITHDRAWN and kept.get("ended", False)
    if pledge.state not in OPEN_STATES and not withdrawn_here:
        return None
    contact = Contact.objects.filter(pk=kept["contact"]).first()
    return Visit(pledge, contact, datetime.fromtimestamp(kept["until"], UTC))


def move_visit(request: HttpRequest, visit: Visit, *, to: Pledge) -> None:
    """After a change the visit goes on at the registration that took the place."""
    used = visit.contact.value_hash if visit.contact else ""
    contact = to.particulars.contacts.filter(value_hash=used).first() or visit.contact
    kept = request.session[KEY]
    kept |= {"pledge": str(to.pk), "contact": str(contact.pk) if contact else kept["contact"]}
    request.session[KEY] = kept


def note_end(request: HttpRequest) -> None:
    """The registration was withdrawn in this visit, which may still fetch the proof."""
    request.session[KEY] = {**request.session[KEY], "ended": True}


def end_visit(request: HttpRequest) -> None:
    request.session.pop(KEY, None)


def in_visit(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the open visit; without one, nothing but the way to get a link."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = timezone.now()
        visit = find_visit(request, now=now)
        if visit is None:
            context = {"alternates": alternates(request, "records:ask")}
            return render(request, "records/visit_ended.html", context, status=403)
        return view(request, visit, now, *args, **kwargs)

    return answer
