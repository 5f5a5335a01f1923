"""Which of two registrations is likely the one to stay."""

from datetime import UTC, datetime
from typing import Any

import pytest

from registration.merges.rules import Standing, stays

EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def standing(**changes: Any) -> Standing:
    values: dict[str, Any] = {
        "state": "confirmed",
        "has_card": False,
        "tier": "contact_confirmed",
        "confirmed_at": EARLY,
    }
    return Standing(**{**values, **changes})


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({}, {"state": "received", "tier": "identity_seen", "confirmed_at": None}),
        ({}, {"state": "waiting", "confirmed_at": LATE}),
        ({"has_card": True}, {"tier": "identity_seen", "confirmed_at": LATE}),
        ({"tier": "identity_seen"}, {"confirmed_at": LATE}),
        ({"confirmed_at": LATE}, {}),
    ],
    ids=["state", "waiting", "card", "tier", "newest"],
)
def test_the_one_that_came_further_stays(better: dict[str, Any], worse: dict[str, Any]) -> None:
    one, other = standing(**better), standing(**worse)

    assert (stays(one, other), stays(other, one)) == (True, False)


def test_of_two_alike_the_first_stays() -> None:
    assert stays(standing(confirmed_at=None), standing(confirmed_at=None))
