"""Banners on other people's pages: old, strict, strange ones, each on an origin of its own."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.town import Town

GREEN, WHITE = "rgb(8, 63, 62)", "rgb(255, 255, 255)"
PLACEMENTS = """
import json
from registration.banners.models import Banner, Placement
from registration.banners.snippets import component_code, frame_code, image_code
from registration.campaigns.models import UnitTarget
from registration.units.models import Unit

def snippets(unit, banner, size):
    placement, _made = Placement.objects.get_or_create(
        unit=unit, banner=banner, size=size, language="vi", closed_at=None
    )
    return {{
        "code": placement.code,
        "image": image_code(placement),
        "component": component_code(placement),
        "frame": frame_code(placement),
    }}

unit, other = Unit.objects.filter(kind="hospital", province__slug="quang-ninh").order_by("pk")[:2]
Unit.objects.filter(pk=unit.pk).update(website="{website}/trang-chu/")
Unit.objects.filter(pk=other.pk).update(website="https://elsewhere.example")
deep = Banner.objects.get(code="cho-di-la-con-mai-quang-ninh")
def in_look(look):
    words = dict(headline_vi=deep.headline_vi, call_vi=deep.call_vi, alt_vi=deep.alt_vi)
    defaults = dict(campaign=deep.campaign, look=look, **words)
    return Banner.objects.get_or_create(code=look, defaults=defaults)[0]

UnitTarget.objects.get_or_create(campaign=deep.campaign, unit=unit, defaults=dict(people=500))
told = {{size: snippets(unit, deep, size) for size in ("728x90", "300x250", "320x100", "468x60")}}
told["light"] = snippets(unit, in_look("light"), "728x90")
told["photo"] = snippets(unit, in_look("photo"), "728x90")
told["other"] = snippets(other, deep, "728x90")
print(json.dumps(told))
"""


class Hosts:
    """A small web server of somebody else: ``put`` a page, with the headers that it is sent with.

    By its name and by its number it is two websites.
    """

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        hosts = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body, headers = hosts.pages.get(self.path, ("", {}))
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}"
        self.stranger = f"http://127.0.0.1:{self.server.server_port}"

    @contextmanager
    def running(self) -> Iterator["Hosts"]:
        Thread(target=self.server.serve_forever, daemon=True).start()
        yield self
        self.server.shutdown()
        self.server.server_close()

    def put(self, path: str, body: str, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (body, named)
        return self.url + path


def document(body: str, *, head: str = "", html: str = 'lang="vi"') -> str:
    return (
        f'<!doctype html><html {html}><head><meta charset="utf-8"><title>Bệnh viện</title>{head}'
        f"</head><body><main><h1>Bệnh viện</h1>{body}</main></body></html>"
    )


@pytest.fixture(scope="module")
def hosts() -> Iterator[Hosts]:
    with Hosts().running() as hosts:
        yield hosts


@pytest.fixture(scope="module")
def pasted(town: Town, hosts: Hosts) -> dict[str, dict[str, str]]:
    """What the secretary of the hospital pastes, by size."""
    told = town.manage("shell", "-v0", "-c", PLACEMENTS.format(website=hosts.url))
    return json.loads(told.strip().splitlines()[-1])


@pytest.fixture
def look(chromium: Browser) -> Iterator[Any]:
    """``look(address)`` opens a page; ``page.said`` is what the browser complained of."""
    contexts = []

    def open_one(address: str, *, width: int = 1000, block: str = "", **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 700}, **options)
        contexts.append(context)
        page = context.new_page()
        page.said = []
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on(
            "console",
            lambda message: page.said.append(message.text) if message.type == "error" else None,
        )
        if block:
            page.route(block, lambda route: route.abort())
        page.goto(address)
        return page

    yield open_one
    for context in contexts:
        assert context.cookies() == []
        context.close()


def size_of(part: Locator) -> tuple[float, float]:
    box = part.bounding_box()
    assert box is not None
    return box["width"], box["height"]


def drawn(page: Page, *, size: tuple[int, int] = (728, 90), ground: str = GREEN) -> Locator:
    """The component's card, as large as it should be and in its own colours."""
    card = page.locator("portal-banner .card")
    expect(card).to_be_visible()
    assert size_of(card) == size
    expect(card).to_have_css("background-color", ground)
    expect(page.locator("portal-banner > a:not(.card)")).to_be_hidden()
    return card


