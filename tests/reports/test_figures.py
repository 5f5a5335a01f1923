"""One day, counted by hand. Each line of the table is what the comments in it say."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.ledger.models import Event
from registration.monitor.choices import State
from registration.monitor.models import Site
from registration.reports.figures import compile_figures
from registration.reports.models import Window
from registration.reports.services import ensure_windows
from tests.factories import UnitFactory
from tests.reports.entries import entry, hanoi, hours_of

START, CUT_OFF = hanoi("2025-11-19 16:15"), hanoi("2025-11-20 16:15")
TICK = timedelta(milliseconds=1)
RECEIVED, CONFIRMED = EventKind.PLEDGE_RECEIVED, EventKind.PLEDGE_CONFIRMED

BOTH, KIDNEY = "cornea;kidney", "kidney"
F, M, U = Sex.FEMALE, Sex.MALE, Sex.UNKNOWN
YOUNG, OLD, NONE = AgeBand.A18, AgeBand.A65, AgeBand.UNKNOWN
WEB, BANNER, PAPER = EntryChannel.WEB, EntryChannel.BANNER, EntryChannel.PAPER

# at, kind, number, channel, hospital, organs, sex, age band, flag
DAY = [
    # Not of this day: the last moment of the one before, and the first of the next.
    (START - TICK, RECEIVED, 7, WEB, None, BOTH, F, YOUNG, ""),
    (CUT_OFF, RECEIVED, 9, WEB, None, BOTH, F, YOUNG, ""),
    # Of this day: its first moment and its last.
    (START, RECEIVED, 2, WEB, None, KIDNEY, F, YOUNG, ""),
    (CUT_OFF - TICK, RECEIVED, 1, WEB, None, "", U, NONE, ""),
    (hanoi("2025-11-20 08:00"), RECEIVED, 4, BANNER, "bai-chay", BOTH, F, YOUNG, ""),
    (hanoi("2025-11-20 09:00"), RECEIVED, 3, BANNER, "uong-bi", KIDNEY, M, OLD, ""),
    (hanoi("2025-11-20 10:00"), RECEIVED, 1, PAPER, None, BOTH, M, OLD, ""),
    (hanoi("2025-11-20 10:30"), CONFIRMED, 3, BANNER, "bai-chay", BOTH, F, YOUNG, ""),
    (hanoi("2025-11-20 11:00"), CONFIRMED, 2, WEB, None, KIDNEY, F, YOUNG, ""),
    (hanoi("2025-11-20 11:30"), EventKind.PLEDGE_CHANGED, 2, WEB, None, BOTH, F, YOUNG, ""),
    (hanoi("2025-11-20 12:00"), EventKind.PLEDGE_WITHDRAWN, 1, WEB, None, KIDNEY, M, OLD, ""),
    (hanoi("2025-11-20 13:00"), EventKind.PLEDGE_HANDED_OVER, 5, WEB, None, BOTH, F, YOUNG, ""),
    (hanoi("2025-11-20 14:00"), EventKind.PLEDGE_CARD_ISSUED, 4, WEB, None, BOTH, F, YOUNG, ""),
    # Kept and never counted.
    (hanoi("2025-11-20 15:00"), RECEIVED, 6, WEB, None, BOTH, F, YOUNG, "test"),
    (hanoi("2025-11-20 15:00"), EventKind.PLEDGE_MERGED, 6, WEB, None, BOTH, F, YOUNG, ""),
    (hanoi("2025-11-20 15:00"), EventKind.SIGNUP_BOOKED, 6, WEB, None, BOTH, F, YOUNG, ""),
]

COUNTED = {
    "received": 11,  # 2 + 1 + 4 + 3 + 1
    "confirmed": 5,  # 3 + 2
    "changed": 2,
    "withdrawn": 1,
    "handed_over": 5,
    "card_issued": 4,
}


@pytest.fixture
def window(reference: SimpleNamespace) -> Window:
    reference.uong_bi = UnitFactory(
        code="uong-bi", province=reference.quang_ninh, name_vi="Bệnh viện Uông Bí"
    )
    units = {"bai-chay": reference.hospital, "uong-bi": reference.uong_bi, None: None}
    hours_of(reference.quang_ninh_department)
    for at, kind, number, channel, unit, organs, sex, band, flag in DAY:
        entry(
            reference,
            at,
            kind,
            number=number,
            channel=channel,
            unit=units[unit],
            organs=organs,
            sex=sex,
            age_band=band,
            is_test=flag == "test",
        )
    # Another department's entries are another department's.
    entry(reference, CUT_OFF - TICK, number=8, department=reference.thanh_hoa_department)
    Site.objects.create(
        unit=reference.hospital, state=State.PRESENT, since=CUT_OFF, visited_at=CUT_OFF
    )
    (made,) = ensure_windows(now=CUT_OFF)
    return made


def row(code: str, name: str, received: int, confirmed: int) -> dict[str, Any]:
    return {"code": code, "name": name, "received": received, "confirmed": confirmed}


def keyed(key: str, received: int, confirmed: int) -> dict[str, Any]:
    return {"key": key, "received": received, "confirmed": confirmed}


def test_compile_figures_equals_the_day_counted_by_hand(window: Window) -> None:
    figures = compile_figures(window, taken_at=CUT_OFF + timedelta(seconds=7))

    assert figures == {
        "version": 3,
        "department": {"code": "quang-ninh", "name": "Sở Y tế Quảng Ninh"},
        "reporting_unit": {"code": "steward", "name": "Bệnh viện Đa khoa tỉnh Quảng Ninh"},
        "jurisdiction": "VN",
        "banners": {"present": 1, "units": 4},
        "province": {"code": "22", "name": "Quảng Ninh"},
        "language": "vi",
        "zone": "Asia/Ho_Chi_Minh",
        "window": {
            "day": "2025-11-20",
            "starts_at": "2025-11-19T09:15:00Z",
            "ends_at": "2025-11-20T09:15:00Z",
            "cut_off": "16:15",
            "due": "16:30",
            "due_at": "2025-11-20T09:30:00Z",
        },
        "serial": 1,
        "taken_at": "2025-11-20T09:15:07Z",
        "previous_sha256": None,
        "holds_demo": False,
        "counts": COUNTED,
        # The first summary counts what was there before it: 7 the day before.
        "cumulative": {**COUNTED, "received": 18},
        "adjustments": [],
        "by_channel": [keyed("web", 3, 2), keyed("banner", 7, 3), keyed("paper", 1, 0)],
        "by_unit": [
            row("bai-chay", "Bệnh viện Bãi Cháy", 4, 3),
            row("uong-bi", "Bệnh viện Uông Bí", 3, 0),
        ],
        "by_organ": [row("kidney", "Thận", 10, 5), row("cornea", "Giác mạc", 5, 3)],
        "by_sex": [keyed("female", 6, 5), keyed("male", 4, 0), keyed("unknown", 1, 0)],
        "by_age_band": [keyed("18-24", 6, 5), keyed("65+", 4, 0), keyed("unknown", 1, 0)],
        "trend": [
            *({"day": f"2025-11-{day:02}", "received": 0, "confirmed": 0} for day in range(7, 20)),
            {"day": "2025-11-20", "received": 11, "confirmed": 5},
        ],
    }


def test_an_entry_exactly_at_the_cut_off_is_of_the_next_day(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    entry(reference, CUT_OFF)
    today, tomorrow = ensure_windows(now=CUT_OFF + timedelta(days=1))

    counts = [
        compile_figures(each, taken_at=each.ends_at)["counts"]["received"]
        for each in (today, tomorrow)
    ]

    assert counts == [0, 1]


def test_names_are_in_the_language_of_the_department(reference: SimpleNamespace) -> None:
    hours_of(reference.adana_department, language="tr")
    entry(
        reference,
        hanoi("2025-11-20 10:00"),
        department=reference.adana_department,
        organs=BOTH,
    )
    (window,) = ensure_windows(now=CUT_OFF + timedelta(hours=4))

    figures = compile_figures(window, taken_at=CUT_OFF)

    assert figures["department"]["name"] == "Adana İl Sağlık Müdürlüğü"
    assert [each["name"] for each in figures["by_organ"]] == ["Böbrek", "Kornea"]
    assert figures["reporting_unit"] is None
    assert figures["window"]["ends_at"] == "2025-11-20T13:15:00Z"


def test_a_demo_entry_marks_the_day_and_every_later_one(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    entry(reference, hanoi("2025-11-20 10:00"), is_demo=True)
    today, tomorrow = ensure_windows(now=CUT_OFF + timedelta(days=1))

    figures = [compile_figures(each, taken_at=each.ends_at) for each in (today, tomorrow)]

    assert [each["holds_demo"] for each in figures] == [True, True]
    assert figures[0]["counts"]["received"] == 1


def test_compile_figures_asks_the_same_for_one_and_three_units(
    reference: SimpleNamespace,
    count_queries: Callable[[Callable[[], object]], int],
    max_queries: Callable[[int], Any],
) -> None:
    hours_of(reference.quang_ninh_department)
    (window,) = ensure_windows(now=CUT_OFF)
    at = hanoi("2025-11-20 10:00")
    entry(reference, at, unit=reference.hospital, organs=KIDNEY)
    one = count_queries(lambda: compile_figures(window, taken_at=CUT_OFF))
    for _ in range(2):
        entry(reference, at, unit=UnitFactory(province=reference.quang_ninh), organs=BOTH)

    with max_queries(12):
        figures = compile_figures(window, taken_at=CUT_OFF)

    assert len(figures["by_unit"]) == 3
    assert count_queries(lambda: compile_figures(window, taken_at=CUT_OFF)) == one


def test_compile_figures_reads_events_and_writes_nothing(window: Window) -> None:
    before = Event.objects.count()

    compile_figures(window, taken_at=CUT_OFF)

    assert Event.objects.count() == before
    assert not hasattr(window, "summary")
