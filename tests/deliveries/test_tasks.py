import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from registration.deliveries import tasks
from registration.deliveries.services import add_recipient
from registration.outbox.models import MailboxItem, Message
from registration.reports import closing
from registration.reports.models import Summary, Window
from tests.reports.entries import hours_of


@pytest.fixture
def yesterday() -> date:
    return timezone.now().date() - timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_close_due_windows_closes_and_delivers_every_department(
    reference: SimpleNamespace, yesterday: date, mailbox: Callable[[], list[MailboxItem]]
) -> None:
    for department in (reference.quang_ninh_department, reference.adana_department):
        language = department.jurisdiction.language
        hours_of(
            department,
            language=language,
            starts_on=yesterday,
            cut_off_at=time(0, 5),
            due_at=time(23, 59),
        )
        add_recipient(
            department, office="Office", email=f"{department.code}@example.org", language=language
        )

    for _ in range(3):
        tasks.close_due_windows()

    days = Window.objects.count()
    assert Summary.objects.count() == days >= 2
    assert Message.objects.filter(state="sent").count() == days
    assert sorted({item.recipient for item in mailbox()}) == [
        "adana@example.org",
        "quang-ninh@example.org",
    ]
    assert len(mailbox()) == days


@pytest.mark.django_db(transaction=True)
def test_the_trouble_of_one_department_does_not_stop_another(
    reference: SimpleNamespace,
    yesterday: date,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for department in (reference.quang_ninh_department, reference.thanh_hoa_department):
        hours_of(department, starts_on=yesterday, cut_off_at=time(0, 5), ends_on=yesterday)
    compile_figures = closing.compile_figures

    def fail_for_one(window: Window, **more: Any) -> dict[str, Any]:
        if window.department.code == "quang-ninh":
            raise ValueError("Nguyễn Thị Linh, 0900000000")
        return compile_figures(window, **more)

    monkeypatch.setattr(closing, "compile_figures", fail_for_one)

    with caplog.at_level(logging.ERROR):
        tasks.close_due_windows()

    assert [each.department.code for each in Summary.objects.all()] == ["thanh-hoa"]
    (line,) = [each.getMessage() for each in caplog.records if each.name == tasks.__name__]
    assert line.startswith(f"The summary of quang-ninh for {yesterday} is not finished: ValueError")
    assert "Linh" not in caplog.text
    assert "0900000000" not in caplog.text


def test_close_windows_of_stops_at_the_first_day_that_fails(
    reference: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours_of(reference.quang_ninh_department, ends_on=date(2025, 11, 23))
    closed = []

    def close(window: Window, *, now: datetime) -> None:
        closed.append(window.day.day)
        if window.day.day == 21:
            raise ValueError

    monkeypatch.setattr(tasks, "close_and_deliver", close)

    tasks.close_windows_of(reference.quang_ninh_department.pk)

    assert closed == [20, 21]


def test_the_schedule_names_the_task() -> None:
    from portal.schedule import SCHEDULE

    names = {entry["task"] for entry in SCHEDULE.values()}

    assert names >= {tasks.close_due_windows.name}
