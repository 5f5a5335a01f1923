"""What comes on paper, and what came twice."""

import re

import pytest
from playwright.sync_api import Page, expect

from registration.pledges.choices import PledgeState
from tests.journeys.citizens import press
from tests.journeys.desk import find, said
from tests.journeys.offices import STEWARD, table_of
from tests.journeys.staff import sign_in
from tests.journeys.walks import confirm, register, someone

pytestmark = pytest.mark.usefixtures("offices")
TWIN = {"vi": "Lý Thị Trăng Rằm", "tr": "Gülşah Çiğdem Irmak"}


@pytest.mark.parametrize(
    ("language", "width", "scripts"),
    [
        pytest.param("vi", "desktop", True, id="vi-desktop"),
        pytest.param("tr", "phone", False, id="tr-phone-no-scripts"),
    ],
)
def test_two_registrations_of_one_person_are_merged_and_parted(
    open_page, bars_nobody, language: str, width: str, scripts: bool
) -> None:
    born = {"full_name": TWIN[language], "born": ("7", "4", "1990")}
    citizen, mailbox = open_page(language, "phone"), open_page(language)
    sign_in(mailbox, "admin")
    first = someone(language, f"mot@{language}.example.org", identity="twin-1", **born)
    second = someone(language, f"hai@{language}.example.org", identity="twin-2", **born)
    one = register(citizen, first)
    confirm(citizen, mailbox, first)
    other = register(citizen, second)
    page = open_page(language, width, scripts=scripts)
    sign_in(page, STEWARD[language], to="/desk/merges/")
    pair = page.locator("tr", has_text=one).filter(has_text=other)
    bars_nobody(page, scripts=scripts)

    pair.locator("a").click()
    bars_nobody(page, scripts=scripts)
    kept = page.locator("label", has_text=one).locator("input")
    kept.check()
    page.fill('[name="reason"]', "Đã gọi: cùng một người / Arandı: aynı kişi")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/desk/merges/"))
    find(page, other)
    state = page.locator("main .tag").first
    expect(state).to_have_text(said(PledgeState.MERGED.label, language))

    page.goto("/desk/merges/merged/")
    bars_nobody(page, scripts=scripts)
    page.locator("tr", has_text=other).locator("form button").click()
    expect(page.locator("tr", has_text=other).locator("form")).to_have_count(0)
    find(page, other)
    expect(state).to_have_text(said(PledgeState.RECEIVED.label, language))


def test_paper_is_typed_by_keyboard_and_pasted_from_a_sheet(open_page, bars_nobody) -> None:
    page = open_page("vi")
    sign_in(page, "hoa", to="/desk/entries/")
    page.click("a[href$='/desk/entries/open/']")
    bars_nobody(page)
    page.fill('[name="label"]', "Nhân viên bệnh viện, buổi chiều")
    page.locator('[name="channel"][value="paper"]').check()
    for box, text in enumerate(("1", "10", "2026")):
        page.fill(f'[name="signed_on_{box}"]', text)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("form[data-entry]")).to_be_visible()
    bars_nobody(page)

    type_one(page)
    expect(page.locator(".entry-list li")).to_have_count(1)
    expect(page.locator(".page-head p")).to_contain_text("1 người")

    page.click("main a[href$='/sheet/']")
    bars_nobody(page)
    page.fill(
        '[name="text"]', table_of({}, {"Họ và tên": "Lò Thị Diễm Hai", "Ngày sinh": "31/2/1990"})
    )
    page.click('button[name="action"][value="preview"]')
    expect(page.locator("tbody .tag-success")).to_have_count(1)
    expect(page.locator("tbody .tag-danger")).to_have_count(1)
    bars_nobody(page)
    press(page, page.locator('[name="texts_agreed"]'))
    page.click('button[name="action"][value="enter"]')
    expect(page.locator("main .notice-success")).to_be_visible()
    bars_nobody(page)
    page.goto("/desk/entries/")
    expect(page.locator("tbody tr").first.locator("td.number")).to_have_text("2")
    bars_nobody(page)


TYPED = {
    "full_name": "Lò Văn Bản Mường",
    "birth_date_0": "9",
    "birth_date_1": "9",
    "birth_date_2": "1985",
    "sex": " ",
    "identity_number": "999085000777",
    "identity_issued_on_0": "1",
    "identity_issued_on_1": "7",
    "identity_issued_on_2": "2021",
    "identity_issued_by": "Bộ Công an",
    "phone": "0912345678",
    "locality": "PageDown",
    "permanent_address": "Số 0, đường Minh Họa",
    "card_to_home": " ",
    "organ_choice": " ",
    "identity_secret": " ",
    "texts_agreed": " ",
}
FOCUS = "() => document.activeElement.name || document.activeElement.type"


def type_one(page: Page) -> None:
    """Type the form with the keyboard alone, in the order in which Tab leads through it."""
    wanted = dict(TYPED)
    for _key in range(120):
        name = page.evaluate(FOCUS)
        if name == "submit" and not wanted:
            page.keyboard.press("Enter")
            return
        if text := wanted.pop(name, ""):
            page.keyboard.press(text) if text in (" ", "PageDown") else page.keyboard.type(text)
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab leads nowhere: {wanted}")
