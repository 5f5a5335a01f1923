from datetime import date

import pytest

from registration.units.rules import (
    is_closed,
    next_working_day,
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
    ("day", "closed"),
    [
        pytest.param(date(2026, 5, 25), False, id="the-day-before-the-eve"),
        pytest.param(date(2026, 5, 26), False, id="the-eve"),
        pytest.param(date(2026, 5, 27), True, id="the-first-day"),
        pytest.param(date(2026, 5, 30), True, id="a-holiday-on-a-saturday"),
        pytest.param(date(2026, 5, 31), True, id="a-sunday"),
        pytest.param(date(2026, 6, 1), False, id="the-monday-after"),
    ],
)
def test_office_days(day: date, closed: bool) -> None:
    assert is_closed(day, FEAST) is closed


def test_a_half_day_on_a_saturday_is_closed() -> None:
    eve = date(2028, 10, 28)

    assert is_closed(eve, {eve: "half_day"}) is True


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
