"""Whom a leak touches: the persons whose data somebody saw, and how they can be reached.

Both countries give 72 hours to tell the authority (KVKK Board decision 2019/10; Law 91/2025/QH15,
art. 23).
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from registration.accounts.models import Staff
from registration.people.choices import ContactKind
from registration.people.models import Contact
from registration.privacy.holders import in_parts, persons_behind
from registration.privacy.models import View


@dataclass(frozen=True)
class Touched:
    """What was seen: ``fields`` of each person, ``looked`` views of each member of staff at a unit,
    ``gone`` things whose person is not kept any more.
    """

    views: int
    things: int
    gone: int
    looked: dict[tuple[str, str], int]
    fields: dict[UUID, frozenset[str]]


@dataclass(frozen=True)
class Reach:
    """One way to reach a person."""

    person: UUID
    kind: str
    value: str
    is_confirmed: bool
    language: str


def views_of(
    *,
    staff: Staff | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    subjects: Collection[UUID] = (),
) -> QuerySet[View]:
    """The rows of the access log; the period is half-open."""
    views: QuerySet[View] = View.objects.all()
    if staff:
        views = views.filter(staff=staff)
    if since:
        views = views.filter(seen_at__gte=since)
    if until:
        views = views.filter(seen_at__lt=until)
    if subjects:
        views = views.filter(subject__in=subjects)
    return views


def touched_by(views: QuerySet[View]) -> Touched:
    """Whom these views show, found set by set: the number of questions hardly grows with them."""
    seen: dict[UUID, set[str]] = {}
    looked: Counter[tuple[str, str]] = Counter()
    rows = views.order_by().values_list("subject", "fields", "staff__username", "unit_code")
    for subject, fields, username, unit in rows.iterator(chunk_size=5000):
        seen.setdefault(subject, set()).update(fields.split(","))
        looked[username, unit] += 1
    behind = persons_behind(seen)
    persons: dict[UUID, frozenset[str]] = {}
    for subject, shown in behind.items():
        for person in shown:
            persons[person] = persons.get(person, frozenset()) | seen[subject]
    return Touched(
        views=looked.total(),
        things=len(seen),
        gone=len(seen) - len(behind),
        looked=dict(looked),
        fields=persons,
    )


def reachable(persons: Collection[UUID]) -> tuple[int, int, int]:
    """How many have a mailbox, how many a telephone, and how many neither is confirmed of."""
    by_kind: dict[str, set[UUID]] = {kind: set() for kind in ContactKind.values}
    confirmed: set[UUID] = set()
    for part in in_parts(persons):
        rows = Contact.objects.filter(particulars__person__in=part).values_list(
            "particulars__person", "kind", "confirmed_at"
        )
        for person, kind, confirmed_at in rows:
            by_kind[kind].add(person)
            if confirmed_at:
                confirmed.add(person)
    mailboxes, telephones = by_kind[ContactKind.EMAIL], by_kind[ContactKind.PHONE]
    return len(mailboxes), len(telephones), len(set(persons) - confirmed)


def contacts_of(persons: Collection[UUID]) -> Iterator[Reach]:
    """How to reach these persons. Opens the seals: log the views first."""
    for part in in_parts(persons):
        rows = Contact.objects.filter(particulars__person__in=part).select_related("particulars")
        for contact in rows.order_by("particulars__person", "kind"):
            told = contact.particulars
            yield Reach(
                person=told.person_id,
                kind=contact.kind,
                value=contact.value,
                is_confirmed=contact.confirmed_at is not None,
                language=told.language,
            )
