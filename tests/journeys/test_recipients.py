"""Two people change the list of recipients; machines get keys of their own."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.citizens import press
from tests.journeys.departments import DEPARTMENTS, Department
from tests.journeys.staff import sign_in
from tests.journeys.walks import OTHER_WAYS, WAYS

pytestmark = pytest.mark.usefixtures("told_day")
LIST = "/desk/deliveries/recipients/"
OFFICE = "Phòng Kế hoạch / Strateji Şubesi"


def send(page: Page) -> None:
    page.locator("main form button[type=submit]").last.click()


def agree(second: Page, department: Department, office: str) -> None:
    """The one waiting change, as a second person finds it."""
    second.goto(f"{LIST}{department.code}/")
    change = second.locator(".sheet", has_text=office)
    change.locator('button[value="agree"]').click()
    expect(second.locator('button[value="agree"]')).to_have_count(0)


@pytest.mark.parametrize(("language", "width", "scripts"), [WAYS[1], OTHER_WAYS[2]])
def test_two_people_put_an_office_on_the_list_and_take_it_off(
    open_page, bars_nobody, language: str, width: str, scripts: bool
) -> None:
    department = DEPARTMENTS[language]
    page = open_page(language, width, scripts=scripts)
    sign_in(page, department.officer, to=f"{LIST}{department.code}/")
    second = open_page(language, width, scripts=scripts)
    sign_in(second, department.second)

    page.click(f"main a[href$='/{department.code}/add/']")
    page.fill('[name="office"]', OFFICE)
    press(page, page.locator('[name="way"][value="link"]'))
    page.fill('[name="email"]', "ke-hoach@")
    send(page)
    expect(page.locator(".error-summary a")).to_have_count(1)
    expect(page.locator('[name="office"]')).to_have_value(OFFICE)
    expect(page.locator('[name="email"]')).to_have_value("ke-hoach@")
    expect(page.locator('[name="way"][value="link"]')).to_be_checked()
    bars_nobody(page, scripts=scripts)
    page.fill('[name="email"]', f"ke-hoach@{department.code}.example.org")
    send(page)
    expect(page.locator('button[value="take_back"]')).to_have_count(1)
    # Who proposed it cannot agree to it.
    expect(page.locator('button[value="agree"]')).to_have_count(0)
    expect(page.locator("tbody tr", has=page.locator('[value="stop"]'))).to_have_count(2)
    bars_nobody(page, scripts=scripts)

    agree(second, department, OFFICE)
    row = page.locator("tr", has_text=OFFICE).filter(has=page.locator('[value="stop"]'))
    page.reload()
    expect(row).to_have_count(1)

    row.locator('[value="stop"]').click()
    page.click("td a[href*='/changes/']")
    expect(page.locator('button[value="take_back"]')).to_have_count(1)
    bars_nobody(page, scripts=scripts)
    agree(second, department, OFFICE)
    page.goto(f"{LIST}{department.code}/")
    expect(row).to_have_count(0)
    expect(page.locator('[value="resume"]')).to_have_count(1)
    expect(page.locator("main details.more")).to_have_count(2)
    bars_nobody(page, scripts=scripts)


def ask(address: str, token: str) -> tuple[int, Any]:
    """What a program with a key is answered."""
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.parametrize(("language", "width", "scripts"), [WAYS[0], OTHER_WAYS[3]])
def test_a_key_is_shown_once_opens_the_figures_and_is_ended(
    town, told_day, open_page, bars_nobody, language: str, width: str, scripts: bool
) -> None:
    department = DEPARTMENTS[language]
    page = open_page(language, width, scripts=scripts)
    sign_in(page, department.officer, to="/desk/keys/")

    page.click("main a[href$='/make/']")
    page.fill('[name="label"]', "Kho dữ liệu / Veri ambarı")
    send(page)
    expect(page.locator(".error-summary a")).to_have_count(1)
    bars_nobody(page, scripts=scripts)
    press(page, page.locator('[name="scopes"][value="summaries"]'))
    send(page)
    token = page.locator("#token").input_value()
    bars_nobody(page, scripts=scripts)

    address = f"{town.url}/api/v1/summaries/{department.code}/{told_day}"
    status, figures = ask(address, token)
    assert (status, figures["department"]["code"]) == (200, department.code)
    assert ask(f"{town.url}/api/v1/provisional/{department.code}", token)[0] == 403
    stranger = "adana" if department.code == "quang-ninh" else "quang-ninh"
    assert ask(address.replace(department.code, stranger), token)[0] == 404

    page.goto("/desk/keys/")
    assert token not in page.content()
    page.locator("main a[href$='/end/']").click()
    bars_nobody(page, scripts=scripts)
    send(page)
    page.wait_for_url("**/desk/keys/")
    expect(page.locator("main a[href$='/end/']")).to_have_count(0)
    bars_nobody(page, scripts=scripts)
    status, problem = ask(address, token)
    assert (status, problem["type"].rpartition("#")[2]) == (401, "key_ended")
