import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from registration.accounts.models import Staff
from tests.accounts.signing_in import PASS_PHRASE, sign_in

WRONG = "The user name or the password is not correct."


def test_signing_in_leads_to_the_desk(linh: Staff, client: Client) -> None:
    response = sign_in(client, "linh")

    assert (response.status_code, response["Location"]) == (302, "/desk/")
    assert client.get("/desk/").status_code == 200


def test_signing_in_leads_back_to_where_one_wanted_to_go(
    administrator: Staff, client: Client
) -> None:
    asked = client.get("/cms/pages/?q=a", follow=True)
    assert asked.redirect_chain == [("/account/login/?next=/cms/pages/%3Fq%3Da", 302)]

    response = sign_in(client, "isil", next="/cms/pages/?q=a")

    assert response["Location"] == "/cms/pages/?q=a"


def test_the_editors_own_sign_in_leads_to_the_entrance(db: None, client: Client) -> None:
    response = client.get("/cms/login/?next=/cms/pages/")

    assert response["Location"] == "/account/login/?next=/cms/pages/"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example.org/", "//elsewhere.example.org", "javascript:alert(1)"]
)
def test_signing_in_leads_nowhere_else(linh: Staff, client: Client, target: str) -> None:
    response = sign_in(client, "linh", next=target)

    assert response["Location"] == "/desk/"


@pytest.mark.parametrize(
    "username",
    [
        pytest.param("nobody", id="unknown"),
        pytest.param("linh", id="known-with-wrong-password"),
        pytest.param("lınh", id="dotless-i"),
        pytest.param("linh@example.org", id="mail-instead-of-name"),
    ],
)
def test_known_and_unknown_get_one_answer(linh: Staff, client: Client, username: str) -> None:
    page = sign_in(client, username, password="not the pass phrase")

    assert page.status_code == 200
    assert page.context["form"].non_field_errors() == [WRONG]


def test_a_dotless_i_does_not_open_linhs_account(linh: Staff, client: Client) -> None:
    sign_in(client, "lınh")

    assert client.get("/desk/").status_code == 302


def test_a_phones_capital_letter_does_no_harm(linh: Staff, client: Client) -> None:
    assert sign_in(client, "Linh")["Location"] == "/desk/"


def test_guessing_is_slowed_down(linh: Staff, client: Client) -> None:
    for _guess in range(5):
        sign_in(client, "linh", password="a wrong pass phrase")

    page = sign_in(client, "linh")

    assert page.status_code == 200
    assert page.context["form"].non_field_errors() == [
        "Too many attempts. Try again in five minutes."
    ]


