"""Two stewards merge one pair at once, each the other way round. With a twin without the lock."""

import time
from typing import Any

import pytest

from registration.common.errors import RuleBroken
from registration.ledger.models import Event
from registration.pledges import merging
from registration.pledges.merging import merge_pledges, take_back_merge
from registration.pledges.models import Merge, Pledge
from registration.pledges.services import confirm_pledge
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
