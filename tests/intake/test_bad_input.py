"""Each bad input of the form: a clear sentence, what was typed is kept, nothing half is written."""

import re
import time
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from registration.intake import gate
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.people.models import Person
from registration.pledges.models import Pledge
from registration.privacy.models import LegalText
from tests.intake.visits import (
    TR_URL,
    acts_of,
    check,
    form_key,
    hidden,
    send,
    solved_proof,
    tr_answers,
    vn_answers,
)

# In English, so that the sentences can be compared with those in the code.
URL = "/en/pledge/vn-22/"


def sentences(response: Any) -> list[str]:
    html = response.content.decode().split('class="error-summary"')[1].split("</ul>")[0]
    return [
        unescape(re.sub(r"<[^>]+>", "", s)).strip() for s in re.findall(r"<li>(.*?)</li>", html)
    ]


def nothing_written() -> bool:
    return not any(model.objects.exists() for model in (Person, Pledge, Event, Message))


def young(years: int, days: int = 0) -> dict[str, str]:
    today = timezone.now().date()
    day = date(today.year - years, today.month, min(today.day, 28)) + timedelta(days=days)
    return {
        "birth_date_0": str(day.day),
        "birth_date_1": str(day.month),
        "birth_date_2": str(day.year),
    }


INVISIBLE = "The text contains invisible characters. Type it again instead of pasting it."
LETTERS = (
    "Write the name in Latin letters, as on the identity paper. "
    "If your name has other letters, register at a desk."
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"full_name": ""}, ["Write your full name."]),
        ({"full_name": "Diễm\u202eX"}, [INVISIBLE]),
        ({"full_name": "Diễm\u200bX"}, [INVISIBLE]),
        ({"full_name": "Иван Петров"}, [LETTERS]),
        ({"birth_date_2": "2999"}, ["The date of birth lies in the future."]),
        (
            {"birth_date_2": "1890"},
            ["The date of birth lies more than 120 years back. Check the year."],
        ),
        (
            {"birth_date_0": "31", "birth_date_1": "2"},
            ["This is no date. Write day, month and year in numbers, like 27 3 1980."],
        ),
        (
            {"identity_number": "12345"},
            ["The identity number has 12 digits and nothing else, as on your citizen card."],
        ),
        (
            {"identity_number": "100123456"},
            [
                "This is the number of an old 9-digit card, not valid since 31 December 2024. "
                "Write the 12 digits of your citizen card."
            ],
        ),
        ({"identity_issued_on_2": "2999"}, ["The date of issue lies in the future."]),
        ({"identity_issued_on_2": "1980"}, ["The date of issue lies before your birth."]),
        ({"email": "diem@"}, ["Write one e-mail address, like name@example.org."]),
        (
            {"email": "a@example.org,b@example.org"},
            ["Write one e-mail address, like name@example.org."],
        ),
        ({"phone": "123"}, ["This telephone number does not exist. Write it with all its digits."]),
        ({"locality": ""}, ["Choose your ward or commune."]),
        ({"organ_choice": ""}, ["Choose which organs and tissues you want to donate."]),
        ({"organ_choice": "some", "organs": []}, ["Tick at least one organ or tissue."]),
        ({"identity_secret": ""}, ["Choose whether your identity is kept secret."]),
        (
            {"card_to_home": "", "card_address": ""},
            ["Write where to post the card, or tick that it goes to your home."],
        ),
        (
            {"email": "", "phone": "0203 3825 499"},
            ["Write an e-mail address or a mobile telephone number, so that you can confirm."],
        ),
    ],
)
def test_bad_answer_gets_its_sentence(
    client: Client, reference: Any, changes: dict[str, Any], said: list[str]
) -> None:
    answers = vn_answers(reference, **changes)

    response = check(client, URL, answers)

    assert response.status_code == 422
    assert sentences(response) == said
    html = response.content.decode()
    for name in ("full_name", "workplace", "permanent_address", "identity_issued_by"):
        assert answers[name] in html
    assert nothing_written()


