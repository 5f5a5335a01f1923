from celery import shared_task
from django.utils import timezone

from registration.cards import transfers


@shared_task
def make_transfers() -> None:
    transfers.make_transfers(now=timezone.now())


@shared_task
def chase_transfers() -> None:
    transfers.chase_transfers(now=timezone.now())
