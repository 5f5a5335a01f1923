"""The public's way in vi and tr: choose, fill in, check, send, received."""

import re
import time
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
import time_machine
from django.conf import settings as portal
from django.test import Client
from django.utils import timezone

from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.people.models import Person
from registration.pledges.answers import stored_answers
from registration.pledges.models import Pledge
from registration.privacy.models import Consent, LegalText
from registration.privacy.services import activate_text, new_version
from registration.units.held import forget
from tests.intake.visits import (
    TR_URL,
    VN_URL,
    acts_of,
    check,
    form_key,
    hidden,
    send,
    solved_proof,
    tr_answers,
    vn_answers,
)


def text_of(response: Any) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def test_choose_lists_the_reader_s_country_first(client: Client, reference: Any) -> None:
    orders = {}
    for language in ("vi", "tr"):
        html = client.get(f"/{language}/pledge/").content.decode()
        orders[language] = re.findall(r"/pledge/(\w\w-\d+)/", html.split("<main")[1])

    assert orders == {"vi": ["vn-22", "vn-38", "tr-01"], "tr": ["tr-01", "vn-22", "vn-38"]}


@pytest.mark.parametrize(
    ("typed", "found"),
    [("hoa", ["vn-38"]), ("QUẢNG", ["vn-22"]), ("quang ninh", ["vn-22"]), ("xyz", []), ("", 3)],
)
def test_choose_finds_without_accents(
    client: Client, reference: Any, typed: str, found: Any
) -> None:
    html = client.get("/vi/pledge/", {"q": typed}).content.decode().split("<main")[1]

    provinces = re.findall(r"/pledge/(\w\w-\d+)/", html)
    assert (len(provinces) if isinstance(found, int) else provinces) == found


def test_choose_finds_former_provinces(client: Client, reference: Any) -> None:
    from registration.units.models import FormerProvince

    FormerProvince.objects.create(
        jurisdiction=reference.vn, code="25", name="Phú Thọ", became=reference.thanh_hoa
    )

    html = client.get("/vi/pledge/", {"q": "phu tho"}).content.decode().split("<main")[1]

    assert re.findall(r"/pledge/(\w\w-\d+)/", html) == ["vn-38"]


def test_choose_keeps_the_banner(client: Client, reference: Any) -> None:
    html = client.get("/vi/pledge/?b=abc").content.decode()

    assert 'href="/vi/pledge/vn-22/?b=abc"' in html
    assert '<input type="hidden" name="b" value="abc">' in html


@pytest.mark.parametrize("url", ["/vi/pledge/vn-99/", "/vi/pledge/nowhere/", "/vi/pledge/-/"])
def test_unknown_province_is_not_found(client: Client, reference: Any, url: str) -> None:
    assert client.get(url).status_code == 404
    assert client.post(url, {}).status_code == 404


@pytest.fixture
def holding(settings: Any) -> Iterator[None]:
    """Reference rows are held between requests, as they are outside the suite."""
    settings.HELD_SECONDS = 20
    forget()
    yield
    forget()


@pytest.mark.parametrize("url", [VN_URL, TR_URL])
@pytest.mark.usefixtures("holding")
def test_form_page_asks_few_queries(
    client: Client, reference: Any, max_queries: Any, url: str
) -> None:
    query = f"?b={reference.placement.code}" if url == VN_URL else ""
    with max_queries(5 if query else 4):
        first = client.get(url + query)
    with max_queries(0):
        response = client.get(url + query)

    assert (first.status_code, response.status_code) == (200, 200)


@pytest.mark.usefixtures("holding")
def test_held_form_has_keys_banner_and_language_of_its_own(client: Client, reference: Any) -> None:
    code = reference.placement.code
    pages = [client.get(VN_URL), client.get(f"{VN_URL}?b={code}"), client.get(TR_URL)]
    pages.append(client.get("/tr/pledge/vn-22/"))

    keys = {hidden(page.content.decode(), "form_key") for page in pages}
    assert len(keys) == 4
    assert [hidden(page.content.decode(), "b") for page in pages] == ["", code, "", ""]
    assert "Họ và tên" not in text_of(pages[3])


@pytest.mark.usefixtures("holding")
def test_text_that_changed_while_it_was_held_is_shown_again_unticked(
    client: Client, reference: Any
) -> None:
    key, answers = form_key(), vn_answers(reference)
    shown = acts_of(check(client, VN_URL, answers, form_key=key).content.decode())
    old = LegalText.objects.get(jurisdiction=reference.vn, kind="consent")
    newer = new_version(old)
    newer.body_vi = "A newer consent."
    newer.save()
    activate_text(newer, now=timezone.now())
    other_process = check(client, VN_URL, answers, form_key=key).content.decode()

    response = client.post(
        VN_URL, {"form_key": key, **answers, **shown, "act_consent": "newer", "action": "send"}
    )

    assert "A newer consent." not in other_process
    assert response.status_code == 422
    assert "A newer consent." in text_of(response)
    assert not Pledge.objects.exists()


