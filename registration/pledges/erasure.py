"""Erases what nobody confirmed. The figures stay: they are counted from events, not from people."""

from datetime import datetime, timedelta

from django.db import transaction

from registration.outbox.services import erase_messages
from registration.people.models import Particulars, Person
from registration.pledges.choices import PledgeState
from registration.pledges.models import Pledge
from registration.privacy.models import Consent

# The link to confirm ends after 72 hours; four more days for a question at the desk.
UNCONFIRMED_LIFE = timedelta(days=7)
AT_MOST = 500


@transaction.atomic
def erase_unconfirmed(*, now: datetime) -> int:
    """Erase registrations that were not confirmed within seven days; how many.

    Particulars, contacts, links, consents and messages go with them, and the person too unless
    another registration is theirs.
    """
    due = Pledge.objects.filter(
        state=PledgeState.RECEIVED, received_at__lt=now - UNCONFIRMED_LIFE
    ).order_by("received_at")
    owners = set(due.values_list("person_id", flat=True)[:AT_MOST])
    # Persons first, as confirming does: then a person who comes back meanwhile is not lost.
    list(Person.objects.select_for_update().filter(pk__in=owners).order_by("pk"))
    stale = list(
        due.select_for_update()
        .filter(person_id__in=owners)
        .values_list("pk", "particulars_id", "person_id")[:AT_MOST]
    )
    if not stale:
        return 0
    pledges, particulars, persons = (list(ids) for ids in zip(*stale, strict=True))
    erase_messages(about=pledges)
    Consent.objects.filter(about__in=pledges).delete()
    Particulars.objects.filter(pk__in=particulars).delete()
    Person.objects.filter(pk__in=persons, pledges__isnull=True).delete()
    return len(pledges)
