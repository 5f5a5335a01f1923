"""Every public page, the form's steps, what has ended and the desk: nothing bars anybody, at 360 px
and wide.
"""

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


# Reached by a link that has ended, or beside one's way; at any width one column.
ASIDE = {
    "pledge/code/": 200,
    "pledge/confirm/x/": 404,
    "pledge/follow-up/x/": 404,
    "pledge/not-mine/x/": 404,
    "pledge/received/x/": 404,
    "record/ask/": 200,
    "record/asked/": 200,
    "record/change/": 403,
    "record/left/": 200,
    "record/not-me/x/": 404,
    "record/open/x/": 404,
    "my-data/": 200,
    "my-data/{country}/": 200,
}
COUNTRY = {"vi": ("vn", "vn-22"), "tr": ("tr", "tr-01")}


@pytest.mark.parametrize("language", ["vi", "tr"])
def test_what_has_ended_and_what_is_too_early_bar_nobody(
    open_page, no_barriers, language: str
) -> None:
    page = open_page(language, "phone")
    country, province = COUNTRY[language]
    for address, status in ASIDE.items():
        assert page.goto(f"/{language}/{address.format(country=country)}").status == status
        no_barriers(page)
    # What whoever finds a card sees; its address is the same in every language.
    page.goto("/c/x/")
    assert page.locator("html").get_attribute("lang") == language
    no_barriers(page)

    page.goto(f"/{language}/pledge/{province}/")
    for box, text in enumerate(("1", "1", "2020")):
        page.fill(f'[name="birth_date_{box}"]', text)
    page.click('button[name="action"][value="check"]')
    expect(page.locator('button[name="focus"][value="birth_date"]')).to_be_visible()
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
