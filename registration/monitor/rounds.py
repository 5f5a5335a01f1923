"""Rounds of visits: who is due, who goes, and what is written down of it.

Each unit is visited once a night of its own zone, whoever asks for the round and how often: a
lease keeps two workers from one website, and after taking it the worker asks again whether the
visit is still due. A round that was broken off is taken up by the next.
"""

import logging
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from registration.banners.models import Placement, Prompt, Referrer
from registration.monitor import outage
from registration.monitor.choices import State
from registration.monitor.models import DayState, Lease, PublishedLine, Request, Site
from registration.monitor.rules import OUTAGE_TROUBLES, READ_STATES, Sighting, night_before, settle
from registration.monitor.visits import Errand, Visitor, new_fetcher
from registration.outside.addresses import bare, read_address
from registration.outside.choices import Trouble
from registration.outside.fetch import Fetcher
from registration.units.choices import UnitKind
from registration.units.models import CallLine, Jurisdiction, Unit
from registration.units.places import department_of

logger = logging.getLogger(__name__)

RETRY_AFTER = timedelta(hours=1)
# Longer than any visit takes, its turns included.
LEASE = timedelta(minutes=3)
VISITORS = 12

Tell = Callable[[Unit, Site], None]


def due(*, now: datetime) -> QuerySet[Unit]:
    """Units to visit: whom somebody asked for, then those not visited since the night began,
    and an hour later those whose website was in trouble for the first time.
    """
    late = Q(site__isnull=True)
    for jurisdiction in Jurisdiction.objects.all():
        night = night_before(now, jurisdiction.zone)
        late |= Q(jurisdiction=jurisdiction, site__visited_at__lt=night)
    missed = Q(site__state__in=READ_STATES, site__by_click=False) & ~Q(site__trouble="")
    missed |= Q(site__state=State.NOT_ALLOWED, site__trouble__in=OUTAGE_TROUBLES)
    again = missed & Q(site__visited_at__lte=now - RETRY_AFTER)
    asked = Request.objects.filter(
        Q(asked_at__gt=OuterRef("site__visited_at")), unit=OuterRef("pk")
    )
    wanted = Unit.objects.filter(is_active=True).annotate(is_asked=Exists(asked))
    return wanted.filter(late | again | Q(is_asked=True)).order_by(
        "-is_asked", F("site__visited_at").asc(nulls_first=True), "pk"
    )


def visit_unit(unit: Unit, *, now: datetime, fetcher: Fetcher | None = None) -> Site:
    """Visit a unit's website at once and write down what it shows."""
    with _visitor(fetcher) as visitor:
        return record(unit, visitor.visit(_errand(unit)), now=now)


def visit_asked(unit_id: int, *, now: datetime, fetcher: Fetcher | None = None) -> Site | None:
    """Visit a unit that is due, unless another worker is there already."""
    unit = _with_errand(Unit.objects.filter(pk=unit_id)).first()
    if unit is None or (lease := claim(unit, now=now)) is None:
        return None
    try:
        return visit_unit(unit, now=now, fetcher=fetcher)
    finally:
        release(lease)


