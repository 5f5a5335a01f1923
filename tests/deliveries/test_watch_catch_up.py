"""After three days without a worker, twenty of them at once (fault FI-04)."""

from collections import Counter
from collections.abc import Callable
from datetime import time, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from registration.deliveries import tasks
from registration.deliveries.models import Alarm, Delivery
from registration.deliveries.services import add_recipient
from registration.outbox.models import MailboxItem, Message
from registration.reports.models import Summary, Window
from tests.deliveries.days import watch_of
from tests.races import needs_postgresql, run_at_once
from tests.reports.entries import hours_of

DAYS, WORKERS = 3, 20


@pytest.mark.race
@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_three_days_and_twenty_workers_deliver_each_summary_once(
    reference: SimpleNamespace, mailbox: Callable[[], list[MailboxItem]]
) -> None:
    last = timezone.now().date() - timedelta(days=1)
    units = [reference.quang_ninh_department, reference.adana_department]
    for unit in units:
        language = unit.jurisdiction.language
        hours_of(
            unit,
            language=language,
            starts_on=last - timedelta(days=DAYS - 1),
            ends_on=last,
            cut_off_at=time(0, 5),
            due_at=time(0, 30),
        )
        for office in ("a", "b"):
            address = f"{office}@{unit.code}.example.org"
            add_recipient(unit, office=office, email=address, language=language)
        watch_of(unit, language=language, second_phone="")

    def minute() -> None:
        tasks.watch_due()
        tasks.close_due_windows()

    results = run_at_once([minute] * WORKERS, timeout=240)
    minute()

    assert results == [None] * WORKERS
    summaries = Summary.objects.count()
    assert summaries == Window.objects.filter(finished_at__isnull=False).count() == 2 * DAYS
    sent = Message.objects.filter(kind="deliveries/summary")
    assert Delivery.objects.count() == sent.count() == sent.filter(state="sent").count() == 12
    copies = Counter(item.recipient for item in mailbox() if item.recipient[1] == "@")
    assert copies == dict.fromkeys(
        (f"{office}@{unit.code}.example.org" for unit in units for office in "ab"), DAYS
    )
    # Nothing but the newest day may have been alarmed about, and each of these once.
    alarms = list(Alarm.objects.values_list("window", "kind"))
    assert len(alarms) == len(set(alarms)) <= len(units)
