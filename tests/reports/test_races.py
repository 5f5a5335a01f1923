"""Many schedulers and many closers at once, on real connections. Twins show what guards them."""

import threading
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import QuerySet
from django.utils import timezone

from registration.reports import provisional, windows
from registration.reports.closing import close_window
from registration.reports.models import Document, ReportHours, Summary, Window
from registration.reports.provisional import take_provisional
from registration.reports.services import ensure_windows
from tests.races import needs_postgresql, run_at_once
from tests.reports.entries import entry, hanoi, hours_of

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), needs_postgresql]

RUNNERS = 20
LATER = hanoi("2025-11-25 16:15")
MISSED = [date(2025, 11, day) for day in range(21, 26)]


def after_all(number: int, call: Callable[..., Any]) -> Callable[..., Any]:
    """The worst moment: nobody goes on before all of them have come this far."""
    gate = threading.Barrier(number)

    def wait_and_call(*args: Any, **kwargs: Any) -> Any:
        gate.wait(30)
        return call(*args, **kwargs)

    return wait_and_call


def catch_up_by(number: int) -> tuple[list[Any], list[date]]:
    """What schedulers answer that come back from five days down, and the days then on record."""
    results = run_at_once([lambda: ensure_windows(now=LATER)] * number)
    return results, sorted(Window.objects.values_list("day", flat=True))


@pytest.fixture
def nobody_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_of: rows)
    create = after_all(RUNNERS, Window.objects.bulk_create)
    monkeypatch.setattr(Window.objects, "bulk_create", create)


@pytest.mark.parametrize("number", [2, RUNNERS])
def test_schedulers_at_once_make_each_missed_window_once(
    reference: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    hours_of(reference.quang_ninh_department, starts_on=MISSED[0])
    hours_of(reference.thanh_hoa_department, starts_on=MISSED[-1])
    monkeypatch.setattr(windows, "_lay_down", after_all(number, windows._lay_down))

    results, days = catch_up_by(number)

    assert days == sorted([*MISSED, MISSED[-1]])
    assert [[each.day for each in result] for result in results] == [[*MISSED, MISSED[-1]]] * number


def test_twin_without_the_lock_the_constraints_refuse_all_but_one(
    reference: SimpleNamespace, nobody_locks: None
) -> None:
    hours_of(reference.quang_ninh_department, starts_on=MISSED[0])

    results, days = catch_up_by(RUNNERS)

    assert days == MISSED
    assert sum(isinstance(each, IntegrityError) for each in results) == RUNNERS - 1


def test_twin_without_lock_and_constraints_windows_are_doubled(
    reference: SimpleNamespace, nobody_locks: None
) -> None:
    hours_of(reference.quang_ninh_department, starts_on=MISSED[0])
    unique = [each for each in Window._meta.constraints if each.name != "window_has_length"]
    with connection.schema_editor() as editor:
        for constraint in unique:
            editor.remove_constraint(Window, constraint)

    try:
        _results, days = catch_up_by(RUNNERS)
    finally:
        Window.objects.all().delete()
        with connection.schema_editor() as editor:
            for constraint in unique:
                editor.add_constraint(Window, constraint)

    assert days == sorted(MISSED * RUNNERS)


def test_many_closers_freeze_one_summary(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department, starts_on=date(2025, 11, 24))
    entry(reference, hanoi("2025-11-24 09:00"), number=3)
    first, second = ensure_windows(now=LATER)

    def close_both() -> list[str]:
        return [close_window(each, now=LATER).sha256 for each in (first, second)]

    results = run_at_once([close_both] * 6, timeout=90)

    hashes = list(Summary.objects.order_by("serial").values_list("sha256", flat=True))
    assert results == [hashes] * 6
    assert [each.serial for each in Summary.objects.order_by("serial")] == [1, 2]
    assert Document.objects.count() == 2 * 4


def test_two_windows_of_one_department_are_frozen_in_order(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department, starts_on=MISSED[0])
    laid_down = ensure_windows(now=LATER)

    # Each runner starts with another window; those out of order are refused and come back.
    def close(number: int) -> None:
        for _ in range(60):
            try:
                close_window(laid_down[number], now=LATER)
                return
            except Exception:
                threading.Event().wait(0.1)

    run_at_once([lambda number=number: close(number) for number in range(5)], timeout=90)

    chain = Summary.objects.order_by("serial").select_related("window")
    assert [each.window.day for each in chain] == MISSED
    assert [each.previous_sha256 for each in chain] == ["", *[each.sha256 for each in chain][:-1]]
    assert chain[0].frozen_at > LATER + timedelta(0)


def ask_by_many(reference: SimpleNamespace) -> list[object]:
    """What became of twenty who asked for provisional figures at once."""
    hours_of(reference.quang_ninh_department, starts_on=date(2025, 11, 25))
    now = hanoi("2025-11-25 12:00")
    return run_at_once(
        [lambda: take_provisional(reference.quang_ninh_department, now=now, staff=None)] * RUNNERS,
        timeout=90,
    )


def test_two_who_ask_at_once_get_two_numbers(
    reference: SimpleNamespace, patient_barrier: None
) -> None:
    results = ask_by_many(reference)

    assert [each for each in results if isinstance(each, BaseException)] == []
    assert sorted(each.number for each in results) == list(range(1, RUNNERS + 1))  # type: ignore[attr-defined]


def test_twin_without_the_lock_somebody_is_left_without_a_number(
    reference: SimpleNamespace, patient_barrier: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked = ReportHours.objects.all()
    monkeypatch.setattr(ReportHours.objects, "select_for_update", lambda **_: unlocked)

    results = ask_by_many(reference)

    assert any(isinstance(each, IntegrityError) for each in results)


@pytest.fixture
def patient_barrier(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty who pass the barrier at once would wait for each other for longer than it allows."""
    monkeypatch.setattr(provisional, "pass_barrier_patiently", timezone.now)
