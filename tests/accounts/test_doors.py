"""Every address behind the staff doors, tried by those who must not get in."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import views as auth_views
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from wagtail.models import Locale, Page

from registration.accounts.doors import TO_ENTRANCE
from registration.accounts.models import Staff
from registration.accounts.services import make_staff
from tests.accounts.signing_in import PASS_PHRASE, sign_in

EXAMPLES = {"int": "1", "uuid": "5f0c6f3e-8d5a-4c1e-9b1a-0a8f3f6f2d11"}
REGEX_EXAMPLES = [
    (r"(\d+)", "1"),
    (r"(.+)", "1"),
    (r"(live|earliest|\d+)\.\.\.(live|latest|\d+)", "1...2"),
    (r"^.*/$", "nothing-here/"),
    (r"^", ""),
]


def walk(resolver: URLResolver, route: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    """Route, full name and pattern of every view."""
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from walk(entry, here)
        else:
            yield here, entry.name or "", entry


def address_of(route: str) -> str:
    """An address that the route answers, with an example for each part of it."""
    # A regular expression's named parts are parts like others.
    path = re.sub(r"\(\?P<\w+>([^)]*)\)", r"(\1)", route)
    path = re.sub(r"<(?:(\w+):)?\w+>", lambda m: EXAMPLES.get(m[1], "x"), path)
    for pattern, example in REGEX_EXAMPLES:
        path = path.replace(pattern, example)
    return "/" + re.sub(r"[$^]", "", path).replace("\\Z", "")


STAFF_ROUTES = sorted(
    {
        route
        for route, name, _pattern in walk(get_resolver())
        if route.startswith(("cms/", "desk/")) and name not in TO_ENTRANCE
    }
)


def refusals(client: Client) -> dict[str, str]:
    """What each address behind the doors answered: the status, and where it led."""
    answers = {}
    for route in STAFF_ROUTES:
        response = client.get(address_of(route))
        match = response.resolver_match
        assert match is None or match.route.startswith(("cms/", "desk/")), route
        answers[route] = f"{response.status_code} {response.get('Location', '').split('?')[0]}"
    return answers


def test_the_doors_hide_hundreds_of_addresses() -> None:
    assert len(STAFF_ROUTES) > 200
    assert "desk/" in STAFF_ROUTES
    assert "cms/pages/<int:parent_page_id>/" in STAFF_ROUTES


def test_a_stranger_is_led_to_the_entrance_everywhere(db: None, client: Client) -> None:
    assert {k: v for k, v in refusals(client).items() if v != "302 /account/login/"} == {}


def test_charlie_gets_nothing_anywhere(charlie: Staff, client: Client) -> None:
    client.force_login(charlie)

    assert {k: v for k, v in refusals(client).items() if v.strip() != "403"} == {}


def test_nobody_passes_without_the_second_factor(
    administrator: Staff, client: Client, settings: Any
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in(client, "isil")

    answers = refusals(client)

    assert {k: v for k, v in answers.items() if v != "302 /account/2fa/totp/activate/"} == {}


def test_an_older_session_does_not_slip_in_behind_a_new_second_factor(
    administrator: Staff, client: Client
) -> None:
    sign_in(client, "isil")
    assert client.get("/desk/").status_code == 200
    Authenticator.objects.create(user=administrator, type="totp", data={"secret": "x"})

    answers = refusals(client)

    assert {k: v for k, v in answers.items() if v != "302 /account/2fa/reauthenticate/"} == {}
    for page in ("totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"):
        response = client.get(f"/account/2fa/{page}")
        assert response["Location"].startswith("/account/2fa/reauthenticate/?next=")


@pytest.mark.parametrize("roles", [["hospital"], ["steward"], ["department"], ["operator"]])
def test_staff_of_units_have_a_desk_and_no_page_editor(
    reference: Any, client: Client, roles: list[str]
) -> None:
    make_staff("dao", name="Đào", unit=reference.hospital, roles=roles, password=PASS_PHRASE)
    sign_in(client, "dao")

    assert client.get("/desk/").status_code == 200
    assert client.get("/cms/").status_code == 403
    assert client.get("/cms/login/", follow=True).redirect_chain[-1][0] == "/desk/"


@pytest.mark.parametrize("role", ["editor", "administrator"])
def test_editors_and_administrators_pass_both_doors(db: None, client: Client, role: str) -> None:
    make_staff("dao", name="Đào", roles=[role], password=PASS_PHRASE)
    sign_in(client, "dao")

    assert client.get("/desk/").status_code == 200
    assert client.get("/cms/").status_code == 200


@pytest.mark.parametrize(
    "address", ["/cms//pages/", "/CMS/", "/cms/../cms/", "/%63ms/", "/cms/%2e%2e/"]
)
def test_no_spelling_leads_past_the_door(db: None, client: Client, address: str) -> None:
    response = client.get(address, follow=True)

    # Either the entrance, or a page that the public does not have.
    assert response.status_code == 404 or response.resolver_match.view_name == "account_login"


def test_a_page_called_cms_is_public(db: None, client: Client) -> None:
    with translation.override("vi"):
        match = get_resolver().resolve("/vi/cms/")

    assert match.view_name == "wagtail_serve"
    response = client.get("/vi/cms/")
    assert response.status_code == 404
    assert "Cookie" not in response.get("Vary", "")


def test_no_other_sign_in_or_password_view_answers(db: None, client: Client) -> None:
    """Sign-in views that come with other parts know neither our limits nor the second factor."""
    foreign = (
        auth_views.LoginView,
        auth_views.PasswordResetView,
        auth_views.PasswordResetConfirmView,
        auth_views.PasswordResetDoneView,
        auth_views.PasswordResetCompleteView,
        auth_views.PasswordChangeView,
    )
    found = [
        address_of(route)
        for route, _name, pattern in walk(get_resolver())
        if issubclass(getattr(pattern.callback, "view_class", object), foreign)
    ]

    assert "/cms/login/" in found
    for address in found:
        for response in (client.get(address), client.post(address, {"username": "x"})):
            assert (response.status_code, response["Location"].split("?")[0]) in (
                (302, "/account/login/"),
                (302, "/account/password/reset/"),
            ), address


@pytest.mark.parametrize("page", ["signup/", "email/", "confirm-email/", "login/code/confirm/"])
def test_pages_with_which_accounts_would_open_themselves_are_closed(
    db: None, client: Client, page: str
) -> None:
    response = client.post(f"/account/{page}", {"username": "charlie"})

    assert (response.status_code, response["Location"]) == (302, "/account/login/")
    assert Staff.objects.count() == 0


def test_the_page_editors_account_page_changes_neither_password_nor_mail(
    administrator: Staff, client: Client
) -> None:
    client.force_login(administrator)

    page = client.get("/cms/account/").content.decode()

    fields = re.findall(r'name="([\w-]+)"', page)
    assert [name for name in fields if re.search(r"password|email$", name)] == []
    assert "name_email-first_name" in fields


def test_public_pages_ask_for_no_session(db: None, client: Client, settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True
    assert Page.get_first_root_node() is not None
    assert Locale.objects.exists()

    response = client.get("/robots.txt")

    assert "Cookie" not in response.get("Vary", "")
