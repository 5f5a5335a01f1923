from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from registration.common.errors import RuleBroken
from registration.rights.choices import RequestState
from registration.rights.rules import (
    act_due,
    answer_due,
    end_of_day,
    require_extension,
    require_known_person,
    require_open_request,
    require_words,
)

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        pytest.param(date(2026, 11, 16), date(2026, 11, 18), id="Monday"),
        pytest.param(date(2026, 11, 20), date(2026, 11, 25), id="Friday before a holiday"),
        pytest.param(date(2026, 11, 21), date(2026, 11, 25), id="Saturday"),
        pytest.param(date(2026, 11, 24), date(2026, 11, 26), id="on the holiday"),
    ],
)
def test_first_answer_is_due_after_working_days(received: date, due: date) -> None:
    culture_day = {date(2026, 11, 24): "public"}

    assert answer_due(received, 2, culture_day) == due


def test_act_is_due_after_days_of_any_kind() -> None:
    assert act_due(date(2026, 12, 20), 20) == date(2027, 1, 9)


def test_clock_runs_until_the_local_day_is_over() -> None:
    hanoi = ZoneInfo("Asia/Ho_Chi_Minh")

    assert end_of_day(date(2026, 11, 18), hanoi) == datetime(2026, 11, 18, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "extended", "due", "code"),
    [
        pytest.param(0, None, NOW + timedelta(days=1), "no_extension", id="law knows none"),
        pytest.param(10, NOW, NOW + timedelta(days=1), "extended_before", id="second time"),
        pytest.param(10, None, NOW, "clock_ended", id="too late"),
    ],
)
def test_extension_is_refused(
    days: int, extended: datetime | None, due: datetime, code: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        require_extension(extension_days=days, extended_at=extended, act_due_at=due, now=NOW)

    assert refusal.value.code == code


def test_extension_in_time_passes() -> None:
    due = NOW + timedelta(microseconds=1)

    require_extension(extension_days=10, extended_at=None, act_due_at=due, now=NOW)


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (lambda: require_open_request(RequestState.DONE), "request_ended"),
        (lambda: require_words("  short  ", field="answer"), "words_missing"),
        (lambda: require_known_person(False), "person_unknown"),
    ],
)
def test_refusals(check: object, code: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        check()  # type: ignore[operator]

    assert refusal.value.code == code
