"""A played day goes through the real services, is marked as demo, and equals its recount."""

import json
from datetime import UTC, date, datetime, time
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from registration.ledger.models import Event
from registration.pledges.models import Pledge
from registration.reports.models import ReportHours, Summary
from registration.reports.services import ensure_windows, set_report_hours

DAY = date(2026, 11, 12)
MONTH = date(2026, 4, 1)
FORMATS = ("csv", "json", "pdf", "xlsx")


@pytest.fixture
def hours(reference: SimpleNamespace, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    set_report_hours(
        reference.quang_ninh_department,
        cut_off_at=time(16, 15),
        due_at=time(16, 30),
        language="vi",
        starts_on=date(2026, 11, 14),
    )


def play(people: int, day: date = DAY) -> str:
    told = StringIO()
    call_command(
        "play_day", department="quang-ninh", date=day, people=people, stdout=told, stderr=told
    )
    return told.getvalue()


@pytest.mark.django_db(transaction=True)
def test_played_day_equals_a_recount_of_the_ledger(hours: None) -> None:
    play(12)

    summary = Summary.objects.get(window__day=DAY)
    figures = json.loads(summary.figures)
    recount = {
        name: Event.objects.filter(kind=f"pledge.{name}").count() for name in figures["counts"]
    }
    assert figures["counts"] == recount
    assert figures["counts"]["received"] >= 12
    assert figures["holds_demo"] is True
    assert Pledge.objects.filter(is_demo=False).count() == 0
    assert set(Event.objects.values_list("is_demo", flat=True)) == {True}


@pytest.mark.django_db(transaction=True)
def test_played_events_lie_within_the_day(hours: None) -> None:
    play(12)

    times = Event.objects.values_list("happened_at", flat=True)
    assert min(times) >= datetime(2026, 11, 11, 9, 15, tzinfo=UTC)
    assert max(times) < datetime(2026, 11, 12, 9, 15, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_summary_ends_up_as_documents(hours: None, tmp_path) -> None:
    told = play(3)

    names = sorted(path.name for path in (tmp_path / "played").iterdir())
    assert names == [f"quang-ninh-2026-11-12.{kind}" for kind in FORMATS]
    assert "/desk/summaries/quang-ninh/2026-11-12/" in told


@pytest.mark.django_db(transaction=True)
def test_closed_day_is_not_played_again(hours: None) -> None:
    play(1)

    with pytest.raises(CommandError, match="a closed day never changes"):
        play(1)

    assert Pledge.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"date": date(2199, 1, 1)}, "has not ended yet", id="a future day"),
        pytest.param({"department": "nowhere"}, "There is no department", id="no department"),
        pytest.param({"people": 1000}, "from 0 to 999", id="too many"),
    ],
)
def test_what_cannot_be_played_is_said(hours: None, changes: dict, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call_command("play_day", **{"department": "quang-ninh", "date": DAY, **changes})


def test_production_plays_nothing(hours: None, settings) -> None:
    settings.PLAY_ALLOWED = False

    with pytest.raises(CommandError, match="never in production"):
        call_command("play_day")


def play_month(**options: Any) -> None:
    call_command("play_month", **{"department": ["quang-ninh"], "month": MONTH, **options})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        pytest.param({"month": date(2199, 1, 1)}, "2199-01 is not over yet", id="a future month"),
        pytest.param({"department": ["nowhere"]}, "There is no department", id="no department"),
        pytest.param({"people": 201}, "from 1 to 200", id="too many"),
    ],
)
def test_month_that_cannot_be_played_is_said_and_changes_nothing(
    hours: None, changes: dict, sentence: str
) -> None:
    before = ReportHours.objects.values().get()

    with pytest.raises(CommandError, match=sentence):
        play_month(**changes)

    assert ReportHours.objects.values().get() == before


def test_told_month_is_not_played_again(hours: None) -> None:
    ReportHours.objects.update(starts_on=date(2026, 4, 30), ends_on=date(2026, 4, 30))
    ensure_windows(now=datetime(2026, 4, 30, 9, 15, tzinfo=UTC))

    with pytest.raises(CommandError, match="a closed day never changes"):
        play_month()


def test_production_plays_no_month(hours: None, settings) -> None:
    settings.PLAY_ALLOWED = False

    with pytest.raises(CommandError, match="never in production"):
        play_month()
