"""What each state of a registration means to retention, and that erasing one leaves nothing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from registration.ledger.models import Event
from registration.outbox.models import MailboxItem, Message
from registration.outbox.services import deliver_message
from registration.people.models import Contact, OneTimeLink, Particulars, Person
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.models import Pledge, Relative
from registration.pledges.services import confirm_pledge, withdraw_pledge
from registration.pledges.steps import take_step
from registration.privacy.models import Consent, Erasure, RetentionRule, RetentionRun
from registration.privacy.retention import run_retention
from tests.pledges.registering import NOW, answers, contact_of, register, turkish

PERSONAL = (Pledge, Person, Particulars, Contact, OneTimeLink, Consent, Message)
WEEK = timedelta(days=7)
MOMENT = timedelta(seconds=1)


def rule(state: str, *, record_class: str = "pledge", **changes: Any) -> RetentionRule:
    values = {"jurisdiction_id": "VN", "act": "erase", "after_days": 7, "source": "a test"}
    return RetentionRule.objects.create(
        record_class=record_class, state=state, **{**values, **changes}
    )


def erased(state: str, *, after: timedelta, **changes: Any) -> int:
    found = RetentionRule.objects.filter(state=state).first() or rule(state, **changes)
    run_retention(now=NOW + after)
    return RetentionRun.objects.filter(rule=found).latest("id").count


def test_unconfirmed_entry_is_erased_with_all_that_knew_the_person(reference: Any) -> None:
    pledge = register(reference)

    number = erased("received", after=WEEK + MOMENT)

    assert number == 1
    assert {model.__name__: model.objects.count() for model in PERSONAL} == {
        model.__name__: 0 for model in PERSONAL
    }
    assert Event.objects.count() == 1
    trace = Erasure.objects.get()
    assert (trace.record_class, trace.subject, trace.reason) == (
        "pledge",
        pledge.pk,
        "pledge.received",
    )


def test_entry_stays_until_its_seven_days_are_over(reference: Any) -> None:
    register(reference)

    assert erased("received", after=WEEK) == 0
    assert Pledge.objects.count() == 1


def test_confirmed_entry_stays(reference: Any) -> None:
    pledge = register(reference)
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)

    assert erased("received", after=timedelta(days=400)) == 0
    assert Message.objects.count() == 1


def test_person_with_another_registration_stays(reference: Any) -> None:
    first = register(reference)
    confirm_pledge(first, contact=contact_of(first), now=NOW)
    register(reference, answers(reference, organs=("cornea",)))

    number = erased("received", after=timedelta(days=8))

    assert number == 1
    assert list(Pledge.objects.values_list("pk", flat=True)) == [first.pk]
    assert Person.objects.count() == 1


def test_copies_in_the_desks_mailbox_go_too(reference: Any) -> None:
    pledge = register(reference)
    deliver_message(Message.objects.get(about=pledge.pk).pk, now=NOW)
    assert MailboxItem.objects.count() == 1

    erased("received", after=timedelta(days=8))

    assert MailboxItem.objects.count() == 0


def test_another_country_has_its_own_rule(reference: Any) -> None:
    register(reference)
    register(reference, turkish(reference))

    erased("received", after=timedelta(days=8), jurisdiction_id="TR")

    assert [pledge.jurisdiction_id for pledge in Pledge.objects.all()] == ["VN"]


def test_entry_whose_owner_wants_it_kept_only_stays(reference: Any) -> None:
    pledge = register(reference)
    Person.objects.filter(pk=pledge.person_id).update(restricted_at=NOW)

    assert erased("received", after=timedelta(days=8)) == 0


def _end(pledge: Pledge, state: PledgeState) -> None:
    Pledge.objects.filter(pk=pledge.pk).update(state=state, ended_at=NOW)


def _confirm(pledge: Pledge, state: PledgeState = PledgeState.CONFIRMED) -> None:
    Pledge.objects.filter(pk=pledge.pk).update(state=state, confirmed_at=NOW)


def _issue_card(pledge: Pledge) -> None:
    pledge.steps.create(kind=StepKind.CARD_ISSUED, happened_on=NOW.date(), recorded_at=NOW)
    _end(pledge, PledgeState.WITHDRAWN)


def _withdraw_consent(pledge: Pledge) -> None:
    _confirm(pledge)
    Consent.objects.filter(about=pledge.pk, act="agreed").update(withdrawn_at=NOW)


def _hand_over(pledge: Pledge) -> None:
    _confirm(pledge)
    pledge.steps.create(kind=StepKind.HANDED_OVER, happened_on=NOW.date(), recorded_at=NOW)


STATES: dict[str, Callable[[Pledge], None]] = {
    "held": lambda pledge: Pledge.objects.filter(pk=pledge.pk).update(is_held=True) and None,
    "waiting": lambda pledge: _confirm(pledge, PledgeState.WAITING),
    "confirmed": _confirm,
    "handed_over": _hand_over,
    "contested": lambda pledge: _end(pledge, PledgeState.CONTESTED),
    "withdrawn": lambda pledge: _end(pledge, PledgeState.WITHDRAWN),
    "replaced": lambda pledge: _end(pledge, PledgeState.REPLACED),
    "merged": lambda pledge: _end(pledge, PledgeState.MERGED),
    "card_ended": _issue_card,
    "consent_withdrawn": _withdraw_consent,
}


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_time_and_no_other_state_is_meant(reference: Any, state: str) -> None:
    register(reference, answers(reference, identity_number="022190999999"))
    meant = register(reference)
    STATES[state](meant)
    rule(state)

    run_retention(now=NOW + WEEK)
    before = Pledge.objects.count()
    run_retention(now=NOW + WEEK + MOMENT)

    assert before == 2
    assert list(Pledge.objects.filter(pk=meant.pk)) == []
    assert Pledge.objects.count() == 1


def test_entry_with_a_card_is_not_erased_as_withdrawn(reference: Any) -> None:
    _issue_card(register(reference))

    assert erased("withdrawn", after=timedelta(days=30)) == 0


def test_figures_of_an_erased_registration_stay(reference: Any) -> None:
    pledge = register(reference, turkish(reference))
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)
    take_step(pledge, StepKind.HANDED_OVER, staff=None, happened_on=NOW.date(), now=NOW)
    withdraw_pledge(pledge, now=NOW)
    before = list(Event.objects.order_by("id").values())

    assert erased("withdrawn", after=timedelta(days=8), jurisdiction_id="TR") == 1
    assert list(Event.objects.order_by("id").values()) == before
    assert len(before) == 4


@pytest.mark.parametrize("state", ["told", "declined"])
def test_relative_goes_and_the_registration_stays(reference: Any, state: str) -> None:
    pledge = register(reference)
    for moment in (NOW, None):
        Relative.objects.create(
            pledge=pledge, full_name="Nguyễn Văn İsmet", **{f"{state}_at": moment}
        )

    assert erased(state, after=timedelta(days=8), record_class="relative") == 1
    assert (Relative.objects.count(), Pledge.objects.count()) == (1, 1)
