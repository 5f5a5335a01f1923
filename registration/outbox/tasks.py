from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from registration.outbox import delivery, webhooks

MOST_AT_ONCE = 500
# A new message has its own bell; the sweep finds those whose bell was lost.
BELL_TIME = timedelta(seconds=20)


@shared_task
def deliver_message(message_id: str) -> None:
    delivery.deliver_message(UUID(message_id), now=timezone.now())


@shared_task
def sweep_messages() -> None:
    """Put back what dead workers held and ring for what is due, at most 500 of each; no old secret
    of a webhook outlives its time.
    """
    now = timezone.now()
    webhooks.forget_previous_secrets(now=now)
    delivery.release_lost(now=now, at_most=MOST_AT_ONCE)
    left_lying = delivery.due(now=now).exclude(attempts=0, created_at__gt=now - BELL_TIME)
    for message_id in left_lying.values_list("pk", flat=True)[:MOST_AT_ONCE]:
        deliver_message.delay(str(message_id))
