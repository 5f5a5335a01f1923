from collections.abc import Callable

import pytest
from django.core.mail import BadHeaderError, EmailMultiAlternatives, send_mail
from django.db import connection

from registration.outbox.models import MailboxFile, MailboxItem, Message
from registration.outbox.services import File, deliver_message
from tests.outbox.conftest import NOW, SECRET

pytestmark = pytest.mark.django_db
Write = Callable[..., Message]


def test_the_backend_keeps_text_html_files_and_the_id(email: Write) -> None:
    files = [
        File("số liệu.xlsx", "application/vnd.ms-excel", b"PK\x00"),
        File("a.csv", "text/csv", b"Agri"),
    ]
    message = email(to="linh@example.org", attachments=files)

    deliver_message(message.pk, now=NOW)

    item = MailboxItem.objects.get()
    assert (item.channel, item.recipient, item.subject) == (
        "email",
        "linh@example.org",
        "Chào (vi)",
    )
    assert item.text == message.text
    assert item.html == message.html
    assert item.message_id == f"<{message.pk}@donation-portal.example.org>"
    assert [(f.name, f.content_type, bytes(f.content)) for f in item.files.order_by("pk")] == [
        ("số liệu.xlsx", "application/vnd.ms-excel", b"PK\x00"),
        ("a.csv", "text/csv", b"Agri"),
    ]


def test_the_gateway_keeps_an_sms(text_message: Write) -> None:
    message = text_message(to="+84900000001")

    deliver_message(message.pk, now=NOW)

    item = MailboxItem.objects.get()
    assert (item.channel, item.recipient, item.text) == ("sms", "+84900000001", message.text)


def test_what_others_send_lands_here_too_and_is_sealed() -> None:
    sent = send_mail("Đặt lại", f"canary {SECRET}", None, ["linh@example.org", "b@example.org"])

    item = MailboxItem.objects.get()
    assert (sent, item.recipient) == (1, "linh@example.org, b@example.org")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {MailboxItem._meta.db_table}")
        row = " ".join(str(value) for value in cursor.fetchone())
    assert [word for word in ("linh", SECRET, "Đặt") if word in row] == []


@pytest.mark.parametrize(
    "broken",
    [
        {"subject": "a\r\nBcc: x@example.org"},
        {"to": ["a@example.org\nBcc: x@example.org"]},
        {"headers": {"X-Kind": "a\nBcc: x@example.org"}},
    ],
    ids=["subject", "recipient", "header"],
)
def test_the_backend_refuses_the_headers_that_a_mail_server_would(
    broken: dict[str, object],
) -> None:
    values = {"subject": "a", "body": "b", "to": ["a@example.org"], **broken}

    with pytest.raises(BadHeaderError):
        EmailMultiAlternatives(**values).send()

    assert MailboxItem.objects.count() == 0
    assert MailboxFile.objects.count() == 0
