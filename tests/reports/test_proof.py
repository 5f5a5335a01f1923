from datetime import date
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from registration.ledger.choices import EventKind
from registration.ledger.kept import triggers
from registration.reports.models import Summary, Window
from registration.reports.proof import find_faults
from registration.reports.services import close_window, ensure_windows
from tests.reports.entries import entry, hanoi, hours_of

NOW = hanoi("2025-11-22 16:15")


@pytest.fixture
def told(reference: SimpleNamespace) -> SimpleNamespace:
    """Three days of Quảng Ninh, told; with entries before, within and after them."""
    hours_of(reference.quang_ninh_department, ends_on=date(2025, 11, 22))
    for day, number in [("18", 4), ("20", 3), ("21", 5), ("22", 1), ("23", 6)]:
        entry(reference, hanoi(f"2025-11-{day} 10:00"), number=number)
    entry(reference, hanoi("2025-11-21 11:00"), EventKind.PLEDGE_CONFIRMED, number=2)
    for window in ensure_windows(now=NOW):
        close_window(window, now=NOW)
    return reference


def test_check_reports_proves_equal_sums(told: SimpleNamespace) -> None:
    printed = StringIO()

    call_command("check_reports", stdout=printed)

    lines = printed.getvalue().splitlines()
    assert lines[0] == "quang-ninh: 3 summaries"
    assert lines[1].split() == ["received", "told", "9", "ledger", "9"]
    assert lines[2].split() == ["confirmed", "told", "2", "ledger", "2"]
    assert lines[-1] == "All summaries hold."


def test_check_reports_finds_an_entry_that_came_late(told: SimpleNamespace) -> None:
    entry(told, hanoi("2025-11-21 15:00"))
    printed = StringIO()

    with pytest.raises(CommandError, match="1 faults"):
        call_command("check_reports", "--department", "quang-ninh", stdout=printed)

    assert "FAULT received: told 9, in the ledger 10" in printed.getvalue()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE reports_summary"
            " SET figures = replace(figures, '\"received\":5', '\"received\":4')"
            " WHERE serial = 2",
            "no. 2: the figures are not those that were hashed",
        ),
        (
            "UPDATE reports_summary SET previous_sha256 = 'x' WHERE serial = 3",
            "no. 3: is not chained to the summary before",
        ),
        (
            "UPDATE reports_document SET sha256 = 'x' WHERE format = 'pdf'"
            " AND name LIKE '%-20.pdf'",
            "no. 1: the document quang-ninh-2025-11-20.pdf is not the one that was made",
        ),
    ],
)
def test_find_faults_names_what_was_altered_behind_the_database(
    told: SimpleNamespace, statement: str, fault: str
) -> None:
    with connection.cursor() as cursor:
        for table in ("reports_summary", "reports_document"):
            for undo in triggers(connection.vendor, table)[1]:
                cursor.execute(undo)
        cursor.execute(statement)

    faults = list(find_faults(told.quang_ninh_department))

    assert faults[0] == fault


def test_find_faults_names_a_gap_between_windows(told: SimpleNamespace) -> None:
    Window.objects.filter(day=date(2025, 11, 21)).update(starts_at=hanoi("2025-11-20 16:16"))

    faults = list(find_faults(told.quang_ninh_department))

    assert faults == ["no. 2: does not start where the one before ended"]


def test_close_windows_closes_without_a_queue(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department, ends_on=date(2025, 11, 22))
    printed = StringIO()

    call_command(
        "close_windows",
        "--department",
        "quang-ninh",
        "--until",
        "2025-11-21T09:15+00:00",
        stdout=printed,
    )

    first, second = Summary.objects.order_by("serial")
    assert printed.getvalue().splitlines() == [
        f"quang-ninh 2025-11-20: no. 1, SHA-256 {first.sha256}",
        f"quang-ninh 2025-11-21: no. 2, SHA-256 {second.sha256}",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--department", "atlantis"], "No department atlantis with report hours."),
        (["--until", "soon"], "soon is not a moment such as 2026-11-20T09:15."),
    ],
)
def test_close_windows_says_what_it_cannot_read(
    reference: SimpleNamespace, arguments: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("close_windows", *arguments)

    assert str(refused.value) == sentence
