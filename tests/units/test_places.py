from datetime import date

import pytest

from registration.units.models import Jurisdiction
from registration.units.places import (
    find_province,
    holidays_between,
    identity_codes,
)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        pytest.param("22", "Quảng Ninh", id="present"),
        pytest.param("02", "Tuyên Quang", id="former-ha-giang"),
        pytest.param("72", "Tây Ninh", id="former-tay-ninh-whose-code-went-to-80"),
        pytest.param("80", "Tây Ninh", id="present-80-was-long-an"),
        pytest.param("99", None, id="unknown"),
    ],
)
def test_find_province_by_code(loaded: str, code: str, name: str | None) -> None:
    found = find_province(Jurisdiction.objects.get(code="VN"), code)

    assert (found.name if found else None) == name


def test_a_turkish_plate_code_is_not_a_former_vietnamese_one(loaded: str) -> None:
    found = find_province(Jurisdiction.objects.get(code="TR"), "02")

    assert found is not None
    assert found.name == "Adıyaman"


def test_identity_codes_are_those_of_the_former_provinces(loaded: str) -> None:
    codes = identity_codes()

    assert len(codes) == 63
    assert {code for code in ("001", "022", "999") if code in codes} == {"001", "022"}


def test_holidays_are_asked_for_a_half_open_period(loaded: str) -> None:
    turkey = Jurisdiction.objects.get(code="TR")

    found = holidays_between(turkey, date(2026, 10, 28), date(2026, 10, 29))

    assert found == {date(2026, 10, 28): "half_day"}
