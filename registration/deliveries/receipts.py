"""What became of a message: opened, confirmed by the office, or returned by the mail server."""

import logging
from datetime import datetime
from uuid import UUID

from registration.accounts.models import Staff
from registration.deliveries.bounces import Bounce, read_bounce
from registration.deliveries.models import Delivery
from registration.outbox.delivery import message_mark
from registration.outbox.models import Message

logger = logging.getLogger(__name__)


def note_opening(delivery: Delivery, *, now: datetime) -> None:
    """That somebody signed in came by its link; the first time counts."""
    Delivery.objects.filter(pk=delivery.pk, opened_at__isnull=True).update(opened_at=now)


def acknowledge_delivery(delivery: Delivery, *, staff: Staff, now: datetime) -> bool:
    """Confirm for the office that it has received this; only the first time counts."""
    waiting = Delivery.objects.filter(pk=delivery.pk, acknowledged_at__isnull=True)
    return bool(waiting.update(acknowledged_at=now, acknowledged_by=staff))


def take_bounce(raw: bytes, *, now: datetime) -> bool:
    """Note that a message came back, if this says so of one of ours; all else is ignored."""
    bounce = read_bounce(raw)
    delivery = _delivery_of(bounce) if bounce else None
    if bounce is None or delivery is None:
        return False
    first = Delivery.objects.filter(pk=delivery.pk, bounced_at__isnull=True)
    if noted := bool(first.update(bounced_at=now, bounce_code=bounce.code)):
        logger.warning("Delivery %s came back: %s", delivery.pk, bounce.code)
    return noted


def _delivery_of(bounce: Bounce) -> Delivery | None:
    local, _at, _host = bounce.message_id.strip("<>").partition("@")
    try:
        message = Message.objects.get(pk=UUID(local))
    except (ValueError, Message.DoesNotExist):
        return None
    if message_mark(message) != bounce.message_id:
        return None
    return Delivery.objects.filter(message=message).first()
