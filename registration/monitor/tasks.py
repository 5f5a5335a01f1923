from celery import shared_task
from django.conf import settings
from django.utils import timezone

from registration.monitor import rounds

# With the last visits that begin before it ends, a round is over before the next minute's.
ROUND_SECONDS = 25.0


@shared_task
def visit_due() -> None:
    """Visit for part of a minute; what is left stays due."""
    if settings.MONITOR_VISITS:
        rounds.visit_all(now=timezone.now(), seconds=ROUND_SECONDS)


@shared_task
def visit_asked(unit_id: int) -> None:
    if settings.MONITOR_VISITS:
        rounds.visit_asked(unit_id, now=timezone.now())
