"""What is told of a day that is not over: numbered, kept, and until now only."""

import json
from datetime import date
from types import SimpleNamespace

import pytest

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.ledger.choices import EventKind
from registration.ledger.kept import NoAlteration
from registration.reports.choices import Edition, Format
from registration.reports.closing import build_document, close_window
from registration.reports.models import Provisional, Summary
from registration.reports.provisional import take_provisional
from registration.reports.rules import digest
from registration.reports.services import ensure_windows
from tests.reports.entries import entry, hanoi, hours_of

NOON = hanoi("2025-11-21 12:00")


def test_take_provisional_counts_until_now_and_numbers(
    reference: SimpleNamespace, linh: Staff
) -> None:
    department = reference.quang_ninh_department
    hours_of(department)
    for clock, number in [("20 10:00", 5), ("21 08:00", 3), ("21 12:00", 2)]:
        entry(reference, hanoi(f"2025-11-{clock}"), number=number)
    entry(reference, hanoi("2025-11-21 09:00"), EventKind.DONATION_GIVEN, volume_ml=350)

    first = take_provisional(department, now=NOON, staff=linh)
    second = take_provisional(department, now=hanoi("2025-11-21 13:00"), staff=None)

    figures = json.loads(first.figures)
    assert figures["provisional"] == {"number": 1}
    assert (figures["serial"], figures["previous_sha256"]) == (0, None)
    assert figures["window"]["day"] == "2025-11-21"
    assert figures["window"]["ends_at"] == "2025-11-21T05:00:00Z"
    # What comes at noon itself is later than until noon; the day before was frozen first.
    assert figures["counts"]["received"] == 3
    assert (figures["cumulative"]["received"], figures["cumulative"]["ml"]) == (8, 350)
    assert (first.sha256, first.asked_by) == (digest(first.figures), linh)
    assert Summary.objects.get().window.day == date(2025, 11, 20)
    assert [each.number for each in (first, second)] == [1, 2]
    assert json.loads(second.figures)["counts"]["received"] == 5
    # The day itself is told as if nobody had asked.
    *_others, window = ensure_windows(now=hanoi("2025-11-21 16:15"))
    told = json.loads(close_window(window, now=hanoi("2025-11-21 16:15")).figures)
    assert (told["serial"], told["counts"]["received"], told["provisional"]) == (2, 5, None)


@pytest.mark.parametrize("kind", list(Format))
@pytest.mark.parametrize("edition", list(Edition))
def test_documents_are_made_of_provisional_figures(
    reference: SimpleNamespace, kind: Format, edition: Edition
) -> None:
    hours_of(reference.quang_ninh_department)
    entry(reference, hanoi("2025-11-21 08:00"), number=3)
    taken = take_provisional(reference.quang_ninh_department, now=NOON, staff=None)

    made = [
        build_document(json.loads(taken.figures), format=kind, edition=edition, sha256=taken.sha256)
        for _ in range(2)
    ]

    assert made[0] == made[1]
    if (kind, edition) == (Format.JSON, Edition.OWN):
        assert made[0] == taken.figures.encode()


def test_provisional_figures_are_kept_for_good(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    taken = take_provisional(reference.quang_ninh_department, now=NOON, staff=None)

    with pytest.raises(NoAlteration):
        taken.delete()
    with pytest.raises(NoAlteration):
        Provisional.objects.update(number=7)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "code"),
    [
        (date(2025, 12, 1), None, "before_first_day"),
        (date(2025, 11, 18), date(2025, 11, 20), "summaries_ended"),
        (None, None, "no_summaries"),
    ],
)
def test_a_day_that_has_no_summary_is_refused_in_words(
    reference: SimpleNamespace, starts_on: date | None, ends_on: date | None, code: str
) -> None:
    if starts_on:
        hours_of(reference.quang_ninh_department, starts_on=starts_on, ends_on=ends_on)

    with pytest.raises(RuleBroken) as refused:
        take_provisional(reference.quang_ninh_department, now=NOON, staff=None)

    assert refused.value.code == code
    assert refused.value.sentence
    assert not Provisional.objects.exists()
