"""Writing entries into the ledger at a moment of the test's choice."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from registration.banners.models import Placement
from registration.campaigns.models import Campaign
from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.ledger.clock import played_at
from registration.ledger.models import Event
from registration.ledger.services import Origin, record_event
from registration.reports.models import ReportHours
from registration.reports.services import set_report_hours
from registration.units.models import Locality, Unit

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def hanoi(text: str) -> datetime:
    """``"2025-11-20 16:15"`` on the clock of Quảng Ninh, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=HANOI).astimezone(UTC)


def hours_of(
    department: Unit,
    *,
    starts_on: date = date(2025, 11, 20),
    cut_off_at: time = time(16, 15),
    due_at: time = time(16, 30),
    language: str = "vi",
    **more: Any,
) -> ReportHours:
    return set_report_hours(
        department,
        cut_off_at=cut_off_at,
        due_at=due_at,
        language=language,
        starts_on=starts_on,
        **more,
    )


def entry(
    reference: SimpleNamespace,
    at: datetime,
    kind: EventKind = EventKind.PLEDGE_RECEIVED,
    *,
    department: Unit | None = None,
    channel: EntryChannel = EntryChannel.WEB,
    unit: Unit | None = None,
    organs: str = "",
    sex: Sex = Sex.UNKNOWN,
    age_band: AgeBand = AgeBand.UNKNOWN,
    is_demo: bool = False,
    is_test: bool = False,
    number: int = 1,
    placement: Placement | None = None,
    campaign: Campaign | None = None,
    locality: Locality | None = None,
    volume_ml: int | None = None,
    reason: str = "",
    signed_on: date | None = None,
    subjects: Sequence[uuid.UUID] = (),
) -> list[Event]:
    """``number`` equal events at one moment, through the ledger's own door.

    Each of a registration of its own, or one for each of ``subjects``.
    """
    origin = Origin(
        department=department or reference.quang_ninh_department,
        province=reference.quang_ninh,
        channel=channel,
        unit=unit,
        placement=placement,
        campaign=campaign,
        locality=locality,
        is_demo=is_demo,
        is_test=is_test,
    )
    with played_at(at), transaction.atomic():
        return [
            record_event(
                kind,
                subject=subject,
                origin=origin,
                organs=organs.split(";") if organs else (),
                sex=sex,
                age_band=age_band,
                volume_ml=volume_ml,
                reason=reason,
                signed_on=signed_on,
            )
            for subject in subjects or [uuid.uuid4() for _ in range(number)]
        ]
