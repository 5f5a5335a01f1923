"""Reminders to a department of requests whose clock ends soon."""

from datetime import datetime, timedelta

from django.db import transaction

from registration.rights import letters
from registration.rights.models import DataRequest
from registration.rights.rules import OPEN_STATES


def remind_due(*, now: datetime) -> int:
    """Remind each department, once a day, of requests whose clock ends soon or has ended."""
    due = DataRequest.objects.filter(state__in=OPEN_STATES).exclude(
        reminded_at__gt=now - timedelta(hours=20)
    )
    told = 0
    for province_id in set(due.values_list("province_id", flat=True)):
        with transaction.atomic():
            rows = list(
                due.select_for_update()
                .filter(province_id=province_id)
                .select_related("province__jurisdiction")
            )
            urgent = [request for request in rows if letters.is_urgent(request, now=now)]
            if urgent and letters.remind(urgent, now=now):
                told += len(urgent)
                DataRequest.objects.filter(pk__in=[each.pk for each in urgent]).update(
                    reminded_at=now
                )
    return told