def visit_all(
    *,
    now: datetime,
    seconds: float | None = None,
    fetcher: Fetcher | None = None,
    visitors: int = VISITORS,
    tell: Tell | None = None,
) -> Counter[str]:
    """Visit everybody who is due; how many websites are in which state afterwards.

    With ``seconds`` no visit begins after that time, and the rest stays due. The pages are
    fetched and read in threads, and all that touches the database happens in this one. A visit
    that fails for a reason of ours is logged and stays due as well.
    """
    began = time.monotonic()
    states: Counter[str] = Counter()
    waiting = deque(_with_errand(due(now=now).filter(~Exists(_leases(now)))))
    under_way: dict[Future[Sighting], _Visit] = {}
    with _visitor(fetcher) as visitor, ThreadPoolExecutor(visitors, "visit") as pool:
        while waiting or under_way:
            passed = time.monotonic() - began
            if seconds is not None and passed >= seconds:
                waiting.clear()
            moment = now + timedelta(seconds=passed)
            for unit in _next_units(waiting, under_way.values(), room=visitors - len(under_way)):
                if lease := claim(unit, now=moment):
                    future = pool.submit(visitor.visit, _errand(unit))
                    under_way[future] = _Visit(unit, lease, moment)
            done, _pending = wait(under_way, timeout=1, return_when=FIRST_COMPLETED)
            for future in done:
                visit = under_way.pop(future)
                if site := _finish(visit, future):
                    states[site.state] += 1
                    if tell:
                        tell(visit.unit, site)
    if states and any(outage.ours_at(each.zone) for each in Jurisdiction.objects.all()):
        logger.warning(
            "Almost no website could be reached, which points to our own line. Those that were"
            " reached before keep their states and are visited again in an hour."
        )
    return states


@dataclass(frozen=True)
class _Visit:
    unit: Unit
    lease: Lease
    began_at: datetime


@contextmanager
def _visitor(fetcher: Fetcher | None) -> Iterator[Visitor]:
    """A visitor for as long as a round lasts; a fetcher of its own is closed with it."""
    own = fetcher or new_fetcher()
    try:
        yield Visitor(own)
    finally:
        if fetcher is None:
            own.close()


def _next_units(waiting: deque[Unit], under_way: Iterable[_Visit], *, room: int) -> list[Unit]:
    """As many as there is room for, and of each host one: two would wait for each other."""
    busy = {_host(visit.unit) for visit in under_way} - {""}
    chosen: list[Unit] = []
    for _each in range(len(waiting)):
        if len(chosen) >= room:
            break
        unit = waiting.popleft()
        host = _host(unit)
        if host in busy:
            waiting.append(unit)
            continue
        busy |= {host} - {""}
        chosen.append(unit)
    return chosen


def _host(unit: Unit) -> str:
    address = read_address(unit.website)
    return bare(address.host) if address else ""


def _finish(visit: _Visit, future: Future[Sighting]) -> Site | None:
    try:
        site = record(visit.unit, future.result(), now=visit.began_at)
    except Exception:
        # One website must not end the round for all the others, nor be visited each minute.
        logger.exception("The visit to the website of %s failed.", visit.unit.code)
        Lease.objects.filter(pk=visit.lease.pk).update(until=visit.began_at + RETRY_AFTER)
        return None
    release(visit.lease)
    return site


def _leases(now: datetime) -> QuerySet[Lease]:
    return Lease.objects.filter(unit=OuterRef("pk"), until__gt=now)


def claim(unit: Unit, *, now: datetime) -> Lease | None:
    """Take the unit for this worker, or None: another one is there, or has been there."""
    until = now + LEASE
    lease, is_new = Lease.objects.get_or_create(unit=unit, defaults={"until": until})
    if not is_new and not Lease.objects.filter(unit=unit, until__lte=now).update(until=until):
        return None
    lease.until = until
    if not due(now=now).filter(pk=unit.pk).exists():
        release(lease)
        return None
    return lease


def release(lease: Lease) -> None:
    """Give the unit back, unless it was taken over meanwhile: then it is somebody else's."""
    Lease.objects.filter(pk=lease.pk, until=lease.until).delete()


