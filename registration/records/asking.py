"""Asking for the link to a record: the same for a known address and an unknown one."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from registration.people.choices import ContactKind
from registration.people.models import Contact
from registration.people.services import issue_link
from registration.pledges.choices import ACTIVE_STATES, OPEN_STATES, LinkPurpose
from registration.pledges.writing import may_confirm_by_sms
from registration.records import letters
from registration.records.models import Ask
from registration.records.rules import LINK_LIFE

# A family may share a mailbox, and each of them gets a link of their own.
MOST_LINKS = 10


@transaction.atomic
def answer_ask(ask_id: uuid.UUID, *, now: datetime) -> int:
    """Send a link for each registration that the address belongs to; how many. Twice is once."""
    ask = Ask.objects.select_for_update().filter(pk=ask_id).first()
    if ask is None:
        return 0
    contacts = contacts_that_open(ask.value_hash)
    for contact in contacts:
        pledge = contact.particulars.pledge
        token = issue_link(
            contact, purpose=LinkPurpose.RECORD, about=pledge.pk, now=now, life=LINK_LIFE
        )
        letters.send_link(pledge, contact, token=token, once=str(ask.pk), now=now)
    ask.delete()
    return len(contacts)


def contacts_that_open(value_hash: str) -> list[Contact]:
    """The stored contacts with this hash that may open an open registration.

    One that its owner confirmed, or any of a confirmed registration: the way back for somebody
    who lost the other one.
    """
    found = (
        Contact.objects.filter(
            value_hash=value_hash, particulars__pledge__state__in=[str(s) for s in OPEN_STATES]
        )
        .filter(
            Q(confirmed_at__isnull=False)
            | Q(particulars__pledge__state__in=[str(s) for s in ACTIVE_STATES])
        )
        .select_related(
            "particulars__pledge__jurisdiction",
            "particulars__pledge__department",
        )
        .order_by("-particulars__given_at")[:MOST_LINKS]
    )
    return [c for c in found if c.kind == ContactKind.EMAIL or may_confirm_by_sms(c.value)]
