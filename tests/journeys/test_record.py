"""After the registration: the own record, change, withdrawal, recovery, "it is not mine"."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.citizens import press
from tests.journeys.staff import find_message, link_in, sign_in
from tests.journeys.walks import confirm, open_record, register, someone

# With scripts on the phone, without on the desktop: both countries see both.
WAYS = [
    pytest.param("vi", "phone", True, id="vi-phone"),
    pytest.param("vi", "desktop", False, id="vi-desktop-no-scripts"),
    pytest.param("tr", "phone", False, id="tr-phone-no-scripts"),
    pytest.param("tr", "desktop", True, id="tr-desktop"),
]


def choose_some(page: Page) -> str:
    """Choose the first organ alone; its name."""
    press(page, page.locator('[name="organ_choice"][value="some"]'))
    for box in page.locator('[name="organs"]').all():
        if box.is_checked():
            page.click(f'label[for="{box.get_attribute("id")}"]')
    first = page.locator('[name="organs"]').first
    press(page, first)
    return page.locator(f'label[for="{first.get_attribute("id")}"]').inner_text().strip()


@pytest.mark.parametrize(("language", "width", "scripts"), WAYS)
def test_a_person_sees_changes_and_withdraws_their_registration(
    town, open_page, no_barriers, language: str, width: str, scripts: bool
) -> None:
    who = someone(language, f"ho-so-{width}@{language}.example.org", identity=width)
    desk = open_page(language)
    sign_in(desk, "admin")
    page = open_page(language, width, scripts=scripts)
    reference = register(page, who)
    confirm(page, desk, who)

    open_record(page, desk, who, who.email)
    expect(page.locator("main")).to_contain_text(reference)
    if scripts:
        no_barriers(page)
    page.goto(f"/{language}/record/change/")
    organ = choose_some(page)
    page.click('button[name="action"][value="check"]')
    if scripts:
        no_barriers(page)
    for box in page.locator('input[name^="act_"]').all():
        press(page, box)
    page.click('button[name="action"][value="send"]')
    page.wait_for_url("**/record/")
    expect(page.locator("main")).to_contain_text(organ)
    exported = page.request.get(f"/{language}/record/record.json").json()
    assert page.request.get(f"/{language}/record/record.pdf").body().startswith(b"%PDF")
    assert who.full_name in str(exported)

    page.goto(f"/{language}/record/withdraw/")
    if scripts:
        no_barriers(page)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/record/withdrawn/")
    assert page.request.get(f"/{language}/record/withdrawn/proof.pdf").body().startswith(b"%PDF")


@pytest.mark.parametrize("language", ["vi", "tr"])
def test_a_lost_mailbox_is_replaced_through_the_telephone(
    town, open_page, no_barriers, language: str
) -> None:
    phone = {"vi": "0791234567", "tr": "05321234567"}[language]
    who = someone(language, f"cu@{language}.example.org", identity="recover", phone=phone)
    new_address = f"moi@{language}.example.org"
    desk = open_page(language)
    sign_in(desk, "admin")
    page = open_page(language, "phone")
    register(page, who)
    confirm(page, desk, who)

    page.goto(f"/{language}/record/lost/")
    no_barriers(page)
    open_record(page, desk, who, phone)
    page.goto(f"/{language}/record/change/")
    page.fill('[name="email"]', new_address)
    page.click('button[name="action"][value="check"]')
    for box in page.locator('input[name^="act_"]').all():
        press(page, box)
    page.click('button[name="action"][value="send"]')
    page.wait_for_url(re.compile("/record/"))
    page.goto(
        link_in(find_message(desk, new_address, about="/pledge/confirm/"), "/pledge/confirm/")
    )
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".panel-reference strong")).to_be_visible()

    # The old mailbox is told, and can still stop it.
    assert "/not-mine/" in find_message(desk, who.email, about="/not-mine/")


@pytest.mark.parametrize("language", ["vi", "tr"])
def test_whoever_is_named_stops_what_is_not_theirs(
    town, open_page, no_barriers, language: str
) -> None:
    who = someone(language, f"khong-phai-toi@{language}.example.org", identity="contest")
    desk = open_page(language)
    sign_in(desk, "admin")
    page = open_page(language, "phone", scripts=False)
    register(page, who)

    message = find_message(desk, who.email, about="/not-mine/")
    named = open_page(language, "phone")
    named.goto(link_in(message, "/not-mine/"))
    no_barriers(named)
    named.locator('button[name="answer"][value="not_mine"]').click()
    no_barriers(named)

    page.goto(link_in(message, "/pledge/confirm/"))
    expect(page.locator('main form button[type="submit"]')).to_have_count(0)
