"""The list of erasures outside the database: what a restored backup brings back is erased by it.

One line of JSON for each erasure, with a keyed hash that chains it to the line before. It names
ids, never a person. ``ERASURE_LOG`` says where it lies; it belongs on another disk than the backup.
"""

import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings

from registration.common.sealing import lookup_hash
from registration.privacy.models import Erasure

# More than the longest line.
TAIL = 4096


@dataclass(frozen=True)
class Entry:
    """One erasure as the list tells it."""

    at: datetime
    record_class: str
    subject: UUID
    reason: str


class BrokenList(Exception):
    """A line of the list was altered, taken out or put in."""

    def __init__(self, line: int) -> None:
        super().__init__(f"The list of erasures is broken at line {line}.")
        self.line = line


def log_path() -> Path | None:
    """Where the list lies; None where none is kept."""
    named = settings.ERASURE_LOG
    return Path(named) if named else None


def append(erasures: Iterable[Erasure]) -> None:
    """Add lines, on the disk when this returns. Two at once write one after the other."""
    path, rows = log_path(), list(erasures)
    if path is None or not rows:
        return
    with _locked(path) as file:
        previous = _end_of(file)
        for row in rows:
            told = {
                "at": row.erased_at.isoformat(),
                "class": row.record_class,
                "subject": str(row.subject),
                "reason": row.reason,
            }
            previous = _chained(told, previous)
            file.write((json.dumps({**told, "hash": previous}) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


def read_entries(*, is_checked: bool = True) -> Iterator[Entry]:
    """All lines, oldest first. ``BrokenList`` where the chain is not whole, if it is checked."""
    path, previous = log_path(), ""
    if path is None or not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            # A line without an end was cut off by a crash; if committed, the database has it.
            if not line.endswith(b"\n"):
                return
            told = json.loads(line)
            written = told.pop("hash")
            if is_checked and written != _chained(told, previous):
                raise BrokenList(number)
            previous = written
            yield Entry(
                datetime.fromisoformat(told["at"]),
                told["class"],
                UUID(told["subject"]),
                told["reason"],
            )


def complete_log() -> int:
    """Add what the database knows and the list lacks, after a crash or a full disk; how many."""
    if log_path() is None:
        return 0
    known = {(entry.record_class, entry.subject) for entry in read_entries(is_checked=False)}
    rows = Erasure.objects.order_by("id").iterator(chunk_size=2000)
    missing = [row for row in rows if (row.record_class, row.subject) not in known]
    append(missing)
    return len(missing)


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def _end_of(file: BinaryIO) -> str:
    """Go to the end of the last whole line, dropping one cut off by a crash; that line's hash."""
    size = file.seek(0, os.SEEK_END)
    start = file.seek(max(0, size - TAIL))
    tail = file.read()
    whole = tail[: tail.rfind(b"\n") + 1]
    file.seek(start + len(whole))
    file.truncate()
    lines = whole.splitlines()
    return str(json.loads(lines[-1])["hash"]) if lines else ""


def _chained(told: dict[str, str], previous: str) -> str:
    return lookup_hash(previous + json.dumps(told, sort_keys=True), purpose="erasure.log")
