"""One step for many registrations: first for how many it will work and why not, then each alone."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.rules import require_step, require_unrestricted
from registration.pledges.steps import take_step
from registration.stewards.rules import require_not_before
from registration.stewards.worklist import visible_to
from registration.units.models import Unit


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be recorded for each; ``key`` makes a repeated sending harmless."""

    step: StepKind
    happened_on: date
    unit: Unit | None
    note: str
    key: uuid.UUID

    def key_for(self, pledge: Pledge) -> uuid.UUID:
        return uuid.uuid5(self.key, str(pledge.pk))


@dataclass(frozen=True)
class Verdict:
    """One registration; ``refusal`` is the sentence why not, empty where it works."""

    pledge: Pledge
    code: str = ""
    refusal: str = ""


def chosen(staff: Staff, ids: Iterable[uuid.UUID]) -> list[Pledge]:
    """Those of the chosen registrations that this member of staff works on, with their steps."""
    standing = PledgeStep.objects.filter(undone_at__isnull=True).order_by("recorded_at", "pk")
    return list(
        visible_to(staff)
        .filter(pk__in=list(ids))
        .select_related("jurisdiction", "person")
        .prefetch_related(Prefetch("steps", queryset=standing, to_attr="standing"))
        .order_by("waiting_since", "pk")
    )


def first_day(pledge: Pledge) -> date:
    """The earliest day on which anything can have happened with a registration."""
    received = pledge.received_at.astimezone(pledge.jurisdiction.zone).date()
    return min(received, pledge.signed_on) if pledge.signed_on else received


def judge(pledges: Sequence[Pledge], plan: Plan, *, now: datetime) -> list[Verdict]:
    """What would come of the plan for each; changes nothing and asks the database nothing."""
    return [_verdict(pledge, plan, now) for pledge in pledges]


def _verdict(pledge: Pledge, plan: Plan, now: datetime) -> Verdict:
    try:
        require_unrestricted(pledge.person.restricted_at)
        require_not_before(plan.happened_on, first=first_day(pledge))
        require_step(
            plan.step,
            kind=pledge.kind,
            state=pledge.state,
            taken=[row.kind for row in pledge.standing],  # type: ignore[attr-defined]
            happened_on=plan.happened_on,
            day=now.astimezone(pledge.jurisdiction.zone).date(),
        )
    except RuleBroken as error:
        return Verdict(pledge, error.code, error.sentence)
    return Verdict(pledge)


def carry_out(
    pledges: Sequence[Pledge], plan: Plan, *, staff: Staff, now: datetime
) -> list[Verdict]:
    """Take the step for each in a transaction of its own; what came before is not taken again."""
    keys = {plan.key_for(pledge): pledge.pk for pledge in pledges}
    done_before = {
        keys[key]
        for key in PledgeStep.objects.filter(pk__in=list(keys)).values_list("pk", flat=True)
    }
    return [
        Verdict(pledge, "step_taken")
        if pledge.pk in done_before
        else _take(pledge, plan, staff, now)
        for pledge in pledges
    ]


def _take(pledge: Pledge, plan: Plan, staff: Staff, now: datetime) -> Verdict:
    try:
        require_not_before(plan.happened_on, first=first_day(pledge))
        take_step(
            pledge,
            plan.step,
            staff=staff,
            happened_on=plan.happened_on,
            unit=plan.unit,
            note=plan.note,
            key=plan.key_for(pledge),
            now=now,
        )
    except RuleBroken as error:
        return Verdict(pledge, error.code, error.sentence)
    return Verdict(pledge)


def by_refusal(verdicts: Iterable[Verdict]) -> dict[str, list[str]]:
    """The references of those refused, under the sentence that says why."""
    found: dict[str, list[str]] = {}
    for verdict in verdicts:
        if verdict.refusal:
            found.setdefault(verdict.refusal, []).append(verdict.pledge.reference)
    return found
