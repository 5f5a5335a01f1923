"""Age bands. Pure."""

from datetime import date

from registration.ledger.choices import AgeBand

_BANDS = [
    (18, 24, AgeBand.A18),
    (25, 34, AgeBand.A25),
    (35, 44, AgeBand.A35),
    (45, 54, AgeBand.A45),
    (55, 64, AgeBand.A55),
    (65, 200, AgeBand.A65),
]


def age_on(birth_date: date, day: date) -> int:
    """Completed years; somebody born on 29 February turns on 1 March in other years."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (not had_birthday)


def age_band(birth_date: date | None, day: date) -> AgeBand:
    """The band of ten years that figures use; never the age itself."""
    if birth_date is None:
        return AgeBand.UNKNOWN
    age = age_on(birth_date, day)
    return next((band for low, high, band in _BANDS if low <= age <= high), AgeBand.UNKNOWN)
