"""What a steward does with one registration at the desk, and a coordinator with a person."""

import re

from django.utils import translation
from django.utils.functional import Promise
from playwright.sync_api import Page, expect

from registration.pledges.choices import StepKind

NEXT = "section[aria-labelledby=next-title]"
STEPS = "section[aria-labelledby=steps-title]"
SERIAL = r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}"


def said(label: str | Promise, language: str) -> str:
    """A label as the desk says it in a language."""
    with translation.override(language):
        return str(label)


def ask_for(page: Page, reference: str) -> None:
    """From the work list to one registration by its reference, or to why it is opened."""
    page.goto("/desk/registrations/")
    page.fill("#reference", reference)
    page.locator("form.filters button").first.click()
    expect(page.locator("main h1")).to_contain_text(reference)


def find(page: Page, reference: str) -> None:
    """From the work list to one registration by its reference; no script is needed."""
    ask_for(page, reference)
    # Why it is opened is asked where the list did not say it.
    reasons = page.locator('[name="reason"][value="step"]')
    if reasons.count():
        page.click(f'label[for="{reasons.get_attribute("id")}"]')
        page.locator("main form button[type=submit]").first.click()
    expect(page.locator(NEXT)).to_be_visible()


def take(page: Page, step: StepKind, language: str) -> None:
    """Record the next step, which must be this one; a receiver is the first in the list."""
    form = page.locator(f"{NEXT} > form")
    expect(form.locator('[name="step"]')).to_have_value(step.value)
    if step == StepKind.PASSED_ON:
        form.locator('select[name="unit"]').select_option(index=1)
    form.locator("button[type=submit]").click()
    expect(page.locator(f"{STEPS} strong", has_text=said(step.label, language))).to_be_visible()


def look_up(page: Page, number: str, born: tuple[str, str, str], *, answer: str) -> str:
    """Ask whether a person has registered; the serial number of the answer."""
    page.fill('[name="identity_number"]', number)
    for box, text in enumerate(born):
        page.fill(f'[name="birth_date_{box}"]', text)
    page.fill('[name="case_number"]', "2026/001")
    page.fill('[name="reason"]', "Chết não, khoa Hồi sức / Beyin ölümü, yoğun bakım")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main .notice")).to_contain_text(answer)
    serial = re.search(SERIAL, page.locator("main").inner_text())
    assert serial
    return serial.group()
