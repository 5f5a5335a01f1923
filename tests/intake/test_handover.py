"""The page that leads from an intent to the statement that counts, and the desks it names."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from registration.intake.desks import desks_in
from registration.intake.lines import number_to_dial
from registration.outbox.models import Message
from registration.units.models import CallLine
from tests import factories
from tests.intake.visits import link_in
from tests.pledges.registering import answers, register, turkish

OUTSIDE = {"https://www.turkiye.gov.tr/", "https://enabiz.gov.tr/"}


def address(province: str = "tr-01") -> str:
    return reverse("intake:hand_over", args=[province])


@pytest.fixture
def desks(reference: Any) -> SimpleNamespace:
    """Four more units of Adana: two hospitals, one in Seyhan, a health centre, a society."""
    adana = {"province": reference.adana}
    return SimpleNamespace(
        far=factories.UnitFactory(
            code="far", name_en="Çukurova Hospital", name_tr="Çukurova Hastanesi", **adana
        ),
        near=factories.UnitFactory(
            code="near",
            name_en="State Hospital",
            name_tr="Devlet Hastanesi",
            address="Barış Mah. 1. Sok. No: 5, SEYHAN/ADANA",
            phone="0322 000 00 02 / 03",
            **adana,
        ),
        centre=factories.UnitFactory(
            code="centre",
            kind="health_centre",
            name_en="A health centre",
            name_tr="Aladağ Sağlık Merkezi",
            address="Seyhanlı Mah., Yüreğir",
            **adana,
        ),
        society=factories.UnitFactory(
            code="society", kind="organisation", name_en="A society", **adana
        ),
    )


def test_desks_of_the_district_come_first_then_department_hospitals_centres(
    reference: Any, desks: SimpleNamespace
) -> None:
    found = desks_in(reference.adana, reference.seyhan)

    assert [(desk.unit.code, desk.is_near) for desk in found] == [
        ("near", True),
        ("adana", False),
        ("far", False),
        ("centre", False),
    ]


def test_desks_without_a_district_are_the_department_then_by_name(
    reference: Any, desks: SimpleNamespace
) -> None:
    found = desks_in(reference.adana)

    assert [desk.unit.code for desk in found] == ["adana", "far", "near", "centre"]
    assert {desk.is_near for desk in found} == {False}


def test_desk_without_an_address_is_near_by_its_name(reference: Any) -> None:
    factories.UnitFactory(
        code="seyhan", province=reference.adana, name_tr="Seyhan Devlet Hastanesi"
    )

    near = [desk.unit.code for desk in desks_in(reference.adana, reference.seyhan) if desk.is_near]

    assert near == ["seyhan"]


@pytest.mark.parametrize(
    ("phone", "dialled"),
    [
        ("0322 000 00 02", "03220000002"),
        ("+90 (322) 000 00 02", "+903220000002"),
        ("0322 000 00 02 / 03", "03220000002"),
        ("", ""),
        ("ask inside", ""),
    ],
)
def test_number_is_dialled_as_digits(phone: str, dialled: str) -> None:
    assert number_to_dial(phone) == dialled


def test_page_says_what_counts_and_leads_there(
    client: Client, reference: Any, desks: SimpleNamespace
) -> None:
    html = client.get(address()).content.decode()

    assert "This is an intent; the legal statement is made in e-Devlet." in html
    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", html) == [
        "In e-Devlet, in six steps",
        "Or in e-Nabız",
        "Or on paper",
        "Desks in Adana",
        "Tell your family",
        "If you change your mind",
    ]
    assert "before at least two witnesses and with a physician’s approval" in html
    assert "Withdrawing here does not withdraw an e-Devlet statement" in html
    assert '<a href="tel:03220000002">0322 000 00 02 / 03</a>' in html
    assert "A society" not in html


def test_page_links_to_no_outside_site_but_the_two(
    client: Client, reference: Any, desks: SimpleNamespace
) -> None:
    reference.adana_department.website = "https://adana.example.org/"
    reference.adana_department.save()

    html = client.get(address()).content.decode()

    links = set(re.findall(r'(?:href|src)="(https?://[^"]+)"', html))
    assert {link for link in links if not link.startswith("http://testserver/")} == OUTSIDE


def test_each_step_has_a_picture_of_our_own_with_words(client: Client, reference: Any) -> None:
    html = client.get(address()).content.decode()

    pictures = re.findall(r'<img class="step-art" src="/static/(\S+?)"[^>]* alt="([^"]+)"', html)
    assert len(pictures) == 8
    assert len({alt for _file, alt in pictures}) == 8
    for file, _alt in pictures:
        name = re.sub(r"\.[0-9a-f]{12}\.svg$", ".svg", file)
        found = finders.find(name)
        assert isinstance(found, str)
        drawing = Path(found).read_text(encoding="utf-8")
        assert "<text" not in drawing
        assert "<script" not in drawing
        assert "style=" not in drawing


def test_page_may_be_kept_and_holds_no_form_key(client: Client, reference: Any) -> None:
    response = client.get(address())

    assert response["Cache-Control"] == "public, max-age=300"
    assert response.cookies == {}
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert "Cookie" not in response.get("Vary", "")


def test_chosen_district_comes_first(
    client: Client, reference: Any, desks: SimpleNamespace
) -> None:
    html = client.get(address(), {"district": reference.seyhan.code}).content.decode()

    names = re.findall(r'<li class="card">.*?<h3>([^<]+)</h3>', html, flags=re.DOTALL)
    assert names == [
        "State Hospital",
        "Adana Department of Health",
        "Çukurova Hospital",
        "A health centre",
    ]
    assert html.count("In your district") == 1


@pytest.mark.parametrize("district", ["", "unknown", "00000", "'\"><", "A" * 5000])
def test_unknown_district_is_the_whole_province(
    client: Client, reference: Any, district: str
) -> None:
    response = client.get(address(), {"district": district})

    assert response.status_code == 200
    assert "In your district" not in response.content.decode()


def test_made_up_call_line_says_so(client: Client, reference: Any) -> None:
    for number, is_demo in (("0322 000 00 01", True), ("0322 000 00 09", False)):
        CallLine.objects.create(
            unit=reference.adana_department, number=number, label_en=number, is_demo=is_demo
        )

    html = client.get(address()).content.decode()

    assert re.findall(r'href="tel:(\d+)"', html) == ["03220000001", "03220000009"]
    assert html.count("Invented for the demo") == 1


@pytest.mark.parametrize("province", ["vn-22", "tr-99", "xx-01", "adana"])
def test_no_page_where_nothing_is_handed_over(
    client: Client, reference: Any, province: str
) -> None:
    assert client.get(address(province)).status_code == 404


def test_page_asks_the_same_queries_for_one_desk_and_many(
    client: Client, reference: Any, max_queries: Any
) -> None:
    client.get(address())
    with max_queries(6):
        client.get(address())
    for number in range(8):
        factories.UnitFactory(code=f"more-{number}", province=reference.adana)

    with max_queries(6):
        html = client.get(address()).content.decode()

    assert html.count('<li class="card">') == 9
    assert html.count("Show the other desks") == 1


def confirmed_page(client: Client, reference: Any, told: Any) -> str:
    """What the button in the message leads to, in English."""
    pledge = register(reference, told)
    link = link_in(Message.objects.get(about=pledge.pk).text)
    client.post(link)
    return client.get(link.replace(f"/{told.person.language}/", "/en/", 1)).content.decode()


def test_confirmed_intent_leads_to_the_desks_of_its_district(
    client: Client, reference: Any
) -> None:
    html = confirmed_page(client, reference, turkish(reference, locality=reference.seyhan))

    assert f'href="{address()}?district={reference.seyhan.code}#desks"' in html
    assert html.count('class="step-art"') == 8
    assert "Withdrawing here does not withdraw an e-Devlet statement" in html


def test_confirmed_application_is_told_of_the_form_to_sign(client: Client, reference: Any) -> None:
    html = confirmed_page(client, reference, answers(reference))

    assert re.findall(r'<li class="step"><h3>([^<]+)</h3>', html) == [
        "Your application is checked",
        "You are advised",
        "You sign the official form",
        "Your card is issued",
        "Tell your family",
    ]
    assert f'href="{reverse("records:ask")}"' in html
    assert "turkiye.gov.tr" not in html
