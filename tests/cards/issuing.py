"""Brings a registration to its card through the services, for tests of what comes after."""

from datetime import date, datetime
from typing import Any

from registration.cards.models import Card, Receiver
from registration.cards.services import issue_card
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge
from registration.pledges.services import confirm_pledge
from registration.pledges.steps import take_step
from tests import factories
from tests.pledges.registering import NOW, contact_of, register

DAY = date(2026, 11, 20)


def confirmed(reference: Any, told: Any = None, **changes: Any) -> Pledge:
    pledge = register(reference, told, **changes)
    return confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)


def ready(reference: Any, steward: Any, told: Any = None, **changes: Any) -> Pledge:
    """Only the card is missing."""
    pledge = confirmed(reference, told, **changes)
    for step in (StepKind.PAPER_SEEN, StepKind.COUNSELLED, StepKind.FORM_SIGNED):
        take_step(pledge, step, staff=steward, happened_on=DAY, now=NOW)
    return Pledge.objects.get(pk=pledge.pk)


def issue(
    pledge: Pledge, steward: Any, number: str = "QN-000 123", now: datetime = NOW, **changes: Any
) -> Card:
    values = {"issuer": steward.unit, "issued_on": DAY, **changes}
    return issue_card(pledge, number=number, staff=steward, now=now, **values)


def issued(reference: Any, steward: Any, told: Any = None, **changes: Any) -> Card:
    return issue(ready(reference, steward, told), steward, **changes)


def receiver(reference: Any, **changes: Any) -> Receiver:
    unit = factories.UnitFactory(
        code="vnhot",
        kind="coordination_centre",
        province=None,
        jurisdiction=reference.vn,
        name_vi="Trung tâm Điều phối Quốc gia về ghép bộ phận cơ thể người",
    )
    values = {"email": "lists@example.org", "language": "vi", "hour": 16, **changes}
    return Receiver.objects.create(jurisdiction=reference.vn, unit=unit, **values)
