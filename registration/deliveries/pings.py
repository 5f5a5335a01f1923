"""Signs of life for an outside watch: its silence is the alarm when this portal cannot raise one.

In the manner of Healthchecks and its kin: a GET of the department's address when a day's summary
is delivered, with ``/fail`` after its path when the due time passed without it.
"""

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from django.db import transaction
from django.db.models import F, QuerySet

from registration.deliveries.models import Ping, Watch
from registration.deliveries.rules import ALARM_FOR
from registration.deliveries.standing import standings_of
from registration.outside.post import send
from registration.reports.models import Window

logger = logging.getLogger(__name__)

# Before each further try; together about a day. A later sign would be taken for the next day's.
PAUSES = (
    *(timedelta(minutes=minutes) for minutes in (1, 5, 15)),
    *(timedelta(hours=hours) for hours in (1, 2, 4, 8, 8)),
)
MOST_TRIES = len(PAUSES) + 1
# Longer than any call takes: after that the worker that held it is dead.
LEASE = timedelta(minutes=2)


def expect_pings(*, now: datetime) -> None:
    """A sign of life for each window of the last day that is delivered in full; twice is once."""
    done = Window.objects.filter(
        finished_at__isnull=False,
        due_at__gt=now - ALARM_FOR,
        department__report_watch__isnull=False,
    ).exclude(department__report_watch__ping_address="")
    for standing in standings_of(done.exclude(pings__is_failure=False).order_by("pk")):
        if standing.is_complete:
            expect_ping(standing.window, is_failure=False, now=now)


@transaction.atomic
def expect_ping(window: Window, *, is_failure: bool, now: datetime) -> None:
    """Note that the outside watch is to be called, if the department has one. Twice is once.

    A delivered day no longer needs the call that said otherwise.
    """
    watched = Watch.objects.filter(department=window.department_id)
    if not watched.exclude(ping_address="").exists():
        return
    if not is_failure:
        Ping.objects.filter(window=window, is_failure=True, done_at__isnull=True).delete()
    Ping.objects.get_or_create(window=window, is_failure=is_failure, defaults={"not_before": now})


def due_pings(*, now: datetime) -> QuerySet[Ping]:
    return Ping.objects.filter(
        done_at__isnull=True, not_before__lte=now, attempts__lt=MOST_TRIES
    ).order_by("not_before")


def call_watch(ping_id: int, *, now: datetime) -> None:
    """Call the outside watch, if nobody else does just now; tried again for about a day."""
    if (
        not due_pings(now=now)
        .filter(pk=ping_id)
        .update(not_before=now + LEASE, attempts=F("attempts") + 1)
    ):
        return
    ping = Ping.objects.select_related("window").get(pk=ping_id)
    watch = Watch.objects.filter(department=ping.window.department_id).first()
    if watch is None or not watch.ping_address:
        ping.delete()
        return
    address = failure_address(watch.ping_address) if ping.is_failure else watch.ping_address
    reply = send(address, headers={}, method="GET")
    if reply.status is not None and 200 <= reply.status < 300:
        Ping.objects.filter(pk=ping_id).update(done_at=now, last_error="")
        return
    pause = PAUSES[min(ping.attempts, len(PAUSES)) - 1]
    error = reply.code
    Ping.objects.filter(pk=ping_id).update(not_before=now + pause, last_error=error)
    logger.warning("The outside watch of window %s was not reached: %s", ping.window, error)


def failure_address(address: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/fail"))
