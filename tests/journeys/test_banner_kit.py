"""A hospital's secretary puts the banner on the site: the three-minute way, counted and filmed."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.town import Town

# Where the pictures of the README come from: KIT_PICTURES=docs/screens.
PICTURES = os.environ.get("KIT_PICTURES")
# They carry what the page proposes: the other journeys' units keep their one placement.
UNITS = {
    "vi": ("uong bi", "benh-vien-viet-nam-thuy-dien-uong-bi"),
    "tr": ("yuregir devlet", "yuregir-devlet-hastanesi"),
}
LANGUAGES = sorted(UNITS)
# Type the name, press it, get the code, copy it; pasting is the fifth, on the hospital's side.
MOST_STEPS = 4


class Steps:
    """Counts what the secretary does with hands, and films it if asked to."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.taken = 0

    def take(self) -> None:
        self.taken += 1

    def film(self) -> None:
        if PICTURES and self.name:
            picture = Path(PICTURES) / f"kit-{self.taken + 1}-{self.name}.png"
            self.page.screenshot(path=picture)


def walk_to_the_code(page: Page, language: str, *, scripts: bool, name: str) -> Steps:
    typed, unit = UNITS[language]
    steps = Steps(page, name)
    page.goto(f"/{language}/banner/")

    page.fill('[name="q"]', typed)
    if not scripts:
        page.press('[name="q"]', "Enter")
    link = page.locator(f'#found a[href="/{language}/banner/unit/{unit}/"]')
    expect(link).to_be_visible()
    steps.film()
    steps.take()

    link.click()
    page.wait_for_url(f"**/banner/unit/{unit}/")
    steps.film()
    steps.take()

    page.locator('button[form="choice"]').click()
    page.wait_for_url(re.compile(r"/banner/code/[0-9a-z]+/"))
    steps.take()
    return steps


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_three_minute_way(open_page, no_barriers, width: str, language: str) -> None:
    page = open_page(language, width)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    steps = walk_to_the_code(page, language, scripts=True, name=f"{language}-{width}")
    page.locator("#code-image + .buttons button").click()
    expect(page.locator("#code-image + .buttons [role=status]")).not_to_be_empty()
    steps.film()
    steps.take()

    assert steps.taken == MOST_STEPS
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#code-image").input_value()
    no_barriers(page)
    hospital = f"http://{UNITS[language][1]}.test/"
    page.route(
        f"{hospital}**",
        lambda route: route.fulfill(
            content_type="text/html", body=f"<!doctype html><title>Hospital</title>{copied}"
        ),
    )
    page.goto(hospital)
    expect(page.locator("img")).not_to_have_js_property("naturalWidth", 0)
    page.click("a")
    page.wait_for_url(re.compile(rf"/{language}/.*\?b="))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_without_scripts(town: Town, open_page, width: str, language: str) -> None:
    page = open_page(language, width, scripts=False)

    walk_to_the_code(page, language, scripts=False, name="")

    box = page.locator("#code-image")
    assert box.input_value().startswith(f'<a href="{town.url}/b/')
    assert box.get_attribute("readonly") is not None
    assert page.locator("main button").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_follows_the_choice_and_can_be_shown_without_scripts(
    open_page, language: str
) -> None:
    unit = UNITS[language][1]
    with_scripts = open_page(language)
    with_scripts.goto(f"/{language}/banner/unit/{unit}/")
    with_scripts.locator('label:has([name="size"][value="300x250"])').click()
    without = open_page(language, scripts=False)
    without.goto(f"/{language}/banner/unit/{unit}/")
    without.locator('label:has([name="size"][value="300x250"])').click()
    without.locator('button[value="show"]').click()

    for page in (with_scripts, without):
        look = page.locator("img[data-preview]")
        expect(look).to_have_js_property("naturalWidth", 600)
        expect(look).to_have_js_property("naturalHeight", 500)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kit_bars_nobody(town: Town, open_page, bars_nobody, language: str) -> None:
    code, _pasted = town.placement(UNITS[language][1])
    typed, unit = UNITS[language]
    page = open_page(language)
    start = f"/{language}/banner/"
    for address in (
        start,
        f"{start}?q={typed}",
        f"{start}?q=zzzz",
        f"{start}unit/{unit}/",
        f"{start}unit/{unit}/?banner=x&language=x&size=x",
        f"{start}unit/no-such-unit/",
        f"{start}code/{code}/",
        f"{start}code/{code}/print/",
        f"{start}code/{code}/how/wordpress/",
        f"{start}code/{code}/how/joomla/",
        f"{start}code/{code}/how/google-sites/",
        f"{start}code/{code}/how/other/",
        f"{start}code/{code}/how/webmaster/",
        f"{start}code/zzzzzzzzzz/",
    ):
        page.goto(address)
        for more in page.locator("details.more > summary").all():
            more.click()
        bars_nobody(page)
