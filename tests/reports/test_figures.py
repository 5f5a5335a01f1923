"""One day, counted by hand. Each line of the table is what the comments in it say."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from registration.campaigns.models import UnitTarget
from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.ledger.models import Event
from registration.monitor.choices import State
from registration.monitor.models import Site
from registration.reports.choices import OnHolidays
from registration.reports.closing import freeze
from registration.reports.figures import compile_figures
from registration.reports.models import Window
from registration.reports.services import ensure_windows
from registration.units.models import Holiday
from tests.factories import CampaignFactory, UnitFactory
from tests.reports.entries import entry, hanoi, hours_of

START, CUT_OFF = hanoi("2025-11-19 16:15"), hanoi("2025-11-20 16:15")
TICK = timedelta(milliseconds=1)
KIND = EventKind
RECEIVED, CONFIRMED = KIND.PLEDGE_RECEIVED, KIND.PLEDGE_CONFIRMED

BOTH, KIDNEY = "cornea;kidney", "kidney"
F, M, U = Sex.FEMALE, Sex.MALE, Sex.UNKNOWN
YOUNG, OLD, NONE = AgeBand.A18, AgeBand.A65, AgeBand.UNKNOWN
WEB, BANNER, QR = EntryChannel.WEB, EntryChannel.BANNER, EntryChannel.QR
PAPER, DESK = EntryChannel.PAPER, EntryChannel.DESK
# Names of the reference's rows.
PLACES = ("placement", "campaign", "locality")
HERE = {"placement": "placement", "campaign": "campaign", "locality": "ha_long"}
BLOOD = {"campaign": "drive"}
SIZE = "728 × 90"


def at(clock: str) -> datetime:
    return hanoi(f"2025-11-20 {clock}")


def ml(volume: int) -> dict[str, Any]:
    return {**BLOOD, "volume_ml": volume}


# at, kind, number, channel, hospital, organs, sex, age band, more
DAY: list[tuple[Any, ...]] = [
    # Not of this day: the last moment of the one before, and the first of the next.
    (START - TICK, RECEIVED, 7, WEB, None, BOTH, F, YOUNG, {}),
    (CUT_OFF, RECEIVED, 9, WEB, None, BOTH, F, YOUNG, {}),
    # Of this day: its first moment and its last.
    (START, RECEIVED, 2, WEB, None, KIDNEY, F, YOUNG, {}),
    (CUT_OFF - TICK, RECEIVED, 1, WEB, None, "", U, NONE, {}),
    (at("08:00"), RECEIVED, 4, BANNER, "bai-chay", BOTH, F, YOUNG, HERE),
    (at("09:00"), RECEIVED, 3, QR, "uong-bi", KIDNEY, M, OLD, {}),
    # Signed two days before, and on the day itself.
    (at("10:00"), RECEIVED, 1, PAPER, None, BOTH, M, OLD, {"signed_on": date(2025, 11, 18)}),
    (at("10:00"), RECEIVED, 1, PAPER, None, BOTH, M, OLD, {"signed_on": date(2025, 11, 20)}),
    (at("10:30"), CONFIRMED, 3, BANNER, "bai-chay", BOTH, F, YOUNG, HERE),
    (at("11:00"), CONFIRMED, 2, WEB, None, KIDNEY, F, YOUNG, {}),
    (at("11:30"), KIND.PLEDGE_CHANGED, 2, WEB, None, BOTH, F, YOUNG, {}),
    (at("12:00"), KIND.PLEDGE_WITHDRAWN, 1, WEB, None, KIDNEY, M, OLD, {}),
    (at("13:00"), KIND.PLEDGE_HANDED_OVER, 5, WEB, None, BOTH, F, YOUNG, {}),
    (at("14:00"), KIND.PLEDGE_CARD_ISSUED, 4, WEB, None, BOTH, F, YOUNG, {}),
    # A blood drive at Bãi Cháy: nine booked, seven came, five gave.
    (at("07:00"), KIND.SIGNUP_BOOKED, 9, WEB, "bai-chay", "", U, NONE, BLOOD),
    (at("07:30"), KIND.SIGNUP_CANCELLED, 1, WEB, "bai-chay", "", U, NONE, BLOOD),
    (at("08:00"), KIND.SIGNUP_ARRIVED, 7, DESK, "bai-chay", "", U, NONE, BLOOD),
    (at("08:30"), KIND.SIGNUP_NO_SHOW, 1, DESK, "bai-chay", "", U, NONE, BLOOD),
    (at("09:00"), KIND.DONATION_GIVEN, 3, DESK, "bai-chay", "", U, NONE, ml(350)),
    (at("09:30"), KIND.DONATION_GIVEN, 2, DESK, "bai-chay", "", U, NONE, ml(450)),
    (at("09:40"), KIND.DONATION_DEFERRED, 2, DESK, "bai-chay", "", U, NONE, {"reason": "weight"}),
    # Kept and never counted.
    (at("15:00"), RECEIVED, 6, WEB, None, BOTH, F, YOUNG, {"is_test": True}),
    (at("15:00"), KIND.PLEDGE_MERGED, 6, WEB, None, BOTH, F, YOUNG, {}),
]

COUNTED = {
    "received": 12,  # 2 + 1 + 4 + 3 + 1 + 1
    "confirmed": 5,  # 3 + 2
    "changed": 2,
    "withdrawn": 1,
    "handed_over": 5,
    "card_issued": 4,
    "booked": 9,
    "cancelled": 1,
    "arrived": 7,
    "no_show": 1,
    "given": 5,  # 3 + 2
    "deferred": 2,
    "ml": 1950,  # 3 · 350 + 2 · 450
}


@pytest.fixture
def window(reference: SimpleNamespace) -> Window:
    reference.uong_bi = UnitFactory(
        code="uong-bi", province=reference.quang_ninh, name_vi="Bệnh viện Uông Bí"
    )
    reference.drive = CampaignFactory(
        code="giot-hong", kind="blood", owner=reference.quang_ninh_department, title_vi="Giọt hồng"
    )
    for campaign, people, volume in [(reference.campaign, 10, None), (reference.drive, 8, 2000)]:
        UnitTarget.objects.create(
            campaign=campaign, unit=reference.hospital, people=people, volume_ml=volume
        )
    units = {"bai-chay": reference.hospital, "uong-bi": reference.uong_bi, None: None}
    hours_of(reference.quang_ninh_department)
    for moment, kind, number, channel, unit, organs, sex, band, more in DAY:
        entry(
            reference,
            moment,
            kind,
            number=number,
            channel=channel,
            unit=units[unit],
            organs=organs,
            sex=sex,
            age_band=band,
            **{
                name: getattr(reference, value) if name in PLACES else value
                for name, value in more.items()
            },
        )
    # Withdrawn on this day: received on the day before, and on this day itself.
    for came in (hanoi("2025-11-19 09:00"), at("08:30")):
        (event,) = entry(reference, came, sex=F, age_band=YOUNG, is_test=False)
        entry(reference, at("12:30"), KIND.PLEDGE_WITHDRAWN, subjects=[event.subject])
        entry(reference, at("12:31"), CONFIRMED, subjects=[event.subject])
    # Another department's entries are another department's.
    entry(reference, CUT_OFF - TICK, number=8, department=reference.thanh_hoa_department)
    for unit in (reference.hospital, reference.uong_bi, reference.steward):
        Site.objects.create(unit=unit, state=State.PRESENT, since=CUT_OFF, visited_at=CUT_OFF)
    entry(reference, hanoi("2025-11-02 09:00"), unit=reference.steward)
    Holiday.objects.create(
        jurisdiction=reference.vn, day=date(2025, 11, 20), kind="public", name="Ngày hội"
    )
    (made,) = ensure_windows(now=CUT_OFF)
    return made


def row(code: str, name: str, received: int, confirmed: int) -> dict[str, Any]:
    return {"code": code, "name": name, "received": received, "confirmed": confirmed}


def keyed(key: str, received: int, confirmed: int) -> dict[str, Any]:
    return {"key": key, "received": received, "confirmed": confirmed}


def test_compile_figures_equals_the_day_counted_by_hand(
    reference: SimpleNamespace, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("registration.ledger.standing._counters", [lambda unit: {"confirm": 3}])

    figures = compile_figures(window, taken_at=CUT_OFF + timedelta(seconds=7))

    # With the one of 08:30 and the two that were confirmed and withdrawn at noon.
    counts = {**COUNTED, "received": 13, "confirmed": 7, "withdrawn": 3}
    place = reference.placement
    assert figures == {
        "version": 4,
        "department": {"code": "quang-ninh", "name": "Sở Y tế Quảng Ninh"},
        "reporting_unit": {"code": "steward", "name": "Bệnh viện Đa khoa tỉnh Quảng Ninh"},
        "jurisdiction": "VN",
        "province": {"code": "22", "name": "Quảng Ninh"},
        "language": "vi",
        "zone": "Asia/Ho_Chi_Minh",
        "window": {
            "day": "2025-11-20",
            "days": ["2025-11-20"],
            "holiday": "Ngày hội",
            "starts_at": "2025-11-19T09:15:00Z",
            "ends_at": "2025-11-20T09:15:00Z",
            "cut_off": "16:15",
            "due": "16:30",
            "due_at": "2025-11-20T09:30:00Z",
        },
        "serial": 1,
        "provisional": None,
        "taken_at": "2025-11-20T09:15:07Z",
        "previous_sha256": None,
        "holds_demo": False,
        "counts": counts,
        # The first summary counts what was there before it: 7 + 1 + 1.
        "cumulative": {**counts, "received": 22},
        "adjustments": [],
        "earlier": [
            {"day": "2025-11-18", "key": "received", "number": 1, "cause": "paper"},
            {"day": "2025-11-19", "key": "withdrawn", "number": 1, "cause": "withdrawal"},
        ],
        "by_channel": [
            keyed("web", 4, 4),
            keyed("banner", 4, 3),
            keyed("qr", 3, 0),
            keyed("paper", 2, 0),
        ],
        "by_placement": [
            {
                **row(place.code, f"Bệnh viện Bãi Cháy · {SIZE} · {place.language}", 4, 3),
                "unit": "bai-chay",
            }
        ],
        "by_unit": [
            row("bai-chay", "Bệnh viện Bãi Cháy", 4, 3),
            row("uong-bi", "Bệnh viện Uông Bí", 3, 0),
        ],
        "by_campaign": [row(reference.campaign.code, reference.campaign.title_vi, 4, 3)],
        "by_locality": [row(reference.ha_long.code, reference.ha_long.full_name, 4, 3)],
        "by_organ": [row("kidney", "Thận", 11, 5), row("cornea", "Giác mạc", 6, 3)],
        "by_sex": [keyed("female", 7, 5), keyed("male", 5, 0), keyed("unknown", 1, 2)],
        "by_age_band": [keyed("18-24", 7, 5), keyed("65+", 5, 0), keyed("unknown", 1, 2)],
        "blood": {
            "by_volume": [{"ml": 350, "number": 3}, {"ml": 450, "number": 2}],
            "deferrals": [{"reason": "weight", "number": 2}],
            "by_unit": [
                {
                    "code": "bai-chay",
                    "name": "Bệnh viện Bãi Cháy",
                    "booked": 9,
                    "arrived": 7,
                    "given": 5,
                    "deferred": 2,
                    "ml": 1950,
                }
            ],
        },
        "targets": [
            {
                "campaign": reference.campaign.code,
                "title": reference.campaign.title_vi,
                "kind": "organ",
                "unit": "bai-chay",
                "name": "Bệnh viện Bãi Cháy",
                "people": 10,
                "ml": None,
                "reached": 3,
                "reached_ml": 0,
            },
            {
                "campaign": "giot-hong",
                "title": "Giọt hồng",
                "kind": "blood",
                "unit": "bai-chay",
                "name": "Bệnh viện Bãi Cháy",
                "people": 8,
                "ml": 2000,
                "reached": 5,
                "reached_ml": 1950,
            },
        ],
        "banners": {
            "present": 3,
            "units": 4,
            "silent": {
                "days": 14,
                # Eighteen days ago; the two others were registered through today.
                "units": [
                    {
                        "code": "steward",
                        "name": "Bệnh viện Đa khoa tỉnh Quảng Ninh",
                        "last": "2025-11-02",
                    }
                ],
            },
        },
        "waiting": [{"key": "confirm", "number": 3}],
        # Of thirteen the one of 08:30 was confirmed as the same registration.
        "quality": [
            {"key": "unconfirmed", "number": 12, "of": 13},
            {"key": "no_locality", "number": 9, "of": 13},
            {"key": "no_sex", "number": 1, "of": 13},
            {"key": "no_age", "number": 1, "of": 13},
            {"key": "no_unit", "number": 6, "of": 13},
        ],
        "trend": [
            *({"day": f"2025-11-{day:02}", "received": 0, "confirmed": 0} for day in range(7, 20)),
            {"day": "2025-11-20", "received": 13, "confirmed": 7},
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


def test_holidays_that_are_counted_together_are_named_and_half_days_are_none(
    reference: SimpleNamespace,
) -> None:
    hours_of(
        reference.quang_ninh_department,
        starts_on=date(2025, 11, 17),
        on_holidays=OnHolidays.MERGE,
    )
    for day, kind, name in [
        (18, "public", "Ngày thứ nhất"),
        (19, "public", "Ngày thứ hai"),
        (20, "half_day", "Buổi chiều nghỉ"),
    ]:
        Holiday.objects.create(
            jurisdiction=reference.vn, day=date(2025, 11, day), kind=kind, name=name
        )
    first, second = ensure_windows(now=CUT_OFF)
    freeze(first, taken_at=first.ends_at)

    figures = compile_figures(second, taken_at=CUT_OFF)

    assert figures["window"]["days"] == ["2025-11-18", "2025-11-19", "2025-11-20"]
    assert figures["window"]["holiday"] == "Ngày thứ nhất, Ngày thứ hai"
