"""Two at once, with real connections. Each race has a twin without the guard."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from registration.ledger.models import Event
from registration.outbox.models import Message
from registration.people.choices import IdentityTier
from registration.people.models import Person
from registration.pledges import following, services
from registration.pledges.models import Pledge
from registration.pledges.services import confirm_by_link, confirm_pledge
from tests.intake.visits import (
    VN_URL,
    acts_of,
    check,
    form_key,
    link_in,
    solved_proof,
    vn_answers,
)
from tests.pledges.registering import NOW, answers, contact_of, register
from tests.races import needs_postgresql, run_at_once

pytestmark = [pytest.mark.race, needs_postgresql, pytest.mark.usefixtures("transactional_db")]


def test_twenty_sendings_of_one_form_are_one_registration(reference: Any) -> None:
    key = form_key()
    told = vn_answers(reference)
    acts = acts_of(check(Client(), VN_URL, told, form_key=key).content.decode())
    data = {"form_key": key, **told, **acts, "altcha": solved_proof(), "action": "send"}

    responses = run_at_once([lambda: Client().post(VN_URL, data)] * 20)

    assert [getattr(r, "status_code", r) for r in responses] == [303] * 20
    counts = [model.objects.count() for model in (Pledge, Message, Person)]
    assert counts == [1, 1, 1]
    assert Event.objects.count() == 1


def test_twin_that_does_not_look_for_what_was_sent_breaks(
    reference: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The unique key still keeps one row, but the others get an error for an answer."""
    monkeypatch.setattr(services, "find_by_form_key", lambda form_key: None)
    told = answers(reference)

    results = run_at_once([lambda: register(reference, told, form_key="one")] * 20)

    assert Pledge.objects.count() == 1
    assert any(isinstance(result, Exception) for result in results)


def test_twenty_forms_of_one_person_are_one_person(reference: Any) -> None:
    told = answers(reference)

    results = run_at_once([lambda: register(reference, told, form_key=uuid4().hex)] * 20)

    assert [type(result) for result in results] == [Pledge] * 20
    assert (Person.objects.count(), Pledge.objects.count()) == (1, 20)


def test_confirming_at_once_is_once(reference: Any) -> None:
    register(reference)
    token = link_in(Message.objects.get().text).rstrip("/").rsplit("/", 1)[1]

    results = run_at_once([lambda: confirm_by_link(token, now=NOW)] * 10)

    assert [type(result) for result in results] == [Pledge] * 10
    assert Event.objects.filter(kind="pledge.confirmed").count() == 1


def test_confirming_two_pledges_of_one_person_leaves_one_active(reference: Any) -> None:
    pledges = [register(reference) for _turn in range(5)]
    jobs = [
        lambda p=p: confirm_pledge(p, contact=contact_of(p), now=NOW)  # type: ignore[misc]
        for p in pledges
    ]

    results = run_at_once(jobs)

    assert [type(result) for result in results] == [Pledge] * 5
    states = sorted(Pledge.objects.values_list("state", flat=True))
    assert states == ["confirmed", *["replaced"] * 4]
    kinds = sorted(Event.objects.exclude(kind="pledge.received").values_list("kind", flat=True))
    assert kinds == [*["pledge.changed"] * 4, "pledge.confirmed"]


def test_twin_without_the_person_s_lock_is_stopped_by_the_constraint(
    reference: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock taken away: the database still allows one active pledge, and refuses the others."""
    pledges = [register(reference) for _turn in range(5)]
    # Else raising it would lock the person as well.
    Person.objects.update(identity_tier=IdentityTier.CONTACT_CONFIRMED)
    monkeypatch.setattr(following, "lock_survivor", lambda person: Person.objects.get(pk=person))
    jobs = [
        lambda p=p: confirm_pledge(p, contact=contact_of(p), now=NOW)  # type: ignore[misc]
        for p in pledges
    ]

    results = run_at_once(jobs)

    assert any(isinstance(result, Exception) for result in results)
    assert Pledge.objects.filter(state="confirmed").count() == 1


def test_one_proof_at_once_lets_in_one(reference: Any) -> None:
    told = answers(reference)

    run_at_once([lambda: register(reference, told, form_key=uuid4().hex, proof="p" * 64)] * 10)

    assert Pledge.objects.count() == 1
    assert connection.vendor == "postgresql"
