from datetime import date
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction

from registration.ledger.kept import triggers
from registration.reports.models import Document, Summary
from registration.reports.services import close_window, ensure_windows
from tests.reports.entries import hanoi, hours_of

NOW = hanoi("2025-11-20 16:15")


@pytest.fixture
def summary(reference: SimpleNamespace) -> Summary:
    hours_of(reference.quang_ninh_department, ends_on=date(2025, 11, 20))
    (window,) = ensure_windows(now=NOW)
    made = close_window(window, now=NOW)
    # A test that flushed its tables took the triggers off; each test here has them on.
    with connection.cursor() as cursor:
        for table in ("reports_summary", "reports_document"):
            for statement in triggers(connection.vendor, table)[0]:
                cursor.execute(statement)
    return made


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports_summary SET figures = '{}'",
        "UPDATE reports_summary SET sha256 = sha256",
        "DELETE FROM reports_summary",
        "UPDATE reports_document SET content = content",
        "DELETE FROM reports_document",
    ],
)
def test_the_database_refuses_to_alter_what_was_told(summary: Summary, statement: str) -> None:
    before = _rows()

    with pytest.raises(DatabaseError, match="kept for good"), transaction.atomic():
        connection.cursor().execute(statement)

    assert _rows() == before


def _rows() -> list[object]:
    return [
        list(Summary.objects.values()),
        list(Document.objects.order_by("pk").values_list("pk", "sha256")),
    ]
