"""A room of its own to send from, mail servers that behave in each way, and rows to send."""

import logging
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from registration.outbox.models import Message
from registration.outbox.services import queue_email, queue_sms
from tests.outbox.servers import MailServer

NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
SECRET = "canary-4711"
READER = {"name": "Nguyễn Thị Linh", "day": date(2026, 1, 5), "secret": SECRET, "greeting": "Chào"}


@pytest.fixture(autouse=True)
def _sample_room(settings: Any) -> None:
    folder = str(Path(__file__).parent / "templates")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [folder]}]
    # The suite's runner puts Django's own backend for tests in its place.
    settings.EMAIL_BACKEND = "registration.outbox.mailbox.MailboxBackend"


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bell is rung and nobody hears it, as when the broker is away."""
    from registration.outbox import tasks

    monkeypatch.setattr(tasks.deliver_message, "ring", lambda *args, **kwargs: None)
    monkeypatch.setattr(tasks.deliver_message, "delay", lambda *args, **kwargs: None)


@pytest.fixture
def email(db: None, no_worker: None) -> Callable[..., Message]:
    """``email()`` queues one; each call another, unless a key is given."""

    def write(**changes: Any) -> Message:
        number = Message.objects.count()
        values = {
            "to": f"linh{number}@example.org",
            "language": "vi",
            "context": READER,
            "dedupe_key": f"receipt:{number}",
            "now": NOW,
        }
        return queue_email(changes.pop("kind", "sample/receipt"), **{**values, **changes})

    return write


@pytest.fixture
def text_message(db: None, no_worker: None) -> Callable[..., Message]:
    def write(**changes: Any) -> Message:
        number = Message.objects.count()
        values = {
            "to": "+84900000001",
            "language": "vi",
            "context": READER,
            "dedupe_key": f"code:{number}",
            "now": NOW,
        }
        return queue_sms("sample/code", **{**values, **changes})

    return write


@pytest.fixture
def mail_server(settings: Any) -> Iterator[Callable[..., MailServer]]:
    """``mail_server(behaviour)`` starts one on a free port and points the settings at it."""
    started: list[MailServer] = []

    def start(behaviour: str = "ok", **options: Any) -> MailServer:
        server = MailServer(behaviour, **options)
        started.append(server)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_TIMEOUT = 2
        return server

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    caplog.set_level(logging.DEBUG)
    return lambda: "\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records)


class Letters:
    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append(BytesParser(policy=policy.default).parsebytes(envelope.content))
        return "250 taken"


@pytest.fixture
def post_office(settings: Any, free_port: int) -> Iterator[Letters]:
    """A mail server made by others, which holds us to the protocol."""
    letters = Letters()
    controller = Controller(letters, hostname="127.0.0.1", port=free_port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port
    yield letters
    controller.stop()
