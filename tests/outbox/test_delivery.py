import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone

from registration.outbox import delivery, tasks
from registration.outbox.choices import State
from registration.outbox.models import Freeze, MailboxItem, Message
from registration.outbox.services import File, deliver_due, deliver_message
from tests.outbox.conftest import NOW, READER, SECRET, Letters
from tests.outbox.servers import MailServer
from tests.races import needs_postgresql, run_at_once

Write = Callable[..., Message]
Serve = Callable[..., MailServer]
Mailbox = Callable[[], list[MailboxItem]]


def stored(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def told(message: Message) -> tuple[str, int, str]:
    row = stored(message)
    return row.state, row.attempts, row.last_error


def test_deliver_message_hands_over_subject_text_html_files_and_headers(
    email: Write, post_office: Letters
) -> None:
    message = email(
        to="linh@example.org",
        context={**READER, "greeting": "Đơn đăng ký – İğdır, Ağrı ễ"},
        attachments=[
            File("tổng hợp.pdf", "application/pdf", b"%PDF-1"),
            File("İlçeler.csv", "text/csv", "Ağrı".encode()),
        ],
    )

    deliver_message(message.pk, now=NOW)

    (letter,) = post_office.taken
    assert letter["Subject"].strip() == "Đơn đăng ký – İğdır, Ağrı ễ (vi)"
    assert letter["To"] == "linh@example.org"
    assert letter["Message-ID"] == f"<{message.pk}@donation-portal.example.org>"
    assert letter["Date"].datetime == NOW
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Content-Language"] == "vi"
    assert letter.get_body(("plain",)).get_content().startswith("Nguyễn Thị Linh, Tháng 1")
    assert SECRET in letter.get_body(("html",)).get_content()
    assert [(part.get_filename(), part.get_content()) for part in letter.iter_attachments()] == [
        ("tổng hợp.pdf", b"%PDF-1"),
        ("İlçeler.csv", "Ağrı"),
    ]
    row = stored(message)
    assert (row.state, row.attempts, row.sent_at, row.leased_until) == ("sent", 1, NOW, None)


@pytest.mark.parametrize(
    ("behaviour", "state", "error"),
    [
        ("greylist", "waiting", "SMTPRecipientsRefused 450"),
        ("no such mailbox", "failed", "SMTPRecipientsRefused 550"),
        ("sender refused", "waiting", "SMTPSenderRefused 550"),
        ("too big", "failed", "SMTPSenderRefused 552"),
        ("content refused", "failed", "SMTPDataError 554"),
        ("full", "waiting", "SMTPDataError 452"),
        ("shutting down", "waiting", "SMTPHeloError 421"),
        ("closes after DATA", "waiting", "SMTPServerDisconnected"),
        ("silent", "waiting", "SMTPServerDisconnected"),
    ],
)
def test_deliver_message_tells_trouble_that_passes_from_refusal(
    email: Write, mail_server: Serve, behaviour: str, state: str, error: str
) -> None:
    mail_server(behaviour)
    message = email()

    deliver_message(message.pk, now=NOW)

    assert told(message) == (state, 1, error)
    assert stored(message).not_before == NOW + timedelta(minutes=state == "waiting")


def test_deliver_message_where_no_server_listens_waits(email: Write, mail_server: Serve) -> None:
    mail_server().stop()
    message = email()

    deliver_message(message.pk, now=NOW)

    assert told(message) == ("waiting", 1, "ConnectionRefusedError")


def test_deliver_message_leaves_a_server_that_drips_after_the_whole_time(
    email: Write, mail_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "CONVERSATION_SECONDS", 1.0)
    mail_server("a byte a second")
    message = email()
    begun = time.monotonic()

    deliver_message(message.pk, now=NOW)

    assert told(message) == ("waiting", 1, "SMTPServerDisconnected")
    assert time.monotonic() - begun < 5


def test_deliver_message_taken_by_a_server_that_says_no_goodbye_is_sent(
    email: Write, mail_server: Serve
) -> None:
    server = mail_server("silent farewell")
    message = email()

    deliver_message(message.pk, now=NOW)

    assert told(message) == ("sent", 1, "")
    assert len(server.letters) == 1


def test_deliver_message_with_a_wrong_password_waits_for_the_operator(
    email: Write, mail_server: Serve, settings: Any
) -> None:
    mail_server()
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    message = email()

    deliver_message(message.pk, now=NOW)

    assert told(message) == ("waiting", 1, "SMTPNotSupportedError")


def test_deliver_message_with_a_header_that_cannot_be_written_is_refused(
    email: Write, mail_server: Serve
) -> None:
    server = mail_server()
    message = email()
    # As if it had been written before the entry refused it.
    row = stored(message)
    row.recipient = "a@b, c@d"
    row.save(update_fields=["recipient"])

    deliver_message(message.pk, now=NOW)

    assert told(message) == ("failed", 1, "ValueError")
    assert server.letters == []


def test_deliver_due_one_bad_address_holds_no_other(email: Write, mail_server: Serve) -> None:
    server = mail_server(bad="bad@example.org")
    messages = [email(to=f"{who}@example.org") for who in ("a", "bad", "c")]

    results = deliver_due(now=NOW)

    assert results == {"sent": 2, "waiting": 0, "failed": 1}
    assert [letter["To"] for letter in server.letters] == ["a@example.org", "c@example.org"]
    assert [stored(m).state for m in messages] == ["sent", "failed", "sent"]


def test_deliver_message_comes_back_after_1_5_15_60_minutes_until_it_is_taken(
    email: Write, mail_server: Serve
) -> None:
    mail_server("greylist")
    message = email()
    now, waits = NOW, []
    for _try in range(6):
        deliver_message(message.pk, now=now)
        # Too early is not taken.
        deliver_message(message.pk, now=stored(message).not_before - timedelta(seconds=1))
        waits.append((stored(message).not_before - now) // timedelta(minutes=1))
        now = stored(message).not_before
    server = mail_server("ok")

    deliver_message(message.pk, now=now)

    assert waits == [1, 5, 15, 60, 60, 60]
    assert told(message) == ("sent", 7, "")
    assert len(server.letters) == 1


def test_deliver_message_gives_up_after_72_hours(email: Write, mail_server: Serve) -> None:
    mail_server("greylist")
    message = email()
    now, tries = NOW, 0
    while stored(message).state == State.WAITING:
        deliver_message(message.pk, now=now)
        now, tries = stored(message).not_before, tries + 1

    assert told(message) == ("failed", tries, "SMTPRecipientsRefused 450")
    assert timedelta(hours=72) <= now - NOW < timedelta(hours=74)


@pytest.mark.parametrize("state", ["sent", "failed", "sending"])
def test_deliver_message_leaves_what_is_not_waiting(
    email: Write, mailbox: Mailbox, state: str
) -> None:
    message = email()
    Message.objects.update(state=state, leased_until=NOW + timedelta(minutes=1))

    deliver_message(message.pk, now=NOW)

    assert told(message) == (state, 0, "")
    assert mailbox() == []


def test_deliver_message_three_times_sends_one(email: Write, mailbox: Mailbox) -> None:
    message = email()

    for _time in range(3):
        deliver_message(message.pk, now=NOW)

    assert len(mailbox()) == 1


def test_deliver_message_without_its_key_waits_until_the_key_is_back(
    email: Write, settings: Any, mailbox: Mailbox
) -> None:
    message = email()
    keys = settings.SEALING_KEYS
    settings.SEALING_KEYS = ["t2:" + "A" * 43 + "="]
    deliver_message(message.pk, now=NOW)
    before = told(message)
    settings.SEALING_KEYS = keys

    deliver_message(message.pk, now=NOW + timedelta(minutes=1))

    assert before == ("waiting", 1, "CannotOpen")
    assert len(mailbox()) == 1


def test_deliver_message_killed_between_sending_and_recording_sends_again_under_one_id(
    email: Write, mail_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = mail_server()
    message = email()
    really_send = delivery.send

    def die_after_sending(sent: Message, **options: Any) -> None:
        really_send(sent, **options)
        raise SystemExit

    monkeypatch.setattr(delivery, "send", die_after_sending)
    with pytest.raises(SystemExit):
        deliver_message(message.pk, now=NOW)
    monkeypatch.setattr(delivery, "send", really_send)
    held = told(message)
    later = NOW + timedelta(minutes=2, seconds=1)

    results = deliver_due(now=later)

    assert held == ("sending", 1, "")
    assert results == {"sent": 1, "waiting": 0, "failed": 0}
    assert [letter["Message-ID"] for letter in server.letters] == [
        f"<{message.pk}@donation-portal.example.org>"
    ] * 2


def test_release_lost_leaves_leases_that_hold(email: Write) -> None:
    message = email()
    delivery.claim(message.pk, now=NOW)

    released = delivery.release_lost(now=NOW + timedelta(minutes=2), at_most=10)

    assert released == 0
    assert told(message) == ("sending", 1, "")


def test_release_lost_slows_down_what_kills_worker_after_worker(email: Write) -> None:
    message = email()
    now, pauses = NOW, []
    for _death in range(5):
        delivery.claim(message.pk, now=now)
        now += timedelta(minutes=3)
        delivery.release_lost(now=now, at_most=10)
        pauses.append((stored(message).not_before - now) // timedelta(minutes=1))
        now = stored(message).not_before

    assert pauses == [0, 0, 0, 60, 60]


def test_a_late_refusal_does_not_overwrite_who_took_over(
    email: Write, mail_server: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_server("no such mailbox")
    message = email()
    really_send = delivery.send

    def lose_the_lease(sent: Message, **options: Any) -> None:
        Message.objects.update(attempts=F("attempts") + 1)
        really_send(sent, **options)

    monkeypatch.setattr(delivery, "send", lose_the_lease)

    deliver_message(message.pk, now=NOW)

    assert told(message) == ("sending", 2, "")


def test_nothing_personal_is_logged_or_kept_as_error(
    email: Write, mail_server: Serve, everything_logged: Callable[[], str]
) -> None:
    for behaviour in ("ok", "greylist", "no such mailbox", "content refused", "silent"):
        mail_server(behaviour)
        message = email(to="linh-canary@example.org")
        deliver_message(message.pk, now=NOW)
    errors = " ".join(Message.objects.values_list("last_error", flat=True))

    logged = everything_logged() + errors

    assert str(message.pk) in logged
    assert [word for word in ("linh-canary", SECRET, "Nguyễn", "Chào") if word in logged] == []


def test_tasks_take_ids_and_sweep_rings_for_what_was_left_lying(
    email: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    ago = lambda seconds: now - timedelta(seconds=seconds)  # noqa: E731
    lying, fresh, tried = email(now=ago(60)), email(now=ago(1)), email(now=ago(5))
    Message.objects.filter(pk=tried.pk).update(attempts=1)
    lost, held, later = email(now=ago(300)), email(now=ago(300)), email(now=ago(300))
    Message.objects.filter(pk=lost.pk).update(state="sending", attempts=1, leased_until=ago(1))
    Message.objects.filter(pk=held.pk).update(state="sending", attempts=1, leased_until=ago(-60))
    Message.objects.filter(pk=later.pk).update(attempts=1, not_before=ago(-60))
    rung: list[str] = []
    monkeypatch.setattr(tasks.deliver_message, "delay", rung.append)

    tasks.sweep_messages()

    assert set(rung) == {str(m.pk) for m in (lying, tried, lost)}
    assert stored(fresh).state == stored(lost).state == "waiting"
    assert stored(held).state == "sending"


def test_sweep_is_bounded(email: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    for _row in range(3):
        email(now=timezone.now() - timedelta(minutes=5))
    rung: list[str] = []
    monkeypatch.setattr(tasks.deliver_message, "delay", rung.append)
    monkeypatch.setattr(tasks, "MOST_AT_ONCE", 2)

    tasks.sweep_messages()

    assert len(rung) == 2


def test_deliver_messages_needs_no_broker(
    email: Write, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    email(now=timezone.now())

    call_command("deliver_messages")

    assert capsys.readouterr().out == "Sent: 1. Waiting for another try: 0. Refused: 0.\n"
    assert len(mailbox()) == 1


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "twin without the guard"])
def test_deliver_message_at_once_sends_one(
    email: Write, mail_server: Serve, monkeypatch: pytest.MonkeyPatch, guarded: bool
) -> None:
    server = mail_server()
    message = email()
    if not guarded:
        monkeypatch.setattr(delivery, "claimable", lambda pk, *, now: Message.objects.filter(pk=pk))

    run_at_once([lambda: deliver_message(message.pk, now=NOW)] * 6)

    assert stored(message).state == State.SENT
    assert len(server.letters) == 1 if guarded else len(server.letters) > 1


def test_frozen_nothing_leaves_by_bell_sweep_or_command(
    email: Write, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = email()
    rung: list[str] = []
    monkeypatch.setattr(tasks.deliver_message, "delay", rung.append)
    call_command("freeze_messages")
    delivery.freeze_messages(now=NOW)

    deliver_message(message.pk, now=NOW)
    results = deliver_due(now=NOW + timedelta(hours=80))
    tasks.sweep_messages()

    assert told(message) == ("waiting", 0, "")
    assert (mailbox(), rung, results) == ([], [], {"sent": 0, "waiting": 0, "failed": 0})
    assert Freeze.objects.count() == 1


def test_released_messages_leave(email: Write, mailbox: Mailbox) -> None:
    message = email()
    delivery.freeze_messages(now=NOW)

    waiting = delivery.release_messages(now=NOW)
    deliver_message(message.pk, now=NOW)

    assert (waiting, told(message), len(mailbox())) == (1, ("sent", 1, ""), 1)
    assert Freeze.objects.get().released_at == NOW


def test_released_without_those_that_may_have_gone_out_before(
    email: Write, mailbox: Mailbox
) -> None:
    old = email()
    delivery.freeze_messages(now=NOW + timedelta(minutes=1))
    new = email(now=NOW + timedelta(minutes=2))

    call_command("release_messages", "--drop-old")
    results = deliver_due(now=NOW + timedelta(hours=1))

    assert (told(old), told(new)) == (("failed", 0, "dropped"), ("sent", 1, ""))
    assert (results["sent"], len(mailbox())) == (1, 1)
