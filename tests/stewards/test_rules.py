"""Which steps a desk offers, who may decide, what is refused."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from registration.common.errors import RuleBroken
from registration.pledges.choices import StepKind
from registration.stewards import rules
from registration.stewards.choices import name_of_wait
from registration.units.choices import PledgeKind

APPLICATION, INTENT = PledgeKind.APPLICATION, PledgeKind.INTENT


def code_of(rule: Callable[..., Any], *values: Any, **named: Any) -> str | None:
    try:
        rule(*values, **named)
    except RuleBroken as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("kind", "taken", "offered"),
    [
        (
            APPLICATION,
            [],
            ["contacted", "paper_seen", "passed_on", "counselled", "form_signed"],
        ),
        (APPLICATION, ["paper_seen", "passed_on", "counselled", "form_signed"], ["contacted"]),
        (
            APPLICATION,
            ["contacted", "paper_seen", "passed_on", "counselled", "form_signed", "card_issued"],
            ["card_posted", "listed", "contacted"],
        ),
        (INTENT, [], ["handed_over", "contacted", "help_asked"]),
        (INTENT, ["handed_over"], ["contacted", "help_asked"]),
    ],
)
def test_desk_offers_what_can_be_recorded_but_never_the_card(
    kind: str, taken: list[str], offered: list[str]
) -> None:
    assert rules.desk_steps(kind, taken) == offered


def test_bulk_offers_no_card() -> None:
    assert StepKind.CARD_ISSUED not in rules.bulk_steps(APPLICATION)
    assert rules.bulk_steps(INTENT) == ["contacted", "handed_over"]


@pytest.mark.parametrize(
    ("step", "kind", "name"),
    [
        ("confirm", APPLICATION, "Confirmation by its owner"),
        ("compare", INTENT, "Comparison with the earlier registration"),
        ("contacted", APPLICATION, "To be contacted"),
        ("contacted", INTENT, "Help asked"),
        ("handed_over", INTENT, "Waits for the person"),
        ("", APPLICATION, "Nothing to do"),
    ],
)
def test_name_of_wait(step: str, kind: str, name: str) -> None:
    assert name_of_wait(step, kind) == name


@pytest.mark.parametrize(
    ("step", "has_unit", "code"),
    [
        (StepKind.PASSED_ON, False, "unit_missing"),
        (StepKind.PASSED_ON, True, None),
        (StepKind.CONTACTED, False, None),
    ],
)
def test_require_receiver(step: StepKind, has_unit: bool, code: str | None) -> None:
    assert code_of(rules.require_receiver, step, has_unit=has_unit) == code


@pytest.mark.parametrize(
    ("day", "code"),
    [(19, "step_before_registration"), (20, None), (21, None)],
)
def test_require_not_before(day: int, code: str | None) -> None:
    first = date(2026, 11, 20)
    assert code_of(rules.require_not_before, date(2026, 11, day), first=first) == code


@pytest.mark.parametrize(("decider", "code"), [(1, "second_person_missing"), (2, None)])
def test_require_second_person(decider: int, code: str | None) -> None:
    assert code_of(rules.require_second_person, asked_by=1, decided_by=decider) == code


@pytest.mark.parametrize(
    ("number", "code"),
    [(0, "none_chosen"), (1, None), (500, None), (501, "too_many_chosen")],
)
def test_require_few(number: int, code: str | None) -> None:
    assert code_of(rules.require_few, number) == code


def test_require_other_contact() -> None:
    same = ("a@example.org", "")
    assert code_of(rules.require_other_contact, before=same, after=same) == "contact_unchanged"
    assert code_of(rules.require_other_contact, before=same, after=("b@example.org", "")) is None
