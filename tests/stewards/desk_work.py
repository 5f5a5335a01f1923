"""Registrations as a steward meets them: confirmed, waiting, with steps taken."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.services import confirm_pledge
from registration.pledges.steps import take_step
from tests import factories
from tests.pledges.registering import answers, contact_of, register

LIST = "/desk/registrations/"


def confirmed(reference: Any, told: Any = None, **changes: Any) -> Pledge:
    pledge = register(reference, told, now=changes.pop("now", timezone.now()), **changes)
    return confirm_pledge(pledge, contact=contact_of(pledge), now=timezone.now())


def waiting(reference: Any, earlier: Any = None) -> tuple[Pledge, Pledge]:
    """A registration, and one of the same number confirmed from another mailbox."""
    first = confirmed(reference, earlier)
    second = confirmed(
        reference, answers(reference, email="khac@example.org", phone="+84912345679")
    )
    return first, second


def stepped(
    pledge: Pledge, *steps: StepKind, staff: Any, now: datetime | None = None
) -> list[PledgeStep]:
    moment = now or timezone.now()
    day = moment.astimezone(pledge.jurisdiction.zone).date()
    return [take_step(pledge, step, staff=staff, happened_on=day, now=moment) for step in steps]


def today(pledge: Pledge) -> str:
    return timezone.localdate(timezone=pledge.jurisdiction.zone).isoformat()


def url(name: str, pledge: Pledge, *more: Any) -> str:
    return reverse(f"stewards:{name}", args=[pledge.pk, *more])


def one(pledge: Pledge, reason: str = "step") -> str:
    return f"{url('one', pledge)}?reason={reason}"


def step_data(pledge: Pledge, step: str, **changes: Any) -> dict[str, Any]:
    return {"step": step, "happened_on": today(pledge), "note": "", "key": uuid4().hex, **changes}


def second_steward(reference: Any) -> Any:
    return factories.StaffFactory(
        username="giang", first_name="Giang", unit=reference.steward, roles=["steward"]
    )
