"""Whether it is our own line that is down, and not nearly every website at once."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Q

from registration.monitor.choices import State
from registration.monitor.models import Site
from registration.monitor.rules import (
    OUTAGE_TROUBLES,
    READ_STATES,
    night_before,
    points_to_our_line,
)
from registration.outside.choices import Trouble


def is_ours(*, since: datetime) -> bool:
    """Whether nearly all visits since then failed as they do without a line.

    A website counts as lost while it keeps the state of when it was reached. One that was not
    reached before either says nothing, nor does an address that leads nowhere.
    """
    lost = Q(trouble__in=OUTAGE_TROUBLES)
    told = (
        Site.objects.filter(visited_at__gte=since)
        .filter(~lost | Q(state__in=[*READ_STATES, State.NOT_ALLOWED], by_click=False))
        .exclude(Q(state=State.NO_WEBSITE) | Q(trouble=Trouble.NOT_PUBLIC))
        .aggregate(visited=Count("pk"), lost=Count("pk", filter=lost))
    )
    return points_to_our_line(**told)


def ours_at(zone: ZoneInfo) -> datetime | None:
    """When the latest visit was made, if those of its night in this zone point to our own line."""
    latest: datetime | None = Site.objects.aggregate(at=Max("visited_at"))["at"]
    return latest if latest and is_ours(since=night_before(latest, zone)) else None
