"""What must be in place before the portal can start: catalogues, tables, reference data, demo site.

Each step leaves alone what is done, so that a second start costs seconds.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.catalogues import compile_changed

Say = Callable[[str], None]
SOURCES = ("home", "registration", "locale")


def prepare(*, notes: Path, say: Say) -> str:
    """Bring catalogues, database, reference data and demo site up to date, with numbered lines.

    ``notes`` remembers what the data were made from; as long as that is unchanged and no migration
    is due, nothing is loaded again. Return what ``demo_site`` had to tell: the demo sign-ins.
    """
    for folder in ("messages", "control"):
        (settings.VAR_DIR / "queue" / folder).mkdir(parents=True, exist_ok=True)
    compile_changed(settings.BASE_DIR / "locale")
    due = len(migrations_due())
    made_from = fingerprint(source_files(settings.BASE_DIR))
    kept = remembered(notes)
    if not due and kept.get("made_from") == made_from:
        return kept["told"]
    say(f"[1/3] Database: {due} migrations …")
    call_command("migrate", interactive=False, verbosity=1, stdout=MigrationCounter(due, say))
    call_command("createcachetable", verbosity=0)
    told = StringIO()
    with quiet():
        say("[2/3] Reference data: provinces, districts, departments, hospitals …")
        call_command("load_reference", verbosity=0)
        say("[3/3] Demo site and demo staff …")
        call_command("demo_site", stdout=told)
    kept = {"made_from": made_from, "told": told.getvalue()}
    notes.write_text(json.dumps(kept), encoding="utf-8")
    return kept["told"]


@contextmanager
def quiet() -> Iterator[None]:
    """Wagtail logs each page it publishes; hundreds of such lines would hide the numbered ones."""
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def migrations_due() -> list[Any]:
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def remembered(notes: Path) -> dict[str, str]:
    try:
        return dict(json.loads(notes.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def source_files(root: Path) -> Iterator[Path]:
    """All that reference data and demo site are made of, the code that makes them included."""
    for name in SOURCES:
        for path in sorted((root / name).rglob("*")):
            if path.is_file() and path.suffix not in {".pyc", ".mo"}:
                yield path


def fingerprint(files: Iterator[Path]) -> str:
    """The same as long as the database's place and the files' names and contents are the same."""
    place = connection.settings_dict
    digest = hashlib.sha256(f"{place['HOST']}:{place['PORT']}/{place['NAME']}".encode())
    for path in files:
        digest.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


class MigrationCounter:
    """Takes what ``migrate`` writes and says every so often how far it is."""

    def __init__(self, total: int, say: Say) -> None:
        self.total, self.say = total, say
        self.applied = 0

    def write(self, text: str) -> None:
        if "Applying " in text:
            self.applied += 1
            if self.applied % 25 == 0:
                self.say(f"      {self.applied} of {self.total}")

    def flush(self) -> None:
        """A stream must have one."""
