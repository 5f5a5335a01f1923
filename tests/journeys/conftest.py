"""A real Chromium in front of the whole portal, in both languages and on both widths."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, sync_playwright

from portal.settings import env
from tests.journeys.departments import tell_a_day
from tests.journeys.offices import open_offices
from tests.journeys.town import Town

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
JOURNEYS_REQUIRED = env.env.str("JOURNEYS", default="") == "required"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The hospital of the test is a made-up public host; the portal it shows lies on this machine.
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
]
WIDTHS = {"phone": (360, 740), "desktop": (1280, 900)}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/journeys" in item.nodeid:
            item.add_marker(pytest.mark.journey)
            # One town for all of them, however many processes share the suite.
            item.add_marker(pytest.mark.xdist_group("town"))
            if CHROMIUM is None and not JOURNEYS_REQUIRED:
                item.add_marker(pytest.mark.skip(reason="no Chromium for the browser journeys"))


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with Town(tmp_path_factory.mktemp("town"), env.TEST_DATABASE_URL).running() as town:
        yield town


@pytest.fixture(scope="session")
def offices(town: Town) -> None:
    """Desks of Thanh Hóa and İzmir; see ``tests.journeys.offices``."""
    open_offices(town)


@pytest.fixture(scope="session")
def told_day(town: Town) -> str:
    """The day that Quảng Ninh and Adana have told; see ``tests.journeys.departments``."""
    return tell_a_day(town)


# While the driver runs there is an event loop in this thread, in which Django refuses queries. It
# runs no query of ours: the town has processes of its own, and the fixtures' queries here are plain
# ones between two calls of the driver. It ends with the module, so that no other test has it.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    assert CHROMIUM, "Chromium is not installed."
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=sorted(WIDTHS))
def width(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def open_page(chromium: Browser, town: Town) -> Iterator[Any]:
    """``open_page("vi", "phone")`` opens a reader's page; troubles of its script fail the test."""
    contexts, troubles = [], []

    def open_one(language: str, width: str = "desktop", *, scripts: bool = True) -> Page:
        size = dict(zip(("width", "height"), WIDTHS[width], strict=True))
        context = chromium.new_context(
            viewport=size, locale=language, java_script_enabled=scripts, base_url=town.url
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda message: (
                troubles.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def no_barriers() -> Any:
    """``no_barriers(page)`` fails on what axe finds, and when a page is wider than the screen.

    Axe is itself a script: of a page without scripts only the width is looked at.
    """

    def look(page: Page, *, scripts: bool = True) -> None:
        _settle(page)
        if scripts:
            try:
                findings = Axe().run(page)
            except Error:
                # The page that a click asked for came while the one before was looked at.
                _settle(page)
                findings = Axe().run(page)
            assert findings.violations_count == 0, f"{page.url}\n{findings.generate_report()}"
        overflow = page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth")
        assert overflow <= 0, f"{page.url} is {overflow} px wider than the screen"

    return look


def _settle(page: Page) -> None:
    """A click returns before the page that it asks for is there: let it begin, then end."""
    page.wait_for_timeout(100)
    page.wait_for_load_state()


@pytest.fixture
def bars_nobody(no_barriers: Any) -> Any:
    """``bars_nobody(page)`` looks at both widths and leaves the page as wide as it was."""

    def look(page: Page, *, scripts: bool = True) -> None:
        before = page.viewport_size
        for width, height in WIDTHS.values():
            page.set_viewport_size({"width": width, "height": height})
            no_barriers(page, scripts=scripts)
        page.set_viewport_size(before)

    return look
