from celery import shared_task
from django.utils import timezone

from registration.banners import counting


@shared_task
def count_seen() -> None:
    counting.count_notes(now=timezone.now())
