"""Who keeps, watches and sums up the summaries of Quảng Ninh and Adana, and a day that was told."""

import re
import time
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy
from playwright.sync_api import Page, expect

from registration.common.dates import short_date
from tests.journeys.desk import said
from tests.journeys.staff import PASSWORD, WAITS, find_message
from tests.journeys.town import Town

# Sơn and Filiz agree to what Linh and Deniz propose; Trực and Onur watch over due times; Bảo and
# Banu are of the ministries. The day told is the last of a month, so that the public sees one, and
# lies before the one that the schedule counts, whatever the hour: so neither changes the other.
REPORTERS = """
from datetime import datetime, time, timedelta, timezone
from uuid import uuid4
from registration.accounts.services import make_staff
from registration.banners.models import Placement
from registration.deliveries.sending import close_and_deliver
from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.ledger.clock import played_at
from registration.ledger.services import Origin, record_event
from django.db import transaction
from registration.reports.models import Window
from registration.units.models import Unit
def staff(name, unit, language, *roles):
    make_staff(name, name=name.title(), unit=unit, roles=roles, language=language,
               email=f"{{name}}@staff.example.org", password="{password}")
def unit(code):
    return Unit.objects.select_related("jurisdiction", "province__jurisdiction").get(code=code)
now = datetime.now(timezone.utc)
day = (now.date() - timedelta(days=1)).replace(day=1) - timedelta(days=1)
def tell_a_day(department):
    ends_at = datetime.combine(day, time(9, 15), tzinfo=timezone.utc)
    window = Window.objects.create(
        department=department, day=day, zone=department.jurisdiction.time_zone,
        starts_at=ends_at - timedelta(days=1), ends_at=ends_at,
        due_at=ends_at + timedelta(minutes=15))
    # Events alone: a played person would share telephones and numbers with those of the journeys.
    placement = Placement.objects.filter(unit__province=department.province).first()
    origin = Origin(department=department, province=department.province, placement=placement,
                    channel=EntryChannel.BANNER, is_demo=True)
    with played_at(window.starts_at + timedelta(hours=1)):
        for number in range({people}):
            with transaction.atomic():
                for kind in (EventKind.PLEDGE_RECEIVED, EventKind.PLEDGE_CONFIRMED):
                    record_event(kind, subject=uuid4(), origin=origin, organs=["kidney"],
                                 sex=Sex.FEMALE, age_band=AgeBand.A25)
    close_and_deliver(window, now=now)
quang_ninh, adana = unit("quang-ninh"), unit("adana")
staff("son", quang_ninh, "vi", "department")
staff("filiz", adana, "tr", "department")
staff("truc", None, "vi", "operator")
staff("onur", None, "tr", "operator")
staff("bao", unit("bo-y-te"), "vi", "ministry")
staff("banu", unit("saglik-bakanligi"), "tr", "ministry")
for department in (quang_ninh, adana):
    tell_a_day(department)
print(day.isoformat())
"""
PEOPLE = 12
# What each recipient of the demo is sent.
SENT = ("pdf", "xlsx")
TITLE = gettext_lazy("Summary no. %(serial)s of %(day)s")


@dataclass(frozen=True)
class Department:
    """A department with who works for it, and who stands above it."""

    language: str
    code: str
    name: str
    officer: str
    second: str
    operator: str
    ministry: str
    # Another department of the country, which tells nothing.
    other: str
    # The public page that holds the statistics of its province.
    public: str

    @property
    def recipient(self) -> str:
        return f"tong-hop@{self.code}.example.org"

    @property
    def page(self) -> str:
        return f"/desk/summaries/{self.code}/"

    def title(self, serial: int, day: str) -> str:
        """How a summary is headed in its letter."""
        shown = short_date(date.fromisoformat(day), self.language)
        return said(TITLE, self.language) % {"serial": serial, "day": shown}


DEPARTMENTS = {
    "vi": Department(
        language="vi",
        code="quang-ninh",
        name="Sở Y tế tỉnh Quảng Ninh",
        officer="linh",
        second="son",
        operator="truc",
        ministry="bao",
        other="Sở Y tế tỉnh Cao Bằng",
        public="/vi/hien-tang-mo-tang-quang-ninh/",
    ),
    "tr": Department(
        language="tr",
        code="adana",
        name="Adana İl Sağlık Müdürlüğü",
        officer="deniz",
        second="filiz",
        operator="onur",
        ministry="banu",
        other="Ankara İl Sağlık Müdürlüğü",
        public="/tr/organ-ve-doku-bagisi/",
    ),
}


def tell_a_day(town: Town) -> str:
    """Open the desks of both departments and tell a day of theirs; the day."""
    told = town.manage("shell", "-v0", "-c", REPORTERS.format(password=PASSWORD, people=PEOPLE))
    return told.strip()


def files_of(mailbox: Page, recipient: str, *, about: str, wait: float = WAITS) -> dict[str, bytes]:
    """The files of the newest message that holds ``about``, by how their names end."""
    find_message(mailbox, recipient, about=about, wait=wait)
    links = mailbox.locator("main a[download]").all()
    found = {link.inner_text(): str(link.get_attribute("href")) for link in links}
    return {
        name.rpartition(".")[2]: mailbox.request.get(address).body()
        for name, address in found.items()
    }


def number_in(text: str) -> int:
    """A number as a page writes it, with dots between thousands."""
    found = re.search(r"\d[\d.]*", text)
    assert found, text
    return int(found.group().replace(".", ""))


def wait_for(page: Page, wanted: str, *, seconds: float = WAITS) -> None:
    """Load the page until it holds what a worker is still at."""
    end = time.monotonic() + seconds
    while not page.locator(wanted).count():
        assert time.monotonic() < end, page.locator("main").inner_text()
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(wanted).first).to_be_visible()
