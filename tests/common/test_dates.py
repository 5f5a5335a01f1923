from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest

from registration.common import dates

DAY = date(2026, 6, 18)
HALF_PAST_FOUR = time(16, 30)


@pytest.mark.parametrize(
    ("language", "written"),
    [("tr", "18.06.2026"), ("vi", "18/6/2026"), ("en", "18/06/2026"), ("ar", "18/06/2026")],
)
def test_short_date_is_written_as_the_offices_do(language: str, written: str) -> None:
    assert dates.short_date(DAY, language) == written


@pytest.mark.parametrize(
    ("language", "written"),
    [
        ("tr", "18 Haziran 2026 Perşembe"),
        ("vi", "ngày 18 tháng 6 năm 2026"),
        ("en", "18 June 2026"),
    ],
)
def test_long_date_is_written_as_the_offices_do(language: str, written: str) -> None:
    assert dates.long_date(DAY, language) == written


def test_long_date_names_every_month_and_weekday() -> None:
    months = [dates.long_date(date(2026, month, 1), "tr").split()[1] for month in range(1, 13)]
    weekdays = [dates.long_date(date(2026, 6, day), "tr").split()[3] for day in range(1, 8)]

    assert months == [
        *("Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran"),
        *("Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"),
    ]
    assert weekdays == [
        *("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar"),
    ]


@pytest.mark.parametrize(
    ("language", "written"), [("tr", "16.30"), ("vi", "16h30"), ("en", "16:30")]
)
def test_clock_time_has_the_mark_of_the_language(language: str, written: str) -> None:
    assert dates.clock_time(HALF_PAST_FOUR, language) == written


def test_clock_time_before_ten_keeps_two_digits() -> None:
    assert dates.clock_time(time(7, 5), "vi") == "07h05"


@pytest.mark.parametrize(
    ("language", "zone", "written"),
    [
        ("tr", "Europe/Istanbul", "18.06.2026 12.30"),
        ("vi", "Asia/Ho_Chi_Minh", "16h30 ngày 18/6/2026"),
        ("en", "UTC", "18/06/2026 09:30"),
    ],
)
def test_date_time_is_the_clock_of_the_zone(language: str, zone: str, written: str) -> None:
    moment = datetime(2026, 6, 18, 9, 30, tzinfo=UTC)

    assert dates.date_time(moment, language, zone=zone) == written


def test_date_time_after_midnight_is_the_next_day_there() -> None:
    moment = datetime(2026, 6, 18, 17, 0, tzinfo=UTC)

    assert dates.date_time(moment, "vi", zone="Asia/Ho_Chi_Minh") == "00h00 ngày 19/6/2026"


@pytest.mark.parametrize(
    ("language", "written"),
    [("tr", "1.234.567,89"), ("vi", "1.234.567,89"), ("en", "1,234,567.89")],
)
def test_number_has_the_marks_of_the_language(language: str, written: str) -> None:
    assert dates.number(Decimal("1234567.89"), language, decimals=2) == written


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0"), (999, "999"), (1000, "1.000"), (-1500, "-1.500")]
)
def test_number_is_grouped_from_a_thousand(value: int, written: str) -> None:
    assert dates.number(value, "vi") == written


@pytest.mark.parametrize(("language", "written"), [("tr", "%26"), ("vi", "26%"), ("en", "26%")])
def test_percent_sign_stands_where_the_language_has_it(language: str, written: str) -> None:
    assert dates.percent(26, language) == written


def test_percent_may_have_decimals() -> None:
    assert dates.percent(26.25, "tr", decimals=1) == "%26,2"


def test_place_and_date_leaves_the_day_to_the_clerk() -> None:
    blank = "\u00a0" * 6

    line = dates.place_and_date("Quảng Ninh", date(2026, 11, 20))

    assert line == f"Quảng Ninh, ngày {blank} tháng 11 năm 2026"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 1, 9), "Huế, ngày 09 tháng 01 năm 2026"),
        (date(2026, 2, 10), "Huế, ngày 10 tháng 02 năm 2026"),
        (date(2026, 3, 1), "Huế, ngày 01 tháng 3 năm 2026"),
    ],
)
def test_place_and_date_has_a_zero_before_small_days_and_months_1_and_2(
    day: date, written: str
) -> None:
    assert dates.place_and_date("Huế", day, with_day=True) == written
