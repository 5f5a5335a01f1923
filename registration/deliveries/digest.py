"""Once a day, what went wrong: one e-mail to each who watches over due times, or none at all."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.common import dates
from registration.deliveries.models import Delivery, Ping, Recipient
from registration.deliveries.reasons import reason_in_words
from registration.deliveries.standing import standings_of
from registration.deliveries.watch import clock_line, known_of
from registration.outbox.choices import State
from registration.outbox.services import queue_email
from registration.outside.choices import Trouble
from registration.reports.models import Window

# Before the offices of Vietnam open; those of Turkey follow five hours later.
DAY_ENDS = time(23, 30, tzinfo=UTC)
DAY = timedelta(days=1)
Group = dict[str, Any]


def send_digest(*, now: datetime) -> int:
    """Tell all who watch over due times what went wrong in the day up to 23:30 UTC; how many.

    Each is told once a day, in their language; nobody is told when there is nothing to say.
    """
    until = day_end(now)
    told: dict[str, list[Group]] = {}
    number = 0
    for staff in _watchers():
        with translation.override(staff.language):
            if staff.language not in told:
                told[staff.language] = groups_of(until - DAY, until, language=staff.language)
            groups = told[staff.language]
        if not groups:
            continue
        number += 1
        queue_email(
            "deliveries/digest",
            to=staff.email,
            language=staff.language,
            context={
                "day": dates.short_date(until.date(), staff.language),
                "number": sum(len(group["lines"]) for group in groups),
                "groups": groups,
                "url": settings.BASE_URL + reverse("deliveries:countdown"),
            },
            dedupe_key=f"digest:{until:%Y-%m-%d}:{staff.pk}",
            now=now,
            limit=None,
        )
    return number


def day_end(now: datetime) -> datetime:
    """The last 23:30 UTC that has passed."""
    end = datetime.combine(now.astimezone(UTC).date(), DAY_ENDS)
    return end if end <= now else end - DAY


def _watchers() -> list[Staff]:
    staff = Staff.objects.filter(is_active=True).exclude(email="").prefetch_related("roles")
    return [each for each in staff.order_by("pk") if each.may(Right.WATCH_REPORTS)]


def groups_of(since: datetime, until: datetime, *, language: str) -> list[Group]:
    """The problems of ``[since, until)`` by kind, as lines to read; no kind without a line."""
    groups = [
        (_("Due times that were missed"), _missed(since, until, language)),
        (_("Refused or returned"), _refused(since, until, language)),
        (_("Webhooks that have ended"), _ended(since, until)),
        (_("Outside watches that did not answer"), _unanswered(since, until, language)),
        (_("Clocks"), _clocks()),
    ]
    listed = [{"title": title, "lines": list(lines)} for title, lines in groups]
    return [group for group in listed if group["lines"]]


def _missed(since: datetime, until: datetime, language: str) -> Iterator[str]:
    due = Window.objects.filter(due_at__gte=since, due_at__lt=until).select_related("department")
    for standing in standings_of(due.order_by("department__folded", "day")):
        window = standing.window
        values = {
            "department": window.department.name,
            "day": dates.short_date(window.day, language),
            "due": dates.date_time(window.due_at, language, zone=window.zone),
        }
        if not standing.is_delivered:
            line = _("%(department)s, %(day)s: not delivered; it was due %(due)s.") % values
            yield " ".join([line, *known_of(standing)])
        elif standing.is_late and standing.delivered_at:
            sent = dates.date_time(standing.delivered_at, language, zone=window.zone)
            line = _("%(department)s, %(day)s: delivered %(sent)s; it was due %(due)s.")
            yield line % (values | {"sent": sent})


def _refused(since: datetime, until: datetime, language: str) -> Iterator[str]:
    period = (since, until - timedelta(microseconds=1))
    # A message's last try is the moment at which it was refused.
    refused = Q(message__state=State.FAILED, message__not_before__range=period)
    rows = (
        Delivery.objects.that_count()
        .filter(refused | Q(bounced_at__range=period))
        .select_related("message", "recipient__department", "summary__window", "provisional")
        .defer("message__text", "message__html", "summary__figures", "provisional__figures")
    )
    for each in rows.order_by("recipient__department__folded", "recipient__office", "pk"):
        yield _("%(department)s, %(thing)s, %(office)s: %(reason)s") % {
            "department": each.recipient.department.name,
            "thing": _thing(each, language),
            "office": each.recipient.office,
            "reason": reason_in_words(each.bounce_code or each.message.last_error),
        }


def _thing(delivery: Delivery, language: str) -> str:
    if delivery.summary:
        return dates.short_date(delivery.summary.window.day, language)
    number = delivery.provisional.number if delivery.provisional else ""
    return _("provisional figures no. %(number)s") % {"number": number}


def _ended(since: datetime, until: datetime) -> Iterator[str]:
    ended = Recipient.objects.filter(
        is_active=True, endpoint__ended_at__gte=since, endpoint__ended_at__lt=until
    )
    for each in ended.select_related("department").order_by("department__folded", "office"):
        yield _("%(department)s, %(office)s: %(reason)s") % {
            "department": each.department.name,
            "office": each.office,
            "reason": reason_in_words("ended"),
        }


def _unanswered(since: datetime, until: datetime, language: str) -> Iterator[str]:
    pings = Ping.objects.filter(
        done_at__isnull=True,
        attempts__gt=0,
        window__due_at__gte=since,
        window__due_at__lt=until,
    ).select_related("window__department")
    for each in pings.order_by("window__department__folded", "pk"):
        known = each.last_error in Trouble.values
        trouble = Trouble(each.last_error).label if known else each.last_error
        yield _("%(department)s, %(day)s: %(trouble)s") % {
            "department": each.window.department.name,
            "day": dates.short_date(each.window.day, language),
            "trouble": trouble,
        }


def _clocks() -> Iterator[str]:
    if line := clock_line():
        yield line
