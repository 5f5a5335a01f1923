"""What a choice of organs means, when a form is too old or too fast, which step may follow."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from registration.common.errors import RuleBroken
from registration.pledges import rules
from registration.pledges.choices import OrganChoice, PledgeState, StepKind
from registration.units.choices import PledgeKind

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


APPLICATION, INTENT = PledgeKind.APPLICATION, PledgeKind.INTENT
CARD_NEEDS = ["paper_seen", "counselled", "form_signed"]


@pytest.mark.parametrize(
    ("kind", "taken", "following"),
    [
        (APPLICATION, [], "contacted"),
        (APPLICATION, ["contacted"], "paper_seen"),
        (APPLICATION, ["paper_seen"], "passed_on"),
        (APPLICATION, ["paper_seen", "counselled"], "form_signed"),
        (APPLICATION, ["counselled"], "paper_seen"),
        (APPLICATION, CARD_NEEDS, "card_issued"),
        (APPLICATION, [*CARD_NEEDS, "card_issued"], "card_posted"),
        (APPLICATION, [*CARD_NEEDS, "card_issued", "listed"], "card_posted"),
        (APPLICATION, [*CARD_NEEDS, "card_issued", "card_posted", "listed"], None),
        (INTENT, [], "handed_over"),
        (INTENT, ["help_asked"], "contacted"),
        (INTENT, ["help_asked", "contacted"], "handed_over"),
        (INTENT, ["help_asked", "contacted", "help_asked"], "contacted"),
        (INTENT, ["handed_over"], None),
        (INTENT, ["handed_over", "help_asked"], "contacted"),
    ],
)
def test_next_step(kind: str, taken: list[str], following: str | None) -> None:
    assert rules.next_step(kind, taken) == following


@pytest.mark.parametrize(
    ("step", "changes", "code"),
    [
        ("paper_seen", {}, None),
        ("contacted", {"taken": ["contacted"]}, None),
        ("paper_seen", {"taken": ["paper_seen"]}, "step_taken"),
        ("handed_over", {}, "step_unknown"),
        ("confirm", {}, "step_unknown"),
        ("paper_seen", {"kind": INTENT}, "step_unknown"),
        ("help_asked", {"kind": INTENT}, None),
        ("paper_seen", {"state": PledgeState.RECEIVED}, "pledge_not_active"),
        ("paper_seen", {"state": PledgeState.WAITING}, "pledge_not_active"),
        ("paper_seen", {"state": PledgeState.WITHDRAWN}, "pledge_not_active"),
        ("card_issued", {"taken": CARD_NEEDS}, None),
        ("card_issued", {"taken": CARD_NEEDS[1:]}, "step_too_early"),
        ("card_posted", {"taken": CARD_NEEDS}, "step_too_early"),
        ("listed", {"taken": [*CARD_NEEDS, "card_issued"]}, None),
        ("paper_seen", {"happened_on": date(2026, 11, 19)}, None),
        ("paper_seen", {"happened_on": date(2026, 11, 21)}, "step_in_future"),
    ],
)
def test_require_step(step: str, changes: dict[str, object], code: str | None) -> None:
    day = date(2026, 11, 20)
    values = {
        "kind": APPLICATION,
        "state": PledgeState.CONFIRMED,
        "taken": [],
        "happened_on": day,
        "day": day,
        **changes,
    }

    assert _code(rules.require_step, StepKind(step), **values) == code


@pytest.mark.parametrize(
    ("step", "taken", "day", "code"),
    [
        ("paper_seen", ["contacted"], 20, None),
        ("paper_seen", ["contacted"], 21, "too_late_to_undo"),
        ("paper_seen", ["counselled", "form_signed", "card_issued"], 20, "step_needed"),
        ("card_issued", [*CARD_NEEDS, "card_posted"], 20, "step_needed"),
        ("contacted", CARD_NEEDS, 20, None),
    ],
)
def test_require_undoable(step: str, taken: list[str], day: int, code: str | None) -> None:
    recorded_on = date(2026, 11, 20)
    today = date(2026, 11, day)

    asked = _code(rules.require_undoable, step, taken=taken, recorded_on=recorded_on, day=today)

    assert asked == code


@pytest.mark.parametrize(
    ("reason", "code"),
    [("", "reason_missing"), ("  x ", "reason_missing"), ("no.", None)],
)
def test_require_reason(reason: str, code: str | None) -> None:
    assert _code(rules.require_reason, reason) == code


def _code(rule, *values, **named) -> str | None:  # type: ignore[no-untyped-def]
    try:
        rule(*values, **named)
    except RuleBroken as error:
        return error.code
    return None
