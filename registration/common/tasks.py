from celery import shared_task
from django.utils import timezone

from registration.common import limits


@shared_task
def forget_ended_limits() -> None:
    limits.forget_ended(now=timezone.now())