@pytest.mark.parametrize("step", ["check", "send"])
def test_bad_answer_is_refused_at_either_step(client: Client, reference: Any, step: str) -> None:
    data = {"form_key": form_key(), **vn_answers(reference, full_name=""), "action": step}

    response = client.post(URL, data)

    assert sentences(response) == ["Write your full name."]
    assert nothing_written()


def test_empty_form_gets_all_sentences_as_links(client: Client, reference: Any) -> None:
    response = client.post(URL, {"form_key": form_key(), "action": "check"})

    html = response.content.decode()
    assert response.status_code == 422
    assert len(sentences(response)) == 12
    for target in re.findall(r'<li><a href="#([\w-]+)"', html):
        assert f'id="{target}"' in html


def test_name_of_a_megabyte_is_refused_and_not_sent_back(client: Client, reference: Any) -> None:
    response = check(client, URL, vn_answers(reference, full_name="ấ" * 1_000_000))

    assert sentences(response) == ["Write at most 100 characters here (there are 1000000)."]
    assert len(response.content) < 100_000
    assert "Giáo viên" in response.content.decode()
    assert nothing_written()


@pytest.mark.parametrize(
    ("changes", "refused"),
    [(young(18, 4), True), (young(18, -4), False), (young(17), True), (young(5), True)],
    ids=["nearly 18", "just 18", "17", "5"],
)
def test_under_age_gets_a_kind_page(
    client: Client, reference: Any, changes: dict[str, str], refused: bool
) -> None:
    answers = vn_answers(reference, **changes, identity_issued_on_2=changes["birth_date_2"])
    answers |= {"identity_issued_on_0": "28", "identity_issued_on_1": "12"}
    if refused is False:
        answers["identity_issued_on_2"] = "2020"

    response = check(client, URL, answers)

    html = response.content.decode()
    assert ("Thank you for wanting to help" in html) == refused
    assert response.status_code == (422 if refused else 200)
    if refused:
        assert "from the age of 18" in html
        assert '<input type="hidden" name="full_name" value="Nguyễn Thị Diễm">' in html
    assert nothing_written()


@pytest.mark.parametrize("missing", ["act_notice", "act_consent", "act_declaration"])
def test_consent_not_given(client: Client, reference: Any, missing: str) -> None:
    response = send(client, URL, vn_answers(reference), **{missing: ""})

    html = response.content.decode()
    assert response.status_code == 422
    assert sentences(response) == [
        "Nothing was sent. Tick each box to say that you have read and agree."
    ]
    assert html.split('id="send"')[1].count(" checked") == 2
    assert nothing_written()


def test_text_that_changed_meanwhile_is_shown_again_unticked(
    client: Client, reference: Any
) -> None:
    key = form_key()
    old = acts_of(check(client, URL, vn_answers(reference), form_key=key).content.decode())
    LegalText.objects.create(
        jurisdiction=reference.vn,
        kind="consent",
        version=2,
        active_from=timezone.now(),
        title_en="New",
        body_en="New body.",
    )

    response = client.post(URL, {"form_key": key, **vn_answers(reference), **old, "action": "send"})

    html = response.content.decode().split('id="send"')[1]
    assert response.status_code == 422
    assert "New body." in html
    assert re.search(r'id="act-consent"[^>]*value="\w+">', html)
    assert nothing_written()


def test_text_missing_in_the_language_closes_the_form(client: Client, reference: Any) -> None:
    LegalText.objects.create(
        jurisdiction=reference.vn,
        kind="notice",
        version=2,
        active_from=timezone.now(),
        title_vi="Mới",
        body_vi="Mới.",
    )

    response = check(client, URL, vn_answers(reference))

    assert response.status_code == 503
    assert "Registration is not open here" in response.content.decode()
    assert "Mới" not in response.content.decode()


