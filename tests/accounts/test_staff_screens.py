from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.test import Client

from registration.accounts.models import Staff
from registration.accounts.services import editors_group, give_roles, make_staff
from tests.accounts.signing_in import PASS_PHRASE, give_second_factor, sign_in

NEW = {
    "username": "thuy",
    "first_name": "Thủy Nguyễn",
    "email": "Thuy@example.org",
    "language": "vi",
    "password1": "four words make one",
    "password2": "four words make one",
}


@pytest.fixture
def desk_of_isil(administrator: Staff, client: Client) -> Client:
    sign_in(client, "isil")
    return client


def errors(response: Any) -> dict[str, list[str]]:
    return dict(response.context["form"].errors)


def test_an_administrator_makes_an_account(
    reference: SimpleNamespace, desk_of_isil: Client
) -> None:
    answers = NEW | {"unit": reference.steward.pk, "roles": ["steward", "hospital"]}

    response = desk_of_isil.post("/cms/users/new/", answers)

    staff = Staff.objects.get(username="thuy")
    assert response["Location"] == "/cms/users/"
    assert (staff.get_full_name(), staff.email) == ("Thủy Nguyễn", "thuy@example.org")
    assert staff.role_names == {"steward", "hospital"}
    assert staff.unit == reference.steward
    assert sign_in(Client(), "thuy", password="four words make one")["Location"] == "/desk/"


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        pytest.param(
            {"username": "Thủy"},
            "username",
            "Use small letters a–z, digits, dot and hyphen.",
            id="accents",
        ),
        pytest.param(
            {"email": "ISIL@example.org"},
            "__all__",
            "Somebody has this e-mail already.",
            id="mail-taken",
        ),
        pytest.param(
            {"email": "lınh@example.org"},
            "email",
            "Staff sign in with an e-mail address without accents or special letters.",
            id="mail-with-dotless-i",
        ),
        pytest.param(
            {"roles": ["steward"]},
            "unit",
            "Choose the unit at which this person has the role.",
            id="role-without-unit",
        ),
        pytest.param(
            {"password1": "short", "password2": "short"},
            "password2",
            "This password is too short. It must contain at least 12 characters.",
            id="short-password",
        ),
    ],
)
def test_what_is_refused_is_said_at_its_field(
    desk_of_isil: Client, changed: dict[str, Any], field: str, sentence: str
) -> None:
    response = desk_of_isil.post("/cms/users/new/", NEW | changed)

    assert errors(response)[field][0] == sentence
    assert not Staff.objects.filter(username="thuy").exists()


def test_roles_are_changed_and_take_effect(
    reference: SimpleNamespace, linh: Staff, desk_of_isil: Client
) -> None:
    answers = {
        "username": "linh",
        "first_name": "Linh",
        "email": "linh@example.org",
        "unit": linh.unit.pk,
        "language": "vi",
        "roles": ["editor"],
        "is_active": "on",
    }

    desk_of_isil.post(f"/cms/users/edit/{linh.pk}/", answers)

    linh = Staff.objects.get(pk=linh.pk)
    assert linh.role_names == {"editor"}
    assert linh.has_perm("wagtailadmin.access_admin")
    assert linh.check_password(PASS_PHRASE)


def test_switching_off_and_forgetting_the_second_factor(linh: Staff, desk_of_isil: Client) -> None:
    give_second_factor(linh)
    answers = {
        "username": "linh",
        "first_name": "Linh",
        "unit": linh.unit.pk,
        "language": "vi",
        "roles": ["department"],
        "remove_second_factor": "on",
    }

    desk_of_isil.post(f"/cms/users/edit/{linh.pk}/", answers)

    linh.refresh_from_db()
    assert not linh.is_active
    assert Authenticator.objects.count() == 0


def test_nobody_takes_their_own_roles_or_account_away(
    administrator: Staff, desk_of_isil: Client
) -> None:
    page = desk_of_isil.get(f"/cms/users/edit/{administrator.pk}/")
    answers = {"username": "isil", "first_name": "Işıl", "language": "tr", "roles": ["editor"]}

    desk_of_isil.post(f"/cms/users/edit/{administrator.pk}/", answers)

    administrator = Staff.objects.get(pk=administrator.pk)
    assert list(page.context["form"].fields) == [
        "username",
        "first_name",
        "email",
        "unit",
        "language",
        "password1",
        "password2",
    ]
    assert administrator.is_superuser
    assert administrator.is_active
    assert administrator.role_names == {"administrator"}


def test_the_list_shows_staff_with_units_and_roles(
    linh: Staff, ayse: Staff, desk_of_isil: Client
) -> None:
    page = desk_of_isil.get("/cms/users/").content.decode()

    for text in ("Linh", "Quảng Ninh Department of Health", "Department officer", "Ayşe"):
        assert text in page, text


def test_the_list_asks_as_much_for_three_as_for_one(
    administrator: Staff, desk_of_isil: Client, count_queries: Any
) -> None:
    desk_of_isil.get("/cms/users/")
    for_one = count_queries(lambda: desk_of_isil.get("/cms/users/"))
    for name in ("dao", "dung", "hieu"):
        make_staff(name, name=name, roles=["editor"])

    assert count_queries(lambda: desk_of_isil.get("/cms/users/")) == for_one


@pytest.mark.parametrize(
    "page", ["users/", "users/new/", "users/edit/{pk}/", "groups/", "groups/new/"]
)
def test_an_editor_gets_no_staff_screen_even_with_the_permissions(
    linh: Staff, client: Client, page: str
) -> None:
    editor = make_staff("dao", name="Đào", roles=["editor"], password=PASS_PHRASE)
    editors_group().permissions.add(
        *Permission.objects.filter(content_type__app_label__in=["accounts", "auth"])
    )
    sign_in(client, "dao")

    response = client.post(f"/cms/{page.format(pk=editor.pk)}", {"roles": ["administrator"]})

    assert (response.status_code, response["Location"]) == (302, "/cms/")
    assert Staff.objects.get(pk=editor.pk).role_names == {"editor"}


def test_groups_have_no_screen_even_for_administrators(desk_of_isil: Client) -> None:
    group = editors_group()

    for page in ("", "new/", f"edit/{group.pk}/"):
        assert desk_of_isil.get(f"/cms/groups/{page}")["Location"] == "/cms/"


@pytest.mark.parametrize("action", ["delete", "assign_role"])
def test_many_at_once_neither_delete_nor_assign_groups(
    linh: Staff, desk_of_isil: Client, action: str
) -> None:
    group = Group.objects.get(name="Editors")

    desk_of_isil.post(f"/cms/bulk/accounts/staff/{action}/?id={linh.pk}", {"role": group.pk})

    assert Staff.objects.filter(pk=linh.pk, groups=None).exists()


def test_staff_are_switched_off_and_never_deleted(linh: Staff, desk_of_isil: Client) -> None:
    response = desk_of_isil.post(f"/cms/users/delete/{linh.pk}/")

    assert response["Location"] == "/cms/"
    assert Staff.objects.filter(pk=linh.pk).exists()


def test_an_editors_menu_has_no_staff(reference: SimpleNamespace, client: Client) -> None:
    give_roles(make_staff("dao", name="Đào", password=PASS_PHRASE), ["editor"])
    sign_in(client, "dao")

    page = client.get("/cms/").content.decode()

    assert "/cms/users/" not in page
    assert "/cms/snippets/campaigns/campaign/" in page
    assert "/cms/snippets/units/jurisdiction/" not in page
