"""Tasks of the frame itself."""

from pathlib import Path

from celery import shared_task
from django.conf import settings


@shared_task
def touch_worker() -> None:
    """Touch ``var/worker.alive`` through the broker: a worker that sits idle does not."""
    Path(settings.VAR_DIR, "worker.alive").touch()
