"""A steward's work: from the wish to the card, an intent that asks for help, without JavaScript."""

import hashlib
import json

import pytest
from django.utils.translation import pgettext_lazy
from playwright.sync_api import expect

from registration.lookups.choices import Certainty
from registration.pledges.choices import StepKind
from tests.journeys.desk import NEXT, STEPS, ask_for, find, look_up, said, take
from tests.journeys.offices import DESK, OUTSIDE, card_address, make_lists, remind
from tests.journeys.staff import find_message, link_in, sign_in
from tests.journeys.walks import ELSEWHERE, confirm, open_record, register, someone

pytestmark = pytest.mark.usefixtures("offices")
WORK_LIST = "/desk/registrations/"
DESK_PAGES = [
    f"{WORK_LIST}withdrawals/",
    "/desk/cards/outstanding/",
    "/desk/cards/bulk/",
    "/desk/sites/",
    "/desk/sites/remind/",
    "/desk/numbers/",
]
RECORD_PAGES = ["change/", "relative/", "consent/", "withdraw/", "ask/"]
TO_CARD = [StepKind.PASSED_ON, StepKind.COUNSELLED, StepKind.FORM_SIGNED]


def test_a_steward_brings_a_wish_to_the_card(town, open_page, bars_nobody) -> None:
    who = someone("vi", "den-the@vi.example.org", identity="card")
    mailbox = open_page("vi")
    sign_in(mailbox, "admin")
    citizen = open_page("vi", "phone")
    reference = register(citizen, who)
    confirm(citizen, mailbox, who)

    page = open_page("vi", "phone")
    sign_in(page, "hoa", to=WORK_LIST)
    for address in (WORK_LIST, f"{WORK_LIST}?narrow=1", *DESK_PAGES):
        assert page.goto(address).status == 200
        bars_nobody(page)
    contact_with_many(page, reference, bars_nobody)
    ask_for(page, reference)
    bars_nobody(page)
    find(page, reference)
    bars_nobody(page)
    take(page, StepKind.PAPER_SEEN, "vi")
    for step in TO_CARD:
        take(page, step, "vi")
    issue_card(page, "TH 000123", bars_nobody)
    take(page, StepKind.CARD_POSTED, "vi")
    expect(page.locator(NEXT)).to_contain_text(said(StepKind.LISTED.label, "vi"))

    receive_cards(town, open_page, bars_nobody, number="TH 000123")
    find(page, reference)
    expect(page.locator(STEPS)).to_contain_text(said(StepKind.LISTED.label, "vi"))
    coordinate(open_page, bars_nobody, who, reference, card=card_address(town, reference))

    open_record(citizen, mailbox, who, who.email)
    issued = citizen.locator("li.step", has_text=said(StepKind.CARD_ISSUED.label, "vi"))
    expect(issued).to_contain_text(said(pgettext_lazy("step", "Done"), "vi"))
    card = citizen.locator("#part-export ~ ul a[href$='card.pdf']").get_attribute("href")
    assert citizen.request.get(card).body().startswith(b"%PDF")
    for address in ("", *RECORD_PAGES):
        assert citizen.goto(f"/vi/record/{address}").status == 200
        bars_nobody(citizen)


def contact_with_many(page, reference: str, bars_nobody) -> None:
    """Take the first step for those ticked: one, with a preview."""
    page.goto(f"{WORK_LIST}?step=contacted")
    row = page.locator("tr", has_text=reference)
    row.locator("label").click()
    page.click("form.work-list .buttons button >> nth=0")
    bars_nobody(page)
    page.select_option('[name="step"]', StepKind.CONTACTED.value)
    page.click('button[name="action"][value="preview"]')
    bars_nobody(page)
    page.click('button[name="action"][value="take"]')
    expect(page.locator("main")).to_contain_text(reference)
    bars_nobody(page)


def issue_card(page, number: str, bars_nobody) -> None:
    """Issue the card, look at what is printed, and go back to the registration."""
    page.click(f"{NEXT} a[href*='/desk/cards/issue/']")
    bars_nobody(page)
    page.fill('[name="number"]', number)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("main .notice-success").last).to_be_visible()
    bars_nobody(page)
    for layout in ("sheet", "card"):
        address = page.locator(f"a[href$='{layout}.pdf']").get_attribute("href")
        assert page.request.get(address).body().startswith(b"%PDF")
    page.click("main a[href*='/desk/registrations/']")


def receive_cards(town, open_page, bars_nobody, *, number: str) -> None:
    """The centre fetches the list that tells of the card, counts, and acknowledges."""
    make_lists(town)
    page = open_page("vi")
    sign_in(page, "ha", to="/desk/cards/lists/")
    bars_nobody(page)
    page.locator("tbody th a").first.click()
    bars_nobody(page)
    with page.expect_download() as fetched:
        page.click('button[name="format"][value="json"]')
    content = fetched.value.path().read_bytes()
    expect(page.locator("main")).to_contain_text(hashlib.sha256(content).hexdigest())
    assert number in content.decode()
    page.fill('[name="counted"]', str(json.loads(content)["count"]))
    page.locator("form[action$='/acknowledge/'] button").click()
    expect(page.locator("main form[action$='/acknowledge/']")).to_have_count(0)


