"""A registration goes with its person to whomever that one was merged into, with all that is told.

Not before it counts: until then it may be a stranger's, who would read on it whose it became.
"""

from uuid import UUID

from django.db.models import Subquery

from registration.people.choices import IdentityTier
from registration.people.models import Particulars, Person
from registration.people.services import lock_survivor, surviving_person
from registration.pledges.events import read_pledge
from registration.pledges.models import Pledge
from registration.privacy.models import Consent


def lock_pledge(key: UUID) -> tuple[Pledge, Person]:
    """Lock a registration's person and whomever that one was merged into; the registration as it
    is stored, and that last person, whose it is once it counts.
    """
    owner = lock_survivor(Subquery(Pledge.objects.filter(pk=key).order_by().values("person")))
    pledge = read_pledge(key)
    if pledge.registered_as_id is None and pledge.person_id == owner.pk:
        return pledge, owner
    came_by = pledge.registered_as or pledge.person
    if surviving_person(came_by) != owner:
        # A merge was taken back while the lock was waited for.
        owner = lock_survivor(came_by.pk)
    return pledge, owner


def follow(pledge: Pledge, owner: Person) -> None:
    """Let a confirmed registration be ``owner``'s, and remember under whom it came."""
    if pledge.person_id == owner.pk:
        return
    came_by = pledge.registered_as or pledge.person
    give_to(pledge, owner, registered_as=None if came_by == owner else came_by)
    Person.objects.filter(pk=owner.pk, identity_tier=IdentityTier.UNCONFIRMED).update(
        identity_tier=IdentityTier.CONTACT_CONFIRMED
    )


def give_to(pledge: Pledge, person: Person, *, registered_as: Person | None) -> None:
    """Write a registration, what was told with it and its consents down to another person."""
    pledge.person = pledge.particulars.person = person
    pledge.registered_as = registered_as
    pledge.save(update_fields=["person", "registered_as"])
    Particulars.objects.filter(pk=pledge.particulars_id).update(person=person)
    Consent.objects.filter(about=pledge.pk).update(person=person)