def test_double_send_gives_the_same_page_and_one_row(client: Client, reference: Any) -> None:
    key = form_key()
    answers, proof = vn_answers(reference), solved_proof()
    first = send(client, URL, answers, form_key=key, altcha=proof)
    second = send(client, URL, answers, form_key=key, altcha=proof)

    pages = [client.get(r["Location"]).content.decode() for r in (first, second)]

    assert (first.status_code, second.status_code) == (303, 303)
    assert Pledge.objects.count() == Message.objects.count() == 1
    reference_shown = Pledge.objects.get().reference
    assert [reference_shown in page for page in pages] == [True, True]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (
            form_key(seconds_ago=25 * 3600),
            "This page was open for more than a day. Your answers are still here: send again.",
        ),
        (
            form_key()[:-2] + "xx",
            "This form came back incomplete. Your answers are still here: send again.",
        ),
        ("", "This form came back incomplete. Your answers are still here: send again."),
    ],
    ids=["expired", "tampered", "missing"],
)
def test_bad_key_gets_a_new_one(client: Client, reference: Any, key: str, said: str) -> None:
    answers = vn_answers(reference)
    data = {"form_key": key, **answers, "action": "send"}
    for act in acts_of(check(client, URL, answers).content.decode()).items():
        data[act[0]] = act[1]

    refused = client.post(URL, data)

    html = refused.content.decode()
    assert refused.status_code == 422
    assert sentences(refused) == [said]
    assert nothing_written()
    new = hidden(html, "form_key")
    with time_machine.travel(time.time() + 10):
        again = client.post(URL, {**data, "form_key": new, "altcha": solved_proof()})
    assert again.status_code == 303


def test_expired_key_of_a_form_already_sent_leads_to_what_was_sent(
    client: Client, reference: Any
) -> None:
    key = form_key(seconds_ago=23 * 3600)
    send(client, URL, vn_answers(reference), form_key=key)

    with time_machine.travel(time.time() + 2 * 3600):
        again = send(client, URL, vn_answers(reference), form_key=key)

    assert again.status_code == 303
    assert Pledge.objects.count() == 1


@pytest.mark.parametrize("step", ["check", "send"])
@pytest.mark.parametrize("code", ["nosuchcode", "'; DROP TABLE", "x" * 1000, "\u202e"])
def test_tampered_placement_is_said_and_can_be_left_out(
    client: Client, reference: Any, step: str, code: str
) -> None:
    answers = vn_answers(reference)
    acts = acts_of(check(client, URL, answers).content.decode())
    data = {"form_key": form_key(), **answers, **acts, "altcha": solved_proof(), "action": step}

    refused = client.post(URL, {**data, "b": code})

    html = refused.content.decode()
    assert refused.status_code == 422
    assert sentences(refused) == [
        "The address that led you here names a banner that we do not know. "
        "You can go on without it: your answers are still here."
    ]
    assert 'name="b"' not in html
    assert "Nguyễn Thị Diễm" in html
    assert nothing_written()
    assert client.post(URL, {**data, "action": "send"}).status_code == 303


def test_tampered_placement_in_the_address_is_said_on_the_form(
    client: Client, reference: Any
) -> None:
    response = client.get(f"{URL}?b=nosuchcode")

    assert response.status_code == 200
    assert "names a banner that we do not know" in sentences(response)[0]
    assert 'name="full_name"' in response.content.decode()


def test_banner_of_another_country_is_not_taken(client: Client, reference: Any) -> None:
    response = send(client, TR_URL, tr_answers(), b=reference.placement.code)

    assert response.status_code == 422
    assert nothing_written()


def test_honeypot_asks_to_send_again(client: Client, reference: Any) -> None:
    refused = send(client, URL, vn_answers(reference), **{gate.HONEYPOT: "http://spam.test"})

    assert sentences(refused) == [
        "We could not tell this from an automatic entry. Press the button again."
    ]
    assert "spam.test" not in refused.content.decode()
    assert nothing_written()


