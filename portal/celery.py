"""Celery carries the bell and nothing else: what must be done stands in the database."""

import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery import Celery
from celery.contrib.django.task import DjangoTask
from django.db import transaction

from portal.settings.env import use_settings

use_settings("portal.settings.dev")

logger = logging.getLogger(__name__)
# One thread and a short queue: a broker that does not answer costs a visitor nothing.
_ringer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ring")
MOST_WAITING = 1000


class BellTask(DjangoTask):
    """A task whose ring never fails and never blocks the one who rings.

    A bell that is lost is no loss: each minute a sweep finds what was left lying.
    """

    abstract = True

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:  # type: ignore[override]
        transaction.on_commit(lambda: self.ring(*args, **kwargs), robust=True)

    def ring(self, *args: Any, **kwargs: Any) -> None:
        if self.app.conf.task_always_eager:
            self.delay(*args, **kwargs)
        elif _ringer._work_queue.qsize() < MOST_WAITING:
            _ringer.submit(self._ring, args, kwargs)

    def _ring(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            self.delay(*args, **kwargs)
        except Exception as error:  # any broker trouble; the sweep makes up for it
            logger.warning("The bell for %s was lost: %s", self.name, type(error).__name__)


app = Celery("portal", task_cls=BellTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def set_schedule(sender: Celery, **kwargs: Any) -> None:
    from portal.schedule import SCHEDULE

    sender.conf.beat_schedule = SCHEDULE
