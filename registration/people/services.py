"""What can be done with persons: find or make, add what they told, link, confirm."""

import secrets
import uuid
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.ledger.choices import Sex
from registration.people.answers import PersonAnswers
from registration.people.choices import ContactKind, IdentityTier
from registration.people.keys import contact_hash as hash_of_contact
from registration.people.keys import same_person_key, token_hash
from registration.people.models import Contact, OneTimeLink, Particulars, Person
from registration.people.rules import IDENTITY_RULES, WARNINGS
from registration.units.models import Jurisdiction
from registration.units.places import identity_codes

LINK_LIFE = timedelta(hours=72)


def find_or_make_person(
    jurisdiction: Jurisdiction,
    *,
    identity_number: str,
    contact_hash: str,
    full_name: str,
    is_demo: bool,
    now: datetime,
) -> Person:
    """The one person whom these values name, known or new.

    The same two statements run in both cases, so that the time taken tells nobody which it was.
    """
    same_key = same_person_key(
        identity_number=identity_number, contact=contact_hash, full_name=full_name
    )
    made = Person(
        jurisdiction=jurisdiction,
        same_key=same_key,
        identity_number=identity_number,
        is_demo=is_demo,
        created_at=now,
    )
    Person.objects.bulk_create([made], ignore_conflicts=True)
    return Person.objects.get(jurisdiction=jurisdiction, same_key=same_key)


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def add_particulars(person: Person, answers: PersonAnswers, *, now: datetime) -> Particulars:
    """Write down what a person told us, with its contacts; earlier particulars stay as they are."""
    particulars = Particulars.objects.create(
        person=person,
        full_name=answers.full_name,
        birth_date=_text(answers.birth_date),
        sex=answers.sex,
        identity_issued_on=_text(answers.identity_issued_on),
        identity_issued_by=answers.identity_issued_by,
        permanent_address=answers.permanent_address,
        old_district=answers.old_district,
        card_address=answers.card_address,
        occupation=answers.occupation,
        workplace=answers.workplace,
        province=answers.province,
        locality=answers.locality,
        language=answers.language,
        given_at=now,
    )
    given = [(ContactKind.EMAIL, answers.email), (ContactKind.PHONE, answers.phone)]
    Contact.objects.bulk_create(
        Contact(
            particulars=particulars, kind=kind, value=value, value_hash=hash_of_contact(kind, value)
        )
        for kind, value in given
        if value
    )
    return particulars


def answers_of(particulars: Particulars) -> PersonAnswers:
    """What was told, read back from the rows. Opens the seals: log the view first."""
    contacts = {contact.kind: contact.value for contact in particulars.contacts.all()}
    return PersonAnswers(
        full_name=particulars.full_name,
        province=particulars.province,
        language=particulars.language,
        birth_date=_day(particulars.birth_date),
        sex=Sex(particulars.sex),
        email=contacts.get(ContactKind.EMAIL, ""),
        phone=contacts.get(ContactKind.PHONE, ""),
        identity_number=particulars.person.identity_number,
        identity_issued_on=_day(particulars.identity_issued_on),
        identity_issued_by=particulars.identity_issued_by,
        permanent_address=particulars.permanent_address,
        old_district=particulars.old_district,
        card_address=particulars.card_address,
        occupation=particulars.occupation,
        workplace=particulars.workplace,
        locality=particulars.locality,
    )


def contradictions_of(told: PersonAnswers) -> list[str | Promise]:
    """Where identity number, birth date and sex contradict each other: shown, never refused."""
    if not told.identity_number:
        return []
    found = IDENTITY_RULES[told.province.jurisdiction_id].warn(
        told.identity_number,
        birth_date=told.birth_date,
        sex=told.sex,
        known_codes=identity_codes(),
    )
    return [WARNINGS[code] for code in found]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def issue_link(contact: Contact, *, purpose: str, about: uuid.UUID, now: datetime) -> str:
    """Make a link for one purpose, once, within 72 hours. The token is returned and never kept."""
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        token_hash=token_hash(token),
        purpose=purpose,
        contact=contact,
        about=about,
        expires_at=now + LINK_LIFE,
    )
    return token


def find_link(token: str, *, purpose: str, lock: bool = False) -> OneTimeLink:
    """The link of a token whatever its age, or ``link_unknown``."""
    links = OneTimeLink.objects.select_related("contact__particulars__person")
    if lock:
        links = links.select_for_update(of=("self",))
    link = links.filter(token_hash=token_hash(token), purpose=purpose).first()
    if link is None:
        raise RuleBroken(
            "link_unknown",
            _("This link is not known. Check that the whole address was copied from the message."),
        )
    return link


def require_open(link: OneTimeLink, *, now: datetime) -> None:
    """Refuses a link that was used (``link_used``) or has ended (``link_expired``)."""
    if link.used_at is not None:
        raise RuleBroken("link_used", _("This link was used already."))
    if now >= link.expires_at:
        raise RuleBroken(
            "link_expired",
            _("This link has ended: it was good for 72 hours. Register again to get a new one."),
        )


def read_link(token: str, *, purpose: str, now: datetime) -> OneTimeLink:
    """The open link of a token; changes nothing. Refuses as ``find_link`` and ``require_open``."""
    link = find_link(token, purpose=purpose)
    require_open(link, now=now)
    return link


def use_link(link: OneTimeLink, *, now: datetime) -> None:
    """Use a link up. Of two at once one wins; the other is refused (``link_used``)."""
    used = OneTimeLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now)
    if not used:
        raise RuleBroken("link_used", _("This link was used already."))
    link.used_at = now


@transaction.atomic
def confirm_contact(contact: Contact, *, now: datetime) -> None:
    """Its owner answered from it: trust it, and raise the person's tier. Twice is once."""
    if contact.confirmed_at is None:
        contact.confirmed_at = now
        contact.save(update_fields=["confirmed_at"])
    Person.objects.filter(
        pk=contact.particulars.person_id, identity_tier=IdentityTier.UNCONFIRMED
    ).update(identity_tier=IdentityTier.CONTACT_CONFIRMED)
