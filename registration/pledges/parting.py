"""What goes back when a merge is taken back: registrations that came under the other's number.

Since the merge they were decided on together with those of the person who stayed. Now each person's
are decided on by themselves; what figures were told of that decision is taken back.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from registration.people.models import Person
from registration.people.services import lock_survivor, surviving_person
from registration.pledges.choices import PledgeState
from registration.pledges.events import DECISIONS, take_back_events, with_origin
from registration.pledges.following import give_to
from registration.pledges.models import Merge, Pledge
from registration.pledges.turns import give_place_back, settle

STOOD = (PledgeState.CONFIRMED, PledgeState.REPLACED)
CONFIRMED_BY_OWNER = (PledgeState.CONFIRMED, PledgeState.WAITING)


def part(person_id: UUID, now: datetime) -> list[Pledge]:
    """Give back what came under the number of somebody who is another person again.

    What it had replaced is active again. Returned are those to be settled anew.
    """
    owner = lock_survivor(person_id)
    leaving = _leaving(owner)
    keys = {pledge.pk for pledge in leaving}
    later = Pledge.objects.filter(person=owner, replaces__in=keys).exclude(pk__in=keys)
    staying = list(later.select_related("particulars"))
    undecided = [pledge for pledge in leaving if pledge.state in CONFIRMED_BY_OWNER]
    undecided += [pledge for pledge in staying if pledge.state == PledgeState.WAITING]
    earlier = {pledge.pk: _next_but(pledge.replaces, keys) for pledge in (*leaving, *staying)}
    for pledge in leaving:
        _leave(pledge, earlier[pledge.pk], now)
    for pledge in staying:
        pledge.replaces = None if pledge in undecided else earlier[pledge.pk]
        pledge.save(update_fields=["replaces"])
    return undecided


def _leaving(owner: Person) -> list[Pledge]:
    """Those of ``owner`` that came under a number which is another person's. What a desk merged
    since with a third registration stays with that.
    """
    merged_since = Merge.objects.filter(kept=OuterRef("pk"), taken_back_at__isnull=True)
    came = Pledge.objects.filter(~Exists(merged_since), person=owner, registered_as__isnull=False)
    rows = came.exclude(state=PledgeState.MERGED).select_related("registered_as", "particulars")
    return [
        pledge
        for pledge in rows.order_by("received_at")
        if pledge.registered_as and surviving_person(pledge.registered_as) != owner
    ]


def _leave(pledge: Pledge, earlier: Pledge | None, now: datetime) -> None:
    """Without the place of ``earlier``, to the person under whose number it came."""
    was = pledge.state
    if was in STOOD:
        take_back_events([pledge.pk], kinds=DECISIONS)
    if was in CONFIRMED_BY_OWNER:
        pledge.state = PledgeState.RECEIVED
    if was == PledgeState.WAITING or pledge.replaces == earlier:
        pledge.replaces = None
    pledge.save(update_fields=["state", "replaces"])
    if was == PledgeState.CONFIRMED and earlier and earlier.state == PledgeState.REPLACED:
        give_place_back(pledge, earlier, now)
    named = pledge.registered_as
    if named:
        home = lock_survivor(named.pk)
        give_to(pledge, home, registered_as=None if named == home else named)


def _next_but(pledge: Pledge | None, leaving: Collection[UUID]) -> Pledge | None:
    """The nearest registration down the line that does not leave."""
    while pledge and pledge.pk in leaving:
        pledge = pledge.replaces
    return pledge


def settle_again(undecided: Collection[Pledge], now: datetime) -> None:
    """Decide one after the other on those that their owners had confirmed, as if it were now."""
    for each in sorted(undecided, key=lambda pledge: pledge.confirmed_at or now):
        pledge = with_origin().get(pk=each.pk)
        contacts = list(pledge.particulars.contacts.all())
        # What was signed on paper was confirmed by none of its contacts.
        told = [contact for contact in contacts if contact.confirmed_at] or contacts
        settle(pledge, pledge.person, {contact.value_hash for contact in told}, now)