def picture(page: Page, *, size: tuple[int, int] = (728, 90)) -> Locator:
    """The plain picture: loaded, and as large as it should be."""
    shown = page.locator("a > img")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 2 * size[0])
    assert size_of(shown) == size
    return shown


def leads_on(page: Page, banner: Locator, town: Town, code: str) -> None:
    banner.click()
    page.wait_for_url(re.compile(rf"^{town.url}/vi/.*\?b={code}$"))


def is_refused(page: Page) -> None:
    """The browser shows a message of its own in place of the frame."""
    page.wait_for_load_state("networkidle")
    assert page.frames[1].url.startswith("chrome-error:")
    assert "frame-ancestors" in " ".join(page.said)


def test_strict_policy(town: Town, hosts: Hosts, pasted: Any, look: Any) -> None:
    own = f"script-src {town.url}; connect-src {town.url}; img-src {town.url}"
    address = hosts.put(
        "/strict",
        document(pasted["728x90"]["component"]),
        Content_Security_Policy=f"default-src 'none'; style-src 'self'; {own};"
        " require-trusted-types-for 'script'; trusted-types 'none'",
    )
    page = look(address)

    card = drawn(page)

    told = page.request.get(f"{town.url}/b/{pasted['728x90']['code']}/banner.json").json()
    # How far it is depends on who registered in the town before.
    assert told["progress"]["goal"] == 500
    for part in ("headline", "call", "progress"):
        expect(card).to_contain_text(told["texts"]["vi"][part])
    assert page.said == []
    leads_on(page, card, town, pasted["728x90"]["code"])


def test_policy_that_lets_pictures_through_and_nothing_else(
    town: Town, hosts: Hosts, pasted: Any, look: Any
) -> None:
    policy = f"default-src 'none'; img-src {town.url}"
    plain = document(pasted["728x90"]["image"])
    page = look(hosts.put("/pictures", plain, Content_Security_Policy=policy))
    picture(page)
    assert page.said == []

    component = document(pasted["728x90"]["component"])
    page = look(hosts.put("/no-script", component, Content_Security_Policy=policy))

    shown = picture(page)
    assert [text for text in page.said if "banner.js" not in text] == []
    leads_on(page, shown, town, pasted["728x90"]["code"])


@pytest.mark.parametrize("blocked", ["**/banner.js", "**/banner.json"])
def test_what_a_blocker_keeps_away_leaves_the_picture(
    town: Town, hosts: Hosts, pasted: Any, look: Any, blocked: str
) -> None:
    address = hosts.put("/blocked", document(pasted["728x90"]["component"]))
    page = look(address, block=blocked)
    page.wait_for_load_state("networkidle")

    leads_on(page, picture(page), town, pasted["728x90"]["code"])


def test_script_that_was_altered_does_not_run(hosts: Hosts, pasted: Any, look: Any) -> None:
    address = hosts.put("/altered", document(pasted["728x90"]["component"]))
    page = look("about:blank")
    page.route(
        "**/banner.js",
        lambda route: route.fulfill(
            headers={"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"},
            body="document.title = 'taken over'",
        ),
    )
    page.goto(address)
    page.wait_for_load_state("networkidle")

    expect(page).to_have_title("Bệnh viện")
    picture(page)


def test_no_script_at_all(town: Town, hosts: Hosts, pasted: Any, look: Any) -> None:
    address = hosts.put("/plain", document(pasted["728x90"]["component"]))
    page = look(address, java_script_enabled=False)

    shown = page.locator("a > img")
    expect(shown).to_be_visible()
    assert size_of(shown) == (728, 90)
    leads_on(page, shown, town, pasted["728x90"]["code"])