@pytest.mark.parametrize("url", [VN_URL, TR_URL])
def test_form_page_is_private_and_strict(client: Client, reference: Any, url: str) -> None:
    response = client.get(url)

    html = response.content.decode()
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "same-origin"
    assert list(response.cookies) == ["csrftoken"]
    policy = response["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]* src=)", html)
    assert f'lang="{url[1:3]}"' in html
    assert " checked" not in html
    assert re.findall(r"<option[^>]*selected>", html) == ['<option value="" selected>']


def test_form_says_before_sending_what_it_is_worth(client: Client, reference: Any) -> None:
    assert reference.vn.legal_weight_vi in text_of(client.get(VN_URL))
    assert reference.tr.legal_weight_en in text_of(client.get("/en/pledge/tr-01/"))


def test_turkish_form_asks_no_identity_number(client: Client, reference: Any) -> None:
    html = client.get(TR_URL).content.decode()

    names = set(re.findall(r'name="(\w+)"', html.split("<main")[1]))
    assert names == {
        "csrfmiddlewaretoken",
        "form_key",
        "full_name",
        "birth_date_0",
        "birth_date_1",
        "birth_date_2",
        "email",
        "phone",
        "locality",
        "organ_choice",
        "organs",
        "action",
    }


def test_vietnamese_form_asks_the_official_fields(client: Client, reference: Any) -> None:
    html = client.get(VN_URL).content.decode()

    names = set(re.findall(r'name="(\w+?)(?:_\d)?"', html.split("<main")[1]))
    assert names - {"csrfmiddlewaretoken", "form_key", "action"} == {
        "full_name",
        "birth_date",
        "sex",
        "phone",
        "email",
        "locality",
        "permanent_address",
        "old_district",
        "card_to_home",
        "card_address",
        "occupation",
        "workplace",
        "identity_number",
        "identity_issued_on",
        "identity_issued_by",
        "organ_choice",
        "organs",
        "identity_secret",
    }


@pytest.mark.parametrize("kind", ["vn", "tr"])
def test_check_shows_answers_and_asks_for_each_act(
    client: Client, reference: Any, kind: str
) -> None:
    url, answers = (VN_URL, vn_answers(reference)) if kind == "vn" else (TR_URL, tr_answers())

    response = check(client, url, answers)

    html = response.content.decode()
    assert response.status_code == 200
    assert answers["full_name"] in text_of(response)
    assert set(acts_of(html)) == {"act_notice", "act_consent", "act_declaration"}
    assert "checked" not in html.split('id="send"')[1]
    assert f"The notice in {url[1:3]}." in html
    assert not Person.objects.exists()


def test_check_carries_everything_that_was_typed(client: Client, reference: Any) -> None:
    answers = vn_answers(reference, organs=["kidney", "cornea"], workplace='"Xưởng" <Sáu>')

    html = check(client, VN_URL, answers).content.decode().split('id="send"')[1]

    for name, value in answers.items():
        for one in value if isinstance(value, list) else [value]:
            escaped = one.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
            assert f'<input type="hidden" name="{name}" value="{escaped}">' in html


def test_change_goes_back_with_everything_and_no_complaint(client: Client, reference: Any) -> None:
    answers = vn_answers(reference, full_name="Иван")

    response = client.post(
        VN_URL, {"form_key": form_key(), **answers, "action": "change", "focus": "full_name"}
    )

    html = response.content.decode()
    assert response.status_code == 200
    assert 'value="Иван"' in html
    assert "error-summary" not in html
    assert re.search(r'<input[^>]*id="id_full_name"', html)
    assert re.search(r'<input[^>]*name="full_name"[^>]*autofocus', html)


@pytest.mark.parametrize(
    ("changes", "warned"),
    [
        ({}, 0),
        ({"sex": "male"}, 1),
        ({"birth_date_2": "1991"}, 1),
        ({"birth_date_2": "1991", "sex": "male"}, 2),
    ],
)
def test_contradictions_are_warned_of_and_let_through(
    client: Client, reference: Any, changes: dict[str, str], warned: int
) -> None:
    answers = vn_answers(reference, **changes)

    html = check(client, VN_URL, answers).content.decode()

    assert html.count("notice-warning") == warned
    assert send(client, VN_URL, answers).status_code == 303


