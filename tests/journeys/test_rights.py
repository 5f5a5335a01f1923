"""What people ask about their data, and what the officer does with it before the clock ends."""

import pytest
from playwright.sync_api import Page, expect

from registration.pledges.choices import PledgeState
from registration.rights.choices import RequestKind, RequestState
from tests.journeys.desk import find, said
from tests.journeys.offices import OFFICER, STEWARD
from tests.journeys.staff import find_message, sign_in
from tests.journeys.walks import confirm, register, someone

pytestmark = pytest.mark.usefixtures("offices")
HOME = {"vi": ("vn", "Thanh Hóa"), "tr": ("tr", "İzmir")}
LIST = "/desk/requests/"
ANSWER = "0123 – xong / tamam"


def file_request(page: Page, who, reference: str, kind: RequestKind) -> str:
    """Ask something about one's data; the reference of the request."""
    country, province = HOME[who.language]
    page.goto(f"/{who.language}/my-data/{country}/")
    page.locator(f'[name="kind"][value="{kind}"]').check()
    page.select_option('[name="province"]', label=province)
    page.fill('[name="full_name"]', who.full_name)
    page.fill('[name="email"]', who.email)
    page.fill('[name="registration_reference"]', reference)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/my-data/sent/**")
    return page.locator(".panel-reference strong").inner_text().strip()


def open_request(officer: Page, asked: str) -> None:
    officer.goto(LIST)
    officer.click(f"a:has-text('{asked}')")
    expect(officer.locator("main h1")).to_have_text(asked)


def make_sure(officer: Page) -> None:
    """Note whose data it is about, and send the first answer where the law asks for one."""
    for action in ("name", "first"):
        button = officer.locator(f'button[name="action"][value="{action}"]')
        if button.count():
            button.click()
            expect(button).to_have_count(0)


def carry_out(officer: Page, language: str) -> None:
    officer.fill('[name="answer"]', ANSWER)
    officer.click('button[name="action"][value="carry_out"]')
    expect(officer.locator("main")).to_contain_text(said(RequestState.DONE.label, language))


@pytest.mark.parametrize(
    ("language", "width", "scripts"),
    [
        pytest.param("vi", "desktop", False, id="vi-desktop-no-scripts"),
        pytest.param("tr", "phone", True, id="tr-phone"),
    ],
)
def test_a_request_about_data_is_answered_and_carried_out(
    open_page, bars_nobody, no_barriers, language: str, width: str, scripts: bool
) -> None:
    who = someone(language, f"phan-doi@{language}.example.org", identity="object")
    mailbox = open_page(language)
    sign_in(mailbox, "admin")
    citizen = open_page(language, width, scripts=scripts)
    reference = register(citizen, who)
    confirm(citizen, mailbox, who)
    citizen.goto(f"/{language}/my-data/")
    expect(citizen.locator(f"a[href$='/my-data/{HOME[language][0]}/']")).to_be_visible()
    kinds = (RequestKind.LEARN, RequestKind.CORRECT, RequestKind.RESTRICT, RequestKind.OBJECT)
    asked = {kind: file_request(citizen, who, reference, kind) for kind in kinds}
    bars_nobody(citizen, scripts=scripts)

    officer = open_page(language, "phone")
    sign_in(officer, OFFICER[language], to=LIST)
    bars_nobody(officer)
    learn(officer, no_barriers, asked[RequestKind.LEARN], language)
    correct(officer, no_barriers, asked[RequestKind.CORRECT])
    restrict(officer, no_barriers, asked[RequestKind.RESTRICT], language)
    open_request(officer, asked[RequestKind.OBJECT])
    bars_nobody(officer)
    make_sure(officer)
    carry_out(officer, language)
    bars_nobody(officer)
    letter = officer.locator("a[href$='/letter/']").get_attribute("href")
    assert officer.request.get(letter).body().startswith(b"%PDF")
    officer.goto(f"{LIST}?ended=1")
    expect(officer.locator("tr", has_text=asked[RequestKind.OBJECT])).to_be_visible()
    no_barriers(officer)

    assert asked[RequestKind.OBJECT] in find_message(mailbox, who.email, about=ANSWER)
    steward = open_page(language)
    sign_in(steward, STEWARD[language])
    find(steward, reference)
    withdrawn = said(PledgeState.WITHDRAWN.label, language)
    expect(steward.locator("main .tag").first).to_have_text(withdrawn)


def learn(officer: Page, no_barriers, asked: str, language: str) -> None:
    open_request(officer, asked)
    make_sure(officer)
    carry_out(officer, language)
    everything = officer.locator("a[href$='/everything.pdf']").get_attribute("href")
    assert officer.request.get(everything).body().startswith(b"%PDF")
    no_barriers(officer)


def correct(officer: Page, no_barriers, asked: str) -> None:
    """A day that is none is refused beside its field; then the right one is written down."""
    open_request(officer, asked)
    make_sure(officer)
    no_barriers(officer)
    form = officer.locator("form[action$='/correct/']")
    form.locator('[name="birth_date_1"]').fill("13")
    form.locator("button").click()
    expect(officer.locator(".error-summary")).to_be_visible()
    no_barriers(officer)
    form.locator('[name="birth_date_1"]').fill("4")
    form.locator('[name="reason"]').fill("Thẻ căn cước / Kimlik kartı")
    form.locator("button").click()
    expect(officer.locator("main .notice-success").first).to_be_visible()
    no_barriers(officer)


def restrict(officer: Page, no_barriers, asked: str, language: str) -> None:
    """What is restricted is only kept, until that is lifted for a reason."""
    open_request(officer, asked)
    make_sure(officer)
    carry_out(officer, language)
    no_barriers(officer)
    form = officer.locator("form[action$='/lift/']")
    form.locator("button").click()
    expect(officer.locator(".error-summary")).to_be_visible()
    no_barriers(officer)
    form.locator('[name="reason"]').fill("Hết lý do / Neden kalmadı")
    form.locator("button").click()
    expect(form).to_have_count(0)
