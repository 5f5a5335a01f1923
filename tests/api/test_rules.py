from datetime import UTC, date, datetime, timedelta

import pytest

from registration.api.rules import (
    is_token,
    is_whole_month,
    require_key,
    require_period,
    state_of_key,
)
from registration.common.errors import RuleBroken

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KEY = {
    "kind": "department",
    "prefix": "abcdefg2",
    "scopes": ["summaries"],
    "days": 365,
    "label": "Máy chủ",
}


@pytest.mark.parametrize(
    ("expires_at", "ended_at", "state"),
    [
        (NOON + timedelta(days=30, seconds=1), None, "VALID"),
        (NOON + timedelta(days=30), None, "ENDS_SOON"),
        (NOON + SECOND, None, "ENDS_SOON"),
        (NOON, None, "EXPIRED"),
        (NOON + timedelta(days=99), NOON, "ENDED"),
    ],
)
def test_state_of_key(expires_at: datetime, ended_at: datetime | None, state: str) -> None:
    assert state_of_key(expires_at=expires_at, ended_at=ended_at, now=NOON).name == state


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kind": "hospital"}, "unit_has_no_keys"),
        ({"prefix": "ABCDEFG2"}, "prefix_not_plain"),
        ({"label": ""}, "label_missing"),
        ({"scopes": []}, "scope_missing"),
        ({"scopes": ["summaries", "everything"]}, "scope_missing"),
        ({"scopes": ["totals"]}, "totals_not_here"),
        ({"days": 366}, "lasts_too_long"),
        ({"days": 0}, "lasts_too_long"),
    ],
)
def test_require_key_refuses(facts: dict[str, object], code: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        require_key(**{**KEY, **facts})  # type: ignore[arg-type]

    assert broken.value.code == code


def test_require_key_puts_scopes_in_order() -> None:
    wanted = {**KEY, "kind": "ministry", "scopes": ["totals", "summaries"]}

    assert require_key(**wanted) == ["summaries", "totals"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [
        (date(2024, 1, 1), date(2024, 12, 31), ""),
        (date(2024, 1, 1), date(2025, 1, 1), "too_long"),
        (date(2024, 1, 2), date(2024, 1, 1), "wrong_order"),
        (date.max, date.max, ""),
        (date.min, date.max, "too_long"),
    ],
)
def test_require_period(first: date, last: date, code: str) -> None:
    if not code:
        require_period(first, last)
        return
    with pytest.raises(RuleBroken) as broken:
        require_period(first, last)
    assert (broken.value.code, broken.value.field) == (code, "to")


@pytest.mark.parametrize(
    ("first", "last", "is_month"),
    [
        (date(2024, 2, 1), date(2024, 2, 29), True),
        (date(2024, 2, 1), date(2024, 2, 28), False),
        (date(2024, 2, 2), date(2024, 2, 29), False),
        (date(2024, 1, 1), date(2024, 2, 29), False),
        (date(9999, 12, 1), date.max, True),
    ],
)
def test_is_whole_month(first: date, last: date, is_month: bool) -> None:
    assert is_whole_month(first, last) is is_month


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (f"dp_abcdefg2_{'A' * 43}", True),
        (f"dp_abcdefg2_{'A' * 42}", False),
        (f"dp_abcdefg1_{'A' * 43}", False),
        (f"dp_abcdefg2_{'A' * 42}ı", False),
        (f"dp_abcdefg2_{'A' * 43}\n", False),
        ("", False),
    ],
)
def test_is_token(text: str, is_one: bool) -> None:
    assert is_token(text) is is_one
