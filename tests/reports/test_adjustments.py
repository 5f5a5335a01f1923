"""Corrections: what was told stays, what changes is a line of a later day, the sum is exact."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from registration.campaigns.models import Campaign, UnitTarget
from registration.ledger.choices import EntryChannel, EventKind, Sex
from registration.ledger.clock import played_at
from registration.ledger.models import Event
from registration.ledger.services import restore, take_back
from registration.reports.closing import close_window
from registration.reports.figures import compile_figures
from registration.reports.models import Summary, Window
from registration.reports.proof import find_faults
from registration.reports.rules import canonical, digest
from registration.reports.services import ensure_windows
from tests.factories import CampaignFactory
from tests.reports.entries import entry, hanoi, hours_of

FIRST, SECOND = hanoi("2025-11-20 16:15"), hanoi("2025-11-21 16:15")
LATER = hanoi("2025-11-22 09:00")


def correct(how: Any, event: Event, at: str) -> None:
    with played_at(hanoi(at)), transaction.atomic():
        how(event)


@pytest.fixture
def windows(reference: SimpleNamespace) -> list[Window]:
    hours_of(reference.quang_ninh_department)
    ensure_windows(now=SECOND)
    return list(Window.objects.order_by("ends_at"))


def line(key: str, number: int, cause: str, day: str = "2025-11-20") -> dict[str, Any]:
    return {"day": day, "key": key, "number": number, "cause": cause}


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
    assert second["adjustments"] == [line("card_issued", -2, "correction")]
    assert second["cumulative"]["card_issued"] == 4
    assert list(find_faults(reference.quang_ninh_department, now=LATER)) == []


def test_what_is_restored_counts_again(reference: SimpleNamespace, windows: list[Window]) -> None:
    (card,) = entry(reference, hanoi("2025-11-20 09:00"), EventKind.PLEDGE_CARD_ISSUED)
    correct(take_back, card, "2025-11-20 10:00")
    close_window(windows[0], now=FIRST)
    correct(restore, card, "2025-11-21 10:00")

    close_window(windows[1], now=SECOND)

    second = json.loads(Summary.objects.order_by("-serial")[0].figures)
    assert second["adjustments"] == [line("card_issued", 1, "restored")]
    assert second["cumulative"]["card_issued"] == 1
    assert list(find_faults(reference.quang_ninh_department, now=LATER)) == []


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


def test_a_merge_names_its_cause(reference: SimpleNamespace, windows: list[Window]) -> None:
    twice, mistaken = entry(reference, hanoi("2025-11-20 09:00"), number=2)
    at = hanoi("2025-11-21 09:00")
    entry(reference, at, EventKind.PLEDGE_MERGED, subjects=[twice.subject])
    correct(take_back, twice, "2025-11-21 09:00")
    correct(take_back, mistaken, "2025-11-21 10:00")
    close_window(windows[0], now=FIRST)

    figures = figures_of(windows[1])

    assert figures["adjustments"] == [
        line("received", -1, "correction"),
        line("received", -1, "merge"),
    ]
    assert figures["cumulative"]["received"] == 0


def test_blood_is_corrected_with_its_volume(
    reference: SimpleNamespace, windows: list[Window]
) -> None:
    at = hanoi("2025-11-20 09:00")
    first, second = entry(reference, at, EventKind.DONATION_GIVEN, volume_ml=350, number=2)
    correct(take_back, first, "2025-11-20 10:00")
    close_window(windows[0], now=FIRST)
    correct(take_back, second, "2025-11-21 10:00")

    told, figures = json.loads(Summary.objects.get().figures), figures_of(windows[1])

    assert (told["counts"]["given"], told["counts"]["ml"]) == (1, 350)
    assert told["blood"]["by_volume"] == [{"ml": 350, "number": 1}]
    assert figures["adjustments"] == [
        line("given", -1, "correction"),
        line("ml", -350, "correction"),
    ]
    assert (figures["cumulative"]["given"], figures["cumulative"]["ml"]) == (0, 0)


def test_targets_go_on_from_the_summary_before_with_its_corrections(
    reference: SimpleNamespace, windows: list[Window]
) -> None:
    national = CampaignFactory(
        owner=reference.quang_ninh_department, province=None, code="everywhere"
    )
    Campaign.objects.filter(pk=reference.campaign.pk).update(parent=national)
    for campaign in (reference.campaign, national):
        UnitTarget.objects.create(campaign=campaign, unit=reference.hospital, people=10)
    place = {"campaign": reference.campaign, "unit": reference.hospital}
    confirmed = EventKind.PLEDGE_CONFIRMED
    entry(reference, hanoi("2025-11-01 09:00"), confirmed, number=4, **place)
    told = entry(reference, hanoi("2025-11-20 09:00"), confirmed, number=3, **place)
    close_window(windows[0], now=FIRST)
    correct(take_back, told[0], "2025-11-21 09:00")
    entry(reference, hanoi("2025-11-21 09:30"), confirmed, number=2, **place)
    # Not in what was told: counted once, from the campaign's beginning.
    UnitTarget.objects.create(campaign=reference.campaign, unit=reference.steward, people=5)

    figures = figures_of(windows[1])

    reached = {(row["campaign"], row["unit"]): row["reached"] for row in figures["targets"]}
    assert reached == {
        (reference.campaign.code, "bai-chay"): 8,  # 4 + 3 - 1 + 2
        ("everywhere", "bai-chay"): 8,
        (reference.campaign.code, "steward"): 0,
    }


def test_a_summary_of_before_blood_was_told_is_gone_on_from(
    reference: SimpleNamespace, windows: list[Window]
) -> None:
    entry(reference, hanoi("2025-11-10 09:00"), EventKind.DONATION_GIVEN, volume_ml=250)
    entry(reference, hanoi("2025-11-20 09:00"), EventKind.DONATION_GIVEN, volume_ml=350)
    entry(reference, hanoi("2025-11-20 09:00"), number=3)
    old = figures_of(windows[0]) | {"version": 3}
    for part in ("counts", "cumulative"):
        old[part] = {name: old[part][name] for name in ("received", "confirmed")}
    for key in ("targets", "earlier", "blood", "waiting", "quality", "provisional"):
        del old[key]
    text = canonical(old)
    Summary.objects.create(
        window=windows[0],
        department=reference.quang_ninh_department,
        serial=1,
        figures=text,
        sha256=digest(text),
        frozen_at=FIRST,
    )
    entry(reference, hanoi("2025-11-21 09:00"), EventKind.DONATION_GIVEN, volume_ml=450)

    close_window(windows[1], now=SECOND)

    figures = json.loads(Summary.objects.get(serial=2).figures)
    assert figures["counts"]["ml"] == 450
    assert figures["cumulative"]["ml"] == 1050
    assert figures["cumulative"]["received"] == 3
    assert list(find_faults(reference.quang_ninh_department, now=LATER)) == []
