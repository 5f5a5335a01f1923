from datetime import date

import pytest

from registration.ledger.choices import AgeBand
from registration.ledger.rules import age_band, age_on

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("birth_date", "day", "age"),
    [
        (date(2008, 11, 21), DAY, 17),
        (date(2008, 11, 20), DAY, 18),
        (date(2008, 11, 19), DAY, 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
    ],
)
def test_age_on_the_day_before_the_day_and_the_day_after(
    birth_date: date, day: date, age: int
) -> None:
    assert age_on(birth_date, day) == age


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (17, AgeBand.UNKNOWN),
        (18, AgeBand.A18),
        (24, AgeBand.A18),
        (25, AgeBand.A25),
        (34, AgeBand.A25),
        (35, AgeBand.A35),
        (44, AgeBand.A35),
        (45, AgeBand.A45),
        (54, AgeBand.A45),
        (55, AgeBand.A55),
        (64, AgeBand.A55),
        (65, AgeBand.A65),
        (101, AgeBand.A65),
    ],
)
def test_age_band_at_each_edge(age: int, band: AgeBand) -> None:
    assert age_band(date(DAY.year - age, 11, 20), DAY) == band


def test_age_band_of_nobody_knows() -> None:
    assert age_band(None, DAY) == AgeBand.UNKNOWN
