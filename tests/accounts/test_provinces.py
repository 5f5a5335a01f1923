"""Whose registrations a steward sees: those of a stewardship that holds today."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from registration.units.models import Stewardship

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("starts", "ends", "sees"),
    [
        pytest.param(-30 * DAY, None, True, id="since a month"),
        pytest.param(0 * DAY, None, True, id="since today"),
        pytest.param(DAY, None, False, id="from tomorrow"),
        pytest.param(-30 * DAY, DAY, True, id="until tomorrow"),
        pytest.param(-30 * DAY, 0 * DAY, False, id="ended today"),
    ],
)
def test_steward_sees_the_province_while_the_stewardship_holds(
    reference: Any, steward: Any, starts: timedelta, ends: timedelta | None, sees: bool
) -> None:
    today = timezone.localdate(timezone=reference.vn.zone)
    Stewardship.objects.update(
        starts_on=today + starts, ends_on=None if ends is None else today + ends
    )

    assert list(steward.provinces()) == ([reference.quang_ninh] if sees else [])
