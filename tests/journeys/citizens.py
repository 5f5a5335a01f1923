"""What a citizen of each country does with hands and eyes."""

import time
from dataclasses import dataclass, field
from zlib import crc32

from playwright.sync_api import Locator, Page, expect

SEND = 'button[name="action"][value="send"]'
# Nobody fills the form in in less than two seconds; the portal asks again when somebody does.
SHORTEST_FILL = 2.1  # seconds


@dataclass(frozen=True)
class Citizen:
    """``number`` is a published sample; ``language`` is that of the screen."""

    language: str
    province: str
    department: str
    unit: str
    email: str
    full_name: str
    born: tuple[str, str, str]
    more: dict[str, str] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()


LINH_OF_HA_LONG = {
    "language": "vi",
    "province": "vn-22",
    "department": "quang-ninh",
    "unit": "benh-vien-bai-chay",
    "full_name": "Đặng Thị Mây Xanh",
    "born": ("5", "3", "1990"),
    "more": {
        "phone": "0912 345 678",
        "identity_number": "022190123456",
        "identity_issued_on_0": "1",
        "identity_issued_on_1": "7",
        "identity_issued_on_2": "2021",
        "identity_issued_by": "Bộ Công an",
        "permanent_address": "Số 0, đường Minh Họa",
    },
    "chosen": ("sex=female", "organ_choice=all", "identity_secret=yes", "card_to_home"),
}
ISIL_OF_ADANA = {
    "language": "tr",
    "province": "tr-01",
    "department": "adana",
    "unit": "adana-sehir-egitim-ve-arastirma-hastanesi",
    "full_name": "Işıl İnce Yağmur",
    "born": ("29", "2", "1988"),
    "chosen": ("organ_choice=all",),
}


def citizen(
    language: str, email: str, *, identity: str = "", phone: str = "", **changes: str
) -> Citizen:
    """``identity`` tells persons apart where a number does; the code 999 belongs to nobody."""
    values = LINH_OF_HA_LONG if language == "vi" else ISIL_OF_ADANA
    more = dict(values.get("more", {}))
    if identity and "identity_number" in more:
        more["identity_number"] = f"999190{crc32(identity.encode()) % 1_000_000:06d}"
    if phone:
        more["phone"] = phone
    return Citizen(**{**values, "more": more, "email": email, **changes})  # type: ignore[arg-type]


def fill_in(page: Page, who: Citizen) -> None:
    began = time.monotonic()
    page.fill('[name="full_name"]', who.full_name)
    for box, text in enumerate(who.born):
        page.fill(f'[name="birth_date_{box}"]', text)
    page.fill('[name="email"]', who.email)
    for name, text in who.more.items():
        page.fill(f'[name="{name}"]', text)
    places = page.locator('select[name="locality"]')
    places.select_option(index=1)
    for choice in who.chosen:
        name, _, value = choice.partition("=")
        box = f'[name="{name}"][value="{value}"]' if value else f'[name="{name}"]'
        press(page, page.locator(box))
    page.wait_for_timeout(max(0, 1000 * (began + SHORTEST_FILL - time.monotonic())))


def press(page: Page, box: Locator) -> None:
    """Press a box by its label, which lies over it: the whole line can be pressed."""
    page.click(f'label[for="{box.get_attribute("id")}"]')
    expect(box).to_be_checked()


def go_to_check(page: Page) -> None:
    page.click('button[name="action"][value="check"]')
    expect(page.locator(SEND)).to_be_visible()


def agree_and_send(page: Page) -> str:
    """Tick each text's box, send, and return the reference that the page shows."""
    for box in page.locator('input[name^="act_"]').all():
        press(page, box)
    page.click(SEND)
    page.wait_for_url("**/pledge/received/**")
    return page.locator(".panel-reference strong").inner_text().strip()
