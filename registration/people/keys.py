"""Keyed hashes by which people's rows are found without opening them."""

from datetime import date
from uuid import UUID

from registration.common.folding import canonical_email, fold
from registration.common.sealing import lookup_hash
from registration.people.choices import ContactKind


def contact_hash(kind: ContactKind, value: str) -> str:
    """One hash for all spellings of a mailbox; a telephone is hashed as E.164."""
    canonical = canonical_email(value) if kind == ContactKind.EMAIL else value
    return lookup_hash(canonical, purpose=f"contact.{kind}")


def same_person_key(*, identity_number: str, contact: str, full_name: str) -> str:
    """The anchor of a person within a jurisdiction.

    Of the identity number where there is one, else of the first contact (a keyed hash already)
    together with the folded name: a family may share a mailbox.
    """
    if identity_number:
        return lookup_hash(f"number:{identity_number}", purpose="person")
    return lookup_hash(f"contact:{contact}:{fold(full_name)}", purpose="person")


def twin_hash_of(*, full_name: str, birth_date: date | None) -> str:
    """One hash for one folded name and birth date, whatever the rest says; empty without a date."""
    if birth_date is None:
        return ""
    return lookup_hash(f"{fold(full_name)}:{birth_date.isoformat()}", purpose="twin")


def token_hash(token: str) -> str:
    return lookup_hash(token, purpose="link")


def code_hash(code: str, *, row: UUID, about: UUID) -> str:
    """Of six digits, bound to their row and to what they act on: equal digits differ in each."""
    return lookup_hash(f"{row}:{about}:{code}", purpose="code")
