"""The figures of a department on the desk: until now, of a day told, down to the events, summed."""

import csv
import io
import re

import pytest
from django.utils.translation import gettext_lazy
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.journeys.citizens import press
from tests.journeys.departments import DEPARTMENTS, PEOPLE, SENT, files_of, number_in, wait_for
from tests.journeys.desk import said
from tests.journeys.staff import sign_in
from tests.journeys.walks import OTHER_WAYS, WAYS

COPY = gettext_lazy(
    "This is copy no. %(copy)s, sent again on request. Its figures and documents are the same."
)

OFFICER_PAGES = [
    "/desk/summaries/{code}/",
    "/desk/summaries/{code}/?span=14",
    "/desk/summaries/{code}/?span=year",
    "/desk/summaries/{code}/{day}/",
    "/desk/summaries/{code}/events/?day={day}&kind=received",
    "/desk/deliveries/recipients/{code}/",
    "/desk/deliveries/recipients/{code}/add/",
    "/desk/deliveries/provisional/{code}/",
    "/desk/deliveries/watch/{code}/",
    "/desk/keys/",
    "/desk/keys/make/",
    "/api/v1/docs",
    "{public}",
]
OPERATOR_PAGES = ["/desk/summaries/", "/desk/deliveries/watch/?stays=1"]
MINISTRY_PAGES = ["/desk/summaries/totals/?at={day}", "/desk/summaries/totals/?span=month&at={day}"]
# A telephone, a desktop at 400 %, a telephone whose reader has made everything larger.
ACROSS = [360, 320, 200]  # px


def take(page: Page, address: str) -> int:
    """Take provisional figures; their number."""
    page.goto(address)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(rf"{address}\d+/$"))
    return int(page.url.rstrip("/").rpartition("/")[2])


@pytest.mark.parametrize(("language", "width", "scripts"), [OTHER_WAYS[0], WAYS[3]])
def test_figures_until_now_are_numbered_and_a_told_day_is_sent_again(
    told_day, open_page, bars_nobody, language: str, width: str, scripts: bool
) -> None:
    department = DEPARTMENTS[language]
    mailbox = open_page(language)
    sign_in(mailbox, "admin")
    page = open_page(language, width, scripts=scripts)
    sign_in(page, department.officer)
    taking = f"/desk/deliveries/provisional/{department.code}/"

    taken = [take(page, taking) for _each in range(2)]
    assert taken[1] == taken[0] + 1
    letter = PdfReader(io.BytesIO(page.request.get(f"{taking}{taken[1]}/pdf/").body()))
    assert department.name.split()[0] in letter.pages[0].extract_text()

    address = f"{department.page}{told_day}/"
    page.goto(address)
    page.locator("details.more > summary").click()
    press(page, page.locator('[name="to"]').first)
    page.locator("details.more form button").click()
    expect(page.locator(".notice-success")).to_be_visible()
    bars_nobody(page, scripts=scripts)
    again = files_of(mailbox, department.recipient, about=said(COPY, language) % {"copy": 2})
    assert again == {name: page.request.get(f"{address}{name}/").body() for name in SENT}


@pytest.mark.parametrize(("language", "width", "scripts"), [OTHER_WAYS[1], WAYS[2]])
def test_a_figure_leads_to_the_events_behind_it(
    told_day, open_page, bars_nobody, language: str, width: str, scripts: bool
) -> None:
    department = DEPARTMENTS[language]
    page = open_page(language, width, scripts=scripts)
    sign_in(page, department.officer, to=department.page)

    page.fill("#day", told_day)
    page.locator("form.filters button").click()
    page.wait_for_url(f"**{department.page}{told_day}/")
    page.locator("nav.breadcrumbs a").click()
    page.click("nav.chips a[href*='span=month']")
    page.click("a[rel=prev]")
    expect(page.locator(f"a[href$='/{told_day}/']").first).to_be_visible()
    units = page.locator("section:has(#units-heading) td a[href*='kind=received']")
    page.goto(str(units.filter(has_text=re.compile("^[1-9]")).first.get_attribute("href")))
    figure = number_in(page.locator("p.figure-value").inner_text())
    assert 0 < figure <= PEOPLE + 1
    expect(page.locator("tbody tr")).to_have_count(figure)

    address = page.locator("main a[href$='format=csv']").get_attribute("href")
    table = page.request.get(f"{page.url.partition('?')[0]}{address}").text()
    assert len(list(csv.reader(io.StringIO(table), delimiter=";"))) == 1 + figure
    page.locator("main form button").click()
    page.wait_for_url("**/desk/summaries/exports/**")
    bars_nobody(page, scripts=scripts)
    wait_for(page, "main a[href$='/file/']")
    bars_nobody(page, scripts=scripts)
    file = page.locator("main a[href$='/file/']").get_attribute("href")
    book = load_workbook(io.BytesIO(page.request.get(str(file)).body()))
    assert book.active.max_row == 1 + figure


@pytest.mark.parametrize(("language", "width", "scripts"), [WAYS[1], OTHER_WAYS[2]])
def test_a_ministry_sees_sums_and_who_is_missing(
    told_day, open_page, language: str, width: str, scripts: bool
) -> None:
    department = DEPARTMENTS[language]
    page = open_page(language, width, scripts=scripts)
    sign_in(page, department.ministry)

    page.goto("/desk/summaries/totals/")
    page.fill("#at", told_day)
    page.locator("form.filters button").click()
    page.wait_for_url(f"**at={told_day}**")
    expect(page.locator("main section").first).to_contain_text(department.other)
    table = page.locator("section", has=page.locator("#departments-heading"))
    expect(table.locator("tbody th").first).to_have_text(department.name)


@pytest.mark.parametrize(("language", "width"), [("vi", "phone"), ("tr", "desktop")])
def test_pages_of_summaries_bar_nobody_on_any_screen(
    told_day, open_page, no_barriers, language: str, width: str
) -> None:
    department = DEPARTMENTS[language]
    places = {"code": department.code, "day": told_day, "public": department.public}
    pages = {
        department.officer: OFFICER_PAGES,
        department.operator: OPERATOR_PAGES,
        department.ministry: MINISTRY_PAGES,
    }

    for username, addresses in pages.items():
        page = open_page(language, width)
        sign_in(page, username)
        for address in addresses:
            answer = page.goto(address.format(**places))
            assert answer.status == 200
            assert page.locator("html").get_attribute("lang") == language
            no_barriers(page)
            looked_at = page.viewport_size
            for across in ACROSS:
                page.set_viewport_size({"width": across, "height": 740})
                no_barriers(page, scripts=False)
            page.set_viewport_size(looked_at)
