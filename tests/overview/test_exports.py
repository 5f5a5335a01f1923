import io
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.common.limits import Limit
from registration.overview import exports, services, workbooks
from registration.overview.choices import ExportState
from registration.overview.models import Export
from registration.overview.services import ask_for_export, stop_export
from registration.overview.tasks import sweep_exports
from registration.overview.workbooks import serial, write_workbook
from tests.factories import StaffFactory
from tests.overview.days import told_days
from tests.reports.entries import hanoi

NOW = hanoi("2025-11-22 08:00")
ASK = "/desk/summaries/quang-ninh/events/export/"
RECEIVED = {"day": "2025-11-21", "kind": "received"}


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "exports": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    }
    return tmp_path


@pytest.fixture
def waiting(reference: SimpleNamespace, linh: Staff) -> Export:
    """Asked for, and no worker has heard the bell: a test's transaction never commits."""
    told_days(reference)
    return ask_for_export(
        reference.quang_ninh_department, narrowed=RECEIVED, staff=linh, language="vi", now=NOW
    )


def test_a_table_holds_the_events_in_typed_cells(waiting: Export, folder: Path) -> None:
    assert exports.write_export(waiting.pk)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.rows, waiting.rows_done) == (ExportState.READY, 6, 6)
    with storages["exports"].open(waiting.name) as file:
        content = file.read()
    assert [each.name for each in folder.iterdir()] == [f"{waiting.pk}.xlsx"]
    rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    assert len(rows) == 7
    first, signed = rows[1], next(row for row in rows if isinstance(row[12], datetime))
    assert first[0] == datetime(2025, 11, 21, 9)
    assert first[3] == "Bệnh viện Bãi Cháy"
    assert signed[12] == datetime(2025, 11, 10)
    assert not any(isinstance(cell, str) and cell.startswith("=") for row in rows for cell in row)


def test_no_registration_is_named_in_a_table(waiting: Export) -> None:
    from registration.ledger.models import Event

    exports.write_export(waiting.pk)

    waiting.refresh_from_db()
    with storages["exports"].open(waiting.name) as file:
        texts = {
            str(cell)
            for row in load_workbook(io.BytesIO(file.read())).active.iter_rows(values_only=True)
            for cell in row
        }
    assert not texts & {str(subject) for subject in Event.objects.values_list("subject", flat=True)}


def test_a_full_sheet_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    file, heard = io.BytesIO(), []

    number = write_workbook(
        file,
        [[("a", 1)], [("b", 2), ("c", 3)]],
        heads=["x", "y"],
        folder="/tmp",
        on_rows=heard.append,
    )

    book = load_workbook(file)
    assert (number, heard) == (3, [1, 3])
    assert [list(sheet.iter_rows(values_only=True)) for sheet in book] == [
        [("x", "y"), ("a", 1), ("b", 2)],
        [("x", "y"), ("c", 3)],
    ]


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    file = io.BytesIO()

    write_workbook(file, [[("=1+1", 1)]], heads=["x", "y"], folder="/tmp", on_rows=lambda _n: None)

    assert load_workbook(file).active["A2"].data_type == "s"


def test_days_and_moments_are_the_numbers_of_a_spreadsheet() -> None:
    assert serial(datetime(2026, 11, 20, 18)) == 46346.75
    assert serial(datetime(2026, 11, 20).date()) == 46346


def test_pressing_twice_gives_the_same_table(waiting: Export, linh: Staff) -> None:
    again = ask_for_export(
        waiting.department, narrowed=RECEIVED, staff=linh, language="vi", now=NOW
    )

    assert again == waiting
    assert Export.objects.count() == 1


def test_a_fourth_table_at_once_is_refused(waiting: Export, linh: Staff) -> None:
    for kind in ("confirmed", "given"):
        ask_for_export(
            waiting.department,
            narrowed={"day": "2025-11-21", "kind": kind},
            staff=linh,
            language="vi",
            now=NOW,
        )

    with pytest.raises(RuleBroken, match="3 tables") as refusal:
        ask_for_export(
            waiting.department,
            narrowed={"day": "2025-11-21"},
            staff=linh,
            language="vi",
            now=NOW,
        )

    assert refusal.value.code == "too_many_exports"


def test_tables_are_made_one_at_a_time(waiting: Export, linh: Staff) -> None:
    """Two would keep both workers from closing a day."""
    second = ask_for_export(
        waiting.department,
        narrowed=RECEIVED | {"sex": "f"},
        staff=linh,
        language="vi",
        now=NOW,
    )
    assert exports._take(waiting.pk, now=NOW)

    assert exports._take(second.pk, now=NOW) is None
    assert second.pk in exports.left_lying(now=NOW)
    assert exports._take(second.pk, now=NOW + timedelta(minutes=11))


