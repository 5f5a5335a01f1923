"""The messages of this room, each in the language of the registration."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.signing import Signer
from django.urls import reverse
from django.utils import translation

from registration.common.dates import date_time
from registration.common.limits import Limit
from registration.outbox.models import Message
from registration.outbox.services import queue_email, queue_sms
from registration.people.choices import ContactKind
from registration.people.models import Contact
from registration.pledges.letters import (
    STOP_LIFE,
    contacts_to_tell,
    contest_address,
    is_reached,
    tell,
)
from registration.pledges.models import Pledge, Relative
from registration.privacy.choices import Act
from registration.privacy.models import Consent, RetentionRule
from registration.records.rules import LINK_LIFE

# By the address in the message a relative says that they want no more of them.
RELATIVE_SIGNER = Signer(salt="records.relative")
RELATIVES = "relative"
CONSENT_WITHDRAWN = "consent_withdrawn"
# Anybody can ask for links: beyond the few of an hour they must not fill a mailbox all day.
LINKS = Limit("record.links", times=30, seconds=24 * 3600)


def send_link(pledge: Pledge, contact: Contact, *, token: str, once: str, now: datetime) -> None:
    """The link that opens the record together with the date of birth."""
    with translation.override(contact.particulars.language):
        url = settings.BASE_URL + reverse("records:open", args=[token])
    minutes = int(LINK_LIFE.total_seconds() // 60)
    _tell(
        contact,
        "records/link",
        about=pledge,
        once=once,
        now=now,
        limit=LINKS,
        record_url=url,
        minutes=minutes,
    )


def tell_of_opening(pledge: Pledge, *, used: Contact, once: str, now: datetime) -> None:
    """Tell all confirmed contacts that the record was opened, and how to stop it."""
    for contact in _contacts_of(pledge, used=used):
        _tell(
            contact,
            "records/opened",
            about=pledge,
            once=once,
            now=now,
            moment=_moment(pledge, contact, now),
            contest_url=contest_address(pledge, contact, now=now, life=STOP_LIFE),
            by_phone=used.kind == ContactKind.PHONE,
        )


def tell_of_change(earlier: Pledge, *, newer: Pledge, now: datetime) -> None:
    """Tell the contacts that stayed. Those that went are told by the change itself."""
    stayed = set(
        newer.particulars.contacts.filter(confirmed_at__isnull=False).values_list(
            "value_hash", flat=True
        )
    )
    for contact in contacts_to_tell(earlier):
        if contact.value_hash in stayed:
            _tell(
                contact,
                "records/changed",
                about=newer,
                once=str(newer.pk),
                now=now,
                moment=_moment(newer, contact, now),
                contest_url=contest_address(newer, contact, now=now, life=STOP_LIFE),
            )


def tell_of_withdrawal(pledge: Pledge, *, used: Contact | None, now: datetime) -> None:
    """The proof that a registration was withdrawn."""
    for contact in _contacts_of(pledge, used=used):
        moment = _moment(pledge, contact, pledge.ended_at or now)
        _tell(
            contact, "records/withdrawn", about=pledge, once=str(pledge.pk), now=now, moment=moment
        )


def tell_of_consent_withdrawn(pledge: Pledge, *, used: Contact | None, now: datetime) -> None:
    """That the consent is withdrawn, the registration ended, and when the data is erased."""
    for contact in _contacts_of(pledge, used=used):
        _tell(
            contact,
            "records/consent",
            about=pledge,
            once=str(pledge.pk),
            now=now,
            moment=_moment(pledge, contact, now),
            days=days_until_erased(pledge),
        )


def days_until_erased(pledge: Pledge) -> int | None:
    """After how many days the data of somebody who withdraws the consent is erased.

    None where no rule says so, or where the consent is on paper and not kept here.
    """
    if not Consent.objects.filter(about=pledge.pk, act=Act.AGREED).exists():
        return None
    rules = RetentionRule.objects.filter(
        jurisdiction=pledge.jurisdiction_id,
        record_class="pledge",
        state=CONSENT_WITHDRAWN,
        is_active=True,
    )
    return rules.values_list("after_days", flat=True).first()


def relative_token(relative: Relative) -> str:
    return RELATIVE_SIGNER.sign(relative.pk.hex)


def tell_relative(relative: Relative, *, now: datetime) -> Message:
    """Tell somebody close, once; not if they asked for no more such messages."""
    pledge = relative.pledge
    language = pledge.language
    with translation.override(language):
        url = settings.BASE_URL + reverse("records:decline", args=[relative_token(relative)])
        context = {
            "name": pledge.particulars.full_name,
            "department": pledge.department.name,
            "decline_url": url,
        }
    queue = queue_email if relative.email else queue_sms
    return queue(
        "records/relative",
        to=relative.email or relative.phone,
        language=language,
        context=context,
        about=pledge.pk,
        dedupe_key=f"records/relative:{relative.pk}",
        now=now,
        stoppable=RELATIVES,
    )


def _moment(pledge: Pledge, contact: Contact, moment: datetime) -> str:
    return date_time(moment, contact.particulars.language, zone=pledge.jurisdiction.time_zone)


def _contacts_of(pledge: Pledge, *, used: Contact | None) -> list[Contact]:
    """Whom to tell, and the one by which the record was opened."""
    told = contacts_to_tell(pledge)
    return [*told, used] if used and used not in told and is_reached(used) else told


def _tell(
    contact: Contact,
    kind: str,
    /,
    *,
    about: Pledge,
    once: str,
    now: datetime,
    limit: Limit | None = None,
    **context: Any,
) -> None:
    """Without a limit: only who has opened the record can cause what is told here."""
    key = f"{kind}:{once}:{contact.pk}"
    tell(contact, kind, about=about, dedupe_key=key, now=now, limit=limit, **context)
