"""The registrations whose place a registration took."""

from uuid import UUID

from registration.people.models import Contact
from registration.pledges.choices import PledgeState
from registration.pledges.models import Pledge


def all_earlier(pledge: Pledge) -> list[Pledge]:
    """The registrations before this one, the newest first, in two queries whatever their number."""
    if pledge.replaces_id is None:
        return []
    rows = Pledge.objects.filter(person=pledge.person_id).prefetch_related("particulars__contacts")
    by_key = {row.pk: row for row in rows}
    found: list[Pledge] = []
    key: UUID | None = pledge.replaces_id
    while key in by_key:
        row = by_key.pop(key)
        found.append(row)
        key = row.replaces_id
    return found


def earlier_own(pledge: Pledge, *, used: Contact | None) -> list[Pledge]:
    """Those of the earlier registrations that were confirmed from a contact of this one's owner,
    with the birth date that opens this one.

    Anybody may know a number: whoever registers with somebody else's sees nothing of theirs. Of
    one that waits it is only what was changed while it waited.
    """
    known = {c.value_hash for c in pledge.particulars.contacts.all() if c.confirmed_at}
    if used is not None and used.confirmed_at:
        known.add(used.value_hash)
    is_waiting = pledge.state == PledgeState.WAITING
    return [
        row
        for row in (changed_while_waiting(pledge) if is_waiting else all_earlier(pledge))
        if row.particulars.birth_date == pledge.particulars.birth_date
        and any(c.confirmed_at and c.value_hash in known for c in row.particulars.contacts.all())
    ]


def changed_while_waiting(pledge: Pledge) -> list[Pledge]:
    """Those that gave their place to a waiting one by its owner's change, the newest first.

    All of them wait for the same earlier one, and each ended as the next was confirmed.
    """
    rows = Pledge.objects.filter(
        person=pledge.person_id, replaces=pledge.replaces_id, state=PledgeState.REPLACED
    ).prefetch_related("particulars__contacts")
    by_end = {row.ended_at: row for row in rows}
    found: list[Pledge] = []
    moment = pledge.confirmed_at
    while moment in by_end:
        row = by_end.pop(moment)
        found.append(row)
        moment = row.confirmed_at
    return found
