"""Every public page, the form's steps and the desk: nothing bars anybody, at 360 px and wide."""

import re
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.journeys.staff import sign_in
from tests.journeys.town import Town

LANGUAGES = ["vi", "tr", "en"]


def addresses(town: Town, language: str) -> list[str]:
    with urllib.request.urlopen(f"{town.url}/sitemap.xml", timeout=10) as answer:
        listed = re.findall(r"<loc>[a-z]+://[^/]+(/[^<]*)</loc>", answer.read().decode())
    return [
        *[address for address in listed if address.startswith(f"/{language}/")],
        f"/{language}/pledge/",
        f"/{language}/pledge/vn-22/",
        f"/{language}/pledge/tr-01/",
        f"/{language}/no-such-page/",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_bar_nobody(
    town: Town, open_page, no_barriers, width: str, language: str
) -> None:
    page = open_page(language, width)
    found = addresses(town, language)
    assert len(found) > 8

    for address in found:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        no_barriers(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refused_form_bars_nobody(open_page, no_barriers, width: str, language: str) -> None:
    page = open_page(language, width)
    for province in ("vn-22", "tr-01"):
        page.goto(f"/{language}/pledge/{province}/")
        page.click('button[name="action"][value="check"]')
        assert page.locator(".error-summary").is_visible()
        no_barriers(page)


@pytest.mark.parametrize(
    ("username", "pages"),
    [
        pytest.param("admin", ["/desk/", "/desk/mailbox/", "/desk/summaries/"], id="admin"),
        pytest.param("linh", ["/desk/", "/desk/summaries/"], id="linh"),
        pytest.param("thuy", ["/desk/", "/desk/registrations/", "/desk/banner/"], id="thuy"),
    ],
)
def test_desk_bars_nobody(
    open_page, no_barriers, width: str, username: str, pages: list[str]
) -> None:
    page = open_page("en", width)
    page.goto("/account/login/")
    no_barriers(page)
    sign_in(page, username)

    for address in pages:
        answer = page.goto(address)
        assert answer.status == 200
        no_barriers(page)


def test_editors_page_and_its_scripts_work(open_page) -> None:
    """The editors' own policy lets their page run: nothing is stopped and it comes to life."""
    page = open_page("en")
    sign_in(page, "admin", to="/cms/")

    for address in ("/cms/pages/", "/cms/snippets/reports/reporthours/", "/cms/pages/5/edit/"):
        answer = page.goto(address)
        assert answer.status == 200

    expect(page.locator("[data-streamfield-stream-container]").first).to_be_visible()
