from datetime import date

import pytest

from registration.units.rules import (
    identity_code_of,
    is_closed,
    is_half_day,
    next_working_day,
    present_code,
    without_kind_word,
)

# Turkey around the Feast of Sacrifice 2026: Tuesday from 13:00, Wednesday to Saturday off.
FEAST = {
    date(2026, 5, 26): "half_day",
    date(2026, 5, 27): "public",
    date(2026, 5, 28): "public",
    date(2026, 5, 29): "public",
    date(2026, 5, 30): "public",
}


@pytest.mark.parametrize(
    ("day", "closed", "half"),
    [
        pytest.param(date(2026, 5, 25), False, False, id="the-day-before-the-eve"),
        pytest.param(date(2026, 5, 26), False, True, id="the-eve"),
        pytest.param(date(2026, 5, 27), True, False, id="the-first-day"),
        pytest.param(date(2026, 5, 30), True, False, id="a-holiday-on-a-saturday"),
        pytest.param(date(2026, 5, 31), True, False, id="a-sunday"),
        pytest.param(date(2026, 6, 1), False, False, id="the-monday-after"),
    ],
)
def test_office_days(day: date, closed: bool, half: bool) -> None:
    assert is_closed(day, FEAST) is closed
    assert is_half_day(day, FEAST) is half


def test_a_half_day_on_a_saturday_is_closed() -> None:
    eve = date(2028, 10, 28)

    assert is_closed(eve, {eve: "half_day"}) is True
    assert is_half_day(eve, {eve: "half_day"}) is False


@pytest.mark.parametrize(
    ("day", "following"),
    [
        pytest.param(date(2026, 5, 25), date(2026, 5, 26), id="a-half-day-counts"),
        pytest.param(date(2026, 5, 26), date(2026, 6, 1), id="over-the-feast-and-the-weekend"),
        pytest.param(date(2026, 6, 5), date(2026, 6, 8), id="over-a-weekend"),
    ],
)
def test_next_working_day(day: date, following: date) -> None:
    assert next_working_day(day, FEAST) == following


def test_next_working_day_gives_up_after_a_month() -> None:
    closed = {date.fromordinal(date(2026, 1, 1).toordinal() + n): "public" for n in range(60)}

    with pytest.raises(ValueError, match="No working day"):
        next_working_day(date(2026, 1, 1), closed)


@pytest.mark.parametrize(
    ("code", "present"),
    [
        pytest.param("02", "08", id="ha-giang-became-tuyen-quang"),
        pytest.param("22", "22", id="quang-ninh-stayed"),
        pytest.param("99", "99", id="unknown-stays"),
    ],
)
def test_present_code(code: str, present: str) -> None:
    assert present_code(code, {"02": "08"}) == present


def test_identity_code_is_the_first_three_digits() -> None:
    assert identity_code_of("022190001234") == "022"


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        pytest.param("phuong ha long", "ha long", id="ward"),
        pytest.param("dac khu co to", "co to", id="special-zone"),
        pytest.param("xa", "xa", id="the-word-alone-may-begin-a-name"),
        pytest.param("xayen", "xayen", id="no-word-of-its-own"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_kind_words_are_left_out(typed: str, wanted: str) -> None:
    assert without_kind_word(typed, ("dac khu", "phuong", "xa")) == wanted
