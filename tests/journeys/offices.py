"""Offices of two provinces whose day no other journey counts, and what the clock does for them."""

from tests.journeys.staff import PASSWORD
from tests.journeys.town import Town

# Hoa is the steward of Thanh Hóa and Tâm its data officer; Ege is both of İzmir, and Can looks up
# there. Ân and Ece have no second factor yet. One province of each country registers elsewhere:
# Hà Nội by an outside form, Ankara at a desk.
OFFICES = """
from datetime import date
from registration.accounts.services import make_staff
from registration.lookups.models import LookUpSwitch
from registration.units.models import Province, RegistrationChannel, Stewardship, Unit
def unit(code):
    return Unit.objects.select_related("jurisdiction", "province").get(code=code)
def staff(name, unit, language, *roles):
    make_staff(name, name=name.title(), unit=unit, roles=roles, language=language,
               email=f"{{name}}@staff.example.org", password="{password}")
hospital, department = unit("benh-vien-da-khoa-tinh-thanh-hoa"), unit("thanh-hoa")
izmir = unit("izmir")
day = date(2024, 1, 1)
Stewardship.objects.create(province=hospital.province, unit=hospital, starts_on=day)
staff("hoa", hospital, "vi", "steward", "hospital")
staff("tam", department, "vi", "department", "data_officer")
staff("ege", izmir, "tr", "department", "steward", "data_officer")
staff("can", izmir, "tr", "coordinator")
staff("an", department, "vi", "department")
staff("ece", izmir, "tr", "department")
for each in (department, izmir):
    LookUpSwitch.objects.create(department=each, is_on=True, source="Journey")
def channel(jurisdiction, code, **how):
    province = Province.objects.get(jurisdiction=jurisdiction, code=code)
    RegistrationChannel.objects.create(province=province, starts_on=day, **how)
channel("VN", "01", kind="outside", address="https://forms.example.org/hien-tang")
channel("TR", "06", kind="desk", unit=unit("ankara"))
"""
REMIND = """
from datetime import datetime, timedelta, timezone
from registration.intake.followup import remind_due
from registration.pledges.models import Pledge
pledge = Pledge.objects.select_related("jurisdiction").get(reference="{reference}")
pledge.waiting_since -= timedelta(days=4)
pledge.save(update_fields=["waiting_since"])
country, now = pledge.jurisdiction, datetime.now(timezone.utc)
own, country.time_zone = country.time_zone, f"Etc/GMT{{now.hour - 12:+d}}"
country.save(update_fields=["time_zone"])
print(remind_due(now=now))
country.time_zone = own
country.save(update_fields=["time_zone"])
"""
MAKE_LISTS = """
from datetime import datetime, timedelta
from registration.cards.transfers import make_transfers
from registration.units.models import Jurisdiction
tomorrow = datetime.now(Jurisdiction.objects.get(pk="VN").zone) + timedelta(days=1)
print(len(make_transfers(now=tomorrow.replace(hour=23))))
"""
CARD = """
from registration.cards.documents import check_address
from registration.cards.models import Card
print(check_address(Card.objects.select_related("pledge").get(pledge__reference="{reference}")))
"""
OUTSIDE, DESK = "vn-01", "tr-06"
STEWARD = {"vi": "hoa", "tr": "ege"}
OFFICER = {"vi": "tam", "tr": "ege"}
SECOND_FACTOR = {"vi": "an", "tr": "ece"}


def open_offices(town: Town) -> None:
    town.manage("shell", "-v0", "-c", OFFICES.format(password=PASSWORD))


def remind(town: Town, reference: str) -> None:
    """Let four days pass for one intent, and its country's clock show noon for a moment."""
    told = town.manage("shell", "-v0", "-c", REMIND.format(reference=reference))
    assert int(told) >= 1, told


def make_lists(town: Town) -> None:
    """Let the hour come, tomorrow, at which the receivers' lists of cards are made."""
    town.manage("shell", "-v0", "-c", MAKE_LISTS)


def card_address(town: Town, reference: str) -> str:
    """What a telephone reads from the QR code of a registration's card."""
    return town.manage("shell", "-v0", "-c", CARD.format(reference=reference)).strip()


def table_of(*rows: dict[str, str]) -> str:
    """A sheet as an office of Thanh Hóa keeps it."""
    usual = {
        "Họ và tên": "Lò Thị Diễm",
        "Ngày sinh": "27/3/1990",
        "Giới tính": "Nữ",
        "Số CCCD": "999190000001",
        "Ngày cấp": "5/6/2021",
        "Nơi cấp": "Bộ Công an",
        "Điện thoại": "0912 345 678",
        "Phường/xã": "Phường Hạc Thành",
        "Địa chỉ": "Số 0, đường Minh Họa",
        "Mô tạng": "Tất cả",
        "Giữ bí mật": "có",
    }
    lines = [list(usual)] + [[row.get(name, cell) for name, cell in usual.items()] for row in rows]
    return "\n".join("\t".join(line) for line in lines)
