from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.template import TemplateDoesNotExist
from django.utils import translation

from registration.common.errors import RuleBroken
from registration.common.limits import Limit
from registration.outbox import tasks
from registration.outbox.models import Attachment, MailboxItem, Message, Stop
from registration.outbox.services import (
    File,
    deliver_due,
    may_write_to,
    queue_email,
    resume_messages,
    stop_messages,
)
from tests.outbox.conftest import NOW, READER, SECRET
from tests.races import needs_postgresql, run_at_once

Write = Callable[..., Message]


def stored(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def test_queue_email_writes_in_the_readers_language_and_not_the_workers(email: Write) -> None:
    with translation.override("tr"):
        vietnamese = stored(email(language="vi"))
        english = stored(email(language="en"))
    with translation.override("vi"):
        turkish = stored(email(language="tr"))

    assert [m.subject for m in (vietnamese, turkish, english)] == [
        "Chào (vi)",
        "Chào (tr)",
        "Chào (en)",
    ]
    assert turkish.text == ("Nguyễn Thị Linh, Ocak: http://testserver/x/?a=1&b=canary-4711\n")
    assert english.text.startswith("Nguyễn Thị Linh, January: ")
    assert vietnamese.text.startswith("Nguyễn Thị Linh, Tháng 1: ")


def test_queue_email_escapes_html_and_never_text(email: Write) -> None:
    message = stored(email(context={**READER, "name": "Ayşe <b>&"}))

    assert message.text.startswith("Ayşe <b>&, ")
    assert "<p>Ayşe &lt;b&gt;&amp;</p>" in message.html


def test_queue_email_without_an_html_template_is_text_alone(email: Write) -> None:
    message = stored(email(kind="sample/bare"))

    assert (message.subject, message.text, message.html) == ("Bare", "Nguyễn Thị Linh\n", "")


def test_queue_email_without_a_text_template_fails_before_anything_is_written(
    email: Write,
) -> None:
    with pytest.raises(TemplateDoesNotExist):
        email(kind="sample/unwritten")

    assert Message.objects.count() == 0


def test_queue_email_seals_whom_and_what(email: Write) -> None:
    email(to="linh@example.org")

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {Message._meta.db_table}")
        row = " ".join(str(value) for value in cursor.fetchone())
    assert [word for word in ("linh", "Linh", SECRET, "Chào", "<p>") if word in row] == []


def test_queue_email_keeps_its_files_and_what_it_is_about(email: Write) -> None:
    about = uuid4()

    message = email(about=about, attachments=[File("ngày 20.pdf", "application/pdf", b"%PDF")])

    assert stored(message).about == about
    assert list(Attachment.objects.values_list("message", "name", "content_type")) == [
        (message.pk, "ngày 20.pdf", "application/pdf")
    ]
    assert bytes(Attachment.objects.get().content) == b"%PDF"


def test_queue_email_refuses_two_addresses_and_writes_nothing(email: Write) -> None:
    with pytest.raises(RuleBroken) as refusal:
        email(to="a@example.org\nBcc: b@example.org")

    assert refusal.value.code == "not_one_address"
    assert Message.objects.count() == 0


def test_queue_email_twice_with_one_key_writes_one(email: Write) -> None:
    first = email(dedupe_key="receipt:1", to="a@example.org")

    second = email(dedupe_key="receipt:1", to="b@example.org", attachments=[File("x", "y/z", b"")])

    assert second.pk == first.pk
    assert [m.recipient for m in Message.objects.all()] == ["a@example.org"]
    assert Attachment.objects.count() == 0


def test_queue_email_cannot_put_a_header_into_the_subject(email: Write) -> None:
    message = email(context={**READER, "greeting": "Chào\r\nBcc: x@example.org"})

    assert stored(message).subject == "Chào Bcc: x@example.org (vi)"


def test_queue_sms_is_one_line_in_the_readers_language(text_message: Write) -> None:
    message = stored(text_message(language="tr"))

    assert (message.channel, message.text, message.subject) == (
        "sms",
        "Nguyễn Thị Linh: Ocak",
        "",
    )


def test_queue_sms_refuses_what_is_no_number(text_message: Write) -> None:
    with pytest.raises(RuleBroken) as refusal:
        text_message(to="0900000001")

    assert refusal.value.code == "not_one_number"


def test_queue_sms_twice_with_one_key_writes_one(text_message: Write) -> None:
    first = text_message(dedupe_key="code:1")

    assert text_message(dedupe_key="code:1").pk == first.pk


def test_queue_email_beyond_the_limit_is_written_and_never_sent(
    email: Write, mailbox: Callable[[], list[MailboxItem]]
) -> None:
    limit = Limit("outbox", times=2, seconds=24 * 3600)

    # Spelled in three ways, it is one mailbox.
    messages = [
        email(to=to, limit=limit) for to in ("a@example.org", "A@example.org", "a@EXAMPLE.org")
    ]
    other = email(to="b@example.org", limit=limit)
    deliver_due(now=NOW)

    assert [(stored(m).state, stored(m).last_error) for m in messages] == [
        ("sent", ""),
        ("sent", ""),
        ("failed", "limit_reached"),
    ]
    assert stored(other).state == "sent"
    assert len(mailbox()) == 3


def test_queue_email_limit_ends_with_its_day_and_holds_for_each_kind(email: Write) -> None:
    limit = Limit("outbox", times=1, seconds=24 * 3600)

    states = [
        email(to="a@example.org", limit=limit).state,
        email(to="a@example.org", limit=limit).state,
        email(to="a@example.org", limit=limit, kind="sample/bare").state,
        email(to="a@example.org", limit=limit, now=NOW + timedelta(days=1)).state,
        email(to="a@example.org", limit=None).state,
    ]

    assert states == ["waiting", "failed", "waiting", "waiting", "waiting"]


def test_stopped_topic_is_written_and_never_sent(
    email: Write, text_message: Write, mailbox: Callable[[], list[MailboxItem]]
) -> None:
    for recipient in ("a@example.org", "+84900000001"):
        for _turn in range(2):
            stop_messages(recipient, "t1", now=NOW)

    # Spelled in another way, it is the same mailbox.
    stopped = [
        email(to="A@example.ORG", stoppable="t1"),
        text_message(to="+84900000001", stoppable="t1"),
    ]
    sent = [
        email(to="a@example.org", stoppable="t2"),
        email(to="a@example.org"),
        email(to="b@example.org", stoppable="t1"),
    ]
    deliver_due(now=NOW)

    assert [(stored(m).state, stored(m).last_error) for m in stopped] == [("failed", "stopped")] * 2
    assert [stored(m).state for m in sent] == ["sent"] * 3
    assert len(mailbox()) == 3
    assert Stop.objects.count() == 2


def test_stopped_messages_can_be_resumed_and_keep_no_address(email: Write) -> None:
    stop_messages("a@example.org", "t1", now=NOW)
    kept = Stop.objects.get()
    before = may_write_to("a@example.org", "t1")

    resume_messages("A@example.org", "t1")

    assert (before, may_write_to("a@example.org", "t1")) == (False, True)
    assert (len(kept.recipient_hash), kept.since) == (64, NOW)
    assert email(to="a@example.org", stoppable="t1").state == "waiting"


@pytest.mark.django_db(transaction=True)
def test_queue_email_rings_after_the_commit_with_the_id_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rung: list[tuple[Any, ...]] = []
    monkeypatch.setattr(tasks.deliver_message, "ring", lambda *args: rung.append(args))

    with transaction.atomic():
        message = queue_email(
            "sample/receipt",
            to="a@example.org",
            language="vi",
            context=READER,
            dedupe_key="receipt:1",
            now=NOW,
        )
        before = list(rung)

    assert before == []
    assert rung == [(str(message.pk),)]
    assert UUID(rung[0][0])


@pytest.mark.django_db(transaction=True)
def test_queue_email_rolled_back_sends_nothing(mailbox: Callable[[], list[MailboxItem]]) -> None:
    with transaction.atomic():
        queue_email(
            "sample/receipt",
            to="a@example.org",
            language="vi",
            context=READER,
            dedupe_key="receipt:1",
            now=NOW,
        )
        transaction.set_rollback(True)

    assert Message.objects.count() == 0
    assert mailbox() == []


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_queue_email_at_once_with_one_key_writes_one(no_worker: None) -> None:
    def write() -> UUID:
        return queue_email(
            "sample/receipt",
            to="a@example.org",
            language="vi",
            context=READER,
            dedupe_key="receipt:1",
            now=NOW,
        ).pk

    written = run_at_once([write] * 8)

    assert set(written) == set(Message.objects.values_list("pk", flat=True))
    assert Message.objects.count() == 1


def test_sms_of_all_strangers_together_have_a_budget(
    text_message: Write, settings: Any, caplog: Any
) -> None:
    settings.SMS_PER_DAY = 2

    sent = [
        text_message(to=f"+8491234567{number}", dedupe_key=f"budget:{number}").last_error
        for number in range(3)
    ]

    assert sent == ["", "", "budget_spent"]
    assert "budget of 2 SMS is spent" in caplog.text
