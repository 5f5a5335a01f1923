from typing import Any

import pytest

from registration.pledges.models import Pledge
from registration.pledges.services import confirm_pledge
from registration.rights.choices import RequestKind
from registration.rights.models import LegalClock
from tests.factories import StaffFactory
from tests.pledges.registering import NOW, contact_of, register


@pytest.fixture
def clocks(reference: Any) -> None:
    """Two working days and twenty days in Vietnam, thirty in Turkey, as the shipped rows say."""
    for kind in RequestKind:
        LegalClock.objects.create(
            jurisdiction=reference.vn,
            kind=kind,
            answer_working_days=2,
            act_days=20,
            extension_days=20,
            source="Decree 356/2025/NĐ-CP",
        )
        LegalClock.objects.create(
            jurisdiction=reference.tr, kind=kind, act_days=30, source="Law 6698 art. 13"
        )


@pytest.fixture
def officer(reference: Any) -> Any:
    return StaffFactory(
        username="hoa", unit=reference.quang_ninh_department, roles=["data_officer"], language="en"
    )


@pytest.fixture
def pledge(reference: Any) -> Pledge:
    made = register(reference)
    return confirm_pledge(made, contact=contact_of(made), now=NOW)
