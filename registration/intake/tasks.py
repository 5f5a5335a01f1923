from celery import shared_task
from django.utils import timezone

from registration.intake import followup


@shared_task
def remind_due() -> None:
    """A batch each hour, in the daytime of those who are reminded."""
    followup.remind_due(now=timezone.now())
