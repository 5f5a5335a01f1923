"""Registrations in the ledger, at a moment and from a placement of the test's choice."""

import uuid
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from django.db import transaction

from registration.banners.models import Placement
from registration.ledger.choices import EntryChannel, EventKind
from registration.ledger.clock import played_at
from registration.ledger.models import Event
from registration.ledger.services import Origin, record_event, restore, take_back


def register(
    reference: SimpleNamespace,
    at: datetime,
    *,
    placement: Placement | None = None,
    kind: EventKind = EventKind.PLEDGE_RECEIVED,
    number: int = 1,
    **more: Any,
) -> list[Event]:
    origin = Origin(
        department=reference.quang_ninh_department,
        province=reference.quang_ninh,
        channel=EntryChannel.BANNER if placement else EntryChannel.DESK,
        placement=placement,
        **more,
    )
    with played_at(at), transaction.atomic():
        return [record_event(kind, subject=uuid.uuid4(), origin=origin) for _ in range(number)]


def correct(event: Event, at: datetime, *, back: bool = False) -> None:
    with played_at(at), transaction.atomic():
        (restore if back else take_back)(event)
