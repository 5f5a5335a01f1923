"""What people do with the monitor: ask for a visit. The rounds themselves are made by the clock."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.monitor.models import Request
from registration.monitor.rounds import visit_all, visit_unit
from registration.monitor.tasks import visit_asked as bell
from registration.units.models import Unit

__all__ = ["VISITS_ASKED", "request_visit", "visit_all", "visit_unit"]

# For one unit: its website is somebody else's machine.
VISITS_ASKED = Limit("monitor", times=12, seconds=3600)


@transaction.atomic
def request_visit(unit: Unit, *, now: datetime) -> Request:
    """Have a unit's website visited as soon as a worker is free. Asking twice is asking once.

    Refuses where visits are switched off (``visits_off``), and more than twelve in an hour
    (``visited_often``).
    """
    if not settings.MONITOR_VISITS:
        raise RuleBroken("visits_off", _("Visits to websites are switched off in this portal."))
    if not count_use(VISITS_ASKED, unit.code, now=now):
        raise RuleBroken(
            "visited_often", _("This website was visited often in the last hour. Try again later.")
        )
    request, _is_new = Request.objects.update_or_create(unit=unit, defaults={"asked_at": now})
    bell.delay_on_commit(unit.pk)  # type: ignore[attr-defined]
    return request
