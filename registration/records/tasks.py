from datetime import timedelta
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from registration.records import asking, relatives
from registration.records.models import Ask

MOST_AT_ONCE = 500
# A new row has its own bell; the sweep finds those whose bell was lost.
BELL_TIME = timedelta(seconds=20)


@shared_task
def answer_ask(ask_id: str) -> None:
    asking.answer_ask(UUID(ask_id), now=timezone.now())


@shared_task
def sweep_asks() -> None:
    """Ring for what was asked and left lying, at most 500."""
    left_lying = Ask.objects.filter(asked_at__lt=timezone.now() - BELL_TIME).order_by("asked_at")
    for ask_id in left_lying.values_list("pk", flat=True)[:MOST_AT_ONCE]:
        answer_ask.delay(str(ask_id))


@shared_task
def tell_relatives() -> None:
    relatives.tell_due_relatives(now=timezone.now())
