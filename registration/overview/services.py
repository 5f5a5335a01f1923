"""What people do with tables of events: ask for them, and stop them."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, require_few
from registration.overview import drill
from registration.overview.choices import UNDER_WAY, ExportState
from registration.overview.models import Export
from registration.overview.tasks import write_export as bell
from registration.units.models import Unit

MOST_AT_ONCE = 3
# By one person: each file is kept for a day.
TABLES = Limit("overview.tables", times=12, seconds=3600)


@transaction.atomic
def ask_for_export(
    department: Unit, *, narrowed: Mapping[str, str], staff: Staff, language: str, now: datetime
) -> Export:
    """Note that somebody wants the events of a selection, and ring for a worker.

    Pressing twice gives the same table while it is being made. Refuses a selection that names no
    day (``no_such_day``), more than three tables of one person at once (``too_many_exports``) and
    one table after the other without end (``too_often``).
    """
    # Two presses at once of one person wait for each other here.
    Staff.objects.select_for_update().get(pk=staff.pk)
    selection = drill.select(department, narrowed, now=now)
    theirs = Export.objects.filter(asked_by=staff, state__in=UNDER_WAY)
    wanted = {"department": department, "language": language, "narrowed": selection.narrowed}
    if same := theirs.filter(**wanted).first():
        return same
    if theirs.count() >= MOST_AT_ONCE:
        raise RuleBroken(
            "too_many_exports",
            _("%(most)s tables are being made for you. Wait until one of them is ready."),
            most=MOST_AT_ONCE,
        )
    require_few(TABLES, str(staff.pk), now=now)
    _figure, rows = drill.number_of(selection)
    export = Export.objects.create(asked_by=staff, asked_at=now, rows=rows, **wanted)
    bell.delay_on_commit(str(export.pk))  # type: ignore[attr-defined]
    return export


def stop_export(export: Export, *, now: datetime) -> bool:
    """Let a table not be made after all; False if it is made or stopped already.

    A worker that is at it notices at its next rows.
    """
    open_still = Export.objects.filter(pk=export.pk, state__in=UNDER_WAY)
    return bool(open_still.update(state=ExportState.STOPPED, ended_at=now, leased_until=None))