@pytest.mark.parametrize("kind", ["vn", "tr"])
def test_send_registers_and_leads_to_the_received_page(
    client: Client, reference: Any, kind: str
) -> None:
    url, answers = (VN_URL, vn_answers(reference)) if kind == "vn" else (TR_URL, tr_answers())

    response = send(client, url, answers)

    pledge = Pledge.objects.get()
    assert response.status_code == 303
    assert response["Location"].startswith(f"/{url[1:3]}/pledge/received/")
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert pledge.reference in text_of(page)
    assert getattr(pledge.jurisdiction, f"legal_weight_{url[1:3]}") in text_of(page)
    assert answers["full_name"] not in text_of(page)
    assert page["Referrer-Policy"] == "same-origin"
    assert (pledge.language, pledge.channel, pledge.is_held) == (url[1:3], "web", False)
    assert Consent.objects.count() == 3


def test_send_stores_what_was_typed(client: Client, reference: Any) -> None:
    send(client, VN_URL, vn_answers(reference, organ_choice="all", organs=[]))

    stored = stored_answers(Pledge.objects.get())
    assert stored.organs == ("cornea", "kidney")
    assert stored.keeps_identity_secret is True
    assert stored.person.phone == "+84912345678"
    assert stored.person.card_address == "Số 7 đường Hải Thịnh, Phường Hạ Long, Quảng Ninh"


@pytest.mark.parametrize(("mark", "channel"), [("", "banner"), ("0", "qr")])
def test_banner_reaches_pledge_event_and_campaign(
    client: Client, reference: Any, mark: str, channel: str
) -> None:
    led_to = client.get(f"/b/{reference.placement.code}{mark}/").headers["Location"]
    page = client.get(f"{VN_URL}?{led_to.partition('?')[2]}").content.decode()
    code = hidden(page, "b")

    send(client, VN_URL, vn_answers(reference), b=code)

    pledge, event = Pledge.objects.get(), Event.objects.get()
    assert (pledge.channel, pledge.placement) == (channel, reference.placement)
    assert (event.placement, event.unit) == (reference.placement, reference.hospital)
    assert event.campaign == reference.campaign


@pytest.mark.parametrize("language", ["vi", "tr", "en"])
def test_any_language_may_be_read_in_any_country(
    client: Client, reference: Any, language: str
) -> None:
    response = send(client, f"/{language}/pledge/vn-22/", vn_answers(reference))

    assert response.status_code == 303
    assert Message.objects.get().language == language
    assert {c.language for c in Consent.objects.all()} == {language}


def test_language_links_lead_to_the_same_form(client: Client, reference: Any) -> None:
    html = client.get(f"{VN_URL}?b=ab12").content.decode()

    for code, _name in portal.LANGUAGES:
        assert f'href="/{code}/pledge/vn-22/?b=ab12" lang="{code}"' in html


def test_received_page_ends(client: Client, reference: Any) -> None:
    location = send(client, VN_URL, vn_answers(reference))["Location"]

    with time_machine.travel(time.time() + 25 * 3600):
        response = client.get(location)

    assert response.status_code == 404
    assert Pledge.objects.get().reference not in text_of(response)
    assert client.get("/vi/pledge/received/nonsense/").status_code == 404


def test_forged_request_is_refused(reference: Any) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(VN_URL, {**vn_answers(reference), "action": "check"})

    assert response.status_code == 403


def test_whole_way_with_the_check_against_forged_requests(reference: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(VN_URL).content.decode()
    token = hidden(page, "csrfmiddlewaretoken")
    key = form_key()
    data = {"csrfmiddlewaretoken": token, "form_key": key, **vn_answers(reference)}
    checked = strict.post(VN_URL, {**data, "action": "check"}).content.decode()

    response = strict.post(
        VN_URL, {**data, **acts_of(checked), "altcha": solved_proof(), "action": "send"}
    )

    assert response.status_code == 303


def test_recaptcha_by_switch_opens_the_policy_and_no_more(
    client: Client, reference: Any, settings: Any
) -> None:
    without = check(client, TR_URL, tr_answers())
    settings.RECAPTCHA_PUBLIC_KEY = "public"
    settings.RECAPTCHA_DOMAIN = "www.recaptcha.net"

    with_it = check(client, TR_URL, tr_answers())

    assert "recaptcha" not in without.content.decode() + without["Content-Security-Policy"]
    assert 'data-sitekey="public"' in with_it.content.decode()
    assert "https://www.recaptcha.net/recaptcha/" in with_it["Content-Security-Policy"]
    assert "unsafe-inline" not in with_it["Content-Security-Policy"]
