"""Two told days of Quảng Ninh with something in every table, and the windows they are in."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from django.db import transaction

from registration.campaigns.models import UnitTarget
from registration.ledger.choices import EventKind
from registration.ledger.clock import played_at
from registration.ledger.models import Event
from registration.ledger.services import Origin, record_event, restore, take_back
from registration.reports.closing import freeze
from registration.reports.models import Summary
from registration.reports.services import ensure_windows
from tests.factories import CampaignFactory
from tests.reports.entries import hanoi, hours_of

FIRST, SECOND = "2025-11-20 09:00", "2025-11-21 09:00"


@contextmanager
def at(text: str) -> Iterator[None]:
    with played_at(hanoi(text)), transaction.atomic():
        yield


def told_days(reference: SimpleNamespace) -> list[Summary]:
    """20 and 21 November frozen; the second corrects the first and itself."""
    department = reference.quang_ninh_department
    hours_of(department, ends_on=date(2025, 11, 22))
    UnitTarget.objects.create(campaign=reference.campaign, unit=reference.hospital, people=10)
    blood = CampaignFactory(
        code="giot-hong",
        kind="blood",
        parent=reference.campaign,
        owner=department,
        province=reference.quang_ninh,
    )
    UnitTarget.objects.create(campaign=blood, unit=reference.hospital, people=20, volume_ml=5000)
    plain = origin(reference)
    at_unit = origin(reference, unit=reference.hospital, channel="desk")
    banner = origin(
        reference,
        placement=reference.placement,
        campaign=reference.campaign,
        channel="banner",
        locality=reference.ha_long,
    )
    drive = origin(reference, unit=reference.hospital, campaign=blood, channel="desk")
    with at(FIRST):
        first = [told("pledge.received", plain, sex="female", age_band="25-34") for _n in range(3)]
        told("pledge.confirmed", plain, subject=first[0].subject)
        given = told("donation.given", drive, volume_ml=350)
        leaving = told("pledge.received", at_unit)
    _close("2025-11-20 16:15")
    with at(SECOND):
        for organs in (["kidney"], ["cornea", "kidney"], ["cornea"]):
            one = told("pledge.received", banner, organs=organs, sex="male", age_band="65+")
            told("pledge.confirmed", banner, subject=one.subject, organs=organs)
        told("pledge.received", at_unit, signed_on=date(2025, 11, 10))
        told("pledge.withdrawn", at_unit, subject=leaving.subject)
        back = told("pledge.received", plain)
        for kind in ("booked", "booked", "arrived", "cancelled", "no_show"):
            told(f"signup.{kind}", drive)
        told("donation.given", drive, volume_ml=250)
        told("donation.given", drive, volume_ml=450)
        told("donation.deferred", drive, reason="vn-hb")
        told("donation.deferred", plain, reason="vn-age")
        told("pledge.received", origin(reference, is_test=True))
    with at("2025-11-21 10:00"):
        # Of the day itself: no adjustment, but neither an entry any more.
        take_back(back)
        take_back(first[1])
        take_back(given)
        told("pledge.merged", plain, subject=first[2].subject)
        take_back(first[2])
        restore(first[1])
    _close("2025-11-21 16:15")
    return list(Summary.objects.order_by("serial"))


def origin(reference: SimpleNamespace, **more: Any) -> Origin:
    values = {"channel": "web", **more}
    return Origin(
        department=reference.quang_ninh_department, province=reference.quang_ninh, **values
    )


def told(kind: str, origin: Origin, **more: Any) -> Event:
    return record_event(EventKind(kind), origin=origin, **{"subject": uuid.uuid4(), **more})


def _close(text: str) -> None:
    moment: datetime = hanoi(text)
    for window in ensure_windows(now=moment):
        freeze(window, taken_at=moment)
