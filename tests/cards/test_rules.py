from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from registration.cards import rules
from registration.cards.choices import CardEnd
from registration.common.errors import RuleBroken

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY = datetime(2026, 11, 20, 16, 0, tzinfo=HANOI)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("written", "kept"),
    [(" QN-000  123 ", "QN-000 123"), ("ĐK/2026.7", "ĐK/2026.7"), ("１２３", "123")],
)
def test_card_number_is_kept_as_printed(written: str, kept: str) -> None:
    assert rules.require_card_number(written) == kept


@pytest.mark.parametrize("written", ["", "=1+1", "a" * 31, "12\u200b3", "-5", "<b>"])
def test_other_card_numbers_are_refused(written: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.require_card_number(written)

    assert refusal.value.code == "card_number_shape"


def test_spellings_of_a_card_number_are_one() -> None:
    spellings = {rules.canonical_number(n) for n in ("qn-000 123", "QN000123", "QN.000/123")}

    assert spellings == {"QN000123"}


@pytest.mark.parametrize(
    ("weekday", "local", "cut"),
    [
        pytest.param(None, FRIDAY - MINUTE, FRIDAY - timedelta(days=1), id="a minute before"),
        pytest.param(None, FRIDAY, FRIDAY, id="at the hour"),
        pytest.param(4, FRIDAY, FRIDAY, id="on the weekday"),
        pytest.param(4, FRIDAY - MINUTE, FRIDAY - timedelta(days=7), id="a minute before, weekly"),
        pytest.param(0, FRIDAY, FRIDAY - timedelta(days=4), id="four days after"),
    ],
)
def test_last_cut(weekday: int | None, local: datetime, cut: datetime) -> None:
    assert rules.last_cut(weekday=weekday, hour=16, local=local) == cut


@pytest.mark.parametrize(
    ("newest", "today", "due"),
    [
        pytest.param(None, date(2026, 11, 20), True, id="first, on its day"),
        pytest.param(None, date(2026, 11, 21), False, id="new receiver waits for its day"),
        pytest.param(date(2026, 11, 13), date(2026, 11, 22), True, id="missed, made late"),
        pytest.param(date(2026, 11, 20), date(2026, 11, 20), False, id="made already"),
    ],
)
def test_list_is_due(newest: date | None, today: date, due: bool) -> None:
    assert rules.is_list_due(FRIDAY, newest=newest, today=today) is due


@pytest.mark.parametrize(
    ("chased", "days", "due"),
    [(None, 2.99, False), (None, 3, True), (0, 6.99, False), (0, 7, True)],
)
def test_chase_comes_after_the_receiver_s_time_and_then_weekly(
    chased: int | None, days: float, due: bool
) -> None:
    asked = rules.is_chase_due(
        made_at=FRIDAY,
        chased_at=None if chased is None else FRIDAY,
        after_days=3,
        now=FRIDAY + timedelta(days=days),
    )

    assert asked is due


@pytest.mark.parametrize(
    ("reason", "state", "why"),
    [
        ("undone", "confirmed", CardEnd.UNDONE),
        ("", "withdrawn", CardEnd.WITHDRAWN),
        ("", "contested", CardEnd.WITHDRAWN),
        ("", "replaced", CardEnd.REPLACED),
        ("", "merged", CardEnd.REPLACED),
    ],
)
def test_why_a_card_ended(reason: str, state: str, why: CardEnd) -> None:
    assert rules.why_ended(reason, state) == why
