"""The public's pages of the numbers: what they show, say and never say."""

import csv
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registration.banners.models import DayCount
from registration.common.limits import Limit
from registration.outbox.models import Message
from registration.reach import services, views
from tests.reach.counted import register

HEADERS = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@pytest.fixture
def token(reference: SimpleNamespace) -> str:
    now = timezone.now()
    day = timezone.localdate(timezone=reference.vn.zone)
    DayCount.objects.create(placement=reference.placement, day=day, views=1234, clicks=56)
    register(reference, now, placement=reference.placement, number=7)
    return services.make_link(reference.hospital, by=None, now=now)


@pytest.mark.parametrize("rest", ["", "print/", "numbers.csv"])
def test_numbers_are_private(client: Client, token: str, rest: str) -> None:
    answer = client.get(f"/vi/numbers/{token}/{rest}")

    assert answer.status_code == 200
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert answer.cookies == {}


@pytest.mark.parametrize(("query", "days"), [("", 30), ("?period=year", 365), ("?period=%27x", 30)])
def test_numbers_show_figures_charts_and_every_day(
    client: Client, token: str, reference: SimpleNamespace, query: str, days: int
) -> None:
    html = client.get(f"/vi/numbers/{token}/{query}").content.decode()

    for value in ("1.234", "56", "7", "0"):
        assert f'<p class="figure-value">{value}</p>' in html
    assert html.count('<svg class="chart"') == 2
    assert html.count("<g><title>") == 2 * days
    assert html.count('<tr><th scope="row">') == 1 + days
    assert "style=" not in html
    assert reference.banner.headline_vi in html


def test_print_opens_the_table(client: Client, token: str) -> None:
    page, paper = (
        client.get(f"/tr/numbers/{token}/{rest}").content.decode() for rest in ("", "print/")
    )

    assert '<details class="more" open>' in paper
    assert '<details class="more">' in page


def test_csv_has_a_line_for_each_day_and_placement(
    client: Client, token: str, reference: SimpleNamespace
) -> None:
    register(reference, timezone.now(), unit=reference.hospital, number=2)

    answer = client.get(f"/en/numbers/{token}/numbers.csv")

    day = timezone.localdate(timezone=reference.vn.zone).isoformat()
    assert list(csv.reader(answer.content.decode("utf-8-sig").splitlines()))[1:] == [
        [
            day,
            "Register to donate organs and tissues",
            "728x90",
            "vi",
            reference.placement.code,
            "1234",
            "56",
            "7",
            "0",
        ],
        [day, "Without a banner: at the desk, on paper, by telephone"]
        + [""] * 3
        + ["0", "0", "2", "0"],
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="bai-chay.csv"'


@pytest.mark.parametrize("rest", ["", "print/", "numbers.csv"])
def test_unknown_and_ended_links_get_a_kind_page(
    client: Client, token: str, reference: SimpleNamespace, rest: str
) -> None:
    services.make_link(reference.hospital, by=None, now=timezone.now())

    ended, unknown = (client.get(f"/en/numbers/{each}/{rest}") for each in (token, "nothing"))

    assert (ended.status_code, unknown.status_code) == (410, 404)
    for answer in (ended, unknown):
        html = answer.content.decode()
        assert '<a class="button" href="/en/numbers/">' in html
        assert reference.hospital.name_en not in html
        assert "1,234" not in html
        assert {name: answer[name] for name in HEADERS} == HEADERS


def test_asking_is_answered_the_same_with_and_without_an_address(
    client: Client, reference: SimpleNamespace
) -> None:
    reference.hospital.email = "vanthu@baichay.example"
    reference.hospital.save()
    found = client.get("/vi/numbers/", {"q": "bai chay"}).content.decode()
    assert 'href="/vi/numbers/unit/bai-chay/"' in found

    answers = [client.post(f"/vi/numbers/unit/{unit}/") for unit in ("bai-chay", "steward")]

    assert {(answer.status_code, answer["Location"]) for answer in answers} == {
        (303, "/vi/numbers/sent/")
    }
    assert [message.recipient for message in Message.objects.all()] == ["vanthu@baichay.example"]
    assert client.get("/vi/numbers/sent/").status_code == 200


def test_asking_too_often_is_said(
    client: Client, reference: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "SENDER", Limit("reach.sender", times=1, seconds=3600))
    client.post("/vi/numbers/unit/bai-chay/")

    answer = client.post("/vi/numbers/unit/bai-chay/")

    assert answer.status_code == 429
    assert 'role="alert"' in answer.content.decode()


def test_looking_at_an_offer_changes_nothing_and_taking_it_opens_the_numbers(
    client: Client, reference: SimpleNamespace
) -> None:
    reference.hospital.email = "vanthu@baichay.example"
    reference.hospital.save()
    services.send_offer(reference.hospital, now=timezone.now())
    address = Message.objects.get().text.partition("http://testserver")[2].split()[0]

    page = client.get(address)
    assert page.status_code == 200
    assert services.open_link(reference.hospital) is None
    taken = client.post(address)
    again = client.post(address)

    assert (taken.status_code, again.status_code) == (303, 410)
    assert client.get(taken["Location"]).status_code == 200
    assert page["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("unit", ["no-such-unit", "%27"])
def test_asking_for_an_unknown_unit_is_not_found(client: Client, db: None, unit: str) -> None:
    assert client.post(f"/vi/numbers/unit/{unit}/").status_code == 404


def test_links_to_the_numbers_are_one_in_every_language(client: Client, token: str) -> None:
    html = client.get(reverse("reach:numbers", args=[token]) + "?period=year").content.decode()

    assert all(f"/{code}/numbers/{token}/?period=year" in html for code in ("vi", "tr", "en"))
