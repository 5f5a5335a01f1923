"""The database goes away after the freeze and before all messages are queued (fault FI-06)."""

import contextlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import Error, connection, transaction

from registration.deliveries import sending, tasks
from registration.deliveries.models import Delivery, Recipient
from registration.deliveries.sending import close_and_deliver
from registration.outbox.models import Attachment, MailboxItem, Message
from registration.reports.closing import finish_window
from registration.reports.models import Document, Summary, Window
from registration.reports.rules import digest
from tests.deliveries.conftest import CUT_OFF
from tests.races import needs_postgresql, run_at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), needs_postgresql]


def end_session() -> None:
    """What a server that is stopped at once does to this session, done from another one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (session,) = cursor.fetchone()

    def end() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [session])
            return bool(cursor.fetchone()[0])

    assert run_at_once([end]) == [True]


@pytest.fixture
def lose_database(monkeypatch: pytest.MonkeyPatch, window: Window) -> Callable[[int], None]:
    """``lose_database(2)`` closes the day; the database is lost when its second message is due."""
    # The one day of the department: a later run by the real clock has nothing else to do.
    type(window.department.report_hours).objects.update(ends_on=window.day)

    def close(at: int) -> None:
        queue, calls = sending.queue_copy, []

        def queue_or_lose(*args: Any, **kwargs: Any) -> Message:
            calls.append(args)
            if len(calls) == at:
                end_session()
            return queue(*args, **kwargs)

        with monkeypatch.context() as patch, contextlib.suppress(Error):
            patch.setattr(sending, "queue_copy", queue_or_lose)
            close_and_deliver(window, now=CUT_OFF)
        assert len(calls) >= at
        # The next worker comes with a connection of its own.
        connection.close()

    return close


@pytest.mark.parametrize("at", [1, 2])
def test_a_database_lost_after_the_freeze_sends_the_same_report_once(
    window: Window,
    lose_database: Callable[[int], None],
    mailbox: Callable[[], list[MailboxItem]],
    at: int,
) -> None:
    lose_database(at)
    frozen = Summary.objects.get()
    documents = dict(Document.objects.values_list("pk", "sha256"))
    queued = Message.objects.count()

    for _run in range(2):
        tasks.close_windows_of(window.department_id)

    after = Summary.objects.get()
    assert (after.pk, after.sha256, after.figures) == (frozen.pk, frozen.sha256, frozen.figures)
    assert digest(after.figures) == frozen.sha256
    assert queued == 0
    assert documents
    assert dict(Document.objects.values_list("pk", "sha256")) == documents
    assert {digest(bytes(each.content)) for each in Attachment.objects.all()} <= set(
        documents.values()
    )
    assert Delivery.objects.count() == Message.objects.count() == 2
    assert sorted(item.recipient for item in mailbox()) == [
        "bilgi@saglik.example.org",
        "nghiepvu@soyte.example.org",
    ]


def test_twin_that_finishes_the_window_before_its_messages_loses_them(
    window: Window,
    lose_database: Callable[[int], None],
    mailbox: Callable[[], list[MailboxItem]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def finish_and_deliver(summary: Summary, *, now: datetime) -> None:
        finish_window(summary.window, now=now)
        listed = Recipient.objects.filter(department=summary.department_id)
        papers = sending._papers_for(summary, listed)
        with transaction.atomic():
            for each in sending._held(listed):
                sending._deliver_to(each, papers, key=sending._key(summary, each), now=now)

    with monkeypatch.context() as patch:
        patch.setattr(sending, "deliver", finish_and_deliver)
        lose_database(1)

    tasks.close_windows_of(window.department_id)

    assert Summary.objects.count() == 1
    assert Message.objects.count() == 0
    assert mailbox() == []
