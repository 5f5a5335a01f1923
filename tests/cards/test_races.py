"""Two clocks at once, with real connections, and the twin without the guard."""

from datetime import timedelta
from typing import Any

import pytest

from registration.cards import transfers
from registration.cards.models import Receiver, Transfer
from tests.cards.issuing import issued, receiver
from tests.pledges.registering import NOW
from tests.races import needs_postgresql, run_at_once

pytestmark = [pytest.mark.race, needs_postgresql, pytest.mark.usefixtures("transactional_db")]


def make_at_once(reference: Any, steward: Any) -> list[Any]:
    receiver(reference)
    issued(reference, steward, now=NOW - timedelta(minutes=1))
    return run_at_once([lambda: transfers.make_transfers(now=NOW)] * 8)


def test_eight_clocks_make_one_list(reference: Any, steward: Any) -> None:
    results = make_at_once(reference, steward)

    assert sorted(len(made) for made in results) == [0] * 7 + [1]
    assert Transfer.objects.count() == 1


def test_twin_without_the_lock_breaks(
    reference: Any, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The constraint still keeps one list, but the other clocks get an error."""

    def unlocked(found: Receiver) -> Receiver:
        return Receiver.objects.select_related("jurisdiction", "unit").get(pk=found.pk)

    monkeypatch.setattr(transfers, "_lock_receiver", unlocked)

    results = make_at_once(reference, steward)

    assert Transfer.objects.count() == 1
    assert any(isinstance(result, Exception) for result in results)