def test_the_session_key_changes_at_sign_in(linh: Staff, client: Client) -> None:
    client.get("/account/login/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["sessionid"] = planted = session.session_key

    sign_in(client, "linh")

    assert client.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_who_is_switched_off_is_out_with_the_next_request(linh: Staff, client: Client) -> None:
    sign_in(client, "linh")
    assert client.get("/desk/").status_code == 200

    Staff.objects.filter(pk=linh.pk).update(is_active=False)

    assert client.get("/desk/")["Location"] == "/account/login/?next=/desk/"
    assert sign_in(client, "linh")["Location"] == "/account/inactive/"


def test_a_new_password_ends_other_sessions(linh: Staff, client: Client) -> None:
    elsewhere = Client()
    sign_in(elsewhere, "linh")
    sign_in(client, "linh")

    client.post(
        "/account/password/change/",
        {
            "oldpassword": PASS_PHRASE,
            "password1": "another long phrase",
            "password2": "another long phrase",
        },
    )

    assert client.get("/desk/").status_code == 200
    assert elsewhere.get("/desk/").status_code == 302


def test_a_role_taken_away_counts_at_once(linh: Staff, client: Client) -> None:
    sign_in(client, "linh")
    assert client.get("/desk/").status_code == 200

    linh.roles.all().delete()

    assert client.get("/desk/").status_code == 403


def ask_for_a_link(client: Client, address: str) -> str:
    response = client.post("/account/password/reset/", {"email": address})
    return f"{response.status_code} {response['Location']}"


def test_a_forgotten_password_is_set_anew_by_mail(
    linh: Staff, client: Client, mailbox: Any
) -> None:
    told = ask_for_a_link(client, "Linh@example.org")

    (letter,) = mailbox()
    link = re.search(r"http://testserver(/account/password/reset/key/\S+)", letter.text)
    assert link is not None
    page = client.get(link[1], follow=True)
    client.post(
        page.redirect_chain[-1][0],
        {"password1": "quite another phrase", "password2": "quite another phrase"},
    )
    linh.refresh_from_db()
    assert told == "302 /account/password/reset/done/"
    assert letter.recipient == "linh@example.org"
    assert linh.check_password("quite another phrase")
    # Knowing the mailbox is not enough to be in: the password must be typed, and what comes after.
    assert client.get("/desk/").status_code == 302


@pytest.mark.parametrize("address", ["nobody@example.org", "lınh@example.org", "LİNH@example.org"])
def test_an_unknown_address_gets_the_same_answer_and_no_letter(
    linh: Staff, client: Client, mailbox: Any, address: str
) -> None:
    assert ask_for_a_link(client, address) == "302 /account/password/reset/done/"
    assert mailbox() == []


def test_a_dead_mail_server_does_not_tell_who_is_known(
    linh: Staff, client: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert ask_for_a_link(client, "linh@example.org") == "302 /account/password/reset/done/"
    told = [r.getMessage() for r in caplog.records if r.name == "registration.accounts.adapter"]
    assert told == ["A sign-in letter was not sent: ConnectionRefusedError"]


def test_the_letter_speaks_its_readers_language(ayse: Staff, client: Client, mailbox: Any) -> None:
    with translation.override("tr"):
        subject = gettext("Choose a new password")

    client.post(
        "/account/password/reset/",
        {"email": "ayse@example.org"},
        headers={"accept-language": "vi"},
    )

    assert [letter.subject for letter in mailbox()] == [subject]
    assert "ayse" in mailbox()[0].text


def test_a_changed_password_is_told_to_its_owner(linh: Staff, client: Client, mailbox: Any) -> None:
    sign_in(client, "linh")
    answers = {"oldpassword": PASS_PHRASE, "password1": "quite another phrase"}

    client.post("/account/password/change/", answers | {"password2": "quite another phrase"})

    with translation.override("vi"):
        told = gettext("The password was changed.")
    assert [(letter.recipient, told in letter.text) for letter in mailbox()] == [
        ("linh@example.org", True)
    ]


@pytest.mark.parametrize(
    ("page", "labels"),
    [
        pytest.param("login/", ["User name", "Password"], id="sign-in"),
        pytest.param("password/reset/", ["E-mail"], id="reset"),
    ],
)
def test_the_entrance_uses_our_words(
    db: None, client: Client, page: str, labels: list[str]
) -> None:
    form = client.get(f"/account/{page}").context["form"]

    assert [str(field.label) for field in form] == labels
    assert [field.field.widget.attrs.get("placeholder") for field in form] == [None] * len(labels)


def test_signing_out_asks_by_post(linh: Staff, client: Client) -> None:
    sign_in(client, "linh")

    client.get("/account/logout/")
    assert client.get("/desk/").status_code == 200

    client.post("/account/logout/")
    assert client.get("/desk/").status_code == 302


def test_the_desk_speaks_the_language_of_its_reader(
    reference: SimpleNamespace, ayse: Staff, client: Client
) -> None:
    sign_in(client, "ayse")

    page = client.get("/desk/", headers={"accept-language": "vi"}).content.decode()

    assert '<html lang="tr"' in page


def test_the_sign_in_library_has_nothing_to_complain_about() -> None:
    call_command("check", "account", "mfa", "accounts", fail_level="WARNING")
