"""Ended days in each state, as rows and without their documents."""

from datetime import date, datetime, timedelta
from typing import Any

from registration.deliveries.models import Delivery, Recipient, Watch
from registration.outbox.choices import Channel, State
from registration.outbox.models import Message
from registration.reports.models import Summary, Window
from registration.reports.services import ensure_windows
from registration.units.models import Unit
from tests.reports.entries import hanoi, hours_of

CUT_OFF = hanoi("2025-11-20 16:15")
WARN = hanoi("2025-11-20 16:20")
DUE = hanoi("2025-11-20 16:30")
MINUTE = timedelta(minutes=1)


def ended_day(department: Unit, *, now: datetime = CUT_OFF, **hours: Any) -> Window:
    """The newest day of a department that ended by now."""
    hours_of(department, **{"starts_on": date(2025, 11, 20), **hours})
    return ensure_windows(now=now, department=department)[-1]


def frozen(window: Window, *, finished_at: datetime | None = CUT_OFF) -> Summary:
    Window.objects.filter(pk=window.pk).update(finished_at=finished_at)
    return Summary.objects.create(
        window=window,
        department=window.department,
        serial=Summary.objects.filter(department=window.department).count() + 1,
        figures="{}",
        sha256="0" * 64,
        frozen_at=CUT_OFF,
    )


def sent_to(
    summary: Summary,
    office: str,
    state: str = State.SENT,
    *,
    error: str = "",
    sent_at: datetime = CUT_OFF,
    copy: int = 1,
    **receipts: Any,
) -> Delivery:
    """One more copy to an office, as it stands after the post took it, or did not."""
    email = f"o{abs(hash(office))}@example.org"
    recipient, _is_new = Recipient.objects.get_or_create(
        department=summary.department, office=office, defaults={"language": "vi", "email": email}
    )
    message = Message.objects.create(
        channel=Channel.EMAIL,
        kind="deliveries/summary",
        language="vi",
        recipient=email,
        recipient_hash="",
        text="text",
        dedupe_key=f"day:{summary.pk}:{office}:{copy}",
        state=state,
        last_error=error,
        not_before=sent_at,
        created_at=sent_at,
        sent_at=sent_at if state == State.SENT else None,
    )
    return Delivery.objects.create(
        summary=summary, recipient=recipient, message=message, copy=copy, **receipts
    )


def watch_of(department: Unit, **facts: Any) -> Watch:
    values = {
        "language": "vi",
        "first_email": "first@soyte.example.org",
        "second_email": "second@soyte.example.org",
        "second_phone": "+84900000001",
    }
    return Watch.objects.create(department=department, **{**values, **facts})
