"""Two registrations put together and parted again; an entry taken back. The figures follow."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from registration.common.errors import RuleBroken
from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.people.choices import IdentityTier
from registration.people.models import Particulars, Person
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.merging import merge_pledges, take_back_entry, take_back_merge
from registration.pledges.models import EntryBatch, Merge, Pledge, PledgeStep
from registration.pledges.services import (
    change_pledge,
    confirm_pledge,
    contest_pledge,
    enter_pledge,
    withdraw_pledge,
)
from registration.pledges.source import Source
from registration.pledges.steps import take_step
from tests.pledges.registering import NOW, answers, contact_of, register, turkish

CORRECTIONS = ("entry.taken_back", "entry.restored")


def confirmed(reference: Any, **person: Any) -> Pledge:
    pledge = register(reference, answers(reference, **person))
    return confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)


def other_number(reference: Any, **person: Any) -> Pledge:
    """The same woman, whose number was typed with a slip."""
    return confirmed(reference, identity_number="022190123457", email="d@example.org", **person)


def merge(kept: Pledge, merged: Pledge, staff: Any, **changes: Any) -> Merge:
    values = {"staff": staff, "reason": "Her number was mistyped.", "now": NOW, **changes}
    return merge_pledges(kept, merged, **values)


def counted() -> dict[str, int]:
    """What figures make of the ledger: events less what is taken back, plus what is restored."""
    counts: dict[str, int] = {}
    for event in Event.objects.order_by("id"):
        told = event.corrects.kind if event.corrects else event.kind
        weight = -1 if event.kind == "entry.taken_back" else 1
        counts[told] = counts.get(told, 0) + weight
    return {kind: count for kind, count in counts.items() if count and kind != "pledge.merged"}


def batch_of(reference: Any, steward: Any, channel: str = "paper") -> EntryBatch:
    return EntryBatch.objects.create(
        label="Bãi Cháy",
        province=reference.quang_ninh,
        unit=reference.hospital,
        channel=channel,
        staff=steward,
        opened_at=NOW,
    )


def entered(
    reference: Any, steward: Any, *, steps: Any = (), told: Any = None, key: str = ""
) -> Pledge:
    source = Source(
        province=reference.quang_ninh,
        department=reference.quang_ninh_department,
        channel="paper",  # type: ignore[arg-type]
        language="vi",
        unit=reference.hospital,
        batch=batch_of(reference, steward),
    )
    told = told or answers(reference)
    return enter_pledge(
        told, source=source, staff=steward, form_key=key or uuid4().hex, steps=steps, now=NOW
    )


def test_merge_ends_one_and_counts_the_person_once(reference: Any, steward: Any) -> None:
    kept, merged = confirmed(reference), other_number(reference)
    assert counted() == {"pledge.received": 2, "pledge.confirmed": 2}

    done = merge(kept, merged, steward)

    merged.refresh_from_db()
    assert (merged.state, merged.ended_at, merged.next_step) == ("merged", NOW, "")
    assert Person.objects.get(pk=merged.person_id).merged_into_id == kept.person_id
    assert (done.kept_id, done.merged_id, done.state_before) == (kept.pk, merged.pk, "confirmed")
    assert (done.staff, done.reason, done.merged_at) == (steward, "Her number was mistyped.", NOW)
    assert Event.objects.get(kind="pledge.merged").subject == merged.pk
    assert counted() == {"pledge.received": 1, "pledge.confirmed": 1}
    kept.refresh_from_db()
    assert kept.state == "confirmed"


def test_merge_tells_the_confirmed_contact_of_the_kept_one(reference: Any, steward: Any) -> None:
    kept, merged = confirmed(reference), other_number(reference)

    merge(kept, merged, steward)

    message = Message.objects.get(kind="pledges/merged")
    assert (message.recipient, message.language) == ("diem@example.org", "vi")
    assert kept.reference in message.text
    assert merged.reference in message.text
    assert "Nguyễn" not in message.text


def test_registrations_of_other_name_or_birth_date_are_not_merged(
    reference: Any, steward: Any
) -> None:
    kept = confirmed(reference)
    others = [
        other_number(reference, full_name="Trần Văn Khoa"),
        register(
            reference,
            answers(reference, identity_number="022190123458", birth_date=date(1990, 3, 28)),
        ),
    ]
    # Of an old registration whose hash was never made nothing is known.
    blank = register(reference, answers(reference, identity_number="022190123459"))
    Particulars.objects.filter(pledge__in=[kept, blank]).update(twin_hash="")

    codes = []
    for other in [*others, blank]:
        with pytest.raises(RuleBroken) as refusal:
            merge(kept, other, steward)
        codes.append(refusal.value.code)

    assert codes == ["not_alike"] * 3
    assert not Merge.objects.exists()


@pytest.mark.parametrize("restricted", ["kept", "merged"])
def test_restricted_registration_is_not_merged(
    reference: Any, steward: Any, restricted: str
) -> None:
    pair = {"kept": confirmed(reference), "merged": other_number(reference)}
    Person.objects.filter(pk=pair[restricted].person_id).update(restricted_at=NOW)

    with pytest.raises(RuleBroken) as refusal:
        merge(pair["kept"], pair["merged"], steward)

    assert refusal.value.code == "restricted"
    assert not Merge.objects.exists()


@pytest.mark.parametrize("end", [withdraw_pledge, contest_pledge])
def test_take_back_merge_is_refused_when_the_kept_one_has_ended(
    reference: Any, steward: Any, end: Any
) -> None:
    kept, merged = confirmed(reference), other_number(reference)
    done = merge(kept, merged, steward)
    end(Pledge.objects.get(pk=kept.pk), now=NOW + timedelta(hours=1))
    before = counted()

    with pytest.raises(RuleBroken) as refusal:
        take_back_merge(done, staff=steward, now=NOW + timedelta(hours=2))

    merged.refresh_from_db()
    assert (refusal.value.code, merged.state, counted()) == ("kept_ended", "merged", before)


def test_merge_twice_is_once(reference: Any, steward: Any) -> None:
    kept, merged = confirmed(reference), other_number(reference)
    first = merge(kept, merged, steward)

    again = merge(kept, merged, steward)

    assert again == first
    assert (Merge.objects.count(), Event.objects.filter(kind="pledge.merged").count()) == (1, 1)
    assert Message.objects.filter(kind="pledges/merged").count() == 1


def test_merge_takes_back_the_whole_line_of_changes(reference: Any, steward: Any) -> None:
    kept, first = confirmed(reference), other_number(reference)
    told = answers(
        reference, organs=("cornea",), identity_number="022190123457", email="d@example.org"
    )
    newest = change_pledge(first, told, form_key="two", language="vi", now=NOW)
    before = counted()

    done = merge(kept, newest, steward)

    assert counted() == {"pledge.received": 1, "pledge.confirmed": 1}
    take_back_merge(done, staff=steward, now=NOW)
    assert counted() == before


@pytest.mark.parametrize(
    ("code", "prepare"),
    [
        ("already_merged", lambda kept, merged, staff: merge(merged, kept, staff)),
        ("pledge_ended", lambda kept, merged, staff: withdraw_pledge(merged, now=NOW)),
    ],
)
def test_merge_is_refused_after(reference: Any, steward: Any, code: str, prepare: Any) -> None:
    kept, merged = confirmed(reference), other_number(reference)
    prepare(kept, merged, steward)
    before = Event.objects.count()

    with pytest.raises(RuleBroken) as refusal:
        merge(kept, merged, steward)

    assert refusal.value.code == code
    assert Event.objects.count() == before


def test_merge_needs_a_reason_two_persons_and_one_country(reference: Any, steward: Any) -> None:
    kept = confirmed(reference)
    same = register(reference)
    turk = register(reference, turkish(reference))
    cases = [(same, "A reason", "same_person"), (turk, "A reason", "other_jurisdiction")]

    codes = []
    for merged, reason, _code in [*cases, (same, " ", "reason_missing")]:
        with pytest.raises(RuleBroken) as refusal:
            merge(kept, merged, steward, reason=reason)
        codes.append(refusal.value.code)

    assert codes == ["same_person", "other_jurisdiction", "reason_missing"]


def test_confirmed_one_and_the_one_with_the_card_must_stay(reference: Any, steward: Any) -> None:
    card, plain = confirmed(reference), other_number(reference)
    for step in (StepKind.PAPER_SEEN, StepKind.COUNSELLED, StepKind.FORM_SIGNED):
        take_step(card, step, staff=steward, happened_on=NOW.date(), now=NOW)
    take_step(card, StepKind.CARD_ISSUED, staff=steward, happened_on=NOW.date(), now=NOW)
    unconfirmed = register(reference, answers(reference, identity_number="022190123458"))

    with pytest.raises(RuleBroken) as one:
        merge(plain, card, steward)
    with pytest.raises(RuleBroken) as two:
        merge(unconfirmed, plain, steward)

    assert (one.value.code, two.value.code) == ("card_must_stay", "kept_unconfirmed")
    assert not Merge.objects.exists()


@pytest.mark.parametrize("state", ["received", "confirmed"])
def test_take_back_merge_restores_state_and_figures(
    reference: Any, steward: Any, state: str
) -> None:
    kept = confirmed(reference)
    merged = (
        other_number(reference)
        if state == "confirmed"
        else register(reference, answers(reference, identity_number="022190123457"))
    )
    merged.refresh_from_db()
    step, before = merged.next_step, counted()
    done = merge(kept, merged, steward)
    later = NOW + timedelta(days=30)

    for _twice in range(2):
        done = take_back_merge(done, staff=steward, now=later)

    merged.refresh_from_db()
    assert (merged.state, merged.ended_at, merged.next_step) == (state, None, step)
    assert Person.objects.get(pk=merged.person_id).merged_into_id is None
    assert (done.taken_back_at, done.taken_back_by) == (later, steward)
    assert counted() == before


def test_merge_can_be_made_again_after_it_was_taken_back(reference: Any, steward: Any) -> None:
    kept, merged = confirmed(reference), other_number(reference)
    take_back_merge(merge(kept, merged, steward), staff=steward, now=NOW)

    again = merge(kept, merged, steward)

    assert counted() == {"pledge.received": 1, "pledge.confirmed": 1}
    take_back_merge(again, staff=steward, now=NOW)
    assert counted() == {"pledge.received": 2, "pledge.confirmed": 2}


def test_take_back_merge_is_refused_after_thirty_days(reference: Any, steward: Any) -> None:
    done = merge(confirmed(reference), other_number(reference), steward)
    late = NOW + timedelta(days=30, seconds=1)

    with pytest.raises(RuleBroken) as refusal:
        take_back_merge(done, staff=steward, now=late)

    assert refusal.value.code == "too_late_to_take_back"
    assert counted() == {"pledge.received": 1, "pledge.confirmed": 1}


def test_take_back_merge_is_refused_when_the_person_confirmed_another(
    reference: Any, steward: Any
) -> None:
    kept, merged = confirmed(reference), other_number(reference)
    done = merge(kept, merged, steward)
    another = register(reference, answers(reference, identity_number="022190123458"))
    another.state, another.person = PledgeState.CONFIRMED, merged.person
    another.save()

    with pytest.raises(RuleBroken) as refusal:
        take_back_merge(done, staff=steward, now=NOW)

    assert refusal.value.code == "another_active"


def test_take_back_entry_leaves_no_trace_in_the_figures(reference: Any, steward: Any) -> None:
    pledge = entered(reference, steward, steps=[StepKind.PAPER_SEEN, StepKind.FORM_SIGNED])

    for _twice in range(2):
        pledge = take_back_entry(pledge, staff=steward, now=NOW)

    assert (pledge.state, pledge.ended_at, pledge.next_step) == ("contested", NOW, "")
    assert counted() == {}
    assert not Event.objects.filter(kind="pledge.withdrawn").exists()
    assert PledgeStep.objects.filter(undone_at=NOW, undone_by=steward).count() == 2
    assert pledge.person.identity_tier == IdentityTier.UNCONFIRMED
    message = Message.objects.get(kind="pledges/taken_back")
    assert (message.recipient, message.language) == ("diem@example.org", "vi")
    assert pledge.reference in message.text


def test_take_back_entry_gives_its_place_back_to_the_earlier_one(
    reference: Any, steward: Any
) -> None:
    earlier = confirmed(reference)
    pledge = entered(reference, steward, steps=[StepKind.PAPER_SEEN])
    earlier.refresh_from_db()
    assert earlier.state == "replaced"

    take_back_entry(pledge, staff=steward, now=NOW)

    earlier.refresh_from_db()
    assert (earlier.state, earlier.ended_at, earlier.next_step) == ("confirmed", None, "contacted")
    assert counted() == {"pledge.received": 1, "pledge.confirmed": 1}
    assert earlier.person.identity_tier == IdentityTier.CONTACT_CONFIRMED


def test_take_back_entry_is_refused(reference: Any, steward: Any) -> None:
    typed = entered(reference, steward)
    tomorrow = NOW + timedelta(days=1)
    advised = entered(reference, steward, told=answers(reference, identity_number="022190123457"))
    take_step(advised, StepKind.COUNSELLED, staff=steward, happened_on=NOW.date(), now=NOW)
    ended = entered(reference, steward, told=answers(reference, identity_number="022190123458"))
    withdraw_pledge(ended, now=NOW)
    public = register(reference, answers(reference, identity_number="022190123459"))
    by_phone = register(
        reference,
        answers(reference, identity_number="022190123460"),
        channel="phone",
        batch=batch_of(reference, steward, "phone"),
    )
    confirm_pledge(by_phone, contact=contact_of(by_phone), now=NOW)

    cases = [(typed, tomorrow), (advised, NOW), (ended, NOW), (public, NOW), (by_phone, NOW)]
    codes = []
    for pledge, now in cases:
        with pytest.raises(RuleBroken) as refusal:
            take_back_entry(pledge, staff=steward, now=now)
        codes.append(refusal.value.code)

    assert codes == [
        "too_late_to_undo",
        "steps_taken",
        "pledge_ended",
        "not_an_entry",
        "owner_confirmed",
    ]


def test_entry_contested_by_its_owner_is_left_alone(reference: Any, steward: Any) -> None:
    pledge = contest_pledge(entered(reference, steward), now=NOW)
    before = Event.objects.count()

    take_back_entry(pledge, staff=steward, now=NOW)

    assert Event.objects.count() == before


def test_merge_into_an_unconfirmed_one_tells_nobody(reference: Any, steward: Any) -> None:
    kept = register(reference)
    merged = register(reference, answers(reference, identity_number="022190123458"))

    merge(kept, merged, steward)

    assert not Message.objects.filter(kind__startswith="pledges/merged").exists()
