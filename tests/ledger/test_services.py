import uuid
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import transaction

from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.ledger.clock import played_at
from registration.ledger.models import Event
from registration.ledger.services import Origin, record_event

NOON = datetime(2025, 11, 20, 5, 0, tzinfo=UTC)


@pytest.fixture
def origin(reference: SimpleNamespace) -> Origin:
    return Origin(
        department=reference.quang_ninh_department,
        province=reference.quang_ninh,
        channel=EntryChannel.BANNER,
        locality=reference.ha_long,
        campaign=reference.campaign,
        placement=reference.placement,
        is_demo=True,
    )


def test_record_event_keeps_where_it_came_from_and_nothing_of_a_person(
    reference: SimpleNamespace, origin: Origin
) -> None:
    subject = uuid.uuid4()

    with played_at(NOON):
        event = record_event(
            EventKind.PLEDGE_RECEIVED,
            subject=subject,
            origin=origin,
            organs=["kidney", "cornea", "kidney"],
            sex=Sex.FEMALE,
            age_band=AgeBand.A25,
            volume_ml=350,
            reason="low_haemoglobin",
            signed_on=date(2025, 11, 18),
        )

    assert Event.objects.filter(pk=event.pk).values().get() == {
        "id": event.pk,
        "happened_at": NOON,
        "kind": "pledge.received",
        "subject": subject,
        "department_id": reference.quang_ninh_department.pk,
        "jurisdiction_id": "VN",
        "province_id": reference.quang_ninh.pk,
        "locality_id": reference.ha_long.pk,
        "unit_id": reference.hospital.pk,
        "campaign_id": reference.campaign.pk,
        "placement_id": reference.placement.pk,
        "channel": "banner",
        "organs": "cornea;kidney",
        "volume_ml": 350,
        "reason": "low_haemoglobin",
        "signed_on": date(2025, 11, 18),
        "sex": "female",
        "age_band": "25-34",
        "corrects_id": None,
        "is_test": False,
        "is_demo": True,
    }


def test_record_event_without_a_placement_names_the_unit_of_the_desk(
    reference: SimpleNamespace,
) -> None:
    origin = Origin(
        department=reference.quang_ninh_department,
        province=reference.quang_ninh,
        channel=EntryChannel.DESK,
        unit=reference.steward,
        is_test=True,
    )

    event = record_event(EventKind.PLEDGE_RECEIVED, subject=uuid.uuid4(), origin=origin)

    assert (event.unit, event.is_test) == (reference.steward, True)


def test_record_event_takes_three_queries_at_most(origin: Origin, max_queries: object) -> None:
    with max_queries(3):  # type: ignore[operator]
        record_event(EventKind.PLEDGE_RECEIVED, subject=uuid.uuid4(), origin=origin)


@pytest.mark.django_db(transaction=True)
def test_record_event_goes_with_the_transaction_that_fails(origin: Origin) -> None:
    @transaction.atomic
    def record_and_fail() -> None:
        record_event(EventKind.PLEDGE_RECEIVED, subject=uuid.uuid4(), origin=origin)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        record_and_fail()

    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_record_event_outside_a_transaction_is_refused(origin: Origin) -> None:
    with pytest.raises(RuntimeError):
        record_event(EventKind.PLEDGE_RECEIVED, subject=uuid.uuid4(), origin=origin)

    assert not Event.objects.exists()


def test_there_is_one_way_into_the_ledger() -> None:
    rooms = Path(settings.BASE_DIR, "registration").rglob("*.py")

    writers = [
        path.relative_to(settings.BASE_DIR).as_posix()
        for path in rooms
        if any(call in path.read_text() for call in ("Event.objects.create", "Event.objects.bulk"))
    ]

    assert writers == ["registration/ledger/services.py"]
