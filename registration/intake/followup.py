"""What follows a confirmed intent: two reminders, and what the person answers to them."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from registration.common.dates import date_time
from registration.common.errors import RuleBroken
from registration.people.models import Contact, OneTimeLink, Person
from registration.people.services import find_link, issue_link
from registration.pledges.choices import LinkPurpose, PledgeState, StepKind
from registration.pledges.events import with_origin
from registration.pledges.letters import contacts_to_tell, tell
from registration.pledges.models import Pledge
from registration.pledges.services import withdraw_pledge
from registration.pledges.steps import steps_taken, take_step
from registration.units.choices import PledgeKind
from registration.units.models import Jurisdiction

logger = logging.getLogger(__name__)

# How long the statement is waited for before each reminder. Vietnam's applications
# are followed by a steward, who calls.
REMINDERS: dict[str, tuple[timedelta, ...]] = {
    PledgeKind.INTENT: (timedelta(days=3), timedelta(days=14)),
}
LINK_LIFE = timedelta(days=30)
AT_MOST = 500
# Hours of the reader's day in which a telephone may ring with a message.
DAYTIME = range(9, 20)


def remind_due(*, now: datetime) -> int:
    """Remind those who have not said that their statement is made; how many were reminded.

    In the daytime of their country only, at most 500 at a time, each reminder exactly once with
    however many workers. When two are due, because nothing ran for days, the later one goes out
    alone. Whoever asked for help is not reminded; from the office's call the days count anew. Nor
    is anybody whose registration is only kept, at their request.
    A row that fails is logged without values and stays due.
    """
    reminded = 0
    for pledge_id, (seen, number) in _due(now).items():
        try:
            reminded += _remind(pledge_id, seen=seen, number=number, now=now)
        except Exception as error:
            logger.error("Reminder for %s not written: %s.", pledge_id, type(error).__name__)
    return reminded


def _due(now: datetime) -> dict[UUID, tuple[int, int]]:
    """Registrations with the reminders they had, and the one that is due. The last one first."""
    awake = [
        jurisdiction.pk
        for jurisdiction in Jurisdiction.objects.filter(pledge_kind__in=REMINDERS)
        if now.astimezone(jurisdiction.zone).hour in DAYTIME
    ]
    found: dict[UUID, tuple[int, int]] = {}
    for kind, pauses in REMINDERS.items():
        waiting = Pledge.objects.filter(
            # By the provinces, which the index of the work list begins with.
            province__jurisdiction__in=awake,
            kind=kind,
            state=PledgeState.CONFIRMED,
            next_step=StepKind.HANDED_OVER,
            person__restricted_at=None,
        )
        for number in range(len(pauses), 0, -1):
            due = waiting.filter(reminders__lt=number, waiting_since__lte=now - pauses[number - 1])
            rows = due.order_by("waiting_since").values_list("pk", "reminders")
            for pledge_id, seen in rows[:AT_MOST]:
                found.setdefault(pledge_id, (seen, number))
    return dict(list(found.items())[:AT_MOST])


@transaction.atomic
def _remind(pledge_id: UUID, *, seen: int, number: int, now: datetime) -> bool:
    """Claim one reminder, then write it. False if another worker, or the person, was first."""
    # By itself, not joined: of two workers the second must read the row anew.
    unrestricted = Person.objects.filter(pk=OuterRef("person_id"), restricted_at=None)
    claimed = Pledge.objects.filter(
        Exists(unrestricted),
        pk=pledge_id,
        reminders=seen,
        state=PledgeState.CONFIRMED,
        next_step=StepKind.HANDED_OVER,
    ).update(reminders=number)
    if not claimed:
        return False
    pledge = with_origin().get(pk=pledge_id)
    # One message is enough: what came on paper is followed at the contact that was told of it.
    for contact in contacts_to_tell(pledge)[:1]:
        _send_reminder(pledge, contact, number=number, now=now)
    return True


def _send_reminder(pledge: Pledge, contact: Contact, *, number: int, now: datetime) -> None:
    token = issue_link(
        contact, purpose=LinkPurpose.FOLLOW_UP, about=pledge.pk, now=now, life=LINK_LIFE
    )
    with translation.override(contact.particulars.language):
        follow_up_url = settings.BASE_URL + reverse("intake:follow_up", args=[token])
    tell(
        contact,
        "intake/reminder",
        about=pledge,
        dedupe_key=f"intake/reminder:{pledge.pk}:{number}",
        now=now,
        stoppable=str(pledge.pk),
        follow_up_url=follow_up_url,
        days=LINK_LIFE.days,
        is_last=number == len(REMINDERS[pledge.kind]),
    )


def open_follow_up(token: str, *, now: datetime, lock: bool = False) -> OneTimeLink:
    """The link of a reminder, which is good for every answer until it ends.

    Refuses with ``link_unknown`` or ``link_expired``.
    """
    link = find_link(token, purpose=LinkPurpose.FOLLOW_UP, lock=lock)
    if now >= link.expires_at:
        raise RuleBroken(
            "link_expired",
            _("This link has ended: it was good for %(days)s days after the message."),
            days=LINK_LIFE.days,
        )
    return link


@transaction.atomic
def answer_by_link(token: str, answer: str, *, now: datetime) -> Pledge:
    """Write down what the person answers: "done", "help" or "withdraw".

    The same link takes another answer later, until the registration has ended; the same answer
    twice is once, and an answer that is none of these changes nothing. Of a registration that is
    only kept, at the person's request, nothing is written down but that it is withdrawn. Refuses
    as ``open_follow_up``.
    """
    link = open_follow_up(token, now=now, lock=True)
    pledge = with_origin().get(pk=link.about)
    person = Person.objects.select_for_update().get(pk=pledge.person_id)
    pledge.refresh_from_db(fields=["state", "next_step"])
    act = _ANSWERS.get(answer)
    is_kept_only = person.restricted_at is not None and act != _withdraw
    if act and pledge.state == PledgeState.CONFIRMED and not is_kept_only:
        act(pledge, link.contact, now)
        pledge.refresh_from_db(fields=["state", "next_step", "ended_at"])
    return pledge


def _say_done(pledge: Pledge, _contact: Contact, now: datetime) -> None:
    """The person's own word: nothing here can look into the state's register."""
    if StepKind.HANDED_OVER not in [step.kind for step in steps_taken(pledge)]:
        _take(pledge, StepKind.HANDED_OVER, now)


def _ask_help(pledge: Pledge, _contact: Contact, now: datetime) -> None:
    if pledge.next_step != StepKind.CONTACTED:
        _take(pledge, StepKind.HELP_ASKED, now)


def _take(pledge: Pledge, step: StepKind, now: datetime) -> None:
    day = now.astimezone(pledge.jurisdiction.zone).date()
    take_step(pledge, step, staff=None, happened_on=day, now=now)


def _withdraw(pledge: Pledge, contact: Contact, now: datetime) -> None:
    """Withdraw at once, and send the proof to whom the reminder went and to all who confirmed."""
    withdraw_pledge(pledge, now=now)
    told = contacts_to_tell(pledge)
    for reached in told if contact in told else [*told, contact]:
        language = reached.particulars.language
        tell(
            reached,
            "intake/reminder_withdrawn",
            about=pledge,
            dedupe_key=f"intake/reminder_withdrawn:{pledge.pk}:{reached.pk}",
            now=now,
            limit=None,
            moment=date_time(now, language, zone=pledge.jurisdiction.time_zone),
        )


_ANSWERS: dict[str, Callable[[Pledge, Contact, datetime], None]] = {
    "done": _say_done,
    "help": _ask_help,
    "withdraw": _withdraw,
}