@pytest.mark.parametrize(("size", "pixels"), [("300x250", (300, 250)), ("320x100", (320, 100))])
def test_quirks_mode_in_a_table_of_an_old_editor(
    town: Town, hosts: Hosts, pasted: Any, look: Any, size: str, pixels: tuple[int, int]
) -> None:
    # Rules of an old editor for whatever is pasted into a cell, stronger than any other.
    rules = (
        "* { color: red !important; background: yellow !important; font: 6px serif !important;"
        " border: 3px solid !important; padding: 9px !important; line-height: 4 !important }"
        " td * { width: 40px !important; height: 9px !important; max-width: 40px !important;"
        " float: right !important; display: inline !important; opacity: .2 !important }"
    )
    cell = f'<td align="center" bgcolor="#ffffcc">{pasted[size]["component"]}'
    address = hosts.put(
        f"/quirks-{size}",
        f"<html><head><title>BV</title><style>{rules}</style></head>"
        f"<body><table><tr>{cell}</tr></table></body></html>",
    )
    page = look(address)

    assert page.evaluate("document.compatMode") == "BackCompat"
    card = drawn(page, size=pixels)
    expect(card).to_have_css("color", WHITE)
    expect(card).to_have_css("border-top-width", "0px")
    expect(page.locator("portal-banner")).to_have_css("opacity", "1")
    assert page.said == []
    leads_on(page, card, town, pasted[size]["code"])


def test_right_to_left(town: Town, hosts: Hosts, pasted: Any, look: Any) -> None:
    html = 'lang="ar" dir="rtl"'
    page = look(hosts.put("/rtl", document(pasted["728x90"]["component"], html=html)))

    card = drawn(page)

    expect(card).to_have_css("direction", "ltr")
    expect(card).to_have_attribute("lang", "vi")
    head, call = card.locator(".head").bounding_box(), card.locator(".call").bounding_box()
    assert head["x"] < call["x"]
    leads_on(page, card, town, pasted["728x90"]["code"])


@pytest.mark.parametrize("size", ["728x90", "300x250", "468x60"])
def test_zoomed_to_400_percent(town: Town, hosts: Hosts, pasted: Any, look: Any, size: str) -> None:
    page = look(hosts.put(f"/zoom-{size}", document(pasted[size]["component"])), width=320)

    card = page.locator("portal-banner .card")
    expect(card).to_be_visible()

    assert page.locator("html").evaluate("e => e.scrollWidth") <= 320
    # Nothing is cut off: the card grows with its words.
    assert card.evaluate(
        "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"
    ) == [0, 0]
    for part in card.locator(".head, .small, .call").all():
        assert float(part.evaluate("e => getComputedStyle(e).fontSize")[:-2]) >= 12
        inner, outer = part.bounding_box(), card.bounding_box()
        assert inner["x"] >= outer["x"]
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"]
    leads_on(page, card, town, pasted[size]["code"])


def test_sandboxed_frame_without_cookies_or_an_origin(
    town: Town, hosts: Hosts, pasted: Any, look: Any
) -> None:
    hosts.put("/inside", document(pasted["728x90"]["component"]))
    sandbox = "allow-scripts allow-top-navigation-by-user-activation"
    page = look(
        hosts.put(
            "/sandbox",
            document(
                f'<iframe sandbox="{sandbox}" src="/inside" width="900" height="300"></iframe>'
            ),
        )
    )

    card = page.frame_locator("iframe").locator("portal-banner .card")

    expect(card).to_be_visible()
    assert size_of(card) == (728, 90)
    assert page.said == []


def test_frame_on_the_units_website_and_on_a_strangers(
    town: Town, hosts: Hosts, pasted: Any, look: Any
) -> None:
    address = hosts.put(
        "/framed",
        document(pasted["728x90"]["frame"]),
        Content_Security_Policy=f"default-src 'none'; frame-src {town.url}",
    )

    refused = look(address.replace(hosts.url, hosts.stranger))
    is_refused(refused)

    page = look(address)
    shown = page.frame_locator("iframe").locator("a > img")
    expect(shown).to_have_js_property("naturalWidth", 1456)
    assert size_of(shown) == (728, 90)
    inside = page.frames[1].locator("html")
    assert inside.evaluate("e => [e.scrollWidth, e.scrollHeight]") == [728, 90]
    assert page.said == []
    # The whole page goes there, not the frame.
    leads_on(page, shown, town, pasted["728x90"]["code"])


