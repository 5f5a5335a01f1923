"""On which websites placements are clicked, learnt from what visitors' browsers say.

Anybody can make a browser say anything. So of websites that are not the unit's own only a few are
kept, no list grows without end, and that a banner stands on its unit's website is believed only
where several networks say so on one day.
"""

from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from registration.banners.models import Placement, Referrer
from registration.banners.notes import CLICK
from registration.banners.origins import is_among, own_hosts
from registration.banners.visitors import Visit

# Of a placement: its unit's websites with what is under their domains, and all others.
MOST_OWN, MOST_FOREIGN = 100, 10
FEWEST_NETWORKS = 3
AT_ONCE = 200
_FIELDS = ["last_seen_on", "clicks", "networks", "believed_on"]


@transaction.atomic
def learn_referrers(visits: Iterable[Visit]) -> None:
    """Add the clicks among these to the websites from which they came.

    Where a list is full, what was seen longest ago gives way, then what was clicked most seldom;
    the unit's very own names never do. Our own site is no referrer: frames hold it.
    """
    clicks: defaultdict[Placement, list[Visit]] = defaultdict(list)
    for visit in visits:
        if visit.kind == CLICK and _host(visit):
            clicks[visit.placement].append(visit)
    if not clicks:
        return
    # What is read here is written back: of two at once, one waits.
    places = Placement.objects.filter(pk__in=[placement.pk for placement in clicks])
    list(places.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    known: defaultdict[int, dict[str, Referrer]] = defaultdict(dict)
    for row in Referrer.objects.filter(placement__in=list(clicks)):
        known[row.placement_id][row.host] = row
    hosts = own_hosts({placement.unit for placement in clicks})
    kept, dropped = [], []
    for placement, theirs in clicks.items():
        rows, own = known[placement.pk], hosts[placement.unit_id]
        changed = _add(rows, theirs, own)
        stay = _kept(rows, changed, own)
        kept += [rows[host] for host in changed & stay]
        dropped += [row.pk for host, row in rows.items() if row.pk and host not in stay]
    Referrer.objects.filter(pk__in=dropped).delete()
    Referrer.objects.bulk_create([row for row in kept if not row.pk], batch_size=AT_ONCE)
    Referrer.objects.bulk_update([row for row in kept if row.pk], _FIELDS, batch_size=AT_ONCE)


def _host(visit: Visit) -> str:
    """The host of somebody else's website; empty for our own, which frames hold."""
    host = urlsplit(visit.referrer).hostname or ""
    return "" if host == urlsplit(settings.BASE_URL).hostname else host


def _add(rows: dict[str, Referrer], visits: list[Visit], own: set[str]) -> set[str]:
    """Add the visits to the rows of a placement; the hosts whose rows are new or changed."""
    for visit in sorted(visits, key=lambda visit: visit.day):
        host = _host(visit)
        row = rows.get(host)
        if row is None:
            row = rows[host] = Referrer(
                placement=visit.placement, host=host, first_seen_on=visit.day
            )
        if row.last_seen_on is None or row.last_seen_on < visit.day:
            row.last_seen_on, row.networks = visit.day, 0
        row.clicks += 1
        row.networks += visit.is_first and row.last_seen_on == visit.day
        if row.networks >= FEWEST_NETWORKS and is_among(host, own):
            row.believed_on = visit.day
    return {_host(visit) for visit in visits}


def _kept(rows: dict[str, Referrer], changed: set[str], own: set[str]) -> set[str]:
    """The hosts for which there is room. Of two that are alike the new one stays: it is learnt."""

    def worth(host: str) -> tuple[object, ...]:
        row = rows[host]
        return host.removeprefix("www.") in own, row.last_seen_on, row.clicks, host in changed

    ranked = sorted(rows, key=worth, reverse=True)
    ours = [host for host in ranked if is_among(host, own)]
    others = [host for host in ranked if not is_among(host, own)]
    return {*ours[:MOST_OWN], *others[:MOST_FOREIGN]}
