"""A closed day of Quảng Ninh with two offices on the list, and two officers who keep it."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from registration.accounts.models import Staff
from registration.deliveries.choices import Purpose
from registration.deliveries.models import Recipient
from registration.deliveries.sending import close_and_deliver
from registration.deliveries.services import add_recipient
from registration.reports.models import Summary, Window
from registration.reports.services import ensure_windows
from tests import factories
from tests.outbox.servers import MailServer
from tests.reports.entries import entry, hanoi, hours_of

CUT_OFF = hanoi("2025-11-20 16:15")


@pytest.fixture
def window(reference: SimpleNamespace) -> Window:
    """20 November with three entries; a Vietnamese office acts on it, a Turkish one reads it."""
    department = reference.quang_ninh_department
    hours_of(department)
    add_recipient(
        department, office="Phòng Nghiệp vụ Y", email="nghiepvu@soyte.example.org", language="vi"
    )
    add_recipient(
        department,
        office="İl Sağlık Müdürlüğü",
        email="bilgi@saglik.example.org",
        language="tr",
        purpose=Purpose.INFORMATION,
    )
    entry(reference, hanoi("2025-11-20 09:00"), number=3)
    (made,) = ensure_windows(now=CUT_OFF)
    return made


@pytest.fixture
def summary(window: Window) -> Summary:
    return close_and_deliver(window, now=CUT_OFF)


@pytest.fixture
def office(window: Window) -> Recipient:
    return Recipient.objects.get(language="vi")


@pytest.fixture
def hoa(reference: SimpleNamespace) -> Staff:
    """Hoa, the second officer of Quảng Ninh's department."""
    return factories.StaffFactory(
        username="hoa",
        first_name="Hoa",
        unit=reference.quang_ninh_department,
        language="vi",
        roles=["department"],
    )


@pytest.fixture
def thanh_hoa_officer(reference: SimpleNamespace) -> Staff:
    return factories.StaffFactory(
        username="dung", unit=reference.thanh_hoa_department, roles=["department"]
    )


@pytest.fixture
def no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bell is rung and nobody hears it."""
    from registration.outbox import tasks

    monkeypatch.setattr(tasks.deliver_message, "ring", lambda *args, **kwargs: None)
    monkeypatch.setattr(tasks.deliver_message, "delay", lambda *args, **kwargs: None)


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
