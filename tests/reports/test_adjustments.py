"""Corrections: what was told stays, what changes is a line of a later day, the sum is exact."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from registration.ledger.choices import EntryChannel, EventKind, Sex
from registration.ledger.clock import played_at
from registration.ledger.models import Event
from registration.ledger.services import restore, take_back
from registration.reports.closing import close_window
from registration.reports.figures import compile_figures
from registration.reports.models import Summary, Window
from registration.reports.proof import find_faults
from registration.reports.services import ensure_windows
from tests.reports.entries import entry, hanoi, hours_of

FIRST, SECOND = hanoi("2025-11-20 16:15"), hanoi("2025-11-21 16:15")


def correct(how: Any, event: Event, at: str) -> None:
    with played_at(hanoi(at)), transaction.atomic():
        how(event)


@pytest.fixture
def windows(reference: SimpleNamespace) -> list[Window]:
    hours_of(reference.quang_ninh_department)
    ensure_windows(now=SECOND)
    return list(Window.objects.order_by("ends_at"))


def figures_of(window: Window) -> dict[str, Any]:
    return compile_figures(window, taken_at=window.ends_at)


def test_correction_before_the_cut_off_is_told_corrected(
    reference: SimpleNamespace, windows: list[Window]
) -> None:
    issued = entry(
        reference,
        hanoi("2025-11-20 09:00"),
        EventKind.PLEDGE_RECEIVED,
        number=3,
        channel=EntryChannel.PAPER,
        sex=Sex.FEMALE,
    )
    correct(take_back, issued[0], "2025-11-20 09:05")

    figures = figures_of(windows[0])

    assert (figures["counts"]["received"], figures["cumulative"]["received"]) == (2, 2)
    assert figures["by_channel"] == [{"key": "paper", "received": 2, "confirmed": 0}]
    assert figures["by_sex"] == [{"key": "female", "received": 2, "confirmed": 0}]
    assert figures["adjustments"] == []


def test_correction_of_a_told_day_is_a_line_of_a_later_one(
    reference: SimpleNamespace, windows: list[Window]
) -> None:
    cards = entry(reference, hanoi("2025-11-20 09:00"), EventKind.PLEDGE_CARD_ISSUED, number=5)
    close_window(windows[0], now=FIRST)
    correct(take_back, cards[0], "2025-11-20 17:00")
    correct(take_back, cards[1], "2025-11-21 08:00")
    entry(reference, hanoi("2025-11-21 09:00"), EventKind.PLEDGE_CARD_ISSUED)

    close_window(windows[1], now=SECOND)

    first, second = (json.loads(s.figures) for s in Summary.objects.order_by("serial"))
    assert first["cumulative"]["card_issued"] == 5
    assert second["counts"]["card_issued"] == 1
    assert second["adjustments"] == [{"day": "2025-11-20", "key": "card_issued", "number": -2}]
    assert second["cumulative"]["card_issued"] == 4
    assert list(find_faults(reference.quang_ninh_department)) == []


def test_what_is_restored_counts_again(reference: SimpleNamespace, windows: list[Window]) -> None:
    (card,) = entry(reference, hanoi("2025-11-20 09:00"), EventKind.PLEDGE_CARD_ISSUED)
    correct(take_back, card, "2025-11-20 10:00")
    close_window(windows[0], now=FIRST)
    correct(restore, card, "2025-11-21 10:00")

    close_window(windows[1], now=SECOND)

    second = json.loads(Summary.objects.order_by("-serial")[0].figures)
    assert second["adjustments"] == [{"day": "2025-11-20", "key": "card_issued", "number": 1}]
    assert second["cumulative"]["card_issued"] == 1
    assert list(find_faults(reference.quang_ninh_department)) == []


def test_first_summary_counts_corrections_of_the_time_before(
    reference: SimpleNamespace, windows: list[Window]
) -> None:
    old = entry(reference, hanoi("2025-11-10 09:00"), EventKind.PLEDGE_CARD_ISSUED, number=2)
    correct(take_back, old[0], "2025-11-11 09:00")

    assert figures_of(windows[0])["cumulative"]["card_issued"] == 1


def test_correction_keeps_the_origin_of_what_it_corrects(reference: SimpleNamespace) -> None:
    (event,) = entry(
        reference, hanoi("2025-11-20 09:00"), unit=reference.hospital, organs="kidney", is_demo=True
    )

    correct(take_back, event, "2025-11-20 10:00")

    made = Event.objects.get(kind=EventKind.ENTRY_TAKEN_BACK)
    same = ("subject", "department", "unit", "organs", "channel", "is_demo")
    assert [getattr(made, name) for name in same] == [getattr(event, name) for name in same]
    assert made.corrects == event
