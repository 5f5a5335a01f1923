import uuid

from celery import shared_task
from django.utils import timezone

from registration.overview import exports

HOUR = 3600


# Millions of rows take long. What tells a slow worker from a dead one is the lease, not the clock.
@shared_task(soft_time_limit=3 * HOUR, time_limit=3 * HOUR + 60)
def write_export(export_id: str) -> None:
    exports.write_export(uuid.UUID(export_id))


@shared_task
def sweep_exports() -> None:
    for pk in exports.left_lying(now=timezone.now()):
        write_export.delay(str(pk))


@shared_task
def forget_exports() -> None:
    exports.forget_exports(now=timezone.now())
