"""The numbers of units, against counts made by hand."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from types import SimpleNamespace
from zoneinfo import ZoneInfo

from registration.banners.models import DayCount, Placement
from registration.ledger.choices import EntryChannel, EventKind
from registration.ledger.models import Event
from registration.reach.figures import Counts, last_days, numbers_of, numbers_of_units
from registration.reach.shown import csv_rows, numbers_context
from tests import factories
from tests.reach.counted import correct, register

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
TODAY = date(2026, 11, 20)
DAY = timedelta(days=1)
SPAN = last_days(30, now=NOW, zone=HANOI)


def test_last_days_end_today_in_the_units_zone() -> None:
    late = last_days(30, now=datetime(2026, 11, 19, 17, tzinfo=UTC), zone=HANOI)

    assert (late.first, late.last, len(late.days)) == (date(2026, 10, 22), TODAY, 30)


def test_numbers_are_counted_by_day_and_placement(reference: SimpleNamespace) -> None:
    placement, hospital = reference.placement, reference.hospital
    box = factories.PlacementFactory(banner=reference.banner, unit=hospital, size="300x250")
    DayCount.objects.create(placement=placement, day=TODAY, views=100, clicks=9)
    DayCount.objects.create(placement=box, day=TODAY - DAY, views=40, clicks=2)
    register(reference, NOW, placement=placement, number=3)
    register(reference, NOW - DAY, placement=box)
    register(reference, NOW, placement=placement, kind=EventKind.PLEDGE_CONFIRMED, number=2)
    register(reference, NOW, unit=hospital)

    numbers = numbers_of(hospital, SPAN)

    assert numbers.by_day[-2:] == [
        (TODAY - DAY, Counts(40, 2, 1, 0)),
        (TODAY, Counts(100, 9, 4, 2)),
    ]
    assert numbers.by_placement == [
        (placement, Counts(100, 9, 3, 2)),
        (box, Counts(40, 2, 1, 0)),
        (None, Counts(0, 0, 1, 0)),
    ]
    assert (numbers.total, numbers.holds_demo) == (Counts(140, 11, 5, 2), False)


def test_numbers_leave_out_others_tests_other_kinds_and_other_days(
    reference: SimpleNamespace,
) -> None:
    placement = reference.placement
    other = factories.PlacementFactory(banner=reference.banner, unit=reference.steward)
    DayCount.objects.create(placement=other, day=TODAY, views=5, clicks=5)
    DayCount.objects.create(placement=placement, day=SPAN.first - DAY, views=7, clicks=7)
    DayCount.objects.create(placement=placement, day=TODAY + DAY, views=7, clicks=7)
    register(reference, NOW, placement=other)
    register(reference, NOW)
    register(reference, NOW, placement=placement, is_test=True)
    register(reference, NOW, placement=placement, kind=EventKind.PLEDGE_WITHDRAWN)

    assert numbers_of(reference.hospital, SPAN).total == Counts()


def test_days_begin_at_midnight_in_the_units_zone(reference: SimpleNamespace) -> None:
    first = datetime(2026, 10, 22, tzinfo=HANOI)
    second = timedelta(seconds=1)
    register(reference, first - second, placement=reference.placement)
    register(reference, first, placement=reference.placement, number=2)
    register(reference, first + DAY - second, placement=reference.placement, number=4)
    register(reference, first + DAY, placement=reference.placement, number=8)

    by_day = numbers_of(reference.hospital, SPAN).by_day

    assert [counts.received for _day, counts in by_day[:2]] == [6, 8]
    assert sum(counts.received for _day, counts in by_day) == 14


def test_corrections_count_on_the_day_of_what_they_correct(reference: SimpleNamespace) -> None:
    wrong, back, *_rest = register(reference, NOW - DAY, placement=reference.placement, number=4)
    (early,) = register(reference, NOW - 40 * DAY, placement=reference.placement)
    correct(wrong, NOW)
    correct(back, NOW)
    correct(back, NOW, back=True)
    # Of a day that is not asked for: it takes nothing away from one that is.
    correct(early, NOW)

    by_day = dict(numbers_of(reference.hospital, SPAN).by_day)

    assert (by_day[TODAY - DAY].received, by_day[TODAY].received) == (3, 0)
    assert sum(counts.received for counts in by_day.values()) == 3


def test_demo_entries_are_counted_and_said(reference: SimpleNamespace) -> None:
    register(reference, NOW, placement=reference.placement, is_demo=True)

    numbers = numbers_of(reference.hospital, SPAN)

    assert (numbers.total.received, numbers.holds_demo) == (1, True)


def test_closed_placements_are_listed_while_they_counted_something(
    reference: SimpleNamespace,
) -> None:
    for size in ("300x250", "970x250"):
        factories.PlacementFactory(
            banner=reference.banner, unit=reference.hospital, size=size, closed_at=NOW
        )
    counted = Placement.objects.get(size="970x250")
    DayCount.objects.create(placement=counted, day=TODAY, views=1)

    rows = numbers_of(reference.hospital, SPAN).by_placement

    assert [placement for placement, _counts in rows] == [reference.placement, counted]


def test_units_get_their_own_sums_in_few_queries(
    reference: SimpleNamespace, max_queries: Callable
) -> None:
    other = factories.PlacementFactory(banner=reference.banner, unit=reference.steward)
    DayCount.objects.create(placement=other, day=TODAY, views=5, clicks=2)
    (wrong, *_rest) = register(reference, NOW, placement=reference.placement, number=3)
    correct(wrong, NOW)

    with max_queries(3):
        found = numbers_of_units([reference.hospital, reference.steward], SPAN)

    assert found[reference.hospital.pk] == Counts(received=2)
    assert found[reference.steward.pk] == Counts(views=5, clicks=2)


def test_a_year_of_sixty_placements_is_charted_quickly(
    reference: SimpleNamespace, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    hospital = reference.hospital

    def show() -> object:
        return numbers_context(hospital, period="year", language="vi", now=NOW)

    def export() -> object:
        return list(csv_rows(hospital, period="year", now=NOW))

    few = count_queries(show), count_queries(export)
    for number in range(59):
        banner = factories.BannerFactory(campaign=reference.campaign)
        factories.PlacementFactory(banner=banner, unit=hospital, language=["vi", "tr"][number % 2])
    placements = list(Placement.objects.filter(unit=hospital))
    days = last_days(365, now=NOW, zone=HANOI).days
    DayCount.objects.bulk_create(
        DayCount(placement=placement, day=day, views=200, clicks=4)
        for placement in placements
        for day in days
    )
    Event.objects.bulk_create(
        Event(
            happened_at=datetime.combine(day, NOW.timetz()),
            kind=EventKind.PLEDGE_RECEIVED,
            subject=uuid.uuid4(),
            department=reference.quang_ninh_department,
            jurisdiction=reference.vn,
            unit=hospital,
            placement=placements[number % 60],
            channel=EntryChannel.BANNER,
        )
        for number, day in enumerate(days * 20)
    )

    started = perf_counter()
    many = count_queries(show), count_queries(export)
    took = perf_counter() - started

    context = show()
    assert many == few == (4, 4)
    assert [value for _head, value in context["figures"]] == [
        "4.380.000",
        "87.600",
        "7.300",
        "0",
    ]
    assert (len(context["days"]), len(context["placements"])) == (365, 60)
    assert context["charts"][0][1].count('class="bar"') == 366
    # Some half a second for both on an idle machine.
    assert took < 6
