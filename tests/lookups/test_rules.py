from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from registration.lookups.rules import answering, certainty_of


def some(*states: str) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(state=state, received_at=datetime(2026, 11, day, tzinfo=UTC))
        for day, state in enumerate(states, start=1)
    ]


@pytest.mark.parametrize(
    ("states", "answers"),
    [
        (["confirmed", "received"], "confirmed"),
        (["withdrawn", "received"], "withdrawn"),
        (["replaced", "confirmed", "waiting"], "confirmed"),
        (["received", "waiting"], "waiting"),
        (["contested", "replaced", "merged"], None),
        ([], None),
    ],
)
def test_what_nobody_confirmed_never_hides_a_decision(
    states: list[str], answers: str | None
) -> None:
    found = answering(some(*states))

    assert (found.state if found else None) == answers


def test_of_two_alike_the_newest_answers() -> None:
    first, second = some("withdrawn", "withdrawn")

    assert answering([first, second]) is second


@pytest.mark.parametrize(
    ("state", "own", "certainty"),
    [
        ("received", {"has_contact", "has_paper"}, "unconfirmed"),
        ("waiting", {"has_contact", "has_paper"}, "unconfirmed"),
        ("confirmed", set(), "unconfirmed"),
        ("confirmed", {"has_contact"}, "contact_confirmed"),
        ("confirmed", {"has_paper"}, "identity_seen"),
        ("confirmed", {"has_contact", "has_paper"}, "identity_seen"),
        ("confirmed", {"has_contact", "has_paper", "has_card"}, "card_issued"),
        ("withdrawn", {"has_contact", "has_paper"}, "withdrawn"),
    ],
)
def test_certainty(state: str, own: set[str], certainty: str) -> None:
    facts = {name: name in own for name in ("has_contact", "has_paper", "has_card")}

    assert certainty_of(state=state, **facts) == certainty
