import json
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from registration.accounts.models import Staff
from tests.accounts.signing_in import PASS_PHRASE, give_second_factor, sign_in, totp_code

TO_SET_UP = "/account/2fa/totp/activate/"


@pytest.fixture
def required(settings: Any) -> None:
    settings.REQUIRE_SECOND_FACTOR = True


def begin_set_up(client: Client) -> Any:
    """Open the page; it asks for the password once more, be the sign-in a moment ago."""
    asked = client.get(TO_SET_UP)
    assert asked["Location"].startswith("/account/reauthenticate/?next=")
    return client.post(asked["Location"], {"password": PASS_PHRASE, "next": TO_SET_UP}, follow=True)


def test_without_one_the_first_sign_in_leads_to_setting_one_up(
    linh: Staff, client: Client, required: None
) -> None:
    sign_in(client, "linh")

    assert client.get("/desk/")["Location"] == TO_SET_UP
    assert begin_set_up(client).status_code == 200


def test_setting_one_up_opens_the_desk_in_that_session(
    transactional_db: None, linh: Staff, client: Client, required: None
) -> None:
    sign_in(client, "linh")
    secret = begin_set_up(client).context["form"].secret

    told = client.post(TO_SET_UP, {"code": totp_code(secret)})

    assert told["Location"] == "/account/2fa/recovery-codes/"
    assert len(client.get(told["Location"]).context["unused_codes"]) == 10
    assert client.get("/desk/").status_code == 200


def test_a_wrong_code_sets_nothing_up(linh: Staff, client: Client, required: None) -> None:
    sign_in(client, "linh")
    begin_set_up(client)

    client.post(TO_SET_UP, {"code": "000000"})

    assert Authenticator.objects.count() == 0
    assert client.get("/desk/")["Location"] == TO_SET_UP


def test_password_alone_signs_nobody_in_who_has_one(linh: Staff, client: Client) -> None:
    give_second_factor(linh)

    response = sign_in(client, "linh")

    assert response["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/desk/")["Location"] == "/account/login/?next=/desk/"


def test_password_and_code_sign_in(linh: Staff, client: Client, required: None) -> None:
    give_second_factor(linh)
    sign_in(client, "linh")

    response = client.post("/account/2fa/authenticate/", {"code": totp_code()})

    assert response["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_a_code_works_once(linh: Staff, client: Client) -> None:
    give_second_factor(linh)
    code = totp_code()
    sign_in(client, "linh")
    client.post("/account/2fa/authenticate/", {"code": code})
    client.post("/account/logout/")
    sign_in(client, "linh")

    client.post("/account/2fa/authenticate/", {"code": code})

    assert client.get("/desk/").status_code == 302


def test_an_older_session_goes_on_once_it_shows_the_code(linh: Staff, client: Client) -> None:
    sign_in(client, "linh")
    give_second_factor(linh)
    asked = client.get("/desk/")
    assert asked["Location"] == "/account/2fa/reauthenticate/?next=%2Fdesk%2F"

    response = client.post(asked["Location"], {"code": totp_code(), "next": "/desk/"})

    assert response["Location"] == "/desk/"
    assert client.get("/desk/").status_code == 200


def test_an_older_session_cannot_take_the_new_factor_away_with_the_password(
    linh: Staff, client: Client
) -> None:
    sign_in(client, "linh")
    give_second_factor(linh)

    client.post("/account/reauthenticate/", {"password": "a long pass phrase"})
    client.post("/account/2fa/totp/deactivate/")

    assert Authenticator.objects.filter(user=linh, type="totp").count() == 1


def test_taking_it_away_asks_again_who_it_is(linh: Staff, client: Client) -> None:
    give_second_factor(linh)
    sign_in(client, "linh")
    client.post("/account/2fa/authenticate/", {"code": totp_code()})
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= 600
    session.save()

    response = client.post("/account/2fa/totp/deactivate/")

    assert response["Location"].startswith("/account/reauthenticate/")
    assert Authenticator.objects.filter(user=linh, type="totp").count() == 1


def test_secrets_and_recovery_codes_lie_sealed(linh: Staff) -> None:
    give_second_factor(linh)

    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))

    assert "JBSWY3DPEHPK3PXP" not in stored
    assert [data for data in json.loads(stored) if '"t1.' not in json.dumps(data)] == []


def test_a_staff_member_with_an_unverified_mail_can_set_one_up(linh: Staff, client: Client) -> None:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=linh, email=linh.email, verified=False, primary=True)
    sign_in(client, "linh")

    assert begin_set_up(client).status_code == 200
