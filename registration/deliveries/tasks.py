import logging

from celery import shared_task
from django.utils import timezone

from registration.deliveries import digest, pings, watch
from registration.deliveries.sending import close_and_deliver
from registration.deliveries.trouble import place_of
from registration.reports.models import Window
from registration.reports.windows import ensure_windows
from registration.units.models import Unit

logger = logging.getLogger(__name__)


@shared_task
def close_due_windows() -> None:
    """Lay down what is missing; ring once for each department that has something to close."""
    unfinished = ensure_windows(now=timezone.now())
    for department_id in dict.fromkeys(window.department_id for window in unfinished):
        close_windows_of.delay_on_commit(department_id)  # type: ignore[attr-defined]


@shared_task
def close_windows_of(department_id: int) -> None:
    """Close the ended windows of one department, oldest first.

    Stops at the first trouble, which is logged without values: they might name somebody. The
    next minute goes on from there, and other departments are not touched by it.
    """
    now = timezone.now()
    for window in ensure_windows(now=now, department=Unit.objects.get(pk=department_id)):
        try:
            close_and_deliver(window, now=now)
        except Exception as error:
            _report(window, error)
            return


@shared_task
def watch_due() -> None:
    """Alarm where a due time is near or passed, and ring for each outside watch to be called."""
    now = timezone.now()
    watch.raise_alarms(now=now)
    pings.expect_pings(now=now)
    for ping_id in pings.due_pings(now=now).values_list("pk", flat=True):
        call_watch.delay_on_commit(ping_id)  # type: ignore[attr-defined]


@shared_task
def call_watch(ping_id: int) -> None:
    pings.call_watch(ping_id, now=timezone.now())


@shared_task
def send_digest() -> None:
    digest.send_digest(now=timezone.now())


def _report(window: Window, error: Exception) -> None:
    logger.error(
        "The summary of %s for %s is not finished: %s.",
        window.department.code,
        window.day,
        place_of(error),
    )
