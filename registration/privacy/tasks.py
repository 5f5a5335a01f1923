from celery import shared_task
from django.utils import timezone

from registration.privacy import erasure_log, retention

# Within the time limit of a task even on a busy machine (measured: 150 registrations a second).
AT_MOST = 5_000


@shared_task
def run_retention() -> None:
    """Act on what is due, and ring again while there may be more."""
    outcomes = retention.run_retention(now=timezone.now(), at_most=AT_MOST)
    if sum(outcome.count or 0 for outcome in outcomes) >= AT_MOST:
        run_retention.delay()
    else:
        erasure_log.complete_log()
