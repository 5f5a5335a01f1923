import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registration.accounts.models import Staff
from registration.deliveries.choices import ChangeKind, Decision
from registration.deliveries.models import Change, Recipient
from registration.deliveries.services import decide_change, propose_addition, propose_switch
from registration.outbox.models import Endpoint
from registration.outbox.services import replace_secret
from registration.reports.models import Window
from tests.deliveries.conftest import CUT_OFF
from tests.deliveries.test_services import HOOK, WANTED
from tests.reports.entries import hours_of

LIST = "/desk/deliveries/recipients/quang-ninh/"
TYPED = {key: value for key, value in WANTED.items() if key != "formats"} | {
    "formats": ["pdf", "csv"],
    "is_outside": "0",
}


def test_an_officer_comes_straight_to_the_own_list(
    window: Window, linh: Staff, client: Client
) -> None:
    client.force_login(linh)

    response = client.get("/desk/deliveries/recipients/", follow=True)

    assert response.redirect_chain == [(LIST, 302)]
    assert [row["recipient"].office for row in response.context["rows"]] == [
        "Phòng Nghiệp vụ Y",
        "İl Sağlık Müdürlüğü",
    ]
    assert "nghiepvu@soyte.example.org" in response.content.decode()


def test_an_administrator_sees_every_list(
    window: Window, reference: SimpleNamespace, administrator: Staff, client: Client
) -> None:
    hours_of(reference.thanh_hoa_department)
    client.force_login(administrator)

    response = client.get("/desk/deliveries/recipients/")

    assert [(row.code, row.receiving, row.changes) for row in response.context["rows"]] == [
        ("quang-ninh", 2, 0),
        ("thanh-hoa", 0, 0),
    ]


def test_the_form_proposes_and_a_second_officer_agrees(
    window: Window, linh: Staff, hoa: Staff, client: Client
) -> None:
    client.force_login(linh)
    assert client.get(f"{LIST}add/").context["form"].initial["language"] == "vi"
    assert client.post(f"{LIST}add/", TYPED).status_code == 303
    page = client.get(LIST)
    change = Change.objects.get()
    assert (page.context["waiting"][0]["is_own"], change.wanted["after"]) == (True, WANTED)

    own = client.post(f"/desk/deliveries/changes/{change.pk}/", {"answer": "agree"})
    client.force_login(hoa)
    shown = client.get(f"/desk/deliveries/changes/{change.pk}/")
    agreed = client.post(f"/desk/deliveries/changes/{change.pk}/", {"answer": "agree"})

    assert own.status_code == 422
    assert "vanphong@soyte.example.org" in shown.content.decode()
    assert (agreed.status_code, agreed["Location"]) == (303, LIST)
    assert Recipient.objects.filter(office="Văn phòng Sở", formats="pdf;csv").exists()
    (past,) = client.get(LIST).context["past"]
    assert (past["proposer"], past["decider"]) == ("Linh", "Hoa")


def test_an_edit_shows_both_sides(
    office: Recipient, linh: Staff, hoa: Staff, client: Client
) -> None:
    client.force_login(linh)
    address = f"{LIST}{office.pk}/"
    typed = client.get(address).context["form"].initial | {"purpose": "information"}

    assert client.post(address, typed).status_code == 303

    change = Change.objects.get()
    client.force_login(hoa)
    facts = client.get(f"/desk/deliveries/changes/{change.pk}/").context["row"]["facts"]
    differing = [(row["before"], row["after"]) for row in facts if row["differs"]]
    assert len(differing) == 1
    assert differing[0][0] != differing[0][1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "a@localhost"}, "email"),
        ({"way": "webhook", "address": "http://hooks.example.org"}, "address"),
        ({"formats": []}, "formats"),
        ({"office": " "}, "office"),
        ({"way": "pigeon"}, "way"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    window: Window, linh: Staff, client: Client, changes: dict[str, Any], field: str
) -> None:
    client.force_login(linh)

    response = client.post(f"{LIST}add/", TYPED | changes)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Change.objects.exists()


def test_stop_is_proposed_from_the_list_and_declined(
    office: Recipient, linh: Staff, hoa: Staff, client: Client
) -> None:
    client.force_login(linh)
    client.post(f"{LIST}{office.pk}/switch/", {"to": "stop"})
    client.post(f"{LIST}{office.pk}/switch/", {"to": "nonsense"})
    change = Change.objects.get()
    assert client.get(LIST).context["rows"][0]["change"] == change.pk

    client.force_login(hoa)
    client.post(f"/desk/deliveries/changes/{change.pk}/", {"answer": "decline"})

    office.refresh_from_db()
    change.refresh_from_db()
    assert (office.is_active, change.decision) == (True, Decision.DECLINED)


