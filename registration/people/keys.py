"""Keyed hashes by which people's rows are found without opening them."""

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


def token_hash(token: str) -> str:
    return lookup_hash(token, purpose="link")
