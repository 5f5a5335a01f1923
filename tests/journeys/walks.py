"""What several journeys begin with: a citizen registers, confirms, opens their record."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.citizens import Citizen, agree_and_send, citizen, fill_in, go_to_check
from tests.journeys.staff import find_message, link_in

# Whose day is not counted by the journey to the report, whatever the order of the tests.
ELSEWHERE = {"vi": "vn-38", "tr": "tr-35"}
# Language, width of the screen, with scripts or without. In each half any two of these meet; an act
# that both halves do was done in all eight ways.
WAYS = [
    pytest.param("vi", "phone", True, id="vi-phone"),
    pytest.param("vi", "desktop", False, id="vi-desktop-no-scripts"),
    pytest.param("tr", "phone", False, id="tr-phone-no-scripts"),
    pytest.param("tr", "desktop", True, id="tr-desktop"),
]
OTHER_WAYS = [
    pytest.param("vi", "phone", False, id="vi-phone-no-scripts"),
    pytest.param("vi", "desktop", True, id="vi-desktop"),
    pytest.param("tr", "phone", True, id="tr-phone"),
    pytest.param("tr", "desktop", False, id="tr-desktop-no-scripts"),
]


def someone(language: str, email: str, **changes: str) -> Citizen:
    return citizen(language, email, **{"province": ELSEWHERE[language], **changes})


def register(page: Page, who: Citizen) -> str:
    page.goto(f"/{who.language}/pledge/{who.province}/")
    fill_in(page, who)
    go_to_check(page)
    return agree_and_send(page)


def confirm(page: Page, desk: Page, who: Citizen) -> None:
    page.goto(link_in(find_message(desk, who.email, about="/pledge/confirm/"), "/pledge/confirm/"))
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".panel-reference strong")).to_be_visible()


def open_record(page: Page, desk: Page, who: Citizen, address: str) -> None:
    """Ask for the link at an address of the registration, and show the second fact."""
    page.goto(f"/{who.language}/record/ask/")
    page.fill('[name="address"]', address)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/record/asked/")
    recipient = address[-9:] if address.isdigit() else address
    message = find_message(desk, recipient, about="/record/open/")
    page.goto(link_in(message, "/record/open/"))
    for box, text in enumerate(who.born):
        page.fill(f'[name="birth_date_{box}"]', text)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/record/")
