"""Registrations under the number of somebody who was found to be somebody else, and back again."""

from datetime import timedelta
from typing import Any

import pytest

from registration.common.errors import RuleBroken
from registration.outbox.models import Message
from registration.people.models import Particulars, Person
from registration.pledges.choices import StepKind
from registration.pledges.merging import take_back_merge
from registration.pledges.models import Pledge
from registration.pledges.services import (
    accept_waiting,
    change_pledge,
    confirm_pledge,
    enter_pledge,
)
from registration.pledges.source import Source
from registration.pledges.steps import take_step
from registration.privacy.erasure import erase_things
from registration.privacy.models import Consent
from tests.pledges.registering import NOW, answers, contact_of, register
from tests.pledges.test_merging import confirmed, counted, merge

OTHER = "022190123457"
MINE, THEIRS = "diem@example.org", "d@example.org"


def other(reference: Any, email: str = THEIRS, **told: Any) -> Pledge:
    """Of the same woman, under the number with a slip; not confirmed yet."""
    values = {"identity_number": OTHER, "email": email, "phone": "", **told}
    return register(reference, answers(reference, **values))


def confirm(pledge: Pledge, **later: int) -> Pledge:
    return confirm_pledge(pledge, contact=contact_of(pledge), now=NOW + timedelta(**later))


def seen(*pledges: Pledge) -> list[tuple[str, Any]]:
    """State and person of each as they are stored."""
    rows = Pledge.objects.in_bulk([pledge.pk for pledge in pledges])
    return [(rows[pledge.pk].state, rows[pledge.pk].person_id) for pledge in pledges]


def test_confirmed_after_the_merge_it_takes_the_place_of_the_one_that_stayed(
    reference: Any, steward: Any
) -> None:
    kept, merged, late = confirmed(reference), confirm(other(reference)), other(reference, MINE)
    merge(kept, merged, steward)

    late = confirm(late)

    a, b = kept.person_id, merged.person_id
    assert seen(kept, merged, late) == [("replaced", a), ("merged", b), ("confirmed", a)]
    assert late.replaces_id == kept.pk
    told = Particulars.objects.get(pledge=late)
    assert (told.person_id, late.particulars.person_id) == (a, a)
    assert set(Consent.objects.filter(about=late.pk).values_list("person", flat=True)) == {a}
    assert counted() == {"pledge.received": 2, "pledge.confirmed": 1, "pledge.changed": 1}


def test_confirmed_after_the_merge_from_another_contact_it_waits(
    reference: Any, steward: Any
) -> None:
    kept, merged, late = confirmed(reference), confirm(other(reference)), other(reference)
    merge(kept, merged, steward)

    late = confirm(late)

    assert [state for state, _person in seen(kept, late)] == ["confirmed", "waiting"]
    assert (late.replaces_id, late.next_step) == (kept.pk, StepKind.COMPARE)
    asked = Message.objects.get(kind="pledges/compare")
    assert (asked.recipient, asked.about) == (MINE, kept.pk)
    accepted = accept_waiting(late, now=NOW)
    a = kept.person_id
    assert seen(kept, late) == [("replaced", a), ("confirmed", a)]
    assert accepted.person_id == a


def test_one_that_waited_before_the_merge_is_accepted_for_the_one_that_stays(
    reference: Any, steward: Any
) -> None:
    kept, merged = confirmed(reference), confirm(other(reference))
    waiting = confirm(other(reference, "third@example.org"))
    merge(kept, merged, steward)

    accept_waiting(waiting, now=NOW)

    a = kept.person_id
    assert seen(kept, waiting) == [("replaced", a), ("confirmed", a)]


@pytest.mark.parametrize(
    ("email", "late_is", "changes"),
    [(MINE, "confirmed", 1), (THEIRS, "waiting", 0)],
    ids=["one mailbox", "two mailboxes"],
)
def test_merge_taken_back_parts_what_was_confirmed_since(
    reference: Any, steward: Any, email: str, late_is: str, changes: int
) -> None:
    """From the mailbox of both it takes the place of either's; from another it waits."""
    kept, merged = confirmed(reference), confirm(other(reference, email))
    late = other(reference, MINE)
    done = merge(kept, merged, steward)
    confirm(late, hours=1)

    take_back_merge(done, staff=steward, now=NOW + timedelta(hours=2))

    a, b = kept.person_id, merged.person_id
    merged_is = "replaced" if late_is == "confirmed" else "confirmed"
    assert seen(kept, merged, late) == [("confirmed", a), (merged_is, b), (late_is, b)]
    late.refresh_from_db()
    assert (late.registered_as_id, late.replaces_id) == (None, merged.pk)
    assert Particulars.objects.get(pledge=late).person_id == b
    assert set(Consent.objects.filter(about=late.pk).values_list("person", flat=True)) == {b}
    told = {"pledge.received": 3, "pledge.confirmed": 2, "pledge.changed": changes}
    assert counted() == {kind: number for kind, number in told.items() if number}


