"""Steps taken and undone: rows, what comes next, the tier, and what the ledger is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from registration.common.errors import RuleBroken
from registration.ledger.models import Event
from registration.people.choices import IdentityTier
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.services import confirm_pledge
from registration.pledges.steps import steps_taken, take_step, undo_step
from tests.pledges.registering import NOW, answers, contact_of, register, turkish

DAY = date(2026, 11, 20)


def confirmed(reference: Any, told: Any = None) -> Pledge:
    pledge = register(reference, told)
    return confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)


def take(pledge: Pledge, step: StepKind, staff: Any, **changes: Any) -> PledgeStep:
    values = {"happened_on": DAY, "now": NOW, **changes}
    return take_step(pledge, step, staff=staff, **values)


def tier_of(pledge: Pledge) -> str:
    return Pledge.objects.select_related("person").get(pk=pledge.pk).person.identity_tier


def test_step_is_written_and_the_next_one_waits_from_now(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    later = NOW + timedelta(hours=2)

    step = take(pledge, StepKind.CONTACTED, steward, note="Calls back", now=later)

    stored = PledgeStep.objects.get()
    assert stored == step
    assert (stored.kind, stored.happened_on, stored.recorded_at) == ("contacted", DAY, later)
    assert (stored.staff, stored.note, stored.event) == (steward, "Calls back", None)
    pledge.refresh_from_db()
    assert (pledge.next_step, pledge.waiting_since) == ("paper_seen", later)


def test_whole_route_of_an_application_ends_with_nothing_to_do(
    reference: Any, steward: Any
) -> None:
    pledge = confirmed(reference)
    route = list(StepKind)[2:10]

    for minutes, step in enumerate(route):
        take(pledge, step, steward, now=NOW + timedelta(minutes=minutes))

    pledge.refresh_from_db()
    assert pledge.next_step == ""
    assert [row.kind for row in steps_taken(pledge)] == route
    assert Event.objects.filter(kind="pledge.card_issued").count() == 1


def test_paper_seen_raises_the_tier(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)

    take(pledge, StepKind.PAPER_SEEN, steward)

    assert tier_of(pledge) == IdentityTier.IDENTITY_SEEN


def test_same_key_is_one_step(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    key = uuid4()

    first = take(pledge, StepKind.CONTACTED, steward, key=key)
    again = take(pledge, StepKind.CONTACTED, steward, key=key)

    assert (first.pk, again.pk) == (key, key)
    assert PledgeStep.objects.count() == 1


def test_contact_may_be_repeated(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)

    take(pledge, StepKind.CONTACTED, steward)
    take(pledge, StepKind.CONTACTED, steward)

    assert PledgeStep.objects.count() == 2


def test_person_s_word_in_turkey_is_told_to_the_ledger(reference: Any) -> None:
    pledge = confirmed(reference, turkish(reference))

    step = take(pledge, StepKind.HANDED_OVER, None)

    assert step.event == Event.objects.get(kind="pledge.handed_over")
    pledge.refresh_from_db()
    assert pledge.next_step == ""


def test_step_refused_writes_nothing(reference: Any, steward: Any) -> None:
    pledge = register(reference)

    with pytest.raises(RuleBroken) as refusal:
        take(pledge, StepKind.PAPER_SEEN, steward)

    assert refusal.value.code == "pledge_not_active"
    assert not PledgeStep.objects.exists()
    assert tier_of(pledge) == IdentityTier.UNCONFIRMED


def test_day_is_the_jurisdiction_s_own(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    evening = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)  # 00:30 of the 21st in Hanoi

    take(pledge, StepKind.CONTACTED, steward, happened_on=date(2026, 11, 21), now=evening)

    assert PledgeStep.objects.get().happened_on == date(2026, 11, 21)


def test_undo_keeps_the_row_and_takes_back_what_the_ledger_was_told(reference: Any) -> None:
    pledge = confirmed(reference, turkish(reference))
    step = take(pledge, StepKind.HANDED_OVER, None)
    staff = _staff(reference)

    for _again in range(2):
        undo_step(step, staff=staff, reason="Said by mistake", now=NOW)

    step.refresh_from_db()
    assert (step.undone_at, step.undone_by, step.undo_reason) == (NOW, staff, "Said by mistake")
    back = Event.objects.get(kind="entry.taken_back")
    assert back.corrects == step.event
    pledge.refresh_from_db()
    assert pledge.next_step == "handed_over"


@pytest.mark.parametrize("seen_before", [False, True])
def test_undo_of_the_paper_lowers_the_tier_unless_another_step_holds_it(
    reference: Any, steward: Any, seen_before: bool
) -> None:
    if seen_before:
        earlier = confirmed(reference)
        take(earlier, StepKind.PAPER_SEEN, steward)
    # Other organs: what was done with the earlier registration is not carried over.
    pledge = confirmed(reference, answers(reference, organs=("cornea",)))
    step = take(pledge, StepKind.PAPER_SEEN, steward)

    undo_step(step, staff=steward, reason="Wrong person", now=NOW)

    expected = IdentityTier.IDENTITY_SEEN if seen_before else IdentityTier.CONTACT_CONFIRMED
    assert tier_of(pledge) == expected


def test_step_undone_can_be_taken_again(reference: Any, steward: Any) -> None:
    pledge = confirmed(reference)
    step = take(pledge, StepKind.PAPER_SEEN, steward)
    undo_step(step, staff=steward, reason="Wrong day", now=NOW)

    take(pledge, StepKind.PAPER_SEEN, steward)

    assert PledgeStep.objects.count() == 2


@pytest.mark.parametrize(
    ("reason", "later", "code"),
    [
        ("", timedelta(0), "reason_missing"),
        # 16:00 in Hanoi; midnight is eight hours away.
        ("Wrong", timedelta(hours=8), "too_late_to_undo"),
    ],
)
def test_undo_is_refused(
    reference: Any, steward: Any, reason: str, later: timedelta, code: str
) -> None:
    step = take(confirmed(reference), StepKind.PAPER_SEEN, steward)

    with pytest.raises(RuleBroken) as refusal:
        undo_step(step, staff=steward, reason=reason, now=NOW + later)

    assert refusal.value.code == code
    step.refresh_from_db()
    assert step.undone_at is None


def _staff(reference: Any) -> Any:
    from tests import factories

    return factories.StaffFactory(username="adana", unit=reference.adana_department)
