"""Remembering that two people are two."""

from datetime import datetime

from django.db import transaction

from registration.accounts.models import Staff
from registration.merges.models import NotTwins
from registration.pledges.models import Pledge


@transaction.atomic
def dismiss_pair(first: Pledge, second: Pledge, *, staff: Staff, now: datetime) -> None:
    """The persons of two registrations are not one: the pair is not shown again. Twice is once."""
    one, other = sorted([first.person_id, second.person_id])
    NotTwins.objects.get_or_create(
        first_id=one, second_id=other, defaults={"staff": staff, "at": now}
    )
