"""The menu of the desk."""

import pytest

from portal.desk import menu_for
from registration.accounts.choices import Role
from tests.factories import StaffFactory, UnitFactory

pytestmark = pytest.mark.django_db
OWN, UNITS = "/desk/numbers/own/", "/desk/numbers/"


@pytest.mark.parametrize(
    ("path", "current"),
    [
        pytest.param(OWN, [OWN], id="whose address begins with another's"),
        pytest.param(f"{OWN}link/", [OWN], id="a page below it"),
        pytest.param(UNITS, [UNITS], id="the shorter one"),
        pytest.param(f"{UNITS}unit/bai-chay/", [UNITS], id="a page below that"),
        pytest.param("/desk/", [], id="none"),
    ],
)
def test_menu_marks_one_entry(path: str, current: list[str]) -> None:
    staff = StaffFactory(unit=UnitFactory(), roles=[Role.DEPARTMENT, Role.HOSPITAL])

    menu = menu_for(staff, path=path)

    assert {OWN, UNITS} <= {entry["url"] for entry in menu}
    assert [entry["url"] for entry in menu if entry["current"]] == current
