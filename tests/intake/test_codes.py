"""Confirming by the six digits of an SMS; whoever does not have them learns nothing."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registration.common.references import new_reference
from registration.intake.codes import confirm_by_code
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.outbox.rules import sms_length, without_accents
from registration.people.models import OneTimeCode
from registration.pledges.models import Pledge
from registration.pledges.services import contest_pledge, withdraw_pledge
from tests.intake.test_confirm_page import digest
from tests.intake.test_uniform import without_nonces
from tests.intake.visits import VN_URL, hidden, send, vn_answers
from tests.pledges.registering import answers, register, turkish

CODE = "/en/pledge/code/"
NEVER_GIVEN = new_reference()


def text_of(response: Any) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def by_phone(reference: Any, **changes: Any) -> Pledge:
    told = answers(reference, **{"email": "", **changes})
    return register(reference, told, now=timezone.now())


def code_in(message: Message) -> str:
    # Before the addresses, whatever the language.
    found = re.search(r"\b\d{6}\b", message.text)
    assert found, message.text
    return found.group()


def newest() -> Message:
    return Message.objects.order_by("created_at").last()  # type: ignore[return-value]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def post(client: Client, reference: str, code: str = "", action: str = "use") -> Any:
    return client.post(CODE, {"reference": reference, "code": code, "action": action})


def test_sms_carries_the_code_and_both_addresses(reference: Any) -> None:
    pledge = by_phone(reference)

    message = Message.objects.get()
    assert (message.channel, message.recipient) == ("sms", "+84912345678")
    assert re.fullmatch(r"\d{6}", code_in(message))
    assert pledge.reference in message.text
    assert "http://testserver/vi/pledge/code/ " in message.text
    assert re.search(r"http://testserver/vi/pledge/not-mine/[\w-]{43}/", message.text)
    assert "confirm/" not in message.text
    assert "Diễm" not in message.text


@pytest.mark.parametrize("language", ["vi", "tr", "en"])
def test_sms_has_at_most_two_parts(reference: Any, settings: Any, language: str) -> None:
    settings.BASE_URL = "https://hienmotang.quangninh.example.org"

    by_phone(reference, language=language)

    assert sms_length(without_accents(Message.objects.get().text)).parts <= 2


def test_mailbox_gets_the_link_and_no_code(reference: Any) -> None:
    register(reference)

    assert "/confirm/" in Message.objects.get().text
    assert not OneTimeCode.objects.exists()


def test_received_page_takes_the_code(reference: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    location = send(Client(), VN_URL, vn_answers(reference, email=""))["Location"]
    html = strict.get(location.replace("/vi/", "/en/")).content.decode()
    fields = {name: hidden(html, name) for name in ("csrfmiddlewaretoken", "reference")}

    response = strict.post(CODE, {**fields, "code": code_in(newest()), "action": "use"})

    (box,) = re.findall(r'<input[^>]*name="code"[^>]*>', html)
    assert 'inputmode="numeric"' in box
    assert 'autocomplete="one-time-code"' in box
    assert f'action="{CODE}"' in html
    assert response.status_code == 303
    assert "Your registration is confirmed" in text_of(strict.get(response["Location"]))
    assert Pledge.objects.get().state == "confirmed"


def test_received_page_of_a_mailbox_has_no_field(client: Client, reference: Any) -> None:
    location = send(client, VN_URL, vn_answers(reference))["Location"]

    assert "<form" not in client.get(location).content.decode().split("<main")[1]


def test_right_code_confirms_once(client: Client, reference: Any) -> None:
    pledge = by_phone(reference)
    code = code_in(newest())

    responses = [post(client, pledge.reference.lower(), f" {code[:3]} {code[3:]}")] * 2

    contact = pledge.particulars.contacts.get()
    assert [r.status_code for r in responses] == [303, 303]
    page = client.get(responses[1]["Location"])
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store, private")
    assert pledge.reference in text_of(page)
    assert contact.confirmed_at is not None
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == [
        "pledge.received",
        "pledge.confirmed",
    ]


@pytest.mark.parametrize("action", ["use", "new"])
def test_unknown_reference_and_wrong_code_get_one_answer(
    reference: Any, count_queries: Any, action: str
) -> None:
    known = by_phone(reference)
    mailed = register(reference, turkish(reference))
    used = by_phone(reference, identity_number="038190123456")
    confirm_by_code(used.reference, code_in(newest()), now=timezone.now())
    digits = wrong(code_in(Message.objects.get(about=known.pk)))
    seen = []

    for shown in (known.reference, mailed.reference, used.reference, NEVER_GIVEN):
        made: dict[str, Any] = {}
        asked = count_queries(
            lambda made=made, shown=shown: made.update(
                page=post(Client(), shown, digits, action=action)
            )
        )
        page = made["page"]
        html = without_nonces(page.content.decode())
        seen.append((page.status_code, sorted(page.headers), html, asked * (action == "use")))

    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert seen[0][0] == (422 if action == "use" else 200)


def test_person_is_locked_before_the_code(reference: Any) -> None:
    pledge = by_phone(reference)
    code = code_in(newest())
    with CaptureQueriesContext(connection) as queries:
        confirm_by_code(pledge.reference, code, now=timezone.now())

    asked = [query["sql"] for query in queries.captured_queries]
    tables = [found[1] for sql in asked if (found := re.match(r'SELECT .*? FROM "(\w+)"', sql))]
    assert tables[:3] == ["people_person", "pledges_pledge", "people_onetimecode"]


def test_fifth_wrong_code_ends_it_and_a_new_one_works(client: Client, reference: Any) -> None:
    pledge = by_phone(reference)
    code = code_in(newest())
    pages = [post(client, pledge.reference, wrong(code)) for _turn in range(5)]

    late = post(client, pledge.reference, code)
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        post(client, pledge.reference, action="new")
        right = post(client, pledge.reference, code_in(newest()))

    assert {page.status_code for page in pages} == {late.status_code} == {422}
    assert text_of(pages[0]) == text_of(pages[4]) == text_of(late)
    assert not re.search(r"\b[0-5] (tries|try) left", text_of(late))
    assert right.status_code == 303
    assert Pledge.objects.get().state == "confirmed"


def test_code_of_yesterday_is_refused(client: Client, reference: Any) -> None:
    pledge = by_phone(reference)
    code = code_in(newest())

    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        response = post(client, pledge.reference, code)

    assert response.status_code == 422
    assert "the code has ended" in text_of(response)
    assert Pledge.objects.get().state == "received"


def test_new_codes_are_three_in_all_and_one_a_minute(client: Client, reference: Any) -> None:
    pledge = by_phone(reference)
    sent = []

    for minutes in (0, 2, 2, 4, 6):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
            page = post(client, pledge.reference, action="new")
        sent.append(Message.objects.count())
        assert page.status_code == 200
        assert "a new one is on its way" in text_of(page)

    assert sent == [1, 2, 2, 3, 3]
    assert len({m.recipient for m in Message.objects.all()}) == 1


@pytest.mark.parametrize("end", [withdraw_pledge, contest_pledge])
def test_nothing_more_is_sent_or_confirmed_after_the_end(
    client: Client, reference: Any, end: Any
) -> None:
    pledge = by_phone(reference)
    code = code_in(newest())
    end(pledge, now=timezone.now())

    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        post(client, pledge.reference, action="new")
        response = post(client, pledge.reference, code)

    assert Message.objects.count() == 1
    assert response.status_code == 422
    assert "This registration has ended" in text_of(response)


def test_code_of_one_registration_is_wrong_for_another(client: Client, reference: Any) -> None:
    first = by_phone(reference)
    second = by_phone(reference, identity_number="038190123456", full_name="Đỗ Thị Ễnh")
    code = code_in(Message.objects.get(about=first.pk))

    response = post(client, second.reference, code)

    assert response.status_code == 422 or code == code_in(Message.objects.get(about=second.pk))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, ["Write the reference", "Write the six digits"]),
        ({"reference": "AAAA-AAAB", "code": "123456"}, ["one of its letters is wrong"]),
        ({"reference": NEVER_GIVEN, "code": "12345"}, ["The code has six digits."]),
        ({"reference": NEVER_GIVEN, "code": "<b>"}, ["The code has six digits."]),
        ({"reference": "x" * 5000, "code": "9" * 5000}, ["at most 20 characters"]),
        ({"action": "new"}, ["Write the reference"]),
    ],
)
def test_shape_is_checked_before_anything_is_looked_up(
    client: Client, reference: Any, data: dict[str, str], said: list[str]
) -> None:
    response = client.post(CODE, {"action": "use", **data})

    assert response.status_code == 422
    assert [part in text_of(response) for part in said] == [True] * len(said)
    assert "<b>" not in response.content.decode()


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_page_changes_nothing(client: Client, reference: Any, method: str) -> None:
    pledge = by_phone(reference)
    before = digest()

    query = {"reference": pledge.reference, "code": code_in(newest())}
    response = getattr(client, method)(CODE, query, headers={"Sec-Purpose": "prefetch"})

    assert response.status_code == 200
    assert pledge.reference not in response.content.decode()
    assert response["Cache-Control"] == "no-store, private"
    assert digest() == before


def test_network_beyond_its_limit_waits(client: Client, reference: Any, monkeypatch: Any) -> None:
    from registration.common.limits import Limit
    from registration.intake import codes

    monkeypatch.setattr(codes, "SENDER_OF_CODES", Limit("pledge.code", times=2, seconds=3600))
    pledge = by_phone(reference)

    statuses = [post(client, pledge.reference, "000000").status_code for _turn in range(2)]
    response = post(client, pledge.reference, code_in(newest()))

    assert set(statuses) <= {422, 303}
    assert response.status_code == 429
    assert "Too many codes" in text_of(response)


@pytest.mark.parametrize("token", ["x", "A" * 60, "eyJ.1.2"])
def test_page_after_the_code_opens_by_its_own_token_only(
    client: Client, reference: Any, token: str
) -> None:
    assert client.get(f"/en/pledge/confirmed/{token}/").status_code == 404


def test_token_of_the_received_page_is_none_of_the_confirmed_page(
    client: Client, reference: Any
) -> None:
    location = send(client, VN_URL, vn_answers(reference, email=""))["Location"]
    confirm_by_code(Pledge.objects.get().reference, code_in(newest()), now=timezone.now())

    assert client.get(location.replace("/received/", "/confirmed/")).status_code == 404
    assert "code" in client.get(location.replace("/vi/", "/en/")).content.decode()


def test_confirmed_page_ends_after_a_day_and_with_the_registration(
    client: Client, reference: Any
) -> None:
    pledge = by_phone(reference)
    location = post(client, pledge.reference, code_in(newest()))["Location"]
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        late = client.get(location)
    withdraw_pledge(pledge, now=timezone.now())

    assert (late.status_code, client.get(location).status_code) == (404, 404)