def _with_errand(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """With all that ``_errand`` reads, in the same number of queries for one and a thousand."""
    open_placements = Placement.objects.filter(closed_at__isnull=True)
    open_prompts = Prompt.objects.filter(closed_at__isnull=True)
    return units.select_related("jurisdiction", "province").prefetch_related(
        Prefetch("placements", open_placements, to_attr="open_placements"),
        Prefetch("prompts", open_prompts, to_attr="open_prompts"),
        "call_lines",
    )


def _errand(unit: Unit) -> Errand:
    placements = getattr(unit, "open_placements", None)
    if placements is None:
        placements = unit.placements.filter(closed_at__isnull=True)
    prompts = getattr(unit, "open_prompts", None)
    if prompts is None:
        prompts = unit.prompts.filter(closed_at__isnull=True)
    return Errand(
        website=unit.website or _shared_website(unit),
        own_codes=frozenset(shown.code for shown in [*placements, *prompts]),
        lines=frozenset(line.number for line in unit.call_lines.all()),
        region=unit.jurisdiction_id,
        language=unit.jurisdiction.language,
    )


def _shared_website(unit: Unit) -> str:
    """Where a call centre without a website of its own publishes its numbers: its department's."""
    if unit.kind != UnitKind.CALL_CENTRE or unit.province is None:
        return ""
    department = department_of(unit.province)
    return department.website if department else ""


@transaction.atomic
def record(unit: Unit, sighting: Sighting, *, now: datetime) -> Site:
    """Write what a visit saw: the state, its day, the call lines; answer who asked for it.

    ``since`` changes with the state alone. A visit that began earlier than the last one changes
    nothing.
    """
    # One at a time for a unit: its first visit has no row yet that could be locked.
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    before = Site.objects.filter(unit=unit).first()
    if before is not None and before.visited_at > now:
        return before
    clicked = clicked_code(unit, now=now)
    state = settle(
        sighting.state,
        sighting.trouble,
        before=State(before.state) if before else None,
        trouble_before=Trouble(before.trouble if before else ""),
        is_clicked=bool(clicked),
        is_our_outage=_is_our_outage(unit, sighting, before, now),
    )
    site = before or Site(unit=unit, since=now, state=state)
    if site.state != state:
        site.since = now
    by_click = state == State.PRESENT != sighting.state and bool(clicked)
    if state == sighting.state or by_click:
        site.banner_code = clicked if by_click else sighting.banner_code
        site.link_address = sighting.link_address[:400]
        site.final_address = sighting.final_address[:400]
        site.has_section = sighting.has_section
    if sighting.state == State.PRESENT:
        site.first_seen_at = site.first_seen_at or now
        site.last_seen_at = now
    site.state, site.by_click = state, by_click
    site.trouble, site.status, site.visited_at = sighting.trouble, sighting.status, now
    site.save()
    day = now.astimezone(unit.jurisdiction.zone).date()
    if not DayState.objects.filter(unit=unit, day=day).update(state=state):
        DayState.objects.create(unit=unit, day=day, state=state)
    if sighting.published is not None:
        _record_lines(unit, sighting.published, now=now)
    Request.objects.filter(unit=unit, asked_at__lte=now).delete()
    return site


def _is_our_outage(unit: Unit, sighting: Sighting, before: Site | None, now: datetime) -> bool:
    """Judged by all visits of this night, and at its beginning by those of the hour before it."""
    if before is None or not before.trouble or sighting.trouble not in OUTAGE_TROUBLES:
        return False
    night = night_before(now, unit.jurisdiction.zone)
    return outage.is_ours(since=min(night, before.visited_at))


def _record_lines(unit: Unit, published: frozenset[str], *, now: datetime) -> None:
    for line in CallLine.objects.filter(unit=unit).select_related("published"):
        is_published = line.number in published
        row = getattr(line, "published", None) or PublishedLine(line=line)
        if row.pk is None or row.is_published != is_published:
            row.is_published, row.since = is_published, now
        row.visited_at = now
        if is_published:
            row.last_seen_at = now
        row.save()


def clicked_code(unit: Unit, *, now: datetime) -> str:
    """The open code by which several networks came from the unit's own website since yesterday."""
    yesterday = now.astimezone(unit.jurisdiction.zone).date() - timedelta(days=1)
    clicks = Referrer.objects.filter(
        placement__unit=unit, placement__closed_at__isnull=True, believed_on__gte=yesterday
    )
    return clicks.values_list("placement__code", flat=True).first() or ""
