"""What is kept about people in this room and in the two below it that cannot register themselves.

`people` and `outbox` stand on lower floors: their holders are written here.
"""

import re
from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Q, QuerySet

from registration.outbox.models import (
    Attachment,
    Endpoint,
    MailboxFile,
    MailboxItem,
    Message,
    Stop,
)
from registration.outbox.services import erase_messages
from registration.people.models import Contact, OneTimeCode, OneTimeLink, Particulars, Person
from registration.privacy.holders import Holder, Kept, Scope, register_holder
from registration.privacy.models import Consent, View

HASH = "A keyed hash of what is told: nothing can be read from it."
OWN_ID = "A number that stands in no other list."
OWNER = "The person whom all of this is about."
STAFF = "Names of staff are not told; their unit and role are."
# The tokens of one-time links: whoever reads an export must not be able to act with them.
TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")
MARK = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def without_tokens(text: str) -> str:
    return TOKEN.sub("…", text)


def _particulars(scope: Scope) -> QuerySet[Particulars]:
    return Particulars.objects.filter(
        Q(person__in=scope.persons) | Q(pk__in=scope.subjects)
    ).order_by("given_at")


def _contacts(scope: Scope) -> QuerySet[Contact]:
    theirs = Q(particulars__person__in=scope.persons) | Q(particulars__in=scope.subjects)
    return Contact.objects.filter(theirs).order_by("particulars__given_at", "kind")


def _find_people(scope: Scope) -> Iterator[UUID]:
    yield from scope.persons
    yield from _particulars(scope).values_list("pk", flat=True)
    yield from _contacts(scope).values_list("pk", flat=True)


def _lead_from_people(ids: Collection[UUID]) -> Iterator[tuple[UUID, UUID]]:
    yield from Contact.objects.filter(pk__in=ids).values_list("pk", "particulars__person")
    yield from Particulars.objects.filter(pk__in=ids).values_list("pk", "person")


def _erase_people(scope: Scope) -> None:
    _particulars(scope).delete()
    Person.objects.filter(pk__in=scope.persons).delete()


PEOPLE = Holder(
    name="people",
    kept=[
        Kept(
            name="persons",
            model=Person,
            of=lambda scope: (
                Person.objects.filter(Q(pk__in=scope.persons) | Q(particulars__in=scope.subjects))
                .distinct()
                .order_by("created_at")
            ),
            told=[
                "id",
                "jurisdiction",
                "identity_number",
                "identity_tier",
                "created_at",
                "merged_into",
                "restricted_at",
                "is_demo",
            ],
            left_out={"same_key": HASH},
        ),
        Kept(
            name="particulars",
            model=Particulars,
            of=_particulars,
            told=[
                "given_at",
                "full_name",
                "birth_date",
                "sex",
                "identity_issued_on",
                "identity_issued_by",
                "permanent_address",
                "old_district",
                "card_address",
                "occupation",
                "workplace",
                "province",
                "locality",
                "language",
            ],
            left_out={"id": OWN_ID, "person": OWNER, "twin_hash": HASH},
        ),
        Kept(
            name="contacts",
            model=Contact,
            of=_contacts,
            told=["kind", "value", "confirmed_at"],
            left_out={"id": OWN_ID, "particulars": OWNER, "value_hash": HASH},
        ),
        Kept(
            name="one_time_links",
            model=OneTimeLink,
            of=lambda scope: OneTimeLink.objects.filter(contact__in=_contacts(scope)),
            is_counted=True,
        ),
        Kept(
            name="one_time_codes",
            model=OneTimeCode,
            of=lambda scope: OneTimeCode.objects.filter(contact__in=_contacts(scope)),
            is_counted=True,
        ),
    ],
    find=_find_people,
    leads=_lead_from_people,
    erase=_erase_people,
    within=lambda jurisdiction: [
        Person.objects.filter(jurisdiction=jurisdiction).values("pk"),
        Contact.objects.filter(particulars__person__jurisdiction=jurisdiction).values("pk"),
    ],
)


def _messages(scope: Scope) -> QuerySet[Message]:
    return Message.objects.filter(about__in=scope.subjects).order_by("created_at")


def _stops(scope: Scope) -> QuerySet[Stop]:
    return Stop.objects.filter(topic__in=[str(pk) for pk in scope.subjects]).order_by("since")


def _lead_from_messages(ids: Collection[UUID]) -> Iterator[tuple[UUID, UUID]]:
    marks = MailboxItem.objects.filter(pk__in=ids).values_list("pk", "message_id")
    for pk, mark in marks:
        if found := MARK.search(mark):
            yield pk, UUID(found.group())
    for pk, about in Message.objects.filter(pk__in=ids).values_list("pk", "about"):
        if about is not None:
            yield pk, about


def _erase_messages(scope: Scope) -> None:
    erase_messages(about=scope.subjects)
    _stops(scope).delete()


OUTBOX = Holder(
    name="outbox",
    kept=[
        Kept(
            name="messages",
            model=Message,
            of=_messages,
            told=[
                "kind",
                "channel",
                "recipient",
                "language",
                "subject",
                "text",
                "state",
                "created_at",
                "sent_at",
            ],
            shown={"text": without_tokens},
            left_out={
                "id": OWN_ID,
                "about": "The registration or request that is told.",
                "recipient_hash": HASH,
                "html": "The same words as the text, with their looks.",
                "endpoint": "Another organisation's system; a person has none.",
                "dedupe_key": "Keeps a message from being written twice.",
                "attempts": "How delivery went, not what was said.",
                "not_before": "How delivery went, not what was said.",
                "leased_until": "How delivery went, not what was said.",
                "last_error": "How delivery went, not what was said.",
            },
        ),
        Kept(
            name="stopped_messages",
            model=Stop,
            of=_stops,
            told=["topic", "since"],
            left_out={"id": OWN_ID, "recipient_hash": HASH},
        ),
    ],
    find=lambda scope: _messages(scope).values_list("pk", flat=True),
    leads=_lead_from_messages,
    erase=_erase_messages,
    not_told={
        Endpoint: "Addresses and secrets of other organisations' systems, not of people.",
        MailboxItem: "A copy of a message that is told.",
        MailboxFile: "A file of such a copy.",
        Attachment: "A file made from what is told.",
    },
)


def _consents(scope: Scope) -> QuerySet[Consent]:
    return Consent.objects.filter(
        Q(person__in=scope.persons) | Q(about__in=scope.subjects)
    ).order_by("given_at", "text")


PRIVACY = Holder(
    name="privacy",
    kept=[
        Kept(
            name="consents",
            model=Consent,
            of=_consents,
            told=[
                "about",
                "text",
                "act",
                "language",
                "shown_sha256",
                "form_version",
                "given_at",
                "withdrawn_at",
            ],
            left_out={"id": OWN_ID, "person": OWNER},
        ),
        Kept(
            name="views",
            model=View,
            of=lambda scope: View.objects.filter(subject__in=scope.subjects | scope.lists),
            told=["seen_at", "unit_code", "roles", "page", "subject", "fields", "reason"],
            left_out={
                "id": OWN_ID,
                "staff": STAFF,
                "previous_hash": "Chains the log.",
                "row_hash": "Chains the log.",
            },
        ),
    ],
    erase=lambda scope: _consents(scope).delete(),
)


def register() -> None:
    """Messages last: which there are follows from what all the others know."""
    for holder in (OUTBOX, PEOPLE, PRIVACY):
        register_holder(holder)
