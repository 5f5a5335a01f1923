"""Somebody fills in the Vietnamese form in a real Chromium, with the pauses that people need.

``python -m bench.hands`` reads its task as JSON and prints what it took. The pauses are those of
the keystroke-level model (Card, Moran, Newell 1983): a key of an average typist at 40 words a
minute, pointing with a tap, making up one's mind before each field. Reading is not in it.
"""

import json
import sys
import time
import unicodedata
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, sync_playwright

KEY, POINT, MIND = 0.28, 1.1, 1.35
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZES = {"keyboard": (1280, 900), "touch": (360, 740)}
# As many answers as the form asks for, and what its list of communes is searched by.
ANSWERS = {
    "full_name": "Nguyễn Thị Diễm",
    "birth_date_0": "27",
    "birth_date_1": "3",
    "birth_date_2": "1990",
    "sex": "female",
    "phone": "0912345678",
    "email": "diem@bench.example.org",
    "identity_number": "999190123456",
    "identity_issued_on_0": "5",
    "identity_issued_on_1": "6",
    "identity_issued_on_2": "2021",
    "identity_issued_by": "Bộ Công an",
    "locality": "ha long",
    "permanent_address": "Số 7 đường Hải Thịnh",
    "card_to_home": "on",
    "organ_choice": "all",
    "identity_secret": "yes",
}
PICKED = ("sex", "card_to_home", "organ_choice", "identity_secret")


def keys_of(text: str) -> int:
    """Keys to press for a text: Telex writes each accent with one more, a capital needs Shift."""
    plain = unicodedata.normalize("NFD", text)
    return len(plain) + sum(c in "đĐ" for c in plain) + sum(c.isupper() for c in plain)


@dataclass
class Hands:
    """``pace`` is the share of the pauses that is really waited for; all of them are counted."""

    page: Page
    way: str
    pace: float
    keys: int = 0
    taps: int = 0
    swipes: int = 0
    fields: int = 0
    pages: int = 0
    human: float = 0.0
    waited: float = 0.0

    def make_up_mind(self) -> None:
        self._pause(MIND)

    def _pause(self, seconds: float) -> None:
        self.human += seconds
        self.waited += seconds * self.pace
        time.sleep(seconds * self.pace)

    def press(self, key: str) -> None:
        self.keys += 1
        self._pause(KEY)
        self.page.keyboard.press(key)

    def write(self, text: str) -> None:
        self.keys += keys_of(text)
        self._pause(KEY * keys_of(text))
        self.page.keyboard.insert_text(text)

    def go_to(self, target: Locator) -> None:
        """By the Tab key until the target has the focus; by a tap, swiping to it first."""
        if self.way == "touch":
            self._tap(target)
            self._wait_until("each === document.activeElement", target)
            return
        for _each in range(80):
            if target.evaluate("each => each === document.activeElement"):
                return
            self.press("Tab")
        raise SystemExit("The Tab key does not lead there.")

    def _tap(self, target: Locator) -> None:
        box = target.bounding_box()
        if box and not 0 <= box["y"] <= SIZES["touch"][1] - box["height"]:
            self.swipes += 1
            self._pause(POINT)
            target.evaluate("each => each.scrollIntoView({block: 'center', behavior: 'instant'})")
            box = target.bounding_box()
        if box is None:
            raise SystemExit("There is nothing to tap.")
        self.taps += 1
        self._pause(POINT)
        # As a finger does: whatever lies there takes it, the label above a box for one.
        self.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def _wait_until(self, condition: str, target: Locator) -> None:
        self.page.wait_for_function(f"each => {condition}", arg=target.element_handle())

    def pick(self, target: Locator) -> None:
        """A box or a circle. Of circles the Tab key reaches the first, arrows lead on."""
        if self.way == "touch":
            self._tap(target)
            self._wait_until("each.checked", target)
            return
        first = self.page.locator(f"input[name={target.get_attribute('name')}]").first
        self.go_to(first)
        self.press("Space")
        while not target.is_checked():
            self.press("ArrowDown")

    def leave(self, button: Locator) -> None:
        """To the next page, whose loading is no pause of a person's."""
        self.pages += 1
        self.make_up_mind()
        with self.page.expect_navigation():
            if self.way == "touch":
                self._tap(button)
            else:
                self.go_to(button)
                self.press("Enter")


def fill_in(hands: Hands) -> None:
    page = hands.page
    for name, answer in ANSWERS.items():
        if not name.endswith(("_1", "_2")):
            hands.fields += 1
            hands.make_up_mind()
        if name in PICKED:
            value = "" if answer == "on" else f"[value={answer}]"
            hands.pick(page.locator(f"input[name={name}]{value}"))
        elif name == "locality":
            hands.go_to(page.locator("#id_locality_filter"))
            hands.write(answer)
        else:
            hands.go_to(page.locator(f"#id_{name}"))
            hands.write(answer)
    hands.leave(page.locator("button[value=check]"))
    for box in page.locator("input[name^=act_]").all():
        hands.fields += 1
        hands.make_up_mind()
        hands.pick(box)
    hands.leave(page.locator("button[value=send]"))
    if "/received/" not in page.url:
        problems = page.locator(".error-summary li, .error").all_inner_texts()
        raise SystemExit(f"The form came back: {problems}")


def measure(url: str, browser: str, way: str, pace: float) -> dict[str, Any]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=FLAGS)
        width, height = SIZES[way]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            locale="vi",
            has_touch=way == "touch",
            is_mobile=way == "touch",
        )
        hands = Hands(context.new_page(), way, pace)
        hands.page.goto(url)
        asked = hands.page.locator("form .field").count()
        began = time.perf_counter()
        fill_in(hands)
        machine = time.perf_counter() - began - hands.waited
        chromium.close()
    counted = {name: getattr(hands, name) for name in ("keys", "taps", "swipes", "fields", "pages")}
    return {**counted, "asked": asked, "human": hands.human, "machine": machine}


if __name__ == "__main__":
    json.dump(measure(**json.load(sys.stdin)), sys.stdout)
