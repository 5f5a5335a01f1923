from datetime import date
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from registration.units.models import Stewardship, Unit
from registration.units.places import national_centre, steward_of, units_of
from tests import factories


def test_national_centre_stands_for_no_province(reference: SimpleNamespace) -> None:
    values = {"jurisdiction": reference.vn, "kind": "coordination_centre"}
    factories.UnitFactory(code="of-a-province", province=reference.quang_ninh, **values)
    factories.UnitFactory(code="closed", province=None, is_active=False, **values)
    found = factories.UnitFactory(code="national", province=None, **values)

    assert national_centre(reference.vn) == found
    assert national_centre(reference.tr) is None


def test_units_of_a_province_leave_out_those_that_stopped(reference: SimpleNamespace) -> None:
    Unit.objects.filter(code="bai-chay").update(is_active=False)

    assert [u.code for u in units_of(reference.quang_ninh)] == ["steward", "quang-ninh"]
    assert [u.code for u in units_of(reference.quang_ninh, kind="department")] == ["quang-ninh"]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        pytest.param(date(2024, 6, 17), None, id="the-day-before"),
        pytest.param(date(2024, 6, 18), "steward", id="the-first-day"),
        pytest.param(date(2026, 1, 1), "bai-chay", id="the-day-of-change"),
    ],
)
def test_steward_of_a_day(reference: SimpleNamespace, day: date, code: str | None) -> None:
    Stewardship.objects.update(ends_on=date(2026, 1, 1))
    Stewardship.objects.create(
        province=reference.quang_ninh, unit=reference.hospital, starts_on=date(2026, 1, 1)
    )

    found = steward_of(reference.quang_ninh, day=day)

    assert (found.code if found else None) == code


def test_a_unit_cannot_lie_in_another_countrys_province(reference: SimpleNamespace) -> None:
    unit = factories.UnitFactory(province=reference.adana)
    unit.jurisdiction = reference.vn

    with pytest.raises(ValidationError) as refused:
        unit.full_clean()

    assert refused.value.message_dict == {"province": ["This province belongs to another country."]}
