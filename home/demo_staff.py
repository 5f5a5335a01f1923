"""The demo's members of staff and a department's report hours. All of them are invented."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from registration.accounts.models import Staff
from registration.accounts.services import make_staff
from registration.cards.models import Receiver
from registration.deliveries.choices import Purpose
from registration.deliveries.services import add_recipient
from registration.lookups.models import LookUpSwitch
from registration.reports.services import set_report_hours
from registration.units.models import Unit

PASSWORD = "demo-pass-phrase"  # noqa: S105  printed at the start; the demo leaves no machine


@dataclass(frozen=True)
class DemoStaff:
    username: str
    name: str
    unit: str | None
    roles: tuple[str, ...]
    language: str
    does: str


STAFF = [
    DemoStaff("admin", "Işıl", None, ("administrator",), "en", "administrator, both doors"),
    DemoStaff("editor", "Đặng", None, ("editor",), "en", "pages at /cms/"),
    DemoStaff(
        "linh",
        "Linh",
        "quang-ninh",
        ("department", "data_officer"),
        "vi",
        "Quảng Ninh's department, requests about data",
    ),
    DemoStaff(
        "thuy",
        "Thủy",
        "benh-vien-da-khoa-tinh-quang-ninh",
        ("steward", "hospital"),
        "vi",
        "data steward of Quảng Ninh",
    ),
    DemoStaff(
        "minh",
        "Minh",
        "benh-vien-da-khoa-tinh-quang-ninh",
        ("coordinator",),
        "vi",
        "transplant coordinator, look-up",
    ),
    DemoStaff("ha", "Hà", "vnhot", ("receiver",), "vi", "receives the lists of issued cards"),
    DemoStaff(
        "deniz",
        "Deniz",
        "adana",
        ("department", "steward", "data_officer"),
        "tr",
        "Adana's directorate and its desk",
    ),
    DemoStaff(
        "trang", "Trang", "bo-y-te", ("ministry",), "vi", "Vietnam's ministry, totals of provinces"
    ),
]

# Cut-off a quarter of an hour before the due time, so that the summary lies there in time.
HOURS = {
    "quang-ninh": ("vi", "Phòng Nghiệp vụ Y"),
    "thanh-hoa": ("vi", "Phòng Nghiệp vụ Y"),
    "adana": ("tr", "Sağlık Hizmetleri Başkanlığı"),
}
OUTSIDE = {"vi": "Văn phòng Ủy ban nhân dân tỉnh", "tr": "Valilik Özel Kalem Müdürlüğü"}
CUT_OFF, DUE = time(16, 15), time(16, 30)
# On the eves of holidays Turkish offices close at 13:00 (Law 2429, article 2).
HALF_DAYS = {"adana": (time(12, 45), time(13, 0))}


def make_demo_staff() -> None:
    """Make who is missing."""
    for member in STAFF:
        if Staff.objects.filter(username=member.username).exists():
            continue
        make_staff(
            member.username,
            name=member.name,
            email=f"{member.username}@staff.example.org",
            unit=Unit.objects.filter(code=member.unit).first() if member.unit else None,
            roles=member.roles,
            language=member.language,
            password=PASSWORD,
        )


def open_demo_desks() -> None:
    """Let the demo's coordinator look up Quảng Ninh, and its receiver get lists of cards."""
    department = Unit.objects.filter(code="quang-ninh").first()
    if department:
        LookUpSwitch.objects.get_or_create(
            department=department, defaults={"is_on": True, "source": "Demo"}
        )
    centre = Unit.objects.filter(code="vnhot").select_related("jurisdiction").first()
    if centre:
        Receiver.objects.get_or_create(
            unit=centre,
            defaults={
                "jurisdiction": centre.jurisdiction,
                "email": centre.email,
                "language": centre.language,
            },
        )


def set_demo_hours(*, now: datetime) -> None:
    """Give three departments their hours and two offices each that receive the summary.

    The first day is one whose cut-off is still ahead, so that a day before it can be played.
    """
    for code, (language, office) in HOURS.items():
        department = Unit.objects.filter(code=code).first()
        if department is None or hasattr(department, "report_hours"):
            continue
        local = now.astimezone(department.jurisdiction.zone)
        first_day = local.date() + timedelta(days=local.time() >= CUT_OFF)
        half_day_cut_off, half_day_due = HALF_DAYS.get(code, (None, None))
        set_report_hours(
            department,
            cut_off_at=CUT_OFF,
            due_at=DUE,
            language=language,
            starts_on=first_day,
            half_day_cut_off_at=half_day_cut_off,
            half_day_due_at=half_day_due,
        )
        domain = f"{code}.example.org"
        add_recipient(department, office=office, email=f"tong-hop@{domain}", language=language)
        # Another body: it reads, and gets the edition in which small figures are hidden.
        add_recipient(
            department,
            office=OUTSIDE[language],
            email=f"thong-tin@{domain}",
            language=language,
            purpose=Purpose.INFORMATION,
            is_outside=True,
        )
