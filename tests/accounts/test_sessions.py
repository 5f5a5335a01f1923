import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation import gettext

from registration.accounts.models import Staff
from tests.accounts.signing_in import sign_in


def visit(client: Client, address: str = "/desk/", *, minutes: float) -> Any:
    """Open a page that many minutes from now."""
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        return client.get(address)


@pytest.fixture
def signed_in(linh: Staff, client: Client) -> Client:
    sign_in(client, "linh")
    assert client.get("/desk/").status_code == 200
    return client


def test_half_an_hour_without_activity_ends_the_session(signed_in: Client) -> None:
    assert visit(signed_in, minutes=29.9).status_code == 200

    ended = visit(signed_in, "/desk/?page=2", minutes=60)

    assert ended["Location"] == "/account/login/?next=/desk/%3Fpage%3D2"
    assert "_auth_user_id" not in signed_in.session


def test_the_reader_is_told_why_in_their_language(signed_in: Client) -> None:
    visit(signed_in, minutes=31)

    page = signed_in.get("/account/login/").content.decode()

    with translation.override("vi"):
        assert gettext("Your session has ended. Please sign in again.") in page


def test_activity_keeps_a_session_but_not_beyond_eight_hours(signed_in: Client) -> None:
    for minutes in range(25, 480, 25):
        assert visit(signed_in, minutes=minutes).status_code == 200, minutes

    assert visit(signed_in, minutes=481).status_code == 302


def test_the_page_editors_own_calls_are_no_activity(administrator: Staff, client: Client) -> None:
    sign_in(client, "isil")
    client.get("/cms/")
    ping = "/cms/editing-sessions/ping/wagtailcore/page/1/1/"
    for minutes in (10, 20, 29):
        visit(client, ping, minutes=minutes)

    assert visit(client, "/cms/", minutes=31).status_code == 302


def test_a_form_sent_too_late_leads_to_the_desk(signed_in: Client) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=31), tick=False):
        response = signed_in.post("/desk/", {"a": "b"})

    assert response["Location"] == "/account/login/?next=/desk/"


def test_a_session_is_not_written_for_each_page(signed_in: Client, max_queries: Any) -> None:
    before = signed_in.session["seen_at"]

    visit(signed_in, minutes=0.5)
    assert signed_in.session["seen_at"] == before

    visit(signed_in, minutes=2)
    assert signed_in.session["seen_at"] > before


def test_the_cookie_ends_with_the_browser(signed_in: Client) -> None:
    cookie = signed_in.cookies["sessionid"]

    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert signed_in.session["signed_in_at"] <= time.time()
