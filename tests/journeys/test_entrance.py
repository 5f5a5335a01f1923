"""How staff come in: the password, the second factor and its recovery codes."""

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.signing_in import totp_code
from tests.journeys.offices import SECOND_FACTOR
from tests.journeys.staff import PASSWORD, sign_in

pytestmark = pytest.mark.usefixtures("offices")
SECURITY = "/account/2fa/"
PASSES_BY = ["recovery-codes/generate/", "totp/deactivate/", "reauthenticate/"]


def send(page: Page, name: str, value: str) -> None:
    page.fill(f'[name="{name}"]', value)
    page.locator("main form button[type=submit]").first.click()


@pytest.mark.parametrize("language", ["vi", "tr"])
def test_a_second_factor_is_set_up_and_asked_for(open_page, no_barriers, language: str) -> None:
    page = open_page(language, "phone")
    for address in ("/account/login/", "/account/password/reset/", "/account/password/reset/done/"):
        page.goto(address)
        no_barriers(page)
    sign_in(page, SECOND_FACTOR[language])
    for address in ("/account/password/change/", SECURITY):
        page.goto(address)
        no_barriers(page)
    page.click("main a[href$='/totp/activate/']")
    expect(page.locator('[name="password"]')).to_be_visible()
    no_barriers(page)
    send(page, "password", PASSWORD)
    secret = page.locator(".secret").inner_text().strip()
    no_barriers(page)
    send(page, "code", totp_code(secret))
    expect(page.locator(".codes li")).to_have_count(10)
    no_barriers(page)
    recovery = page.locator(".codes li").first.inner_text().strip()
    page.goto(SECURITY)
    no_barriers(page)

    again = open_page(language, "phone")
    again.goto("/account/login/")
    again.fill('[name="login"]', SECOND_FACTOR[language])
    send(again, "password", PASSWORD)
    expect(again.locator('[name="code"]')).to_be_visible()
    no_barriers(again)
    send(again, "code", "000000")
    expect(again.locator(".error-summary")).to_be_visible()
    no_barriers(again)
    send(again, "code", recovery)
    again.wait_for_url("**/desk/")
    for address in PASSES_BY:
        again.goto(f"{SECURITY}{address}")
        assert again.locator("html").get_attribute("lang") == language
        no_barriers(again)
