"""Departments whose day ends: ``python -m bench.summaries JOB`` under the portal's settings.

``one`` closes days of one department and makes their documents; ``prepare`` gives departments a
day that ends at a minute soon; ``check`` looks afterwards for what is missing or there twice.
Values and answers are JSON.
"""

import json
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

from bench.events import DEPARTMENT, FILL, Figures

LEAD = timedelta(seconds=75)
TO_DUE = timedelta(minutes=15)
# Away from every other day's events, so that registrations of two days are never the same.
APART = 1_000_000_000


def one(in_day: int, rounds: int) -> list[float]:
    """Seconds of each round: figures, freezing, letter, workbook, table and JSON of one day."""
    from registration.reports.closing import close_window, formats_of
    from registration.reports.models import ReportHours, Window

    Figures().set_the_scene()
    hours = ReportHours.objects.select_related("department").get(department__code=DEPARTMENT)
    day, found = timedelta(days=1), []
    begin = datetime(2026, 6, 1, 9, 15, tzinfo=UTC)
    # The first round opens files and fonts, as no day but a worker's first does.
    for number in range(rounds + 1):
        starts_at = begin + day * number
        write_events(hours.department.pk, starts_at, starts_at + day, in_day, place=number)
        window = Window.objects.create(
            department=hours.department,
            day=(starts_at + day).date(),
            zone="Asia/Ho_Chi_Minh",
            starts_at=starts_at,
            ends_at=starts_at + day,
            due_at=starts_at + day + TO_DUE,
        )
        began = time.perf_counter()
        summary = close_window(window, now=window.ends_at)
        found.append(time.perf_counter() - began)
        figures = json.loads(summary.figures)
        if summary.documents.count() != len(formats_of(figures)):
            raise SystemExit("A document is missing.")
        if not figures["counts"]["received"] > in_day / 4:
            raise SystemExit("The day is not full.")
    return found[1:]


def prepare(number: int, in_day: int) -> dict[str, Any]:
    """So many departments with two offices each, a closed day, and one that ends at a minute soon.

    The answer says when (seconds since 1970) and to whom a message must go.
    """
    from registration.deliveries.models import Recipient
    from registration.deliveries.services import add_recipient
    from registration.reports.models import ReportHours
    from registration.reports.services import set_report_hours
    from registration.units.models import Unit

    # The demo's own offices and hours.
    Recipient.objects.all().delete()
    ReportHours.objects.all().delete()
    found = Unit.objects.filter(kind="department", province__isnull=False)
    departments = list(found.select_related("jurisdiction").order_by("pk")[:number])
    now, offices = datetime.now(UTC), []
    for place, department in enumerate(departments):
        write_events(department.pk, now - timedelta(hours=22), now, in_day, place=place)
        for office in ("a", "b"):
            email = f"{office}@{department.code}.example.org"
            offices.append(email)
            add_recipient(department, office=office, email=email, language=department.language)
    _analyse()
    end = _minute_after(datetime.now(UTC) + LEAD)
    for department in departments:
        local = end.astimezone(department.jurisdiction.zone)
        due = min(local + TO_DUE, local.replace(hour=23, minute=59, second=59))
        set_report_hours(
            department,
            cut_off_at=local.time(),
            due_at=due.time(),
            language=department.language,
            starts_on=_day_before(local.date()),
            ends_on=local.date(),
            now=now,
        )
    _close_the_day_before()
    return {"ends_at": end.timestamp(), "offices": offices}


def check() -> list[str]:
    """What does not hold of any department's summaries and messages."""
    from django.db.models import Count
    from django.utils import timezone

    from registration.deliveries.models import Delivery
    from registration.outbox.models import Message
    from registration.reports.models import ReportHours, Window
    from registration.reports.proof import find_faults

    faults = [
        f"{hours.department.code}: {fault}"
        for hours in ReportHours.objects.select_related("department__jurisdiction")
        for fault in find_faults(hours.department, now=timezone.now())
    ]
    open_still = Window.objects.filter(finished_at__isnull=True).count()
    unsent = Message.objects.exclude(state="sent").count()
    twice = Delivery.objects.values("summary", "recipient").annotate(n=Count("pk")).filter(n__gt=1)
    for what, count in [
        ("windows are not finished", open_still),
        ("messages are not sent", unsent),
        ("deliveries are there twice", len(twice)),
    ]:
        if count:
            faults.append(f"{count} {what}")
    return faults


def write_events(
    department: int, starts_at: datetime, ends_at: datetime, number: int, *, place: int
) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            FILL,
            {
                "total": APART * (place + 1),
                "in_day": number,
                "from": 0,
                "to": 0,
                "first": starts_at,
                "since": starts_at,
                "until": ends_at,
                "starts": starts_at,
                "end": ends_at,
                "measured": department,
            },
        )


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_event")


def _minute_after(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _day_before(day: date) -> date:
    return day - timedelta(days=1)


def _close_the_day_before() -> None:
    """As on any day but the first: the figures go on from a summary. Nobody is sent that one."""
    from django.utils import timezone

    from registration.reports.closing import finish_window, freeze, pass_barrier_patiently
    from registration.reports.models import Window
    from registration.reports.services import ensure_windows

    windows = ensure_windows(now=timezone.now())
    Window.objects.update(is_quiet=True)
    for window in windows:
        freeze(window, taken_at=pass_barrier_patiently())
        finish_window(window, now=timezone.now())


if __name__ == "__main__":
    django.setup()
    job = {"one": one, "prepare": prepare, "check": check}[sys.argv[1]]
    json.dump(job(**json.loads(sys.stdin.read() or "{}")), sys.stdout)
