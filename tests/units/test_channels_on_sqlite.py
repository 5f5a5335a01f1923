"""The one channel of a province where the database is a file: its one writer at a time keeps it."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, connections

from registration.units import services
from registration.units.models import RegistrationChannel
from registration.units.services import save_channel
from tests.races import run_at_once
from tests.units.test_channels import unsaved

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL has a race of its own"
)


@pytest.fixture
def count_kept(
    reference: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], int]]:
    """A copy of the database as a file for all threads that start from here on; its channels."""
    file = tmp_path / "portal.sqlite3"
    file.write_bytes(connection.connection.serialize())
    monkeypatch.setitem(connections.settings["default"], "NAME", str(file))

    def count() -> int:
        with closing(sqlite3.connect(file)) as copy:
            rows = copy.execute(f"SELECT count(*) FROM {RegistrationChannel._meta.db_table}")
            return int(rows.fetchone()[0])

    return count


def write_at_once(
    reference: SimpleNamespace, save: Callable[[RegistrationChannel], Any]
) -> list[Any]:
    """Both have an end, so that no constraint of the database sees that they overlap."""
    rows = [
        unsaved(reference, "2026-01-01", "2026-07-01"),
        unsaved(reference, "2026-06-01", "2027-01-01"),
    ]
    return run_at_once([partial(save, row) for row in rows])


def test_of_two_channels_written_at_once_to_a_file_one_is_kept(
    reference: SimpleNamespace, count_kept: Callable[[], int]
) -> None:
    results = write_at_once(reference, save_channel)

    assert sorted(getattr(result, "code", "kept") for result in results) == [
        "channel_taken",
        "kept",
    ]
    assert count_kept() == 1


def test_twin_outside_of_a_transaction_keeps_both(
    reference: SimpleNamespace, count_kept: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    look, both_looked = services._require_alone, Barrier(2)

    def look_and_wait(channel: RegistrationChannel) -> None:
        look(channel)
        both_looked.wait(20)

    monkeypatch.setattr(services, "_require_alone", look_and_wait)

    write_at_once(reference, save_channel.__wrapped__)  # type: ignore[attr-defined]

    assert count_kept() == 2
