from celery import shared_task
from django.utils import timezone

from registration.rights import reminders


@shared_task
def remind_due() -> None:
    reminders.remind_due(now=timezone.now())
