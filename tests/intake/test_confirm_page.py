"""The link in the message: opening it changes nothing, pressing the button confirms."""

import hashlib
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.people.models import OneTimeLink
from registration.pledges.models import Pledge
from registration.pledges.services import confirm_pledge, withdraw_pledge
from tests.intake.test_uniform import without_nonces
from tests.intake.visits import TR_URL, VN_URL, hidden, link_in, send, tr_answers, vn_answers
from tests.pledges.registering import answers, contact_of, register, turkish


def digest() -> str:
    """Of every row that a visit could touch."""
    seen = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table.split("_")[0] in {
                "people",
                "pledges",
                "privacy",
                "ledger",
                "outbox",
                "common",
            }:
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
                seen.update(str(cursor.fetchall()).encode())
    return seen.hexdigest()


def sent_link(client: Client, reference: Any, *, kind: str = "vn") -> str:
    if kind == "vn":
        send(client, VN_URL, vn_answers(reference))
    else:
        send(client, TR_URL, tr_answers())
    return link_in(Message.objects.get().text)


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(client: Client, reference: Any, method: str) -> None:
    link = sent_link(client, reference)
    before = digest()

    for _turn in range(3):
        response = getattr(client, method)(link)

    assert response.status_code == 200
    assert digest() == before
    assert Pledge.objects.get().state == "received"


def test_page_before_the_button_shows_nothing_personal(client: Client, reference: Any) -> None:
    link = sent_link(client, reference)

    response = client.get(link)

    html = response.content.decode()
    for value in ("Nguyễn", "diem@example.org", "912", "022190123456", "Thận"):
        assert value not in html
    assert Pledge.objects.get().reference in html
    assert response["Cache-Control"] == "no-store, private"
    assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    ("kind", "steps"),
    [("vn", ["Your card is issued"]), ("tr", ["turkiye.gov.tr", "enabiz.gov.tr", "two witnesses"])],
)
def test_button_confirms_and_shows_the_next_steps(
    client: Client, reference: Any, kind: str, steps: list[str]
) -> None:
    link = sent_link(client, reference, kind=kind)
    english = link.replace(f"/{link[1:3]}/", "/en/", 1)

    response = client.post(link)

    assert response.status_code == 303
    assert response["Location"] == link
    page = client.get(english).content.decode()
    assert "Your registration is confirmed" in page
    assert all(step in page for step in steps)
    assert Pledge.objects.get().state == "confirmed"
    assert Event.objects.filter(kind="pledge.confirmed").count() == 1


def test_pressing_twice_is_once(client: Client, reference: Any) -> None:
    link = sent_link(client, reference)

    answers = [client.post(link) for _turn in range(2)]

    assert [(a.status_code, a["Location"]) for a in answers] == [(303, link), (303, link)]
    assert Event.objects.filter(kind="pledge.confirmed").count() == 1


def test_button_needs_its_token_against_forged_requests(client: Client, reference: Any) -> None:
    link = sent_link(client, reference)
    strict = Client(enforce_csrf_checks=True)

    refused = strict.post(link)
    token = hidden(strict.get(link).content.decode(), "csrfmiddlewaretoken")
    passed = strict.post(link, {"csrfmiddlewaretoken": token})

    assert (refused.status_code, passed.status_code) == (403, 303)


@pytest.mark.parametrize("method", ["get", "post"])
def test_ended_link_says_so(client: Client, reference: Any, method: str) -> None:
    link = sent_link(client, reference).replace("/vi/", "/en/")
    with time_machine.travel(timezone.now() + timedelta(hours=72, minutes=1)):
        response = getattr(client, method)(link)

    assert response.status_code == 410
    assert "This link has ended: it could be used for a limited time only." in (
        response.content.decode()
    )
    assert Pledge.objects.get().state == "received"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("token", ["x", "A" * 43, "A" * 5000, "%E2%80%AE"])
def test_unknown_link_says_so(client: Client, reference: Any, method: str, token: str) -> None:
    response = getattr(client, method)(f"/en/pledge/confirm/{token}/")

    assert response.status_code == 404
    assert "This link is not known." in response.content.decode()


def test_link_of_a_withdrawn_registration_says_so(client: Client, reference: Any) -> None:
    link = sent_link(client, reference).replace("/vi/", "/en/")
    withdraw_pledge(Pledge.objects.get(), now=timezone.now())

    response = client.post(link)

    assert response.status_code == 410
    assert "This registration has ended" in response.content.decode()


def test_link_is_of_no_use_for_anything_else(reference: Any) -> None:
    register(reference, turkish(reference))

    links = OneTimeLink.objects.order_by("purpose")

    assert [link.purpose for link in links] == ["pledge.confirm", "pledge.contest"]
    assert [len(link.token_hash) for link in links] == [64, 64]


@pytest.mark.parametrize("way", ["link", "code"])
def test_confirming_tells_nothing_of_an_earlier_registration(
    client: Client, reference: Any, count_queries: Any, way: str
) -> None:
    first = register(reference, answers(reference), now=timezone.now())
    confirm_pledge(first, contact=contact_of(first), now=timezone.now())
    seen, states = [], []

    for number in ("038190123456", "022190123456"):
        contact = {"email": "stranger@example.org"} if way == "link" else {"email": ""}
        told = answers(reference, identity_number=number, phone="+84983123456", **contact)
        pledge = register(reference, told, now=timezone.now())
        message = Message.objects.get(about=pledge.pk)
        posted = press(client, pledge, message.text, way)
        page: dict[str, Any] = {}
        queries = count_queries(
            lambda page=page, posted=posted: page.update(seen=client.get(posted["Location"]))
        )
        html = page["seen"].content.decode()
        seen.append(
            {
                "status": (posted.status_code, page["seen"].status_code),
                "headers": (sorted(posted.headers), sorted(page["seen"].headers)),
                "length": (len(posted["Location"]), len(html)),
                "page": without_nonces(re.sub(r"/confirmed/[\w:.-]+/", "", html)),
                "queries": queries,
                "mails": Message.objects.filter(recipient_hash=message.recipient_hash).count()
                - len(seen),
            }
        )
        states.append(Pledge.objects.get(pk=pledge.pk).state)

    assert states == ["confirmed", "waiting"]
    assert seen[0] == seen[1]


def press(client: Client, pledge: Pledge, text: str, way: str) -> Any:
    if way == "link":
        return client.post(link_in(text))
    code = re.search(r"\d{6}", text)
    assert code
    return client.post(
        "/vi/pledge/code/", {"reference": pledge.reference, "code": code.group(), "action": "use"}
    )
