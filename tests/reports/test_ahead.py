from datetime import date, time
from types import SimpleNamespace

import pytest
from django.utils import translation

from registration.reports.ahead import preview, soon_note, standing_note
from registration.reports.choices import OnHolidays
from registration.reports.services import ensure_windows
from registration.reports.windows import plan_of
from registration.units.models import Holiday
from tests.reports.entries import hanoi, hours_of

# Wednesday 19 November 2025, before the cut-off.
NOW = hanoi("2025-11-19 09:00")


@pytest.fixture
def feast(reference: SimpleNamespace) -> None:
    """An eve on Thursday the 20th, an estimated feast on the 21st."""
    for day, kind, name in [(20, "half_day", "Arife"), (21, "public", "Bayram")]:
        Holiday.objects.create(
            jurisdiction=reference.vn,
            day=date(2025, 11, day),
            kind=kind,
            name=name,
            is_estimated=kind == "public",
        )


@pytest.mark.parametrize(
    ("policy", "friday"),
    [
        (OnHolidays.SEND, ("16:15", "16:30", "Made and sent")),
        (OnHolidays.SKIP, ("16:15", "16:30", "Made and kept, not sent")),
        (OnHolidays.MERGE, (None, None, "Counted with the summary of 22/11/2025")),
    ],
)
def test_preview_says_of_each_day_what_happens(
    reference: SimpleNamespace,
    feast: None,
    policy: OnHolidays,
    friday: tuple[str | None, str | None, str],
) -> None:
    hours = hours_of(
        reference.quang_ninh_department,
        starts_on=date(2025, 11, 19),
        on_holidays=policy,
        half_day_cut_off_at=time(12, 45),
        half_day_due_at=time(13, 0),
    )

    rows = preview(plan_of(hours), now=NOW)

    told = [
        (row["weekday"], row["holiday"], row.get("cut_off"), row.get("due"), row["happens"])
        for row in rows
    ]
    assert told[:4] == [
        ("Wednesday", "", "16:15", "16:30", "Made and sent"),
        ("Thursday", "Arife", "12:45", "13:00", "Made and sent"),
        ("Friday", "Bayram (date estimated)", *friday),
        ("Saturday", "", "16:15", "16:30", "Made and sent"),
    ]
    assert (len(rows), rows[0]["day"]) == (14, "19/11/2025")


def test_preview_is_written_as_the_office_writes(reference: SimpleNamespace) -> None:
    hours = hours_of(reference.quang_ninh_department, starts_on=date(2025, 11, 19))

    with translation.override("vi"):
        row = preview(plan_of(hours), now=NOW)[0]

    assert (row["day"], row["cut_off"], row["due"]) == ("19/11/2025", "16h15", "16h30")


@pytest.mark.parametrize(
    ("now", "note"),
    [
        (
            "2025-11-20 16:14",
            "The day being counted is 20/11/2025: from 19/11/2025 16:15 to 20/11/2025 16:15,"
            " due 20/11/2025 16:30.",
        ),
        (
            "2025-11-20 16:15",
            "The cut-off of 20/11/2025 has passed (20/11/2025 16:15): its summary is made now."
            " What has come in since counts for the next day.",
        ),
        ("2025-11-21 16:16", "The last day has passed: no further summary is made."),
    ],
)
def test_standing_note_names_the_day_being_counted_or_just_ended(
    reference: SimpleNamespace, now: str, note: str
) -> None:
    hours = hours_of(reference.quang_ninh_department, ends_on=date(2025, 11, 21))
    if now > "2025-11-21":
        ensure_windows(now=hanoi(now))

    assert standing_note(plan_of(hours), now=hanoi(now)) == note


@pytest.mark.parametrize(
    ("now", "is_told"),
    [
        ("2025-11-20 15:44", False),
        ("2025-11-20 15:45", True),
        ("2025-11-20 16:14", True),
        ("2025-11-20 16:15", False),
    ],
)
def test_soon_note_warns_in_the_last_half_hour(
    reference: SimpleNamespace, now: str, is_told: bool
) -> None:
    hours = hours_of(reference.quang_ninh_department)

    note = soon_note(plan_of(hours), now=hanoi(now))

    assert note == (
        "The cut-off is near. A change that is saved before 20/11/2025 16:15 moves the end of this"
        " day; one that is saved later holds from the next day on."
        if is_told
        else ""
    )
