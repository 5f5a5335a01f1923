"""Tells the people whom somebody named, a little later than they were named."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from registration.outbox.choices import State
from registration.pledges.choices import PledgeState
from registration.pledges.models import Relative
from registration.records import letters

logger = logging.getLogger(__name__)

AT_MOST = 500
# Later than the page is looked at: there one that waits must look as one that is confirmed.
PAUSE = timedelta(minutes=10)


def tell_due_relatives(*, now: datetime) -> int:
    """Tell relatives of registrations that have been confirmed for a while; how many were told.

    Each once, at most 500 at a time. A row that fails is logged without values and stays due.
    """
    due = Relative.objects.filter(
        told_at=None,
        declined_at=None,
        pledge__state=PledgeState.CONFIRMED,
        pledge__confirmed_at__lte=now - PAUSE,
    )
    told = 0
    # In any order: those who refused such messages stay due and must not stand before the others.
    for key in list(due.order_by("?").values_list("pk", flat=True)[:AT_MOST]):
        try:
            told += _tell(key, now=now)
        except Exception as error:
            logger.error("Relative %s not told: %s.", key, type(error).__name__)
    return told


@transaction.atomic
def _tell(key: UUID, *, now: datetime) -> bool:
    """False if another worker told them, or they were taken off the list."""
    locked = Relative.objects.select_for_update().filter(pk=key, told_at=None)
    relative = locked.first()
    if relative is None or relative.pledge.state != PledgeState.CONFIRMED:
        return False
    if letters.tell_relative(relative, now=now).state == State.FAILED:
        return False
    relative.told_at = now
    relative.save(update_fields=["told_at"])
    return True
