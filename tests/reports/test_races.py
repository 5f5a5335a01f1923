"""Many schedulers and many closers at once, on real connections. Twins show what guards them."""

import threading
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from registration.outbox.models import Message
from registration.reports.models import Delivery, Document, Summary, Window
from registration.reports.services import add_recipient, close_window, ensure_windows
from tests.races import needs_postgresql, run_at_once
from tests.reports.entries import entry, hanoi, hours_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), needs_postgresql]

RUNNERS = 20
LATER = hanoi("2025-11-25 16:15")
MISSED = [date(2025, 11, day) for day in range(21, 26)]


@pytest.fixture
def all_insert_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worst moment: every scheduler has seen what is missing before any has written it."""
    gate = threading.Barrier(RUNNERS)
    bulk_create = Window.objects.bulk_create

    def wait_and_create(*args: Any, **kwargs: Any) -> list[Window]:
        gate.wait(30)
        return bulk_create(*args, **kwargs)

    monkeypatch.setattr(Window.objects, "bulk_create", wait_and_create)


def catch_up_by_many(reference: SimpleNamespace) -> list[date]:
    """The days on record after 20 schedulers came back from five days down."""
    results = run_at_once([lambda: ensure_windows(now=LATER)] * RUNNERS)
    assert [each for each in results if isinstance(each, BaseException)] == []
    return sorted(Window.objects.values_list("day", flat=True))


def test_twenty_schedulers_make_each_missed_window_once(
    reference: SimpleNamespace, all_insert_at_once: None
) -> None:
    hours_of(reference.quang_ninh_department, starts_on=MISSED[0])

    assert catch_up_by_many(reference) == MISSED


def test_twin_without_the_unique_constraints_windows_are_doubled(
    reference: SimpleNamespace, all_insert_at_once: None
) -> None:
    hours_of(reference.quang_ninh_department, starts_on=MISSED[0])
    unique = [each for each in Window._meta.constraints if each.name != "window_has_length"]
    with connection.schema_editor() as editor:
        for constraint in unique:
            editor.remove_constraint(Window, constraint)

    try:
        days = catch_up_by_many(reference)
    finally:
        Window.objects.all().delete()
        with connection.schema_editor() as editor:
            for constraint in unique:
                editor.add_constraint(Window, constraint)

    assert days == sorted(MISSED * RUNNERS)


def test_many_closers_freeze_one_summary_and_send_it_once(reference: SimpleNamespace) -> None:
    department = reference.quang_ninh_department
    hours_of(department, starts_on=date(2025, 11, 24))
    entry(reference, hanoi("2025-11-24 09:00"), number=3)
    for number in range(2):
        add_recipient(
            department, office=f"Phòng {number}", email=f"p{number}@example.org", language="vi"
        )
    first, second = ensure_windows(now=LATER)

    def close_both() -> list[str]:
        return [close_window(each, now=LATER).sha256 for each in (first, second)]

    results = run_at_once([close_both] * 6, timeout=90)

    hashes = list(Summary.objects.order_by("serial").values_list("sha256", flat=True))
    assert results == [hashes] * 6
    assert [each.serial for each in Summary.objects.order_by("serial")] == [1, 2]
    assert Document.objects.count() == 2 * 3
    assert Delivery.objects.count() == Message.objects.count() == 2 * 2


def test_two_windows_of_one_department_are_frozen_in_order(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department, starts_on=MISSED[0])
    windows = ensure_windows(now=LATER)

    # Each runner starts with another window; those out of order are refused and come back.
    def close(number: int) -> None:
        for _ in range(60):
            try:
                close_window(windows[number], now=LATER)
                return
            except Exception:
                threading.Event().wait(0.1)

    run_at_once([lambda number=number: close(number) for number in range(5)], timeout=90)

    chain = Summary.objects.order_by("serial").select_related("window")
    assert [each.window.day for each in chain] == MISSED
    assert [each.previous_sha256 for each in chain] == ["", *[each.sha256 for each in chain][:-1]]
    assert chain[0].frozen_at > LATER + timedelta(0)
