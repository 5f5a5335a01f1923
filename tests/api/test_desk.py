"""The desk's pages of keys: made, shown once, ended; each sees its own."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from registration.accounts.models import Staff
from registration.api.keys import hash_of
from registration.api.models import ApiKey
from registration.units.models import Unit
from tests.factories import StaffFactory
from tests.reports.entries import hours_of

LIST, MAKE = "/desk/keys/", "/desk/keys/make/"
TOKEN = re.compile(r"dp_[a-z2-7]{8}_[A-Za-z0-9_-]{43}")


def signed_in(client: Client, staff: Any) -> Client:
    client.force_login(staff)
    return client


def filled(client: Client, **facts: Any) -> dict[str, Any]:
    """The form as it comes, with what a person fills in."""
    form = client.get(MAKE).context["form"]
    values = {
        "key_prefix": form["key_prefix"].value(),
        "unit": form["unit"].value() or "",
        "label": "Máy chủ của Sở",
        "scopes": ["summaries", "units"],
        "is_outside": "0",
        "days": "90",
    }
    return {**values, **facts}


def test_a_key_is_shown_once(linh: Staff, client: Client) -> None:
    signed_in(client, linh)
    wanted = filled(client)

    shown = client.post(MAKE, wanted)
    again = client.post(MAKE, wanted)
    listed = client.get(LIST)

    (token,) = TOKEN.findall(shown.content.decode())
    key = ApiKey.objects.get()
    assert (shown.status_code, shown["Cache-Control"].count("no-store")) == (200, 1)
    assert key.key_hash == hash_of(token)
    assert (key.unit, key.made_by, key.is_outside) == (linh.unit, linh, False)
    assert again.status_code == 422
    assert "đã được tạo" in again.content.decode()
    assert f"dp_{key.prefix}_…" in listed.content.decode()
    for page in (again, listed):
        assert not TOKEN.search(page.content.decode())


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"label": " "}, "label"),
        ({"label": "a\u200bb"}, "label"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["totals"]}, "scopes"),
        ({"days": "400"}, "days"),
        ({"unit": "adana"}, "unit"),
    ],
)
def test_a_form_that_cannot_be_is_said_so(
    linh: Staff, client: Client, facts: dict[str, Any], field: str
) -> None:
    signed_in(client, linh)

    answer = client.post(MAKE, filled(client, **facts))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not ApiKey.objects.exists()


def test_ending_asks_once_more_and_stands_in_the_history(
    linh: Staff, client: Client, give: Callable[..., str], read: Callable[..., Any]
) -> None:
    token = give()
    page = f"{LIST}{token.split('_')[1]}/end/"
    signed_in(client, linh)

    asked = client.get(page)
    assert asked.status_code == 200
    assert read(token, "me").status_code == 200
    done = client.post(page)

    listed = client.get(LIST)
    assert (done.status_code, done["Location"]) == (303, LIST)
    assert read(token, "me").status_code == 401
    assert [row["ended_by"] for row in listed.context["past"]] == ["Linh"]
    assert listed.context["rows"] == []
    assert client.get(page)["Location"] == LIST


def test_the_list_warns_of_keys_that_end_soon(
    linh: Staff, client: Client, give: Callable[..., str]
) -> None:
    soon = give(days=30)
    give(days=90)
    give(made_at=timezone.now() - timedelta(days=99))

    page = signed_in(client, linh).get(LIST)

    assert [row["key"].prefix for row in page.context["ending"]] == [soon.split("_")[1]]
    assert (len(page.context["rows"]), len(page.context["past"])) == (2, 1)


def test_each_keeps_the_keys_of_the_own_unit(
    reference: SimpleNamespace,
    ministry: Unit,
    linh: Staff,
    administrator: Staff,
    client: Client,
    give: Callable[..., str],
) -> None:
    hours_of(reference.adana_department)
    tokens = {unit.code: give(unit) for unit in (reference.adana_department, ministry)}
    officer = StaffFactory(username="mai", unit=ministry, roles=["ministry"])

    def seen(staff: Any) -> list[str]:
        page = signed_in(client, staff).get(LIST)
        return [row["key"].unit.code for row in page.context["rows"]]

    assert (seen(linh), seen(officer)) == ([], ["bo-y-te"])
    assert sorted(seen(administrator)) == ["adana", "bo-y-te"]
    foreign = f"{LIST}{tokens['adana'].split('_')[1]}/end/"
    signed_in(client, linh)
    assert [client.get(foreign).status_code, client.post(foreign).status_code] == [404, 404]
    assert ApiKey.objects.filter(ended_at=None).count() == 2


def test_who_has_no_right_gets_nothing(
    charlie: Staff, steward: Staff, client: Client, give: Callable[..., str]
) -> None:
    pages = [LIST, MAKE, f"{LIST}{give().split('_')[1]}/end/"]

    strangers = [client.get(page).status_code for page in pages]

    assert strangers == [302, 302, 302]
    for staff in (charlie, steward):
        signed_in(client, staff)
        assert [client.get(page).status_code for page in pages] == [403, 403, 403]


def test_the_list_asks_the_same_queries_for_one_key_as_for_three(
    linh: Staff, client: Client, give: Callable[..., str], count_queries: Callable[..., int]
) -> None:
    signed_in(client, linh)
    give()
    client.get(LIST)
    one = count_queries(lambda: client.get(LIST))
    give()
    give(made_at=timezone.now() - timedelta(days=99))

    assert count_queries(lambda: client.get(LIST)) == one
