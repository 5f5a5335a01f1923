"""Merging at once: the other way round, and while an owner confirms. With twins without locks."""

import threading
import time
from typing import Any

import pytest
from django.db import OperationalError, connection

from registration.common.errors import RuleBroken
from registration.ledger.models import Event
from registration.people.models import Person
from registration.pledges import following, merging
from registration.pledges.merging import merge_pledges, take_back_merge
from registration.pledges.models import Merge, Pledge
from registration.pledges.services import confirm_pledge, withdraw_pledge
from tests.pledges.registering import NOW, answers, contact_of, register
from tests.races import needs_postgresql, run_at_once

pytestmark = [pytest.mark.race, needs_postgresql, pytest.mark.usefixtures("transactional_db")]


def pair_of(reference: Any) -> list[Pledge]:
    pledges = [
        register(reference, answers(reference, identity_number=number))
        for number in ("022190123456", "022190123457")
    ]
    return [confirm_pledge(pledge, contact=contact_of(pledge), now=NOW) for pledge in pledges]


def both_ways(pair: list[Pledge], staff: Any) -> list[Any]:
    def merge(kept: Pledge, merged: Pledge) -> Any:
        return merge_pledges(kept, merged, staff=staff, reason="One person.", now=NOW)

    return run_at_once([lambda: merge(*pair), lambda: merge(*reversed(pair))])


def test_of_two_merges_the_other_way_round_one_wins(reference: Any, steward: Any) -> None:
    pair = pair_of(reference)

    results = both_ways(pair, steward)

    (refusal,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refusal, RuleBroken)
    assert refusal.code == "already_merged"
    assert Merge.objects.count() == 1
    assert sorted(Pledge.objects.values_list("state", flat=True)) == ["confirmed", "merged"]
    assert Event.objects.filter(kind="entry.taken_back").count() == 2


def test_twin_without_the_persons_locks_loses_both(
    reference: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = pair_of(reference)
    monkeypatch.setattr(merging, "_lock_persons", lambda pledges: None)
    asked = merging._require_mergeable

    def ask_slowly(kept: Pledge, merged: Pledge) -> None:
        asked(kept, merged)
        time.sleep(0.5)

    monkeypatch.setattr(merging, "_require_mergeable", ask_slowly)

    results = both_ways(pair, steward)

    states = sorted(Pledge.objects.values_list("state", flat=True))
    is_refused = any(isinstance(result, RuleBroken) for result in results)
    assert (is_refused, states == ["confirmed", "merged"]) != (True, True)


def test_taking_back_ten_times_at_once_restores_once(reference: Any, steward: Any) -> None:
    pair = pair_of(reference)
    merge = merge_pledges(*pair, staff=steward, reason="One person.", now=NOW)

    results = run_at_once([lambda: take_back_merge(merge, staff=steward, now=NOW)] * 10)

    assert [type(result) for result in results] == [Merge] * 10
    assert Event.objects.filter(kind="entry.restored").count() == 2
    assert set(Pledge.objects.values_list("state", flat=True)) == {"confirmed"}


def late_one(reference: Any, pair: list[Pledge]) -> Pledge:
    """Another registration under the number of the second, not confirmed yet."""
    number = pair[1].person.identity_number
    return register(reference, answers(reference, identity_number=number))


def confirm_while_merging(
    reference: Any, staff: Any, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[str, bool]]:
    """State of each, and whether it is of the person that stayed: kept, merged, confirmed late."""
    kept, merged = pair = pair_of(reference)
    late = late_one(reference, pair)
    withdraw_pledge(merged, now=NOW)
    other = late_one(reference, pair)
    has_lock, asked = threading.Event(), merging._require_mergeable

    def ask_slowly(kept: Pledge, merged: Pledge) -> None:
        asked(kept, merged)
        has_lock.set()
        time.sleep(0.7)

    def confirm() -> Pledge:
        has_lock.wait(10)
        return confirm_pledge(late, contact=contact_of(late), now=NOW)

    monkeypatch.setattr(merging, "_require_mergeable", ask_slowly)
    results = run_at_once(
        [lambda: merge_pledges(kept, other, staff=staff, reason="One person.", now=NOW), confirm]
    )
    assert [type(result) for result in results] == [Merge, Pledge]
    rows = Pledge.objects.in_bulk([kept.pk, other.pk, late.pk])
    told = [rows[one.pk] for one in (kept, other, late)]
    return [(row.state, row.person_id == kept.person_id) for row in told]


def test_confirming_while_merging_leaves_one_active(
    reference: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = confirm_while_merging(reference, steward, monkeypatch)

    assert found == [("replaced", True), ("merged", False), ("confirmed", True)]


def test_twin_that_does_not_lock_whoever_the_person_became_leaves_two(
    reference: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock(person: Any) -> Person:
        return Person.objects.select_for_update().get(pk=person)

    monkeypatch.setattr(following, "lock_survivor", lock)

    found = confirm_while_merging(reference, steward, monkeypatch)

    assert [state for state, _is_kept in found] == ["confirmed", "merged", "confirmed"]


def confirm_while_parting(reference: Any, staff: Any) -> list[Any]:
    """The person that stays has the smaller key, so that an order by keys is the wrong one."""
    pair = sorted(pair_of(reference), key=lambda pledge: pledge.person_id)
    late = late_one(reference, pair)
    merge = merge_pledges(*pair, staff=staff, reason="One person.", now=NOW)
    has_lock = threading.Event()

    def slowly(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = execute(sql, params, many, context)
        if "FOR UPDATE" in sql and "people_person" in sql:
            has_lock.set()
            time.sleep(0.7)
        return found

    def confirm() -> Pledge:
        with connection.execute_wrapper(slowly):
            return confirm_pledge(late, contact=contact_of(late), now=NOW)

    def take_back() -> Merge:
        has_lock.wait(10)
        return take_back_merge(merge, staff=staff, now=NOW)

    results = run_at_once([confirm, take_back])
    if not any(isinstance(result, Exception) for result in results):
        rows = Pledge.objects.filter(state="confirmed").order_by("person_id")
        assert list(rows) == [pair[0], late]
    return results


def test_confirming_while_a_merge_is_taken_back_waits_and_does_not_hang(
    reference: Any, steward: Any
) -> None:
    results = confirm_while_parting(reference, steward)

    assert [type(result) for result in results] == [Pledge, Merge]


def test_twin_that_locks_in_the_order_of_keys_hangs(
    reference: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "MERGED_FIRST", ("pk",))

    results = confirm_while_parting(reference, steward)

    assert any(isinstance(result, OperationalError) for result in results)
