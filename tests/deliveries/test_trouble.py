"""Power that goes, mail servers in each of their moods, tasks that come three times."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from registration.deliveries import sending, tasks
from registration.deliveries.models import Delivery, Recipient
from registration.deliveries.sending import close_and_deliver
from registration.deliveries.services import add_recipient
from registration.deliveries.shown import receipts_of, state_of_window, with_deliveries
from registration.deliveries.trouble import place_of
from registration.outbox import delivery as outbox_delivery
from registration.outbox.delivery import LEASE
from registration.outbox.models import MailboxItem, Message
from registration.outbox.rules import Refused
from registration.outbox.services import deliver_due
from registration.outbox.tasks import deliver_message, sweep_messages
from registration.reports.models import Summary, Window
from registration.reports.rules import digest
from tests.deliveries.conftest import CUT_OFF
from tests.outbox.servers import MailServer

Serve = Callable[..., MailServer]
LATER = CUT_OFF + timedelta(minutes=2)


class PowerIsGone(BaseException):
    pass


def test_a_crash_between_freeze_and_sending_sends_the_same_report(
    window: Window, monkeypatch: pytest.MonkeyPatch, no_worker: None, mail_server: Serve
) -> None:
    """The program's power; the database's own is in ``test_lost_database.py`` (both FI-06)."""
    server = mail_server()

    def crash(*args: Any, **kwargs: Any) -> None:
        raise PowerIsGone

    with monkeypatch.context() as patch:
        patch.setattr(sending, "deliver", crash)
        with pytest.raises(PowerIsGone):
            tasks.close_windows_of(window.department_id)
    frozen = Summary.objects.get()
    assert not Message.objects.exists()

    for _ in range(2):
        tasks.close_windows_of(window.department_id)
        deliver_due(now=LATER + timedelta(days=3650))

    after = Summary.objects.get(window=window)
    assert (after.sha256, after.figures) == (frozen.sha256, frozen.figures)
    assert digest(after.figures) == frozen.sha256
    day = [each for each in server.letters if frozen.sha256 in each.get_body().get_content()]
    assert len(day) == 2
    kept = {each.name: bytes(each.content) for each in frozen.documents.all()}
    for letter in day:
        files = {part.get_filename(): part.get_content() for part in letter.iter_attachments()}
        assert files == {name: kept[name] for name in files}
        assert len(files) == 2


@pytest.mark.parametrize(
    ("behaviour", "state", "reason"),
    [
        ("greylist", "queued", "come back later"),
        ("no such mailbox", "failed", "does not exist"),
        ("full", "queued", "mailbox is full"),
        ("too big", "failed", "too large"),
        ("shutting down", "queued", "does not answer"),
        ("closes after DATA", "queued", "does not answer"),
        ("silent", "queued", "does not answer"),
        ("a byte a second", "queued", "does not answer"),
    ],
)
def test_a_server_in_a_mood_loses_nothing_and_the_reason_is_told(
    summary_waiting: Summary,
    mail_server: Serve,
    monkeypatch: pytest.MonkeyPatch,
    linh: Any,
    behaviour: str,
    state: str,
    reason: str,
) -> None:
    """Temporary trouble is tried again, the rest is shown, no worker hangs (FI-09)."""
    monkeypatch.setattr(outbox_delivery, "CONVERSATION_SECONDS", 1.0)
    mail_server(behaviour)

    begun = time.monotonic()
    deliver_due(now=CUT_OFF)

    assert time.monotonic() - begun < 10
    rows = receipts_of(summary_waiting, "en", staff=linh)["rows"]
    assert {row["state"] for row in rows} == {state}
    assert all(reason in row["reason"] for row in rows)
    if state == "queued":
        server = mail_server()
        for hour in range(1, 4):
            deliver_due(now=CUT_OFF + timedelta(hours=hour))
        assert len(server.letters) == 2
        assert state_of_window(with_deliveries(Window.objects.all()).get()) == "sent"


def test_twin_that_takes_each_trouble_as_final_loses_them(
    summary_waiting: Summary, mail_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_delivery, "verdict", lambda error: Refused("any"))
    mail_server("greylist")
    deliver_due(now=CUT_OFF)

    server = mail_server()
    for hour in range(1, 4):
        deliver_due(now=CUT_OFF + timedelta(hours=hour))

    assert server.letters == []


@pytest.fixture
def summary_waiting(window: Window, no_worker: None) -> Summary:
    """Frozen and queued; no worker has heard of it yet."""
    return close_and_deliver(window, now=CUT_OFF)


def test_an_address_that_does_not_exist_holds_nobody_else(
    summary_waiting: Summary, mail_server: Serve, linh: Any
) -> None:
    """FI-09, the bad address."""
    server = mail_server(bad="nghiepvu@")

    deliver_due(now=CUT_OFF)

    assert [letter["To"] for letter in server.letters] == ["bilgi@saglik.example.org"]
    states = {
        row["office"]: row["state"]
        for row in receipts_of(summary_waiting, "en", staff=linh)["rows"]
    }
    assert states == {"Phòng Nghiệp vụ Y": "failed", "İl Sağlık Müdürlüğü": "sent"}
    assert state_of_window(with_deliveries(Window.objects.all()).get()) == "failed"


def test_a_worker_that_dies_after_sending_leaves_a_copy_under_the_same_name(
    summary_waiting: Summary, office: Recipient, mail_server: Serve
) -> None:
    """FI-09, the server that accepts before the worker dies."""
    server = mail_server()
    message = Delivery.objects.get(recipient=office).message
    outbox_delivery.send(outbox_delivery.claim(message.pk, now=CUT_OFF), now=CUT_OFF)

    deliver_due(now=CUT_OFF + timedelta(minutes=5))

    to_office = [each for each in server.letters if each["To"] == office.email]
    assert len({each["Message-ID"] for each in to_office}) == 1
    assert len(to_office) == 2
    message.refresh_from_db()
    assert message.state == "sent"


@pytest.mark.parametrize(("lease", "is_sent"), [(LEASE, True), (timedelta(days=3650), False)])
def test_a_worker_that_dies_before_sending_loses_nothing_for_its_lease_ends(
    summary_waiting: Summary,
    mail_server: Serve,
    monkeypatch: pytest.MonkeyPatch,
    lease: timedelta,
    is_sent: bool,
) -> None:
    """FI-09; the second line is the twin, whose lease has no end."""
    monkeypatch.setattr(outbox_delivery, "LEASE", lease)
    server = mail_server()
    for message in Message.objects.all():
        outbox_delivery.claim(message.pk, now=CUT_OFF)

    deliver_due(now=CUT_OFF + timedelta(minutes=5))

    assert len(server.letters) == (2 if is_sent else 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(3))
def test_every_task_three_times_and_out_of_order_ends_the_same(
    reference: SimpleNamespace, window: Window, mailbox: Callable[[], list[MailboxItem]], seed: int
) -> None:
    """FI-16; in parallel, and the twin without the claim, in ``test_races.py``."""
    add_recipient(
        window.department, office="Văn phòng", email="vp@soyte.example.org", language="vi"
    )
    Window.objects.exclude(pk=window.pk).delete()
    type(window.department.report_hours).objects.update(ends_on=window.day)
    calls: list[Callable[[], object]] = [
        tasks.close_due_windows,
        lambda: tasks.close_windows_of(window.department_id),
        sweep_messages,
        lambda: [deliver_message(str(each.pk)) for each in Message.objects.all()],
    ] * 3
    random.Random(seed).shuffle(calls)

    for call in calls:
        call()

    summary = Summary.objects.get()
    assert Window.objects.get().finished_at is not None
    assert Delivery.objects.filter(summary=summary, copy=1).count() == 3
    assert sorted(item.recipient for item in mailbox()) == [
        "bilgi@saglik.example.org",
        "nghiepvu@soyte.example.org",
        "vp@soyte.example.org",
    ]


def test_log_names_the_place_and_no_value() -> None:
    with pytest.raises(ValueError, match="Linh") as raised:
        int("Linh")

    words, _, line = place_of(raised.value).rpartition(" ")
    assert words == "ValueError in test_log_names_the_place_and_no_value, line"
    assert line.isdigit()
