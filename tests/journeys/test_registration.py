"""Banner, page, form, receipt, confirmation, cut-off, report: the whole way, as people walk it."""

import io
import re
import time

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from registration.deliveries.choices import Stage
from tests.journeys.citizens import Citizen, agree_and_send, citizen, fill_in, go_to_check
from tests.journeys.departments import DEPARTMENTS, SENT, Department, files_of
from tests.journeys.desk import said
from tests.journeys.staff import find_message, link_in, say_who, sign_in
from tests.journeys.town import Town
from tests.journeys.walks import ELSEWHERE

LANGUAGES = ["vi", "tr"]
# The schedule looks once a minute; the documents take a few seconds.
CLOSED_WITHIN = 90  # seconds
# How the officer reads the e-mail, and the operator the countdown.
READ_ON = {"vi": ("phone", False), "tr": ("desktop", True)}


def come_from_the_hospital(page: Page, town: Town, who: Citizen) -> str:
    """Open the hospital's own page, press the banner there, and arrive at the form."""
    code, pasted = town.placement(who.unit)
    hospital = f"http://{who.unit}.test/"
    page.route(
        f"{hospital}**",
        lambda route: route.fulfill(
            content_type="text/html", body=f"<!doctype html><title>Hospital</title>{pasted}"
        ),
    )
    page.goto(hospital)
    expect(page.locator("img")).not_to_have_js_property("naturalWidth", 0)
    page.click("a")
    page.wait_for_url(re.compile(rf"/{who.language}/.*\?b={code}"))
    page.locator(f"a.button[href*='/pledge/'][href*='b={code}']").first.click()
    page.wait_for_url(re.compile(r"/pledge/"))
    if not page.url.partition("?")[0].endswith(f"/pledge/{who.province}/"):
        page.locator(f"a[href*='/pledge/{who.province}/']").first.click()
    return code


def register(page: Page, who: Citizen) -> str:
    fill_in(page, who)
    go_to_check(page)
    return agree_and_send(page)


def confirm(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("main form button[type=submit]").click()
    expect(page.locator(".panel-reference strong")).to_be_visible()


def receive(open_page, bars_nobody, department: Department, link: str) -> None:
    """From the link in the e-mail to the word that it came, and to whoever watches the hours."""
    language = department.language
    width, scripts = READ_ON[language]
    page = open_page(language, width, scripts=scripts)
    page.goto(link)
    page.wait_for_url("**/account/login/**")
    say_who(page, department.officer)
    page.wait_for_url(link)
    bars_nobody(page, scripts=scripts)
    page.locator("form[action$='/received/'] button").click()
    expect(page.locator("form[action$='/received/']")).to_have_count(0)
    bars_nobody(page, scripts=scripts)

    operator = open_page(language, width, scripts=scripts)
    sign_in(operator, department.operator, to="/desk/deliveries/watch/")
    row = operator.locator("tbody tr", has_text=department.name)
    expect(row).to_contain_text(said(Stage.RECEIVED.label, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_registration_walks_from_the_banner_to_the_report(
    town: Town, told_day, open_page, no_barriers, bars_nobody, language: str
) -> None:
    who, department = citizen(language, f"nguoi-1@{language}.example.org"), DEPARTMENTS[language]
    phone = open_page(language, "phone")

    come_from_the_hospital(phone, town, who)
    no_barriers(phone)
    fill_in(phone, who)
    go_to_check(phone)
    no_barriers(phone)
    reference = agree_and_send(phone)
    no_barriers(phone)

    desk = open_page(language)
    sign_in(desk, "admin")
    receipt = find_message(desk, who.email)
    assert reference in receipt
    confirm(phone, link_in(receipt, "/pledge/confirm/"))
    no_barriers(phone)

    day = town.cut_off_now(who.department)
    officer = open_page(language)
    sign_in(officer, department.officer)
    address = f"/desk/summaries/{who.department}/{day}/"
    end = time.monotonic() + CLOSED_WITHIN
    while officer.goto(address).status != 200:
        assert time.monotonic() < end, town.log("worker")
        time.sleep(2)
    no_barriers(officer)
    figures = officer.request.get(f"{address}json/").json()
    assert (figures["counts"]["received"], figures["counts"]["confirmed"]) == (1, 1)
    assert figures["by_channel"] == [{"key": "banner", "received": 1, "confirmed": 1}]
    assert [unit["code"] for unit in figures["by_unit"]] == [who.unit]

    letter = PdfReader(io.BytesIO(officer.request.get(f"{address}pdf/").body()))
    assert figures["department"]["name"].split()[-1] in letter.pages[0].extract_text()
    title = department.title(figures["serial"], day)
    files = files_of(desk, department.recipient, about=title, wait=CLOSED_WITHIN)
    assert files == {name: officer.request.get(f"{address}{name}/").body() for name in SENT}
    link = link_in(desk.locator("main").inner_text(), "/deliveries/d/")
    receive(open_page, bars_nobody, department, link)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_works_without_javascript(
    town: Town, open_page, width: str, language: str
) -> None:
    who = citizen(
        language, f"khong-js-{width}@{language}.example.org", province=ELSEWHERE[language]
    )
    page = open_page(language, width, scripts=False)
    page.goto(f"/{language}/pledge/{who.province}/")

    reference = register(page, who)

    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", reference)


def test_nothing_is_lost_when_the_worker_and_then_the_broker_are_away(
    town: Town, open_page
) -> None:
    desk = open_page("tr")
    sign_in(desk, "admin")
    page = open_page("tr")
    town.kill("worker")

    page.goto(f"/tr/pledge/{ELSEWHERE['tr']}/")
    first = register(page, citizen("tr", "iscisiz@tr.example.org"))
    town.break_broker()
    page.goto(f"/tr/pledge/{ELSEWHERE['tr']}/")
    began = time.monotonic()
    second = register(page, citizen("tr", "aracisiz@tr.example.org"))
    assert time.monotonic() - began < 15, "the visitor waited for the broker"
    town.mend_broker()
    town.start_worker()

    assert first in find_message(desk, "iscisiz@tr.example.org", wait=180)
    assert second in find_message(desk, "aracisiz@tr.example.org", wait=180)