def test_frame_with_a_code_that_was_copied_badly_shows_the_general_banner(
    town: Town, hosts: Hosts, pasted: Any, look: Any
) -> None:
    code = pasted["728x90"]["code"]
    page = look(hosts.put("/typo", document(pasted["728x90"]["frame"].replace(code, "zzzzzz2"))))

    shown = page.frame_locator("iframe").locator("a > img")
    expect(shown).to_have_js_property("naturalWidth", 1456)
    assert page.said == []


def test_frame_of_another_unit_is_refused(hosts: Hosts, pasted: Any, look: Any) -> None:
    page = look(hosts.put("/others", document(pasted["other"]["frame"])))

    is_refused(page)


def test_page_with_an_address_of_its_own_for_all_links(
    town: Town, hosts: Hosts, pasted: Any, look: Any
) -> None:
    head = '<base href="https://elsewhere.example/portal/">'
    page = look(hosts.put("/base", document(pasted["728x90"]["component"], head=head)))

    leads_on(page, drawn(page), town, pasted["728x90"]["code"])


def test_two_banners_on_one_page(town: Town, hosts: Hosts, pasted: Any, look: Any) -> None:
    body = pasted["728x90"]["component"] + pasted["300x250"]["component"]
    page = look(hosts.put("/two", document(body)))

    cards = page.locator("portal-banner .card")
    expect(cards).to_have_count(2)

    assert [size_of(card) for card in cards.all()] == [(728, 90), (300, 250)]
    assert page.said == []
    leads_on(page, cards.nth(1), town, pasted["300x250"]["code"])


def test_language_and_size_follow_the_attributes(
    town: Town, hosts: Hosts, pasted: Any, look: Any
) -> None:
    page = look(hosts.put("/attributes", document(pasted["728x90"]["component"])))
    drawn(page)

    page.locator("portal-banner").evaluate(
        "e => { e.lang = ''; e.setAttribute('language', 'tr'); }"
    )
    card = page.locator("portal-banner .card[lang=tr]")
    expect(card).to_contain_text("Verdiklerimiz hep yaşar")
    page.locator("portal-banner").evaluate("e => e.setAttribute('size', '300x250')")

    expect(page.locator("portal-banner .card.tall")).to_be_visible()
    assert size_of(page.locator("portal-banner .card")) == (300, 250)


def test_keyboard_and_screen_reader(town: Town, hosts: Hosts, pasted: Any, look: Any) -> None:
    page = look(hosts.put("/keys", document(pasted["728x90"]["component"])))
    card = drawn(page)

    findings = Axe().run(page)
    page.keyboard.press("Tab")

    assert findings.violations_count == 0, findings.generate_report()
    expect(card).to_be_focused()
    assert card.evaluate("e => getComputedStyle(e).outlineStyle") == "solid"
    link = page.get_by_role(
        "link", name=re.compile("Cho đi là còn mãi.*500.*Đăng ký tại Quảng Ninh")
    )
    expect(link).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"\?b={pasted['728x90']['code']}$"))


@pytest.mark.parametrize(("scheme", "ground"), [("light", WHITE), ("dark", GREEN)])
def test_light_banner_in_a_dark_room(
    hosts: Hosts, pasted: Any, look: Any, scheme: str, ground: str
) -> None:
    page = look(hosts.put("/dark", document(pasted["light"]["component"])), color_scheme=scheme)

    drawn(page, ground=ground)
    findings = Axe().run(page)

    assert findings.violations_count == 0, findings.generate_report()


def test_banner_that_only_a_picture_can_show_has_the_progress_below(
    town: Town, hosts: Hosts, pasted: Any, look: Any
) -> None:
    page = look(hosts.put("/photo", document(pasted["photo"]["component"])))

    note = page.locator("portal-banner .note")
    expect(note).to_contain_text("500")

    shown = picture(page)
    assert note.bounding_box()["y"] >= shown.bounding_box()["y"] + 90
    assert page.said == []
    leads_on(page, shown, town, pasted["photo"]["code"])