def test_the_secret_of_a_webhook_is_shown_once_and_never_stored_by_a_browser(
    window: Window, linh: Staff, hoa: Staff, client: Client
) -> None:
    change = propose_addition(window.department, wanted=HOOK, staff=linh, now=CUT_OFF)
    address = f"/desk/deliveries/changes/{change.pk}/"
    client.force_login(hoa)

    agreed = client.post(address, {"answer": "agree"})
    again = client.post(address, {"answer": "agree"}, follow=True)

    secret = Endpoint.objects.get().secret
    assert secret in agreed.content.decode()
    assert "no-store" in agreed["Cache-Control"]
    for page in (again, client.get(address), client.get(LIST)):
        assert page.status_code == 200
        assert secret not in page.content.decode()


def test_one_officer_ends_a_leaked_secret_at_once(
    window: Window, linh: Staff, hoa: Staff, client: Client
) -> None:
    change = propose_addition(window.department, wanted=HOOK, staff=linh, now=CUT_OFF)
    decide_change(change, agrees=True, staff=hoa, now=CUT_OFF)
    new = replace_secret(Endpoint.objects.get(), timezone.now())
    hook = Recipient.objects.get(way="webhook")
    client.force_login(linh)
    button = f'action="{LIST}{hook.pk}/old-secret/"'
    assert client.get(LIST).content.decode().count(button) == 1

    answer = client.post(f"{LIST}{hook.pk}/old-secret/")

    endpoint = Endpoint.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, LIST)
    assert (endpoint.secret, endpoint.previous_secret, endpoint.previous_until) == (new, "", None)
    assert button not in client.get(LIST).content.decode()


def test_a_list_of_three_asks_no_more_than_a_list_of_one(
    window: Window, linh: Staff, hoa: Staff, client: Client, count_queries: Any
) -> None:
    client.force_login(linh)
    propose_switch(Recipient.objects.first(), kind=ChangeKind.STOP, staff=hoa, now=CUT_OFF)
    one = count_queries(lambda: client.get(LIST))
    for number in range(3):
        wanted = WANTED | {"email": f"p{number}@example.org"}
        change = propose_addition(window.department, wanted=wanted, staff=hoa, now=CUT_OFF)
        decide_change(change, agrees=number > 0, staff=linh, now=CUT_OFF)
        propose_addition(window.department, wanted=HOOK, staff=hoa, now=CUT_OFF)

    assert count_queries(lambda: client.get(LIST)) <= one


def pages_of(summary: Any) -> list[tuple[str, str, dict[str, str]]]:
    """Every page of the room with real ids: the method, the address, what is posted."""
    recipient = Recipient.objects.first()
    delivery = summary.deliveries.first()
    token = re.search(r"/d/([^/\s]+)/", delivery.message.text)[1]
    change = Change.objects.first()
    names: list[tuple[str, str, list[Any], dict[str, str]]] = [
        ("get", "recipients", ["quang-ninh"], {}),
        ("get", "add", ["quang-ninh"], {}),
        ("post", "add", ["quang-ninh"], TYPED),
        ("get", "edit", ["quang-ninh", recipient.pk], {}),
        ("post", "switch", ["quang-ninh", recipient.pk], {"to": "stop"}),
        ("post", "old_secret", ["quang-ninh", recipient.pk], {}),
        ("get", "change", [change.pk], {}),
        ("post", "change", [change.pk], {"answer": "agree"}),
        ("get", "delivery", [token], {}),
        ("get", "document", [token, "pdf"], {}),
        ("post", "acknowledge", [token], {}),
        ("post", "again", [summary.pk], {}),
        ("get", "provisionals", ["quang-ninh"], {}),
        ("post", "provisionals", ["quang-ninh"], {}),
        ("get", "provisional", ["quang-ninh", 1], {}),
        ("get", "provisional_document", ["quang-ninh", 1, "pdf"], {}),
    ]
    return [
        (method, reverse(f"deliveries:{name}", args=args), data)
        for method, name, args, data in names
    ]


@pytest.mark.parametrize(("who", "status"), [("charlie", 403), ("thanh_hoa_officer", 404)])
def test_who_has_no_right_or_another_department_gets_nothing_and_changes_nothing(
    summary: Any,
    linh: Staff,
    client: Client,
    request: pytest.FixtureRequest,
    who: str,
    status: int,
) -> None:
    propose_switch(Recipient.objects.first(), kind=ChangeKind.STOP, staff=linh, now=CUT_OFF)
    client.force_login(request.getfixturevalue(who))
    before = _state()

    answers = {
        f"{method} {address}": getattr(client, method)(address, data).status_code
        for method, address, data in pages_of(summary)
    }

    assert {key: value for key, value in answers.items() if value != status} == {}
    assert _state() == before


def _state() -> list[Any]:
    from registration.deliveries.models import Delivery
    from registration.reports.models import Provisional

    return [list(each.objects.values()) for each in (Change, Recipient, Delivery, Provisional)]


def test_a_steward_sees_the_summaries_and_neither_list_nor_sending(
    summary: Any, steward: Staff, client: Client
) -> None:
    client.force_login(steward)

    assert client.get(LIST).status_code == 403
    assert client.post(f"/desk/deliveries/again/{summary.pk}/").status_code == 403
    assert client.get("/desk/deliveries/provisional/quang-ninh/").status_code == 200
