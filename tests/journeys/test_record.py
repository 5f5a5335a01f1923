"""After the registration: the own record, change, withdrawal, recovery, "it is not mine"."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.citizens import press
from tests.journeys.staff import find_message, link_in, sign_in
from tests.journeys.walks import OTHER_WAYS, WAYS, confirm, open_record, register, someone

# A telephone of one's own in each way, so that a message is found by its number.
PHONES = {
    ("vi", "phone"): "0791234567",
    ("vi", "desktop"): "0881234567",
    ("tr", "phone"): "05321234567",
    ("tr", "desktop"): "05000000001",
}


def choose_some(page: Page) -> str:
    """Choose the first organ alone; its name."""
    press(page, page.locator('[name="organ_choice"][value="some"]'))
    for box in page.locator('[name="organs"]').all():
        if box.is_checked():
            page.click(f'label[for="{box.get_attribute("id")}"]')
    first = page.locator('[name="organs"]').first
    press(page, first)
    return page.locator(f'label[for="{first.get_attribute("id")}"]').inner_text().strip()


def tick_all(page: Page) -> None:
    for box in page.locator('input[name^="act_"]').all():
        press(page, box)


def send_change(page: Page) -> None:
    """Agree to the texts of the check page, send, and come back to the record."""
    tick_all(page)
    page.click('button[name="action"][value="send"]')
    page.wait_for_url("**/record/")


@pytest.mark.parametrize(("language", "width", "scripts"), WAYS)
def test_a_person_sees_changes_and_withdraws_their_registration(
    open_page, no_barriers, bars_nobody, language: str, width: str, scripts: bool
) -> None:
    who = someone(language, f"ho-so-{width}@{language}.example.org", identity=width)
    desk = open_page(language)
    sign_in(desk, "admin")
    page = open_page(language, width, scripts=scripts)
    reference = register(page, who)
    confirm(page, desk, who)

    open_record(page, desk, who, who.email)
    expect(page.locator("main")).to_contain_text(reference)
    no_barriers(page, scripts=scripts)
    page.goto(f"/{language}/record/change/")
    organ = choose_some(page)
    page.click('button[name="action"][value="check"]')
    no_barriers(page, scripts=scripts)
    send_change(page)
    expect(page.locator("main")).to_contain_text(organ)
    exported = page.request.get(f"/{language}/record/record.json").json()
    assert page.request.get(f"/{language}/record/record.pdf").body().startswith(b"%PDF")
    assert who.full_name in str(exported)

    page.goto(f"/{language}/record/withdraw/")
    no_barriers(page, scripts=scripts)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/record/withdrawn/")
    bars_nobody(page, scripts=scripts)
    assert page.request.get(f"/{language}/record/withdrawn/proof.pdf").body().startswith(b"%PDF")
    page.goto(f"/{language}/record/")
    bars_nobody(page, scripts=scripts)


@pytest.mark.parametrize(("language", "width", "scripts"), OTHER_WAYS)
def test_a_lost_mailbox_is_replaced_through_the_telephone(
    open_page, no_barriers, language: str, width: str, scripts: bool
) -> None:
    phone, mailbox = PHONES[language, width], f"{width}@{language}.example.org"
    who = someone(language, f"cu-{mailbox}", identity=f"recover {width}", phone=phone)
    new_address = f"moi-{mailbox}"
    desk = open_page(language)
    sign_in(desk, "admin")
    page = open_page(language, width, scripts=scripts)
    register(page, who)
    confirm(page, desk, who)

    page.goto(f"/{language}/record/lost/")
    no_barriers(page, scripts=scripts)
    open_record(page, desk, who, phone)
    page.goto(f"/{language}/record/change/")
    page.fill('[name="email"]', new_address)
    page.click('button[name="action"][value="check"]')
    send_change(page)
    page.goto(
        link_in(find_message(desk, new_address, about="/pledge/confirm/"), "/pledge/confirm/")
    )
    no_barriers(page, scripts=scripts)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".panel-reference strong")).to_be_visible()

    # The old mailbox is told, and can still stop it.
    assert "/not-mine/" in find_message(desk, who.email, about="/not-mine/")


@pytest.mark.parametrize(("language", "width", "scripts"), WAYS)
def test_whoever_is_named_stops_what_is_not_theirs(
    open_page, bars_nobody, language: str, width: str, scripts: bool
) -> None:
    who = someone(
        language, f"khong-phai-toi-{width}@{language}.example.org", identity=f"contest {width}"
    )
    desk = open_page(language)
    sign_in(desk, "admin")
    page = open_page(language, width, scripts=scripts)
    register(page, who)

    message = find_message(desk, who.email, about="/not-mine/")
    named = open_page(language, width, scripts=scripts)
    named.goto(link_in(message, "/not-mine/"))
    bars_nobody(named, scripts=scripts)
    named.locator('button[name="answer"][value="not_mine"]').click()
    expect(named.locator("main .panel")).to_be_visible()
    bars_nobody(named, scripts=scripts)

    assert page.goto(link_in(message, "/pledge/confirm/")).status == 410
    expect(page.locator('main form button[type="submit"]')).to_have_count(0)
    bars_nobody(page, scripts=scripts)


def test_a_newer_text_is_read_and_agreed_to(town, open_page, bars_nobody) -> None:
    citizens = {language: open_page(language, "phone") for language in ("vi", "tr")}
    desk = open_page("vi")
    sign_in(desk, "admin")
    for language, page in citizens.items():
        who = someone(language, f"doc-lai@{language}.example.org", identity="anew")
        register(page, who)
        confirm(page, desk, who)
        open_record(page, desk, who, who.email)

    town.ask_for_new_consent()

    for language, page in citizens.items():
        page.goto(f"/{language}/record/")
        page.click("main .notice a[href$='/record/texts/']")
        bars_nobody(page)
        page.locator("main form button[type=submit]").first.click()
        expect(page.locator(".error-summary")).to_be_visible()
        bars_nobody(page)
        tick_all(page)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_url("**/record/")
        expect(page.locator("main .notice a[href$='/record/texts/']")).to_have_count(0)
        page.goto(f"/{language}/record/texts/")
        bars_nobody(page)