def test_merge_taken_back_lets_the_only_confirmed_one_of_the_other_stand_by_itself(
    reference: Any, steward: Any
) -> None:
    kept, merged, late = confirmed(reference), other(reference), other(reference)
    done = merge(kept, merged, steward)
    waiting = confirm(late).state
    accept_waiting(late, now=NOW)

    take_back_merge(done, staff=steward, now=NOW + timedelta(hours=1))

    a, b = kept.person_id, merged.person_id
    assert waiting == "waiting"
    assert seen(kept, merged, late) == [("confirmed", a), ("received", b), ("confirmed", b)]
    assert counted() == {"pledge.received": 3, "pledge.confirmed": 2}


def test_merge_taken_back_lets_each_wait_beside_the_one_of_its_own_person(
    reference: Any, steward: Any
) -> None:
    kept, merged, late = confirmed(reference), other(reference), other(reference, MINE)
    done = merge(kept, merged, steward)
    confirm(late)
    stays = confirm(register(reference, answers(reference, email="x@example.org", phone="")))
    goes = confirm(other(reference, "y@example.org"), hours=1)
    before = [pledge.replaces_id for pledge in (stays, goes)]

    take_back_merge(done, staff=steward, now=NOW + timedelta(hours=2))

    a, b = kept.person_id, merged.person_id
    assert before == [late.pk, late.pk]
    assert seen(kept, stays) == [("confirmed", a), ("waiting", a)]
    assert seen(late, goes) == [("confirmed", b), ("waiting", b)]
    assert [Pledge.objects.get(pk=pledge.pk).replaces_id for pledge in (stays, goes)] == [
        kept.pk,
        late.pk,
    ]


def test_merge_taken_back_gives_steps_back_to_the_one_that_stayed(
    reference: Any, steward: Any
) -> None:
    kept = confirmed(reference)
    take_step(kept, StepKind.PAPER_SEEN, staff=steward, happened_on=NOW.date(), now=NOW)
    merged, late = confirm(other(reference)), other(reference, MINE)
    done = merge(kept, merged, steward)
    carried = [step.kind for step in confirm(late).steps.all()]

    take_back_merge(done, staff=steward, now=NOW)

    kept.refresh_from_db()
    assert carried == ["paper_seen"]
    assert [step.kind for step in kept.steps.all()] == ["paper_seen"]
    assert (kept.next_step, late.steps.count()) == (StepKind.PASSED_ON, 0)


def test_unconfirmed_when_the_merge_is_taken_back_it_is_as_if_there_had_been_none(
    reference: Any, steward: Any
) -> None:
    kept, merged = confirmed(reference), confirm(other(reference))
    late = other(reference)
    take_back_merge(merge(kept, merged, steward), staff=steward, now=NOW)

    confirm(late)

    a, b = kept.person_id, merged.person_id
    assert seen(kept, merged, late) == [("confirmed", a), ("replaced", b), ("confirmed", b)]


@pytest.mark.parametrize("email", [MINE, THEIRS], ids=["same contact", "another contact"])
def test_registered_under_the_number_after_the_merge_it_is_of_the_one_that_stays(
    reference: Any, steward: Any, email: str
) -> None:
    kept, merged = confirmed(reference), confirm(other(reference))
    done = merge(kept, merged, steward)

    late = other(reference, email)
    before = seen(late)
    confirm(late)

    a, b = kept.person_id, merged.person_id
    after = ["replaced", "confirmed"] if email == MINE else ["confirmed", "waiting"]
    assert before == [("received", a)]
    assert seen(kept, late) == [(state, a) for state in after]
    take_back_merge(done, staff=steward, now=NOW)
    # The other entry of the number was confirmed from the other mailbox.
    parted = ["confirmed", "waiting"] if email == MINE else ["replaced", "confirmed"]
    assert seen(kept) == [("confirmed", a)]
    assert seen(merged, late) == [(state, b) for state in parted]


