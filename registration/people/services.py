"""What can be done with persons: find or make, add what they told, link, confirm."""

import secrets
import uuid
from datetime import date, datetime, timedelta
from hmac import compare_digest

from django.db import transaction
from django.db.models import F, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.ledger.choices import Sex
from registration.people.answers import PersonAnswers
from registration.people.choices import ContactKind, IdentityTier
from registration.people.keys import code_hash, same_person_key, token_hash, twin_hash_of
from registration.people.keys import contact_hash as hash_of_contact
from registration.people.models import Contact, OneTimeCode, OneTimeLink, Particulars, Person
from registration.people.rules import (
    CODE_LIFE,
    CODE_TRIES,
    IDENTITY_RULES,
    WARNINGS,
    is_code_open,
    require_another_code,
)
from registration.units.models import Jurisdiction
from registration.units.places import identity_codes

LINK_LIFE = timedelta(hours=72)
# Read in one statement; that somebody was merged more often than this is hardly ever seen.
MERGED_INTO = "merged_into__merged_into__merged_into"
# The order in which several persons are locked, so that nobody waits for whoever waits for them.
MERGED_FIRST = (F("merged_into_id").asc(nulls_last=True), "pk")
_NOBODY = uuid.UUID(int=0)


def find_or_make_person(
    jurisdiction: Jurisdiction,
    *,
    identity_number: str,
    contact_hash: str,
    full_name: str,
    is_demo: bool,
    now: datetime,
) -> tuple[Person, Person | None]:
    """The one person whom these values name, known or new; merged into another, it is the other,
    and the second is the one who was named.

    The same two statements run in all cases, so that the time taken tells nobody which it was.
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
    known = Person.objects.select_related(MERGED_INTO)
    named = known.get(jurisdiction=jurisdiction, same_key=same_key)
    person = surviving_person(named)
    # The receipt repeats what was typed, never the number of whom they were merged into.
    person.identity_number = identity_number
    return person, (None if named == person else named)


def surviving_person(person: Person) -> Person:
    """Whom a person was merged into, at last, else the person."""
    seen = {person.pk}
    while person.merged_into and person.merged_into_id not in seen:
        person = person.merged_into
        seen.add(person.pk)
    return person


def lock_survivor(person: uuid.UUID | Subquery) -> Person:
    """Lock the person of a key, and whomever that one was merged into; the last is returned.

    In this order, from the merged one on, lock all who lock both (``MERGED_FIRST``).
    """
    locked = Person.objects.select_for_update().only("merged_into")
    found = locked.get(pk=person)
    seen = {found.pk}
    while found.merged_into_id and found.merged_into_id not in seen:
        found = locked.get(pk=found.merged_into_id)
        seen.add(found.pk)
    return found


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
        twin_hash=twin_hash_of(full_name=answers.full_name, birth_date=answers.birth_date),
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


def issue_link(
    contact: Contact,
    *,
    purpose: str,
    about: uuid.UUID,
    now: datetime,
    life: timedelta = LINK_LIFE,
) -> str:
    """Make a link for one purpose, of use once. The token is returned and never kept."""
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        token_hash=token_hash(token),
        purpose=purpose,
        contact=contact,
        about=about,
        expires_at=now + life,
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
            "link_expired", _("This link has ended: it could be used for a limited time only.")
        )


def use_link(link: OneTimeLink, *, now: datetime) -> None:
    """Use a link up. Of two at once one wins; the other is refused (``link_used``)."""
    used = OneTimeLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now)
    if not used:
        raise RuleBroken("link_used", _("This link was used already."))
    link.used_at = now


@transaction.atomic
def issue_code(contact: Contact, *, purpose: str, about: uuid.UUID, now: datetime) -> str:
    """Make six digits for one purpose, of use once; an earlier code for the same ends.

    They are returned and never kept. Hold a lock on what they are about. Refuses as
    ``require_another_code``.
    """
    sent = OneTimeCode.objects.filter(about=about, purpose=purpose)
    ends = list(sent.order_by("-expires_at").values_list("expires_at", flat=True))
    require_another_code(sent=len(ends), newest_ends_at=ends[0] if ends else None, now=now)
    if ends:
        sent.filter(expires_at__gt=now).update(expires_at=now)
    code = f"{secrets.randbelow(10**6):06}"
    row = OneTimeCode(purpose=purpose, contact=contact, about=about, expires_at=now + CODE_LIFE)
    row.code_hash = code_hash(code, row=row.pk, about=about)
    row.save(force_insert=True)
    return code


@transaction.atomic
def use_code(
    typed: str, *, purpose: str, about: uuid.UUID | None, now: datetime
) -> OneTimeCode | None:
    """The code that was sent last, used up, if these are its digits; else None.

    A wrong try is counted, so the caller must let it be committed. After five, and after 24 hours,
    even the right digits are wrong; until then those of a used code give it again. ``about=None``
    costs the same, so that the time taken tells nobody whether there is a code.
    """
    sent = OneTimeCode.objects.select_related("contact__particulars__person")
    sent = sent.select_for_update(of=("self",)).filter(about=about or _NOBODY, purpose=purpose)
    code = sent.order_by("-expires_at").first() or OneTimeCode(about=_NOBODY, expires_at=now)
    is_right = compare_digest(code_hash(typed, row=code.pk, about=code.about), code.code_hash)
    if is_right and is_code_open(tries=code.tries, ends_at=code.expires_at, now=now):
        code.used_at = code.used_at or now
        code.save(update_fields=["used_at"])
        return code
    OneTimeCode.objects.filter(pk=code.pk, tries__lt=CODE_TRIES).update(tries=F("tries") + 1)
    return None


@transaction.atomic
def confirm_contact(contact: Contact, *, now: datetime) -> None:
    """Its owner answered from it: trust it, and raise the person's tier. Twice is once."""
    if contact.confirmed_at is None:
        contact.confirmed_at = now
        contact.save(update_fields=["confirmed_at"])
    Person.objects.filter(
        pk=contact.particulars.person_id, identity_tier=IdentityTier.UNCONFIRMED
    ).update(identity_tier=IdentityTier.CONTACT_CONFIRMED)
