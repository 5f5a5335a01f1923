"""The messages of this room, each in the language of the registration."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from registration.common.dates import date_time
from registration.common.limits import Limit
from registration.outbox.models import Message
from registration.outbox.services import PER_RECIPIENT, queue_email, queue_sms
from registration.people.choices import ContactKind
from registration.people.models import Contact
from registration.people.rules import CODE_LIFE
from registration.people.services import LINK_LIFE, issue_code, issue_link
from registration.pledges.answers import stored_answers
from registration.pledges.choices import LinkPurpose
from registration.pledges.models import Pledge
from registration.pledges.organs import organs_offered
from registration.pledges.rules import LEFT_TO_DO
from registration.pledges.summary import summary_groups
from registration.pledges.writing import may_confirm_by_sms

# Somebody may look into an old mailbox weeks later, and must still be able to stop it.
CONTEST_LIFE = timedelta(days=90)
# To a contact of the registration itself: later it would end it without a second fact.
STOP_LIFE = timedelta(days=7)


def confirm_address(token: str, *, language: str) -> str:
    with translation.override(language):
        return settings.BASE_URL + reverse("intake:confirm", args=[token])


def contacts_to_tell(pledge: Pledge, *, but_for: Pledge | None = None) -> list[Contact]:
    """Whom to tell of a registration, mailboxes first: the contacts that have confirmed it.

    What was signed on paper was confirmed by none of its contacts; then all of them are told. Left
    out are telephones that a message cannot reach, and contacts that have confirmed ``but_for``.
    """
    theirs = list(pledge.particulars.contacts.select_related("particulars"))
    told = [contact for contact in theirs if contact.confirmed_at] or theirs
    if but_for:
        newer = but_for.particulars.contacts.filter(confirmed_at__isnull=False)
        known = set(newer.values_list("value_hash", flat=True))
        told = [contact for contact in told if contact.value_hash not in known]
    reached = [contact for contact in told if is_reached(contact)]
    return sorted(reached, key=lambda contact: contact.kind != ContactKind.EMAIL)


def is_reached(contact: Contact) -> bool:
    return contact.kind == ContactKind.EMAIL or may_confirm_by_sms(contact.value)


def tell(
    contact: Contact,
    kind: str,
    /,
    *,
    about: Pledge,
    dedupe_key: str,
    now: datetime,
    stoppable: str = "",
    limit: Limit | None = PER_RECIPIENT,
    **context: Any,
) -> Message:
    """Queue a message about a registration to one contact, in the contact's own language.

    It knows the registration's ``reference``, ``legal_weight``, ``department``, when it was
    ``received`` and what a withdrawal leaves to do. Once for each ``dedupe_key``; the rest as
    ``queue_email``.
    """
    language = contact.particulars.language
    with translation.override(language):
        frame = {
            "reference": about.reference,
            "legal_weight": about.jurisdiction.legal_weight,
            "left_to_do": str(LEFT_TO_DO[about.kind]),
            "department": about.department.name,
            "received": date_time(about.received_at, language, zone=about.jurisdiction.time_zone),
        }
    queue = queue_email if contact.kind == ContactKind.EMAIL else queue_sms
    return queue(
        kind,
        to=contact.value,
        language=language,
        context=frame | context,
        about=about.pk,
        dedupe_key=dedupe_key,
        now=now,
        stoppable=stoppable,
        limit=limit,
    )


def send_receipt(
    pledge: Pledge, *, contact: Contact, token: str, known: Pledge | None, now: datetime
) -> None:
    """Queue the receipt: a copy of what was stored, and the button that confirms or stops it.

    ``known`` is an active pledge confirmed from this very contact; then the message says so.
    A telephone gets six digits instead, and no copy.
    """
    if contact.kind == ContactKind.PHONE:
        send_code(pledge, contact=contact, now=now)
        return
    language = pledge.language
    with translation.override(language):
        answers = stored_answers(pledge)
        names = organs_offered(pledge.jurisdiction, also=answers.organs).names
        groups = summary_groups(
            answers, kind=pledge.kind, organ_names=names, language=language, hides_number=True
        )
    tell(
        contact,
        "pledges/receipt",
        about=pledge,
        dedupe_key=f"pledges/receipt:{pledge.pk}",
        now=now,
        groups=groups,
        confirm_url=confirm_address(token, language=language),
        hours=int(LINK_LIFE.total_seconds() // 3600),
        known_reference=known.reference if known else "",
        contest_url=contest_address(pledge, contact, now=now, life=STOP_LIFE),
    )


def send_code(pledge: Pledge, *, contact: Contact, now: datetime) -> None:
    """Queue an SMS with a new code to confirm by, and the link that stops the registration.

    Refuses as ``issue_code``.
    """
    code = issue_code(contact, purpose=LinkPurpose.CONFIRM, about=pledge.pk, now=now)
    with translation.override(pledge.language):
        code_url = settings.BASE_URL + reverse("intake:code")
    tell(
        contact,
        "pledges/receipt",
        about=pledge,
        dedupe_key=f"pledges/receipt:{pledge.pk}:{now:%Y%m%d%H%M%S}",
        now=now,
        code=code,
        hours=int(CODE_LIFE.total_seconds() // 3600),
        code_url=code_url,
        contest_url=contest_address(pledge, contact, now=now, life=STOP_LIFE),
    )


def tell_earlier_contact(earlier: Pledge, *, newer: Pledge, now: datetime) -> None:
    """Tell the contacts of a replaced pledge, but for those that confirmed the newer."""
    for contact in contacts_to_tell(earlier, but_for=newer):
        tell(
            contact,
            "pledges/replaced",
            about=earlier,
            dedupe_key=f"pledges/replaced:{newer.pk}:{contact.pk}",
            now=now,
            limit=None,
            contest_url=contest_address(newer, contact, now=now),
        )


def ask_earlier_contact(earlier: Pledge, *, newer: Pledge, now: datetime) -> None:
    """Ask the contacts of an earlier pledge whether a newer one is theirs as well.

    Once a day, however many a stranger puts beside it: the others are compared at the desk.
    """
    day = now.astimezone(earlier.jurisdiction.zone).date()
    for contact in contacts_to_tell(earlier, but_for=newer):
        key = f"pledges/compare:{earlier.pk}:{day}:{contact.pk}"
        if Message.objects.filter(dedupe_key=key).exists():
            continue
        tell(
            contact,
            "pledges/compare",
            about=earlier,
            dedupe_key=key,
            now=now,
            contest_url=contest_address(newer, contact, now=now),
        )


def tell_of_contest(pledge: Pledge, restored: Pledge | None, now: datetime) -> None:
    """Tell the contacts of a pledge that was stopped, and of the one that counts again instead.

    A contact of both is told of the one that counts. What nobody confirmed is not spoken of.
    """
    told: set[str] = set()
    for row in filter(None, (restored, pledge)):
        contacts = contacts_to_tell(row) if row.confirmed_at else []
        for contact in contacts:
            if contact.value_hash not in told:
                _tell_of_contest(contact, row, stopped=pledge, now=now)
        told |= {contact.value_hash for contact in contacts}


def _tell_of_contest(contact: Contact, about: Pledge, *, stopped: Pledge, now: datetime) -> None:
    tell(
        contact,
        "pledges/contested",
        about=about,
        dedupe_key=f"pledges/contested:{stopped.pk}:{contact.pk}",
        now=now,
        limit=None,
        counts_again=about.pk != stopped.pk,
    )


def tell_of_entry(pledge: Pledge, *, now: datetime) -> None:
    """Tell the person what was entered at a desk in their name, and how to stop it."""
    for contact in contacts_to_tell(pledge)[:1]:
        tell(
            contact,
            "pledges/entered",
            about=pledge,
            dedupe_key=f"pledges/entered:{pledge.pk}:{contact.pk}",
            now=now,
            contest_url=contest_address(pledge, contact, now=now),
        )


def contest_address(
    pledge: Pledge, contact: Contact, *, now: datetime, life: timedelta = CONTEST_LIFE
) -> str:
    """The page on which the owner of a contact says that a registration is not theirs."""
    token = issue_link(contact, purpose=LinkPurpose.CONTEST, about=pledge.pk, now=now, life=life)
    with translation.override(contact.particulars.language):
        return settings.BASE_URL + reverse("intake:contest", args=[token])
