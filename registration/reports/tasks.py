import logging
import traceback

from celery import shared_task
from django.utils import timezone

from registration.reports.closing import close_window
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
            close_window(window, now=now)
        except Exception as error:
            _report(window, error)
            return


def _report(window: Window, error: Exception) -> None:
    place = traceback.extract_tb(error.__traceback__)[-1]
    logger.error(
        "The summary of %s for %s is not finished: %s in %s, line %s.",
        window.department.code,
        window.day,
        type(error).__name__,
        place.name,
        place.lineno,
    )