def test_nobody_asks_for_tables_without_end(
    waiting: Export, linh: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "TABLES", Limit("overview.tables", 1, 3600))
    Export.objects.update(state=ExportState.READY)

    with pytest.raises(RuleBroken) as refusal:
        ask_for_export(waiting.department, narrowed=RECEIVED, staff=linh, language="vi", now=NOW)

    assert refusal.value.code == "too_often"


def test_a_table_that_was_stopped_is_not_made(waiting: Export, folder: Path) -> None:
    assert stop_export(waiting, now=NOW)

    assert not exports.write_export(waiting.pk)
    assert not stop_export(waiting, now=NOW)
    assert list(folder.iterdir()) == []


def test_a_stop_is_noticed_at_the_next_rows(
    waiting: Export, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "ROWS_AT_ONCE", 2)
    asked = iter([NOW, NOW])

    def clock() -> datetime:
        # The first rows are written by then.
        if next(asked, None) is None:
            stop_export(waiting, now=NOW)
        return NOW

    assert not exports.write_export(waiting.pk, clock=clock)

    waiting.refresh_from_db()
    assert waiting.state == ExportState.STOPPED
    assert list(folder.iterdir()) == []


def test_a_dead_workers_table_is_taken_over_and_the_dead_one_writes_no_more(
    waiting: Export, folder: Path
) -> None:
    dead = exports._take(waiting.pk, now=NOW)
    assert dead is not None
    assert exports.write_export(waiting.pk, clock=lambda: NOW) is False
    later = NOW + timedelta(minutes=11)

    assert exports.left_lying(now=later) == [waiting.pk]
    assert exports.write_export(waiting.pk, clock=lambda: later)

    with pytest.raises(exports.TakenAwayError):
        exports._go_on(dead, 5, now=later)
    assert len(list(folder.iterdir())) == 1


def test_the_sweep_makes_what_was_left_lying(waiting: Export) -> None:
    sweep_exports.delay()

    waiting.refresh_from_db()
    assert waiting.state == ExportState.READY
    assert exports.left_lying(now=timezone.now()) == []


def test_a_table_that_cannot_be_made_says_so(
    waiting: Export, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **kwargs: object) -> int:
        raise OSError("No space left on device")

    monkeypatch.setattr(exports, "write_workbook", full)

    assert not exports.write_export(waiting.pk)

    waiting.refresh_from_db()
    assert waiting.state == ExportState.FAILED


def test_a_table_is_forgotten_after_a_day(waiting: Export, folder: Path) -> None:
    exports.write_export(waiting.pk)

    assert exports.forget_exports(now=NOW + timedelta(hours=24)) == 0
    assert exports.forget_exports(now=NOW + timedelta(hours=24, seconds=1)) == 1
    assert list(folder.iterdir()) == []
    assert not Export.objects.exists()


def test_linh_asks_waits_and_fetches(
    reference: SimpleNamespace, client: Client, linh: Staff
) -> None:
    told_days(reference)
    client.force_login(linh)

    asked = client.post(ASK, RECEIVED)
    page = client.get(asked["Location"])
    early = client.get(f"{asked['Location']}file/")
    exports.write_export(Export.objects.get().pk)
    ready = client.get(asked["Location"])
    file = client.get(f"{asked['Location']}file/")

    assert asked.status_code == 303
    assert page["Refresh"] == "3"
    assert early.status_code == 404
    assert "Refresh" not in ready
    assert b"".join(file.streaming_content)[:2] == b"PK"


def test_a_table_is_for_whoever_asked_for_it(
    waiting: Export, client: Client, charlie: Staff, reference: SimpleNamespace
) -> None:
    exports.write_export(waiting.pk)
    colleague = StaffFactory(roles=["department"], unit=reference.quang_ninh_department)
    address = f"/desk/summaries/exports/{waiting.pk}/"

    client.force_login(colleague)
    theirs = [client.get(f"{address}{end}").status_code for end in ("", "file/")]
    theirs.append(client.post(f"{address}stop/").status_code)
    client.force_login(charlie)
    refused = [client.get(f"{address}{end}").status_code for end in ("", "file/")]
    asked = client.post(ASK, RECEIVED)

    assert theirs == [404, 404, 404]
    assert [*refused, asked.status_code] == [403, 403, 403]
