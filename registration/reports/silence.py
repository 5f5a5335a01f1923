"""Which units carry the banner, and which of those nobody has registered through for long."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from registration.ledger.choices import EventKind
from registration.ledger.models import Event
from registration.monitor.choices import State
from registration.monitor.overview import units_of
from registration.reports.counting import Counts
from registration.reports.models import Window
from registration.reports.names import columns_of, name_in
from registration.units.models import Unit

SILENT_DAYS = 14


def banners_of(department: Unit, window: Window, counted: Counts, language: str) -> dict[str, Any]:
    """Of the province's units how many carry the banner by the last visits, and which of these
    brought no registration in the fourteen days before the window's end, with their last one's day.
    """
    if department.province is None:
        return {"present": 0, "units": 0, "silent": {"days": SILENT_DAYS, "units": []}}
    units = units_of([department.province]).order_by()
    rows = list(units.values("pk", "code", "site__state", *columns_of("name")))
    carrying = [row for row in rows if row["site__state"] == State.PRESENT]
    heard_of = counted.groups["unit_id"]
    quiet = [row for row in carrying if heard_of[row["pk"], "received"] <= 0]
    last = _last_received([row["pk"] for row in quiet], before=window.ends_at)
    since, zone = window.ends_at - timedelta(days=SILENT_DAYS), ZoneInfo(window.zone)
    silent = []
    for row in quiet:
        moment = last[row["pk"]]
        if moment is None or moment < since:
            name = name_in(row, language, "name") or row["code"]
            day = moment.astimezone(zone).date().isoformat() if moment else None
            silent.append({"code": row["code"], "name": name, "last": day})
    silent.sort(key=lambda row: (row["last"] or "", row["code"]))
    return {
        "present": len(carrying),
        "units": len(rows),
        "silent": {"days": SILENT_DAYS, "units": silent},
    }


def _last_received(units: list[int], *, before: datetime) -> dict[int, datetime | None]:
    """When each unit was last registered through; found through an index, whatever its past."""
    if not units:
        return {}
    received = Event.objects.filter(
        unit=OuterRef("pk"),
        kind=EventKind.PLEDGE_RECEIVED,
        happened_at__lt=before,
        is_test=False,
    ).order_by("-happened_at")
    found = Unit.objects.filter(pk__in=units).order_by()
    return dict(found.values_list("pk", Subquery(received.values("happened_at")[:1])))
