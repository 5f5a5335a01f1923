from celery import shared_task
from django.utils import timezone

from registration.pledges import erasure


@shared_task
def erase_unconfirmed() -> None:
    """A batch each hour, until nothing is left that is due."""
    erasure.erase_unconfirmed(now=timezone.now())
