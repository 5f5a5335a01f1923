from datetime import date

import pytest

from registration.units.models import Jurisdiction, Province
from registration.units.places import (
    find_localities,
    find_province,
    holidays_between,
    identity_codes,
    province_of_birth,
)


def names(found: object) -> list[str]:
    return [locality.name for locality in found]  # type: ignore[attr-defined]


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


def test_identity_codes_name_the_former_province(loaded: str) -> None:
    born = province_of_birth("022190001234")

    assert len(identity_codes()) == 63
    assert born is not None
    assert (born.name, born.became.name) == ("Quảng Ninh", "Quảng Ninh")
    assert province_of_birth("999190001234") is None


@pytest.mark.parametrize(
    "typed", ["ha long", "Hạ Long", "HẠ LONG", "phuong ha long", "Phường Hạ Long", "hạ  long"]
)
def test_communes_are_found_without_accents(loaded: str, typed: str) -> None:
    quang_ninh = Province.objects.get(jurisdiction="VN", code="22")

    assert names(find_localities(quang_ninh, typed)) == ["Hạ Long"]


@pytest.mark.parametrize("typed", ["Ilgın", "ILGIN", "ilgin", "İlgin"])
def test_districts_are_found_whatever_the_i(loaded: str, typed: str) -> None:
    konya = Province.objects.get(jurisdiction="TR", slug="konya")

    assert names(find_localities(konya, typed)) == ["Ilgın"]


def test_holidays_are_asked_for_a_half_open_period(loaded: str) -> None:
    turkey = Jurisdiction.objects.get(code="TR")

    found = holidays_between(turkey, date(2026, 10, 28), date(2026, 10, 29))

    assert found == {date(2026, 10, 28): "half_day"}
