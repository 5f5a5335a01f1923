"""What staff do at the desk."""

import re
import time

from playwright.sync_api import Page, expect

PASSWORD = "demo-pass-phrase"
WAITS = 60  # seconds for a message to come


def sign_in(page: Page, username: str, *, to: str = "/desk/") -> None:
    page.goto(f"/account/login/?next={to}")
    say_who(page, username)
    page.wait_for_url(f"**{to}")


def say_who(page: Page, username: str) -> None:
    page.fill('[name="login"]', username)
    page.fill('[name="password"]', PASSWORD)
    page.locator("main form button[type=submit]").first.click()


def find_message(page: Page, recipient: str, *, about: str = "", wait: float = WAITS) -> str:
    """Open the newest message to ``recipient`` in the desk's mailbox that holds ``about``; its
    text.
    """
    end = time.monotonic() + wait
    while True:
        page.goto("/desk/mailbox/")
        rows = page.locator("tr, li", has_text=recipient).locator("a")
        for address in [row.get_attribute("href") for row in rows.all()][:6]:
            page.goto(str(address))
            text = page.locator("main").inner_text()
            if about in text:
                return text
        assert time.monotonic() < end, f"no message to {recipient} within {wait} s"
        time.sleep(1)


def link_in(text: str, part: str) -> str:
    """The address in a message that holds ``part``."""
    found = re.search(rf"https?://\S*{re.escape(part)}\S*", text)
    assert found, text
    return found.group()


def expect_figures(page: Page, received: int, confirmed: int) -> None:
    expect(page.locator("main")).to_contain_text(str(received))
    expect(page.locator("main")).to_contain_text(str(confirmed))
