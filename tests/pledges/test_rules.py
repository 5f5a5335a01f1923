"""What a choice of organs means, and when a form is too old or too fast."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from registration.common.errors import RuleBroken
from registration.pledges import rules
from registration.pledges.choices import OrganChoice, PledgeState

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
LISTED = ["kidney", "cornea", "liver"]
APART = ["face_scalp"]


@pytest.mark.parametrize(
    ("choice", "ticked", "chosen"),
    [
        (OrganChoice.ALL, [], ("cornea", "kidney", "liver")),
        (OrganChoice.ALL, ["kidney"], ("cornea", "kidney", "liver")),
        (OrganChoice.ALL, ["face_scalp"], ("cornea", "face_scalp", "kidney", "liver")),
        (OrganChoice.SOME, ["liver", "kidney"], ("kidney", "liver")),
        (OrganChoice.SOME, ["kidney", "heart"], ("kidney",)),
        (OrganChoice.LATER, [], ()),
        (OrganChoice.LATER, ["kidney"], ()),
    ],
)
def test_chosen_organs(choice: OrganChoice, ticked: list[str], chosen: tuple[str, ...]) -> None:
    assert rules.chosen_organs(choice, ticked=ticked, listed=LISTED, apart=APART) == chosen


def test_chosen_organs_gives_back_every_subset() -> None:
    offered = [*LISTED, *APART]
    for size in range(1, len(offered) + 1):
        for subset in itertools.combinations(offered, size):
            chosen = rules.chosen_organs(
                OrganChoice.SOME, ticked=subset, listed=LISTED, apart=APART
            )

            assert chosen == tuple(sorted(subset))


@pytest.mark.parametrize("ticked", [[], ["heart"]], ids=["none", "not offered"])
def test_some_without_a_tick_is_refused(ticked: list[str]) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.chosen_organs(OrganChoice.SOME, ticked=ticked, listed=LISTED)

    assert (refusal.value.code, refusal.value.field) == ("organs_missing", "organs")


@pytest.mark.parametrize(
    ("email", "sms", "code"),
    [("a@example.org", False, None), ("", True, None), ("", False, "contact_missing")],
)
def test_require_contact(email: str, sms: bool, code: str | None) -> None:
    assert _code(rules.require_contact, email=email, can_get_sms=sms) == code


@pytest.mark.parametrize(
    ("age", "code"),
    [
        (timedelta(0), None),
        (timedelta(hours=24), None),
        (timedelta(hours=24, seconds=1), "form_expired"),
    ],
)
def test_require_fresh(age: timedelta, code: str | None) -> None:
    assert _code(rules.require_fresh, NOW - age, now=NOW) == code


@pytest.mark.parametrize(
    ("age", "code"),
    [
        (timedelta(seconds=1), "too_fast"),
        (timedelta(seconds=2), None),
        (timedelta(seconds=-5), "too_fast"),
    ],
)
def test_require_unhurried(age: timedelta, code: str | None) -> None:
    assert _code(rules.require_unhurried, NOW - age, now=NOW) == code


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (PledgeState.RECEIVED, None),
        (PledgeState.CONFIRMED, None),
        (PledgeState.REPLACED, "pledge_ended"),
        (PledgeState.WITHDRAWN, "pledge_ended"),
    ],
)
def test_require_confirmable(state: PledgeState, code: str | None) -> None:
    assert _code(rules.require_confirmable, state) == code


def _code(rule, *values, **named) -> str | None:  # type: ignore[no-untyped-def]
    try:
        rule(*values, **named)
    except RuleBroken as error:
        return error.code
    return None
