"""Making a table of events as XLSX, and forgetting it after a day."""

import logging
import tempfile
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import BinaryIO, cast

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from registration.overview import drill, lines
from registration.overview.choices import UNDER_WAY, ExportState
from registration.overview.models import Export
from registration.overview.rules import KEPT, LEASE, may_be_taken
from registration.overview.workbooks import write_workbook

logger = logging.getLogger(__name__)

ROWS_AT_ONCE = 10_000


def exports_storage() -> Storage:
    return storages["exports"]


class TakenAwayError(Exception):
    """The table was stopped, or another worker took over: this one's work is not wanted."""


def write_export(export_id: uuid.UUID, *, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Make the table and keep it in the storage; False if there is nothing to do.

    Any number of workers may be told of one table: whoever has the lease makes it, and each chunk
    of rows renews it. A worker that dies is followed by another when its lease has run out.
    """
    export = _take(export_id, now=clock())
    if export is None:
        return False
    try:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as file:
            number = _write(export, cast(BinaryIO, file), folder, clock)
            _keep(export, cast(BinaryIO, file), number, clock)
    except TakenAwayError:
        return False
    except Exception:
        logger.exception("The table %s could not be made.", export.pk)
        held = Export.objects.filter(pk=export.pk, leased_until=export.leased_until)
        held.update(state=ExportState.FAILED, ended_at=clock(), leased_until=None)
        return False
    return True


@transaction.atomic
def _take(export_id: uuid.UUID, *, now: datetime) -> Export | None:
    # One table at a time, or they would keep all workers from closing days and sending messages.
    under_way = Export.objects.select_for_update(of=("self",)).filter(state__in=UNDER_WAY)
    tables = {each.pk: each for each in under_way.order_by("pk")}
    export = tables.pop(export_id, None)
    if export is None or not may_be_taken(export.state, export.leased_until, now=now):
        return None
    if any(each.leased_until and each.leased_until > now for each in tables.values()):
        return None
    export.state, export.leased_until, export.rows_done = ExportState.RUNNING, now + LEASE, 0
    export.save(update_fields=["state", "leased_until", "rows_done"])
    return export


def _write(export: Export, file: BinaryIO, folder: str, clock: Callable[[], datetime]) -> int:
    # What comes in while the table is made belongs to the next one.
    selection = drill.select(export.department, export.narrowed, now=export.asked_at)
    selection = selection.until(export.asked_at)
    with translation.override(export.language):
        words = lines.words_of(export.department, export.language)
        return write_workbook(
            file,
            (
                [words.line(row) for row in rows]
                for rows in drill.chunks(selection, size=ROWS_AT_ONCE)
            ),
            heads=lines.heads(),
            folder=folder,
            on_rows=lambda done: _go_on(export, done, now=clock()),
        )


def _go_on(export: Export, done: int, *, now: datetime, **more: object) -> None:
    """Renew the lease, if it is still ours: the lease's own end says whose it is."""
    ours = Export.objects.filter(
        pk=export.pk, state=ExportState.RUNNING, leased_until=export.leased_until
    )
    export.leased_until = now + LEASE
    if not ours.update(rows_done=done, leased_until=export.leased_until):
        raise TakenAwayError


def _keep(export: Export, file: BinaryIO, number: int, clock: Callable[[], datetime]) -> None:
    _go_on(export, number, now=clock())
    file.seek(0)
    name = exports_storage().save(f"{export.pk}.xlsx", File(file))
    ours = Export.objects.filter(
        pk=export.pk, state=ExportState.RUNNING, leased_until=export.leased_until
    )
    ready = {"state": ExportState.READY, "ended_at": clock(), "leased_until": None}
    if not ours.update(name=name, rows=number, **ready):
        exports_storage().delete(name)
        raise TakenAwayError


def left_lying(*, now: datetime) -> list[uuid.UUID]:
    """Tables that wait though nobody heard the bell, and those of dead workers."""
    left = Q(state=ExportState.WAITING) | Q(state=ExportState.RUNNING, leased_until__lt=now)
    return list(Export.objects.filter(left).values_list("pk", flat=True))


def forget_exports(*, now: datetime) -> int:
    """Delete the tables of yesterday, files first; how many."""
    old = list(Export.objects.filter(asked_at__lt=now - KEPT).exclude(state__in=UNDER_WAY))
    for export in old:
        if export.name:
            exports_storage().delete(export.name)
        export.delete()
    return len(old)