def coordinate(open_page, bars_nobody, who, reference: str, *, card: str) -> None:
    """A coordinator asks about the person, and checks the card; a stranger learns nothing of it."""
    stranger = open_page("vi", "phone")
    stranger.goto(card)
    expect(stranger.locator("main")).not_to_contain_text(reference)
    bars_nobody(stranger)
    page = open_page("vi", "phone")
    sign_in(page, "minh", to="/desk/look-up/")
    bars_nobody(page)
    issued = said(Certainty.CARD_ISSUED.label, "vi")
    look_up(page, who.more["identity_number"], who.born, answer=issued)
    expect(page.locator("main")).to_contain_text(reference)
    bars_nobody(page)
    page.goto(card)
    expect(page.locator("main .notice-success")).to_be_visible()
    expect(page.locator("main")).to_contain_text(reference)
    bars_nobody(page)


def test_an_intent_asks_for_help_and_is_said_to_be_done(town, open_page, bars_nobody) -> None:
    who = someone("tr", "yardim@tr.example.org")
    mailbox = open_page("tr")
    sign_in(mailbox, "admin")
    citizen = open_page("tr", "phone")
    for address in ("", f"{ELSEWHERE['tr']}/hand-over/", f"{DESK}/", f"{OUTSIDE}/"):
        assert citizen.goto(f"/tr/pledge/{address}").status == 200
        bars_nobody(citizen)
    expect(citizen.locator("main a[href^='https://forms.example.org/']")).to_be_visible()
    reference = register(citizen, who)
    confirm(citizen, mailbox, who)
    remind(town, reference)
    message = find_message(mailbox, who.email, about="/follow-up/")

    citizen.goto(link_in(message, "/follow-up/"))
    bars_nobody(citizen)
    citizen.click('button[name="answer"][value="help"]')
    expect(citizen.locator(".panel-reference strong")).to_have_text(reference)
    bars_nobody(citizen)

    page = open_page("tr")
    sign_in(page, "ege", to=WORK_LIST)
    page.goto(f"{WORK_LIST}?step={StepKind.CONTACTED.value}")
    page.click(f"tbody a:has-text('{reference}')")
    bars_nobody(page)
    expect(page.locator(STEPS)).to_contain_text(said(StepKind.HELP_ASKED.label, "tr"))
    ask_for(page, reference)
    bars_nobody(page)
    find(page, reference)
    take(page, StepKind.CONTACTED, "tr")

    citizen.goto(link_in(message, "/follow-up/"))
    citizen.click('button[name="answer"][value="done"]')
    expect(citizen.locator('button[name="answer"][value="done"]')).to_have_count(0)
    find(page, reference)
    expect(page.locator(STEPS)).to_contain_text(said(StepKind.HANDED_OVER.label, "tr"))


@pytest.mark.parametrize(
    ("language", "steward", "width", "step"),
    [
        pytest.param("vi", "hoa", "desktop", StepKind.CONTACTED, id="vi-desktop"),
        pytest.param("tr", "ege", "phone", StepKind.HANDED_OVER, id="tr-phone"),
    ],
)
def test_a_step_is_taken_and_undone_without_javascript(
    open_page, no_barriers, language: str, steward: str, width: str, step: StepKind
) -> None:
    who = someone(language, f"khong-js-ban@{language}.example.org", identity="desk-no-scripts")
    mailbox = open_page(language)
    sign_in(mailbox, "admin")
    citizen = open_page(language, "phone")
    reference = register(citizen, who)
    confirm(citizen, mailbox, who)

    page = open_page(language, width, scripts=False)
    sign_in(page, steward, to=WORK_LIST)
    find(page, reference)
    no_barriers(page, scripts=False)
    take(page, step, language)
    page.click(f"{STEPS} summary")
    page.fill(f'{STEPS} [name="reason"]', "Gọi nhầm số")
    page.click(f"{STEPS} details button")

    expect(page.locator(f"{STEPS} li.undone")).to_contain_text("Gọi nhầm số")
    expect(page.locator(f'{NEXT} > form [name="step"]')).to_have_value(step.value)


@pytest.mark.parametrize(
    ("language", "coordinator", "number"),
    [("vi", "minh", "079204000001"), ("tr", "can", "17291716060")],
    ids=["vi", "tr"],
)
def test_a_coordinator_finds_nobody_and_the_answer_again(
    open_page, no_barriers, language: str, coordinator: str, number: str
) -> None:
    page = open_page(language, "phone")
    sign_in(page, coordinator, to="/desk/look-up/")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".error-summary")).to_be_visible()
    no_barriers(page)

    nobody = said(Certainty.NOTHING.label, language)
    serial = look_up(page, number, ("9", "9", "2004"), answer=nobody)
    no_barriers(page)

    page.goto("/desk/look-up/")
    page.click("main details summary")
    no_barriers(page)
    page.fill("#serial", serial)
    page.locator("main details button[type=submit]").click()
    expect(page.locator("main .sheet")).to_contain_text(serial)
    no_barriers(page)
    for address in ("/desk/look-up/earlier/?serial=x", "/c/no-such-card/"):
        page.goto(address)
        expect(page.locator("main .notice-danger")).to_be_visible()
        no_barriers(page)
