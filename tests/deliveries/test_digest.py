"""The daily e-mail to those who watch: every kind of trouble, and silence without any."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from registration.accounts.models import Staff
from registration.deliveries import watch
from registration.deliveries.digest import day_end, send_digest
from registration.deliveries.models import Ping, Recipient
from registration.outbox.choices import State
from registration.outbox.models import Message
from registration.outbox.services import make_endpoint
from registration.outbox.webhooks import end_endpoint
from registration.reports.models import Window
from tests import factories
from tests.deliveries.days import CUT_OFF, DUE, MINUTE, ended_day, frozen, sent_to

END = datetime(2025, 11, 20, 23, 30, tzinfo=UTC)
NOW = END + timedelta(minutes=7)
DAY = timedelta(days=1)


@pytest.fixture
def window(reference: SimpleNamespace, no_worker: None, monkeypatch: pytest.MonkeyPatch) -> Window:
    monkeypatch.setattr("registration.deliveries.digest.clock_line", lambda: "")
    return ended_day(reference.quang_ninh_department)


@pytest.fixture
def mai(db: None) -> Staff:
    """Mai, who operates the portal."""
    return factories.StaffFactory(username="mai", language="en", roles=["operator"])


def digest() -> str:
    return Message.objects.get(kind="deliveries/digest").text


@pytest.mark.parametrize(
    ("now", "end"),
    [(END - MINUTE, END - DAY), (END, END), (NOW, END), (END + DAY - MINUTE, END)],
)
def test_day_end(now: datetime, end: datetime) -> None:
    assert day_end(now) == end


def test_day_without_problems_is_silent(window: Window, mai: Staff) -> None:
    sent_to(frozen(window), "Văn phòng")

    assert send_digest(now=NOW) == 0
    assert not Message.objects.filter(kind="deliveries/digest").exists()


def test_missed_due_times(window: Window, mai: Staff, reference: SimpleNamespace) -> None:
    ended_day(reference.adana_department, language="tr", now=DUE + timedelta(hours=4))
    sent_to(frozen(window), "Văn phòng", sent_at=DUE + MINUTE)

    send_digest(now=NOW)

    assert (
        "Due times that were missed\n"
        "– Adana Department of Health, 20/11/2025: not delivered; it was due 20/11/2025 16:30."
        " The figures have not been compiled yet.\n"
        "– Quảng Ninh Department of Health, 20/11/2025: delivered 20/11/2025 16:31; it was due"
        " 20/11/2025 16:30.\n"
    ) in digest()


def test_refused_and_returned(window: Window, mai: Staff) -> None:
    summary = frozen(window)
    sent_to(summary, "Phòng A", State.FAILED, error="SMTPRecipientsRefused 550")
    sent_to(summary, "Phòng B", bounced_at=CUT_OFF + MINUTE, bounce_code="5.2.2")
    sent_to(summary, "Phòng C")

    send_digest(now=NOW)

    assert (
        "Refused or returned\n"
        "– Quảng Ninh Department of Health, 20/11/2025, Phòng A: The mail server says that this"
        " address does not exist. Correct it in the list of recipients.\n"
        "– Quảng Ninh Department of Health, 20/11/2025, Phòng B: The office's mailbox is full. The"
        " office has to make room in it.\n\n"
    ) in digest()


def test_ended_webhook_and_unanswered_watch(window: Window, mai: Staff) -> None:
    sent_to(frozen(window), "Văn phòng")
    endpoint, _secret = make_endpoint("https://hook.example.org/", CUT_OFF)
    end_endpoint(endpoint, "gone", CUT_OFF)
    Recipient.objects.filter(office="Văn phòng").update(endpoint=endpoint)
    Ping.objects.create(window=window, attempts=3, not_before=NOW, last_error="timeout")

    send_digest(now=NOW)

    assert (
        "Webhooks that have ended\n"
        "– Quảng Ninh Department of Health, Văn phòng: Calls to the recipient's system have ended."
        " Resume the recipient when it works again.\n\n"
        "Outside watches that did not answer\n"
        "– Quảng Ninh Department of Health, 20/11/2025: It took too long\n"
    ) in digest()


def test_clocks_apart(
    mai: Staff, reference: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, no_worker: None
) -> None:
    monkeypatch.setattr(watch, "database_now", lambda: datetime.now(UTC) + timedelta(seconds=60))

    send_digest(now=NOW)

    assert "Clocks\n– The clocks of the database and of this machine are 60 seconds apart." in (
        digest()
    )


def test_problems_of_other_days_are_not_told_again(window: Window, mai: Staff) -> None:
    sent_to(frozen(window), "Văn phòng", State.FAILED, error="SMTPRecipientsRefused 550")

    assert [send_digest(now=NOW - DAY), send_digest(now=NOW + DAY)] == [0, 0]


def test_each_watcher_is_told_once_in_their_language(
    window: Window, mai: Staff, administrator: Staff, linh: Staff, charlie: Staff
) -> None:
    factories.StaffFactory(username="gone", roles=["operator"], is_active=False)

    for hour in range(4):
        send_digest(now=NOW + timedelta(hours=hour))

    told = Message.objects.filter(kind="deliveries/digest").order_by("language")
    assert [(each.recipient, each.language) for each in told] == [
        ("mai@example.org", "en"),
        ("isil@example.org", "tr"),
    ]
    assert "20.11.2025" in told[1].subject
    assert "http://testserver/desk/deliveries/watch/" in told[0].text