def test_registered_while_the_merge_was_taken_back_it_is_of_whom_it_names(
    reference: Any, steward: Any
) -> None:
    kept, merged = confirmed(reference), confirm(other(reference))
    done = merge(kept, merged, steward)
    late = other(reference)
    away = Pledge.objects.filter(pk=late.pk)
    registered_as = away.get().registered_as
    take_back_merge(done, staff=steward, now=NOW)
    away.update(person=kept.person, registered_as=registered_as)

    confirm(late)

    a, b = kept.person_id, merged.person_id
    assert seen(kept, merged, late) == [("confirmed", a), ("replaced", b), ("confirmed", b)]


def test_entered_at_a_desk_under_the_number_it_competes_with_the_one_that_stays(
    reference: Any, steward: Any
) -> None:
    kept, merged = confirmed(reference), confirm(other(reference))
    merge(kept, merged, steward)
    source = Source(
        province=reference.quang_ninh,
        department=reference.quang_ninh_department,
        channel="paper",  # type: ignore[arg-type]
        language="vi",
    )
    told = answers(reference, identity_number=OTHER, email=MINE)

    entered = enter_pledge(told, source=source, staff=steward, form_key="k", now=NOW)

    a = kept.person_id
    assert seen(kept, entered) == [("replaced", a), ("confirmed", a)]
    assert entered.registered_as_id == merged.person_id


def test_change_of_one_that_followed_goes_back_with_it(reference: Any, steward: Any) -> None:
    kept, merged, late = confirmed(reference), other(reference), other(reference, MINE)
    done = merge(kept, merged, steward)
    late = confirm(late)
    told = answers(reference, organs=("cornea",), identity_number=OTHER, email=MINE)
    newest = change_pledge(late, told, form_key="two", language="vi", now=NOW)

    take_back_merge(done, staff=steward, now=NOW + timedelta(hours=1))

    a, b = kept.person_id, merged.person_id
    assert seen(kept, late, newest) == [("confirmed", a), ("replaced", b), ("confirmed", b)]
    newest.refresh_from_db()
    assert newest.replaces_id == late.pk
    assert counted() == {"pledge.received": 3, "pledge.confirmed": 2}


def test_one_that_followed_outlives_whom_it_came_under(reference: Any, steward: Any) -> None:
    kept, merged, late = confirmed(reference), other(reference), other(reference, MINE)
    merge(kept, merged, steward)
    confirm(late)

    erase_things([merged.pk])

    late.refresh_from_db()
    assert not Person.objects.filter(pk=merged.person_id).exists()
    assert (late.state, late.person_id, late.registered_as_id) == (
        "confirmed",
        kept.person_id,
        None,
    )
    assert Consent.objects.filter(about=late.pk).count() == 3


def test_only_the_confirmed_one_of_a_person_can_be_merged_away(
    reference: Any, steward: Any
) -> None:
    kept, theirs, late = confirmed(reference), confirm(other(reference)), other(reference)

    with pytest.raises(RuleBroken) as refusal:
        merge(kept, late, steward)

    assert refusal.value.code == "other_confirmed"
    assert [state for state, _person in seen(kept, theirs, late)] == [
        "confirmed",
        "confirmed",
        "received",
    ]


def test_persons_are_never_merged_in_a_circle(reference: Any, steward: Any) -> None:
    kept, merged, late = register(reference), other(reference), other(reference)
    merge(kept, merged, steward)

    with pytest.raises(RuleBroken) as refusal:
        merge(late, kept, steward)

    assert refusal.value.code == "same_person"


def test_of_two_merges_the_other_one_stands_when_one_is_taken_back(
    reference: Any, steward: Any
) -> None:
    first, second = confirmed(reference), confirmed(reference, identity_number="022190123458")
    merged, late = other(reference), other(reference)
    merge(first, merged, steward)
    newer = merge(second, late, steward, now=NOW + timedelta(minutes=1))

    take_back_merge(newer, staff=steward, now=NOW + timedelta(minutes=2))

    assert Person.objects.get(pk=merged.person_id).merged_into_id == first.person_id
