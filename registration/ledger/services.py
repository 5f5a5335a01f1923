"""Writing to the ledger: there is one way in."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from registration.banners.models import Placement
from registration.campaigns.models import Campaign
from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.ledger.clock import stamp
from registration.ledger.models import Event
from registration.units.models import Locality, Province, Unit


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where a registration came from; kept with it, so that its later events say the same."""

    department: Unit
    province: Province
    channel: EntryChannel
    locality: Locality | None = None
    campaign: Campaign | None = None
    placement: Placement | None = None
    # The unit at whose desk or poster it was made; a placement brings its own.
    unit: Unit | None = None
    is_demo: bool = False
    is_test: bool = False


def take_back(event: Event) -> Event:
    """Let an earlier event count no more, from now on: told days stay as they were told."""
    return _correct(EventKind.ENTRY_TAKEN_BACK, event)


def restore(event: Event) -> Event:
    """Let an event that was taken back count again, from now on."""
    return _correct(EventKind.ENTRY_RESTORED, event)


def _correct(kind: EventKind, event: Event) -> Event:
    same = {
        field.attname: getattr(event, field.attname)
        for field in Event._meta.concrete_fields
        if field.name not in ("id", "happened_at", "kind", "corrects")
    }
    return Event.objects.create(happened_at=stamp(), kind=kind, corrects=event, **same)


def record_event(
    kind: EventKind,
    *,
    subject: uuid.UUID,
    origin: Origin,
    organs: Iterable[str] = (),
    sex: Sex = Sex.UNKNOWN,
    age_band: AgeBand = AgeBand.UNKNOWN,
    volume_ml: int | None = None,
    reason: str = "",
    signed_on: date | None = None,
    corrects: Event | None = None,
) -> Event:
    """Write one event in the transaction of the change it tells of.

    Its time is the database's, taken under the ledger's lock, which is held until the transaction
    ends. Call it last but for the outbox, so that the lock is short. ``volume_ml`` is in
    millilitres, ``reason`` the code of a deferral, ``signed_on`` the day on a paper form. An event
    of a test entry (``origin.is_test``) is kept and never counted.
    """
    return Event.objects.create(
        happened_at=stamp(),
        kind=kind,
        subject=subject,
        department=origin.department,
        jurisdiction_id=origin.province.jurisdiction_id,
        province=origin.province,
        locality=origin.locality,
        unit=origin.placement.unit if origin.placement else origin.unit,
        campaign=origin.campaign,
        placement=origin.placement,
        channel=origin.channel,
        organs=";".join(sorted(set(organs))),
        volume_ml=volume_ml,
        reason=reason,
        signed_on=signed_on,
        sex=sex,
        age_band=age_band,
        corrects=corrects,
        is_demo=origin.is_demo,
        is_test=origin.is_test,
    )
