"""One channel for each province: our form, an outside form, a desk, or the way without us."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, Page, Site

from home.models import HomePage, SectionPage
from registration.banners import targets
from registration.banners.models import Banner
from registration.outbox.models import Message
from registration.people.models import Person
from registration.pledges.models import Pledge
from registration.units.held import forget
from registration.units.models import CallLine, Province, RegistrationChannel, Unit
from tests import factories
from tests.intake.visits import VN_URL, check, send, vn_answers

PAGE = VN_URL.replace("/vi/", "/en/")
FORM = "https://forms.example.org/quang-ninh?id=7"


def text_of(response: Any) -> str:
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def open_channel(province: Province, kind: str, **values: Any) -> RegistrationChannel:
    values = {"starts_on": date(2026, 1, 1), **values}
    return RegistrationChannel.objects.create(province=province, kind=kind, **values)


@pytest.fixture
def desk(reference: Any) -> Unit:
    unit: Unit = reference.steward
    unit.phone, unit.address = "0203 3825 499", "Đường Tuệ Tĩnh, Hạ Long"
    unit.website = "https://benhvien.example.org"
    unit.save()
    CallLine.objects.create(
        unit=unit, number="1900 0000", label_en="Call centre", hours_en="Mon–Fri", is_demo=True
    )
    open_channel(reference.quang_ninh, "desk", unit=unit)
    return unit


@pytest.fixture
def outside(reference: Any) -> RegistrationChannel:
    return open_channel(reference.quang_ninh, "outside", address=FORM)


def test_outside_form_is_named_and_linked(client: Client, outside: Any) -> None:
    response = client.get(PAGE)

    html = response.content.decode()
    assert response.status_code == 200
    assert "This province takes registrations on its own form" in text_of(response)
    assert "a form at forms.example.org. It is not part of this website." in text_of(response)
    assert f'href="{FORM}" rel="noopener noreferrer"' in html
    assert "<form" not in html.split("<main")[1]
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["next", "url", "address", "to", "b"])
def test_no_address_but_the_stored_one_is_linked(client: Client, outside: Any, name: str) -> None:
    main = client.get(PAGE, {name: "https://evil.example"}).content.decode().split("<main")[1]

    assert set(re.findall(r'href="(https?://[^"]+)"', main)) == {FORM}
    assert 'href="//' not in main


def test_address_that_is_none_of_the_web_is_not_linked(client: Client, reference: Any) -> None:
    open_channel(reference.quang_ninh, "outside", address="javascript:alert(1)")

    response = client.get(PAGE)

    assert "javascript:" not in response.content.decode()
    assert "does not take registrations here yet" in text_of(response)


def test_desk_is_shown_with_lines_to_press(client: Client, desk: Unit) -> None:
    response = client.get(PAGE)

    html, text = response.content.decode(), text_of(response)
    assert desk.name_vi in text_of(client.get(VN_URL))
    assert "Đường Tuệ Tĩnh, Hạ Long" in text
    assert re.findall(r'href="(tel:[^"]+)"', html) == ["tel:02033825499", "tel:19000000"]
    assert "Mon–Fri" in text
    assert html.count("tag-demo") == 1
    assert 'href="https://benhvien.example.org" rel="noopener noreferrer"' in html
    assert "<form" not in html.split("<main")[1]


@pytest.mark.parametrize("channel", ["outside", "desk"])
@pytest.mark.parametrize("action", ["check", "change", "send", ""])
def test_nothing_is_registered_where_the_channel_is_another(
    client: Client, reference: Any, request: Any, channel: str, action: str
) -> None:
    request.getfixturevalue(channel)

    response = check(client, PAGE, vn_answers(reference), action=action)

    assert response.status_code == 409
    assert "Nothing was saved" in text_of(response)
    assert "Nguyễn" not in text_of(response)
    assert not Person.objects.exists()
    assert not Message.objects.exists()


def test_channel_that_changes_while_the_form_is_open_registers_nothing(
    client: Client, reference: Any
) -> None:
    assert check(client, VN_URL, vn_answers(reference)).status_code == 200
    open_channel(reference.quang_ninh, "outside", address=FORM)

    assert send(client, VN_URL, vn_answers(reference)).status_code == 409
    assert not Pledge.objects.exists()


def test_banner_stays_in_the_channel_of_the_province(
    client: Client, reference: Any, outside: Any
) -> None:
    response = client.get(PAGE, {"b": reference.placement.code})

    html = response.content.decode()
    assert FORM in html
    assert f"/en/pledge/?b={reference.placement.code}" in html


@pytest.mark.parametrize(
    ("starts", "ends", "is_ours"),
    [(0, None, False), (1, None, True), (-5, 0, True), (-5, 1, False)],
    ids=["from today", "from tomorrow", "until yesterday", "until today"],
)
def test_channel_holds_from_its_first_day_to_its_last(
    client: Client, reference: Any, starts: int, ends: int | None, is_ours: bool
) -> None:
    today = timezone.localdate(timezone=reference.vn.zone)
    open_channel(
        reference.quang_ninh,
        "outside",
        address=FORM,
        starts_on=today + timedelta(days=starts),
        ends_on=None if ends is None else today + timedelta(days=ends),
    )

    assert ('name="full_name"' in client.get(PAGE).content.decode()) == is_ours


def test_channel_of_another_purpose_or_province_changes_nothing(
    client: Client, reference: Any
) -> None:
    open_channel(reference.quang_ninh, "outside", address=FORM, purpose="blood")
    open_channel(reference.thanh_hoa, "outside", address=FORM)
    open_channel(reference.adana, "ours")

    assert 'name="full_name"' in client.get(PAGE).content.decode()
    assert 'name="full_name"' in client.get("/tr/pledge/tr-01/").content.decode()


@pytest.fixture
def silent(reference: Any) -> dict[str, Province]:
    """A province in each country that takes part in no way."""
    Unit.objects.create(
        code="vnhot",
        kind="coordination_centre",
        jurisdiction=reference.vn,
        name_en="National Coordinating Centre",
        website="https://vnhot.example.org",
        phone="024 000",
        email="invented@example.org",
        is_demo_contact=True,
    )
    return {
        "vn": factories.ProvinceFactory(jurisdiction=reference.vn, code="04", name="Cao Bằng"),
        "tr": factories.ProvinceFactory(jurisdiction=reference.tr, code="75", name="Ardahan"),
    }


@pytest.mark.parametrize(
    ("country", "code", "said"),
    [
        ("vn", "vn-04", ["Tell a health facility", "National Coordinating Centre"]),
        ("tr", "tr-75", ["turkiye.gov.tr", "enabiz.gov.tr", "two witnesses"]),
    ],
)
def test_province_that_takes_no_part_has_a_helpful_page(
    client: Client, silent: Any, country: str, code: str, said: list[str]
) -> None:
    page = client.get(f"/en/pledge/{code}/")
    posted = client.post(f"/en/pledge/{code}/", {"action": "send"})

    assert (page.status_code, posted.status_code) == (200, 409)
    assert [part in text_of(page) for part in said] == [True] * len(said)
    assert "invented" not in text_of(page)
    assert "024 000" not in text_of(page)
    assert not Pledge.objects.exists()


def test_choice_finds_provinces_that_take_no_part_by_name(client: Client, silent: Any) -> None:
    everything = client.get("/en/pledge/").content.decode()
    found = client.get("/en/pledge/", {"q": "cao bang"}).content.decode()

    assert "vn-04" not in everything
    assert "Search for its name" in everything
    assert "Does not take registrations here yet" in found
    assert 'href="/en/pledge/vn-04/"' in found


def test_choice_lists_a_province_with_a_desk_and_no_department(
    client: Client, silent: Any, reference: Any
) -> None:
    open_channel(silent["vn"], "desk", unit=reference.hospital)

    assert 'href="/en/pledge/vn-04/"' in client.get("/en/pledge/").content.decode()
    assert reference.hospital.name_vi in text_of(client.get("/vi/pledge/vn-04/"))


@pytest.mark.parametrize("url", ["/en/pledge/", "/en/pledge/?q=a", PAGE])
def test_queries_do_not_grow_with_the_channels(
    client: Client, reference: Any, outside: Any, count_queries: Any, url: str
) -> None:
    client.get(url)
    few = count_queries(lambda: client.get(url))
    for number in range(3):
        province = factories.ProvinceFactory(jurisdiction=reference.vn, code=f"9{number}")
        open_channel(province, "outside", address=FORM)

    assert count_queries(lambda: client.get(url)) == few


MOVED = "Since 01/01/2026 this is the one way to register in Quảng Ninh. The earlier one is closed."
# Half past midnight of 22 November in Vietnam, still the 21st in Greenwich.
NIGHT = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)


@pytest.mark.parametrize("method", ["get", "head"])
def test_notice_lasts_to_the_end_of_its_day_and_then_the_form_opens_at_once(
    client: Client, reference: Any, method: str
) -> None:
    open_channel(reference.quang_ninh, "outside", address=FORM, notice_until=date(2026, 11, 21))
    with time_machine.travel(NIGHT - timedelta(hours=1), tick=False):
        told = getattr(client, method)(PAGE)
        page = client.get(PAGE)
    with time_machine.travel(NIGHT, tick=False):
        led_on = getattr(client, method)(PAGE, {"b": reference.placement.code})

    assert (told.status_code, MOVED in text_of(page), FORM in page.content.decode()) == (
        200,
        True,
        True,
    )
    assert (led_on.status_code, led_on["Location"], led_on.content) == (302, FORM, b"")
    assert led_on["Cache-Control"] == "no-store, private"
    assert led_on["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("action", ["check", "change", "send", ""])
def test_what_is_posted_is_never_led_on(client: Client, reference: Any, action: str) -> None:
    open_channel(reference.quang_ninh, "outside", address=FORM, notice_until=date(2026, 1, 31))

    response = check(client, PAGE, vn_answers(reference), action=action)

    assert response.status_code == 409
    assert "Nothing was saved" in text_of(response)
    assert FORM in response.content.decode()
    assert not Person.objects.exists()


@pytest.mark.parametrize(("until", "is_told"), [(None, False), (0, True), (-1, False)])
@pytest.mark.parametrize(("kind", "shows"), [("desk", "tel:02033825499"), ("ours", "full_name")])
def test_desk_and_our_form_stay_when_the_notice_ends(
    client: Client, reference: Any, kind: str, shows: str, until: int | None, is_told: bool
) -> None:
    today = timezone.localdate(timezone=reference.vn.zone)
    Unit.objects.update(phone="0203 3825 499")
    open_channel(
        reference.quang_ninh,
        kind,
        unit=reference.steward if kind == "desk" else None,
        notice_until=None if until is None else today + timedelta(days=until),
    )

    response = client.get(PAGE)

    assert response.status_code == 200
    assert shows in response.content.decode()
    assert (MOVED in text_of(response)) == is_told


@pytest.fixture
def holding(settings: Any) -> Iterator[None]:
    """Reference rows are held between requests, as they are outside the suite."""
    settings.HELD_SECONDS = 20
    forget()
    yield
    forget()


@pytest.mark.usefixtures("holding")
def test_notice_on_our_form_costs_no_query(
    client: Client, reference: Any, max_queries: Any
) -> None:
    open_channel(reference.quang_ninh, "ours", notice_until=date(2126, 1, 1))
    client.get(PAGE)

    with max_queries(0):
        response = client.get(PAGE)

    assert MOVED in text_of(response)


@pytest.fixture
def section(reference: Any) -> SectionPage:
    """A campaign's page of the province, with the editors' call to register in its text."""
    targets._found.clear()
    root = Page.get_first_root_node() or Page.add_root(instance=Page(title="Root", slug="root"))
    locale = Locale.objects.get_or_create(language_code="vi")[0]
    home = root.add_child(instance=HomePage(title="Trang chủ", slug="vi-home", locale=locale))
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    call = {"title": "Đăng ký", "text": "", "button": "Đăng ký ngay"}
    page: SectionPage = home.add_child(
        instance=SectionPage(
            title="Hiến tạng",
            slug="hien-tang",
            locale=locale,
            campaign=reference.campaign,
            province=reference.quang_ninh,
            body=[{"type": "pledge_call", "value": call}],
        )
    )
    return page


# Every place of the portal that leads to a form of registration.
WAYS = {
    "home page": "/vi/",
    "section page and call to register": "/vi/hien-tang/",
    "choice of province": "/vi/pledge/",
    "search for a province": "/vi/pledge/?q=quang",
    "search by a language": "/en/pledge/?q=Quảng&b={code}",
    "link that has ended": "/vi/pledge/confirm/unknown/",
    "banner to the campaign's page": "/b/{code}/",
    "banner without a page": "/b/{code}/ no page",
    "banner with the form as its target": "/b/{code}/ pledge/vn-22/",
    "banner with the choice as its target": "/b/{code}/ pledge/",
    "form, in each language": PAGE,
    "form, with a banner": PAGE + "?b={code}",
    "form of another province": "/vi/pledge/vn-38/",
}


@pytest.mark.parametrize("notice_until", [None, date(2126, 1, 1), date(2026, 1, 31)])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_way_leads_to_the_one_channel(
    client: Client, reference: Any, section: SectionPage, way: str, notice_until: date | None
) -> None:
    open_channel(reference.quang_ninh, "outside", address=FORM, notice_until=notice_until)
    start, _space, target = way.format(code=reference.placement.code).partition(" ")
    if target == "no page":
        section.delete()
    elif target:
        Banner.objects.update(target=target)

    forms = follow(client, start)

    assert forms["vn-22"] == {"elsewhere"}


def follow(client: Client, start: str) -> dict[str, set[str]]:
    """Every page that is found from ``start`` by links to register: by province, whose form."""
    waiting, seen, forms = [start], set(), {}
    while waiting:
        address = waiting.pop()
        response = client.get(address)
        html = response.content.decode()
        if found := re.search(r"/pledge/([a-z]{2}-\d+)/", address):
            ours = 'name="full_name"' in html
            forms.setdefault(found[1], set()).add("ours" if ours else "elsewhere")
            assert ours or FORM in response.headers.get("Location", html)
        links = [response.headers.get("Location", ""), *re.findall(r'href="([^"]+)"', html)]
        for link in map(unescape, links):
            leads = re.match(r"/\w\w/pledge/", link) or link == response.headers.get("Location")
            if leads and link.startswith("/") and link not in seen:
                seen.add(link)
                waiting.append(link)
    return forms
