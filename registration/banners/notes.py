"""Notes of views and clicks: a short line each in a file, so that nobody waits for the database.

nginx answers most views by itself and writes the same lines (deploy/nginx.conf). ``counting``
reads them, decides which of them count, and empties the files; no note lies there for longer than
that. A note holds no address, only the network that it belongs to.
"""

import fcntl
import json
import logging
import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from registration.banners.origins import origin_of
from registration.banners.rules import Asked, network_of
from registration.common.networks import address_of

logger = logging.getLogger(__name__)

VIEW, CLICK = "view", "click"
AT_ONCE = 5000
LONGEST_LINE = 4096
LONGEST_AGENT = 300
# Clicks lie apart, so that they are read before the views, of which there may be a flood.
FILES = {VIEW: "views.notes", CLICK: "clicks.notes"}
_PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


@dataclass(frozen=True)
class Note:
    """``referrer`` is the origin of the page on which a banner was clicked, where it is told."""

    kind: str
    code: str
    at: datetime
    network: str
    asked: Asked
    referrer: str = ""


def note_view(request: HttpRequest, code: str) -> None:
    """Note that a banner was shown. Never fails."""
    _note(request, VIEW, code)


def note_click(request: HttpRequest, code: str) -> None:
    """Note that a banner was clicked, and on whose website. Never fails."""
    _note(request, CLICK, code, origin_of(request.headers.get("Referer", "")) or "")


def _note(request: HttpRequest, kind: str, code: str, referrer: str = "") -> None:
    if settings.SEEN_DIR is None or request.method != "GET":
        return
    headers = request.headers
    note = [
        kind,
        code[:64],
        round(timezone.now().timestamp(), 3),
        network_of(address_of(request)),
        headers.get("Sec-Fetch-Dest", "")[:64],
        headers.get("Sec-Fetch-Site", "")[:64],
        " ".join(headers.get(name, "") for name in _PURPOSES)[:64],
        headers.get("User-Agent", "")[:LONGEST_AGENT],
        referrer,
    ]
    try:
        _append(settings.SEEN_DIR / FILES[kind], f"{json.dumps(note)}\n".encode())
    except OSError as error:
        logger.warning("A %s of a banner could not be noted: %s", kind, type(error).__name__)


def _append(file: Path, line: bytes) -> None:
    """One write at the file's end, which processes that do so at once never mix."""
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    try:
        handle = os.open(file, flags, 0o640)
    except FileNotFoundError:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(file, flags, 0o640)
    try:
        os.write(handle, line)
    finally:
        os.close(handle)


@contextmanager
def only_reader(folder: Path) -> Iterator[bool]:
    """Whether nobody else reads the folder's notes; if so, nobody else does within the block."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def read_notes(folder: Path) -> Iterator[list[Note]]:
    """The notes not read yet, some thousand at a time: clicks first, then of each file in turn.

    Asking for the next ones says that the last ones are dealt with. Who stops in between gets the
    last ones again. A file that was read to its end is emptied; what is written into it in the
    instant between is lost.
    """
    files = folder.glob("*.notes")
    waiting = deque(sorted(files, key=lambda file: (file.name != FILES[CLICK], file.name)))
    while waiting:
        file = waiting.popleft()
        try:
            for notes in _read_some(file):
                yield notes
                waiting.append(file)
        except OSError as error:
            logger.error("Notes of views cannot be read: %s", error)


class _Bookmark:
    """How far a file was read, kept beside it. A file that is another or shorter now is new."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def find(self, file: os.stat_result) -> int:
        try:
            inode, place = map(int, self.path.read_text().split())
        except (OSError, ValueError):
            return 0
        return place if inode == file.st_ino and place <= file.st_size else 0

    def put(self, file: os.stat_result, place: int) -> None:
        written = self.path.with_suffix(".part")
        written.write_text(f"{file.st_ino} {place}")
        written.replace(self.path)


def _read_some(path: Path) -> Iterator[list[Note]]:
    """The file's next notes at once, or none where it has no more."""
    bookmark = _Bookmark(path.with_suffix(".read"))
    with path.open("r+b") as lines:
        file = os.fstat(lines.fileno())
        lines.seek(bookmark.find(file))
        if some := list(islice(_whole_lines(lines), AT_ONCE)):
            yield [note for line in some if (note := _note_in(line))]
            bookmark.put(file, lines.tell())
        if file.st_size and os.fstat(lines.fileno()).st_size == lines.tell():
            bookmark.put(file, 0)
            lines.truncate(0)


def _whole_lines(lines: BinaryIO) -> Iterator[bytes]:
    """Lines that have ended, the last one may still be written; too long ones are passed over."""
    while line := lines.readline(LONGEST_LINE):
        if line.endswith(b"\n"):
            yield line
        elif len(line) < LONGEST_LINE:
            lines.seek(-len(line), os.SEEK_CUR)
            return
        else:
            while (rest := lines.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass


def _note_in(line: bytes) -> Note | None:
    try:
        kind, code, at, *said = json.loads(line.decode(errors="replace"))
        moment = datetime.fromtimestamp(at, UTC)
        network, place, site, purpose, agent, referrer = map(str, said)
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    asked = Asked(place=place, site=site, purpose=purpose, agent=agent)
    return Note(str(kind), str(code), moment, network, asked, referrer)
