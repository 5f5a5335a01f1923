"""Whatever comes, in whatever order, is corrected and counted when: nothing is told twice or lost.

Random entries, corrections, cut-offs and provisional counts; after each, what was told with its
adjustments and what came since equals a recount.
"""

import json
from collections import Counter
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registration.campaigns.models import UnitTarget
from registration.ledger.choices import EventKind
from registration.ledger.clock import played_at
from registration.ledger.models import Event
from registration.ledger.services import restore, take_back
from registration.reports.closing import freeze
from registration.reports.counting import COUNTED, KEYS
from registration.reports.figures import compile_figures
from registration.reports.models import Summary
from registration.reports.proof import find_faults
from registration.reports.services import ensure_windows, open_windows
from tests.reports.entries import entry, hanoi, hours_of

START = hanoi("2025-11-18 08:00")
KINDS = [*COUNTED.values(), EventKind.PLEDGE_MERGED]

# Hours that pass, what happens then, and with which of the registrations or events so far.
STEPS = st.lists(
    st.tuples(
        st.integers(0, 20),
        st.sampled_from(["enter", "enter", "enter", "take back", "restore", "count"]),
        st.sampled_from(KINDS),
        st.integers(0, 9),
        st.sampled_from([250, 350, 450]),
    ),
    min_size=3,
    max_size=18,
)


class Days:
    """A department's days as they pass, with a count of its own of all that happened."""

    def __init__(self, reference: SimpleNamespace) -> None:
        self.reference, self.now = reference, START
        self.department = reference.quang_ninh_department
        self.events: list[Event] = []
        self.back: set[int] = set()

    def enter(self, kind: EventKind, which: int, volume: int) -> None:
        subjects = [self.events[which % len(self.events)].subject] if self.events else []
        given_blood = kind == EventKind.DONATION_GIVEN
        made = entry(
            self.reference,
            self.now,
            kind,
            unit=self.reference.hospital,
            campaign=self.reference.campaign,
            volume_ml=volume if given_blood else None,
            subjects=subjects,
        )
        self.events += made

    def correct(self, how: Any, which: int) -> None:
        if not self.events:
            return
        event = self.events[which % len(self.events)]
        is_back = event.pk in self.back
        if is_back == (how is restore):
            with played_at(self.now), transaction.atomic():
                how(event)
            self.back ^= {event.pk}

    def close(self) -> None:
        for window in ensure_windows(now=self.now, department=self.department):
            freeze(window, taken_at=self.now)

    def by_hand(self) -> dict[str, int]:
        """Every event that stands, before this moment."""
        names = {str(kind): name for name, kind in COUNTED.items()}
        found: Counter[str] = Counter()
        for event in self.events:
            if event.kind in names and event.pk not in self.back:
                found[names[event.kind]] += 1
                found["ml"] += event.volume_ml or 0
        return {name: found[name] for name in KEYS}


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_days_with_adjustments_are_the_recount(reference: SimpleNamespace, steps: Any) -> None:
    with transaction.atomic():
        _live(Days(reference), steps)
        transaction.set_rollback(True)


def _live(days: Days, steps: list[Any]) -> None:
    hours_of(days.department, starts_on=START.date())
    UnitTarget.objects.create(
        campaign=days.reference.campaign, unit=days.reference.hospital, people=10
    )
    for hours, act, kind, which, volume in steps:
        days.now += timedelta(hours=hours, seconds=1)
        days.close()
        if act == "enter":
            days.enter(kind, which, volume)
        elif act == "count":
            _check(days, days.now + timedelta(seconds=1))
        else:
            days.correct(take_back if act == "take back" else restore, which)
    days.now += timedelta(days=1)
    days.close()
    _check(days, days.now)


def _check(days: Days, now: datetime) -> None:
    (window,) = open_windows([days.department], now=now)
    window.ends_at = now
    open_day = compile_figures(window, taken_at=now, provisional=1)
    by_hand = days.by_hand()

    assert open_day["cumulative"] == by_hand
    assert sum(row["reached"] for row in open_day["targets"]) == by_hand["confirmed"]
    assert list(find_faults(days.department, now=now)) == []
    told: Counter[str] = Counter()
    texts = Summary.objects.filter(department=days.department).values_list("figures", flat=True)
    for figures in [*map(json.loads, texts), open_day]:
        told.update(figures["counts"])
        for row in figures["adjustments"]:
            told[row["key"]] += row["number"]
        _adds_up(figures)
    assert {name: told[name] for name in KEYS} == by_hand


def _adds_up(figures: dict[str, Any]) -> None:
    """Every breakdown of a day is of that day's own entries."""
    for key in ("by_channel", "by_unit", "by_campaign", "by_sex", "by_age_band"):
        for name in ("received", "confirmed"):
            assert sum(row[name] for row in figures[key]) == figures["counts"][name]
    if blood := figures["blood"]:
        assert (
            sum(row["ml"] * row["number"] for row in blood["by_volume"])
            == (figures["counts"]["ml"])
        )
        assert sum(row["ml"] for row in blood["by_unit"]) == figures["counts"]["ml"]
