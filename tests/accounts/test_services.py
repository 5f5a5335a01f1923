from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group

from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.accounts.services import give_roles, make_staff, remove_second_factor
from registration.common.errors import RuleBroken

PASS_PHRASE = "four words make one"


def test_make_staff_makes_an_account_with_its_rights(reference: SimpleNamespace) -> None:
    made = make_staff(
        "thuy",
        name="Thủy  Nguyễn",
        email="Thuy@Example.ORG",
        unit=reference.steward,
        roles=["steward", "hospital"],
        language="vi",
        password=PASS_PHRASE,
    )

    staff = Staff.objects.get(username="thuy")
    assert staff == made
    assert (staff.get_full_name(), staff.email) == ("Thủy Nguyễn", "thuy@example.org")
    assert staff.role_names == {"steward", "hospital"}
    assert [p.slug for p in staff.provinces()] == ["quang-ninh"]
    assert staff.check_password(PASS_PHRASE)
    assert not staff.is_superuser
    assert list(staff.groups.all()) == []
    assert staff.wagtail_userprofile.preferred_language == "vi"
    assert staff.wagtail_userprofile.current_time_zone == "Asia/Ho_Chi_Minh"


def test_without_a_password_nobody_can_sign_in(db: None) -> None:
    assert not make_staff("linh", name="Linh").has_usable_password()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        pytest.param({"username": "Linh"}, "username_not_plain", id="capital"),
        pytest.param({"username": "ayse"}, "username_taken", id="name-taken"),
        pytest.param({"email": "AYSE@example.org"}, "email_taken", id="mail-taken"),
        pytest.param({"email": "lınh@example.org"}, "email_not_plain", id="dotless-i-in-mail"),
        pytest.param({"password": "password1234"}, "weak_password", id="common"),
        pytest.param({"password": "elevenchars"}, "weak_password", id="short"),
        pytest.param({"roles": ["steward"]}, "unit_missing", id="no-unit"),
        pytest.param({"roles": ["boss"]}, "role_unknown", id="no-such-role"),
        pytest.param({"name": "Li\u202enh"}, "invisible_letters", id="bidi"),
    ],
)
def test_make_staff_refuses_and_writes_nothing(
    ayse: Staff, changed: dict[str, object], code: str
) -> None:
    answers = {"username": "linh", "name": "Linh", "password": PASS_PHRASE} | changed
    username = str(answers.pop("username"))

    with pytest.raises(RuleBroken) as refused:
        make_staff(username, **answers)  # type: ignore[arg-type]

    assert refused.value.code == code
    assert [staff.username for staff in Staff.objects.all()] == ["ayse"]


def test_roles_are_exactly_those_given(reference: SimpleNamespace) -> None:
    staff = make_staff("isik", name="Işık", roles=["administrator"], unit=reference.hospital)
    make_staff("other", name="Özge", roles=["administrator"])

    give_roles(staff, ["editor", "hospital"])
    give_roles(staff, ["editor", "hospital"])

    staff = Staff.objects.get(username="isik")
    assert staff.role_names == {"editor", "hospital"}
    assert not staff.is_superuser
    assert [group.name for group in staff.groups.all()] == ["Editors"]
    assert staff.has_perm("wagtailadmin.access_admin")
    assert staff.has_perm("campaigns.change_campaign")


def test_losing_the_editors_role_closes_the_page_editor(db: None) -> None:
    staff = make_staff("isik", name="Işık", roles=["editor"])

    give_roles(staff, [])

    staff = Staff.objects.get(username="isik")
    assert not staff.has_perm("wagtailadmin.access_admin")
    assert not staff.may(Right.USE_CMS)


def test_editors_have_no_permission_that_widens_rights(db: None) -> None:
    make_staff("isik", name="Işık", roles=["editor"])

    permissions = Group.objects.get(name="Editors").permissions
    touched = {f"{p.content_type.app_label}.{p.codename}" for p in permissions.all()}

    closed = {
        name
        for name in touched
        if name.startswith(("accounts.", "auth.", "privacy.", "people.", "pledges.", "ledger."))
        or name.endswith(("_stewardship", "_jurisdiction", "_organoffer", "add_unit"))
    }
    assert closed == set()


def test_the_last_administrator_stays(db: None) -> None:
    only = make_staff("isik", name="Işık", roles=["administrator"])

    with pytest.raises(RuleBroken) as refused:
        give_roles(only, [])

    assert refused.value.code == "last_administrator"
    assert Staff.objects.get().is_superuser


def test_an_administrator_sees_no_registrations(db: None) -> None:
    administrator = make_staff("isik", name="Işık", roles=["administrator"])

    assert not administrator.may(Right.SEE_PLEDGES)
    assert list(administrator.provinces()) == []


def test_who_is_switched_off_may_nothing(linh: Staff) -> None:
    linh.is_active = False

    assert [right for right in Right if linh.may(right)] == []


def test_remove_second_factor_forgets_app_and_codes(linh: Staff) -> None:
    Authenticator.objects.create(user=linh, type="totp", data={"secret": "x"})
    Authenticator.objects.create(user=linh, type="recovery_codes", data={})

    assert remove_second_factor(linh) == 2
    assert remove_second_factor(linh) == 0
