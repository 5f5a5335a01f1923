"""The steward's list and one registration: only the own provinces, and each look is logged."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registration.pledges.desk import SHOWN_FIELDS
from registration.pledges.models import Pledge
from registration.privacy.models import View
from registration.privacy.services import check_chain
from tests.pledges.registering import answers, register, turkish

LIST = "/desk/registrations/"


def one(pledge: Pledge) -> str:
    return reverse("pledges_desk:one", args=[pledge.pk])


def test_steward_sees_the_registrations_of_the_province(
    client: Client, reference: Any, steward: Any
) -> None:
    mine = register(reference, placement=reference.placement, channel="banner")
    others = [
        register(reference, answers(reference, province=reference.thanh_hoa, locality=None)),
        register(reference, turkish(reference)),
    ]
    client.force_login(steward)

    html = client.get(LIST).content.decode()

    assert mine.reference in html
    assert "Bệnh viện Bãi Cháy" in html
    assert [pledge.reference in html for pledge in others] == [False, False]
    assert "Diễm" not in html
    assert not View.objects.exists()


def test_list_can_be_narrowed_to_a_state(client: Client, reference: Any, steward: Any) -> None:
    pledge = register(reference)
    client.force_login(steward)

    pages = [
        client.get(LIST, {"state": state}).content.decode()
        for state in ("received", "confirmed", "nonsense")
    ]

    assert [pledge.reference in page for page in pages] == [True, False, True]


@pytest.mark.parametrize("who", ["ayse", "linh", "charlie"])
def test_others_are_refused(
    client: Client, reference: Any, who: str, request: pytest.FixtureRequest
) -> None:
    pledge = register(reference)
    client.force_login(request.getfixturevalue(who))

    assert client.get(LIST).status_code == 403
    assert client.get(one(pledge)).status_code == 403
    assert not View.objects.exists()


def test_nobody_is_let_in_without_signing_in(client: Client, reference: Any) -> None:
    pledge = register(reference)

    for url in (LIST, one(pledge)):
        response = client.get(url)

        assert (response.status_code, response["Location"].split("?")[0]) == (
            302,
            "/account/login/",
        )


def test_one_registration_is_shown_and_logged(client: Client, reference: Any, steward: Any) -> None:
    pledge = register(reference)
    client.force_login(steward)

    response = client.get(one(pledge))

    html = response.content.decode()
    for value in ("Nguyễn Thị Diễm", "022190123456", "diem@example.org", "+84 912 345 678", "Thận"):
        assert value in html
    view = View.objects.get()
    assert (view.staff, view.subject, view.page) == (steward, pledge.pk, "pledges_desk:one")
    assert view.fields.split(",") == SHOWN_FIELDS
    assert check_chain() == 1
    assert "no-store" in response["Cache-Control"]


def test_another_province_s_registration_is_not_found(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = register(reference, turkish(reference))
    client.force_login(steward)

    # Addresses without a language are tried with one before they are given up.
    assert client.get(one(pledge), follow=True).status_code == 404
    assert not View.objects.exists()


def test_nothing_is_shown_when_the_view_cannot_be_logged(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = register(reference)
    client.force_login(steward)

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT") and "privacy_view" in sql:
            sql = sql.replace("privacy_view", "privacy_view_gone")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        response = client.get(one(pledge))

    assert response.status_code == 503
    assert "Diễm" not in response.content.decode()


def test_contradictions_are_shown_to_the_steward(
    client: Client, reference: Any, steward: Any
) -> None:
    pledge = register(reference, answers(reference, sex="male"))
    client.force_login(steward)

    assert client.get(one(pledge)).content.decode().count("notice-warning") == 1


def test_list_asks_as_much_for_one_row_as_for_sixty(
    client: Client, reference: Any, steward: Any
) -> None:
    client.force_login(steward)
    client.get(LIST)
    counts = []
    for rows in (1, 59):
        for number in range(rows):
            register(
                reference,
                answers(reference, identity_number=f"0221901{rows:02}{number:03}"),
                placement=reference.placement,
            )
        with CaptureQueriesContext(connection) as queries:
            html = client.get(LIST).content.decode()
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert counts[0] <= 10
    assert html.count('<th scope="row">') == 50
    assert "?page=2" in html
