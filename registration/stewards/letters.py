"""What the person is told of a desk's act, in the language of the contact."""

from datetime import datetime

from registration.pledges.letters import contacts_to_tell, contest_address, tell
from registration.pledges.models import Pledge


def tell_of_new_contact(earlier: Pledge, *, newer: Pledge, now: datetime) -> None:
    """Tell the contacts that are to go, at once, with the way to stop it."""
    stay = set(newer.particulars.contacts.values_list("value_hash", flat=True))
    for contact in contacts_to_tell(earlier):
        if contact.value_hash not in stay:
            tell(
                contact,
                "stewards/contact_changed",
                about=earlier,
                dedupe_key=f"stewards/contact_changed:{newer.pk}:{contact.pk}",
                now=now,
                contest_url=contest_address(newer, contact, now=now),
            )


def tell_of_withdrawal(pledge: Pledge, *, now: datetime) -> None:
    """Tell the contacts of a registration that a desk has withdrawn it."""
    for contact in contacts_to_tell(pledge):
        key = f"stewards/withdrawn:{pledge.pk}:{contact.pk}"
        tell(contact, "stewards/withdrawn", about=pledge, dedupe_key=key, now=now)