def test_form_sent_faster_than_a_person_asks_to_send_again(client: Client, reference: Any) -> None:
    refused = send(client, URL, vn_answers(reference), form_key=form_key(seconds_ago=0))

    assert refused.status_code == 422
    assert nothing_written()


def test_no_proof_is_held_and_still_confirmed_by_its_owner(client: Client, reference: Any) -> None:
    response = send(client, URL, vn_answers(reference), altcha="")

    pledge = Pledge.objects.get()
    assert response.status_code == 303
    assert pledge.is_held
    assert Message.objects.count() == 1


def test_used_proof_is_refused_for_another_form(client: Client, reference: Any) -> None:
    proof = solved_proof()
    send(client, URL, vn_answers(reference), altcha=proof)

    refused = send(client, URL, vn_answers(reference), altcha=proof)

    assert sentences(refused) == ["The check has ended. Press the button again."]
    assert Pledge.objects.count() == 1


def test_network_beyond_its_limit_keeps_the_text(client: Client, reference: Any) -> None:
    statuses = []
    for number in range(gate.SENDER_HELD.times + 1):
        answers = tr_answers(email=f"a{number}@example.org")
        response = send(client, TR_URL.replace("/tr/", "/en/"), answers, altcha="")
        statuses.append(response.status_code)

    assert statuses == [303] * gate.SENDER_HELD.times + [429]
    assert sentences(response) == [
        "Too many forms came from your connection in a short time. Nothing was saved. "
        "Your answers are still here: wait an hour and send again."
    ]
    assert "Işıl Şimşek" in response.content.decode()
    assert Pledge.objects.count() == gate.SENDER_HELD.times


def test_forged_forwarding_does_not_dodge_the_limit(client: Client, reference: Any) -> None:
    for number in range(gate.SENDER_HELD.times + 1):
        answers = tr_answers(email=f"a{number}@example.org")
        client.defaults["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
        response = send(client, TR_URL, answers, altcha="")

    assert response.status_code == 429


def test_mailbox_beyond_its_limit_gets_no_more_mail(client: Client, reference: Any) -> None:
    for _number in range(gate.MAILBOX_PROVEN.times + 1):
        response = send(client, "/en/pledge/tr-01/", tr_answers(email="VICTIM@example.org"))

    assert response.status_code == 429
    assert Message.objects.count() == gate.MAILBOX_PROVEN.times


def test_limit_of_a_mailbox_tells_nobody_what_others_did(client: Client, reference: Any) -> None:
    for _number in range(gate.MAILBOX_PROVEN.times):
        send(client, "/en/pledge/tr-01/", tr_answers(email="owner@example.org"))
    client.defaults["REMOTE_ADDR"] = "203.0.113.7"

    response = send(client, "/en/pledge/tr-01/", tr_answers(email="owner@example.org"))

    assert response.status_code == 303


def test_database_away_says_that_sending_again_is_safe(client: Client, reference: Any) -> None:
    def away(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT") and "pledges_pledge" in sql:
            raise OperationalError("gone")
        return execute(sql, params, many, context)

    key = form_key()
    with connection.execute_wrapper(away):
        refused = send(client, URL, vn_answers(reference), form_key=key)

    assert refused.status_code == 503
    assert sentences(refused) == [
        "We cannot tell whether this was saved. Press the button again: "
        "however often you send this form, it counts once."
    ]
    assert nothing_written()
    assert hidden(refused.content.decode(), "form_key") == key
    assert send(client, URL, vn_answers(reference), form_key=key).status_code == 303


@pytest.mark.parametrize("language", ["vi", "tr"])
def test_sentences_are_in_the_reader_s_language(
    client: Client, reference: Any, language: str
) -> None:
    response = client.post(f"/{language}/pledge/vn-22/", {"action": "check"})

    assert f'lang="{language}"' in response.content.decode()
