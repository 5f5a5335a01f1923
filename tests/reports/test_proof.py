from collections.abc import Sequence
from datetime import date
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from registration.ledger.choices import EventKind
from registration.ledger.clock import played_at
from registration.ledger.kept import triggers
from registration.ledger.services import take_back
from registration.reports.choices import Edition, Format
from registration.reports.closing import documents_of
from registration.reports.models import Summary, Window
from registration.reports.proof import find_faults
from registration.reports.provisional import take_provisional
from registration.reports.rules import digest
from registration.reports.services import close_window, ensure_windows
from tests.reports.entries import entry, hanoi, hours_of

NOW = hanoi("2025-11-22 16:15")


def alter(statement: str, values: Sequence[object] | None = None) -> None:
    """As somebody could who owns the database."""
    with connection.cursor() as cursor:
        for table in ("reports_summary", "reports_document", "reports_provisional"):
            for undo in triggers(connection.vendor, table)[1]:
                cursor.execute(undo)
        cursor.execute(statement, values)


@pytest.fixture
def told(reference: SimpleNamespace) -> SimpleNamespace:
    """Three days of Quảng Ninh, told; with entries before, within and after them."""
    hours_of(reference.quang_ninh_department, ends_on=date(2025, 11, 22))
    for day, number in [("18", 4), ("20", 3), ("21", 5), ("22", 1), ("23", 6)]:
        entry(reference, hanoi(f"2025-11-{day} 10:00"), number=number)
    entry(reference, hanoi("2025-11-21 11:00"), EventKind.PLEDGE_CONFIRMED, number=2)
    for window in ensure_windows(now=hanoi("2025-11-21 16:15")):
        close_window(window, now=NOW)
    take_provisional(reference.quang_ninh_department, now=hanoi("2025-11-22 11:00"), staff=None)
    for window in ensure_windows(now=NOW):
        close_window(window, now=NOW)
    return reference


def test_check_reports_proves_equal_sums(told: SimpleNamespace) -> None:
    printed = StringIO()

    call_command("check_reports", stdout=printed)

    lines = printed.getvalue().splitlines()
    assert lines[0] == "quang-ninh: 3 summaries, 1 provisional"
    # Nine of the three days that were told, six of the day that is not over.
    assert lines[1].split() == ["received", "told", "15", "ledger", "15"]
    assert lines[2].split() == ["confirmed", "told", "2", "ledger", "2"]
    assert lines[-1] == "All summaries hold."


def test_check_reports_finds_an_entry_that_came_late(told: SimpleNamespace) -> None:
    entry(told, hanoi("2025-11-21 15:00"))
    printed = StringIO()

    with pytest.raises(CommandError, match="1 faults"):
        call_command("check_reports", "--department", "quang-ninh", stdout=printed)

    assert "FAULT received: told 15, in the ledger 16" in printed.getvalue()


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
        (
            "UPDATE reports_provisional SET number = 2",
            "provisional no. 2: is number 1 in its row",
        ),
    ],
)
def test_find_faults_names_what_was_altered_behind_the_database(
    told: SimpleNamespace, statement: str, fault: str
) -> None:
    alter(statement)

    faults = list(find_faults(told.quang_ninh_department, now=NOW))

    assert faults[0] == fault


@pytest.mark.parametrize(
    ("figure", "other"),
    [
        pytest.param('"confirmed":2,', '"confirmed":3,', id="head"),
        pytest.param(
            '"by_unit":[]', '"by_unit":[{"code":"x","confirmed":0,"received":9}]', id="table"
        ),
    ],
)
def test_find_faults_reads_what_a_shared_document_shows(
    told: SimpleNamespace, figure: str, other: str
) -> None:
    """Exchanged together with its hash; unaltered it holds."""
    summary = Summary.objects.get(serial=2)
    documents_of(summary, edition=Edition.SHARED)
    assert list(find_faults(told.quang_ninh_department, now=NOW)) == []
    document = summary.documents.get(edition=Edition.SHARED, format=Format.JSON)
    text = bytes(document.content).decode()
    content = text.replace(figure, other).encode()
    assert content != text.encode()
    alter(
        "UPDATE reports_document SET content = %s, sha256 = %s WHERE id = %s",
        [content, digest(content), document.pk],
    )

    faults = list(find_faults(told.quang_ninh_department, now=NOW))

    assert faults == [f"no. 2: {document.name} does not hold the frozen figures"]


def test_find_faults_names_a_gap_between_windows(told: SimpleNamespace) -> None:
    Window.objects.filter(day=date(2025, 11, 21)).update(starts_at=hanoi("2025-11-20 16:16"))

    faults = list(find_faults(told.quang_ninh_department, now=NOW))

    assert faults == ["no. 2: does not start where the one before ended"]


def test_find_faults_holds_at_any_moment(told: SimpleNamespace) -> None:
    (late,) = entry(told, hanoi("2025-11-23 11:00"), EventKind.DONATION_GIVEN, volume_ml=450)
    with played_at(hanoi("2025-11-24 11:00")), transaction.atomic():
        take_back(late)

    for moment in ("2025-11-22 16:15", "2025-11-23 10:30", "2025-11-23 12:00", "2025-11-25 00:00"):
        assert list(find_faults(told.quang_ninh_department, now=hanoi(moment))) == []
