"""Notes of views and clicks become the counts of each day, a batch in one transaction.

Each visitor of a placement counts once a day, see ``visitors``. So a note that is read twice, after
a crash or by two processes, still counts once.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import connection, transaction

from registration.banners.models import DayCount, Placement
from registration.banners.notes import CLICK, VIEW, Note, only_reader, read_notes
from registration.banners.referrers import learn_referrers
from registration.banners.rules import clean_code, is_click, is_view
from registration.banners.visitors import Salts, Visit, forget_days, keep_new, oldest_day, visit_of

logger = logging.getLogger(__name__)

# A run ends before the next one begins; what is left then is its.
LONGEST_RUN = 25.0  # seconds
AHEAD = timedelta(minutes=5)


def count_notes(*, now: datetime) -> int:
    """Count what was noted since the last time; how many views and clicks were new.

    Nothing while another process is at it. Notes of days that are over everywhere are dropped.
    """
    if settings.SEEN_DIR is None:
        return 0
    counted = strange = 0
    ends_at = monotonic() + LONGEST_RUN
    with only_reader(settings.SEEN_DIR) as is_alone:
        if not is_alone:
            return 0
        for notes in read_notes(settings.SEEN_DIR):
            # Not before: asking for these said that the last ones are dealt with.
            if monotonic() > ends_at:
                break
            new, unknown = count_batch(notes, now=now)
            counted, strange = counted + new, strange + unknown
        forget_days(now=now)
    if strange:
        logger.info("%d views and clicks of banners that are not placed", strange)
    return counted


@transaction.atomic
def count_batch(notes: Iterable[Note], *, now: datetime) -> tuple[int, int]:
    """Count these; how many were new, and how many belong to no open placement."""
    people = [note for note in notes if _is_by_a_person(note)]
    placements = _placements({note.code for note in people})
    known = [note for note in people if note.code in placements]
    salts = Salts()
    visits: dict[str, Visit] = {}
    for note in known:
        placement = placements[note.code]
        day = note.at.astimezone(placement.unit.jurisdiction.zone).date()
        if oldest_day(now) <= day and note.at <= now + AHEAD:
            visit = visit_of(note, placement, day=day, salt=salts[day])
            visits.setdefault(visit.mark, visit)
    new = keep_new(visits)
    _add(new)
    learn_referrers(new)
    return len(new), len(people) - len(known)


def add_counts(placement: Placement, *, day: date, views: int = 0, clicks: int = 0) -> None:
    """Add to the placement's day in one statement: who adds at once is counted too."""
    table = DayCount._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (placement_id, day, views, clicks) VALUES (%s, %s, %s, %s)"  # noqa: S608
            " ON CONFLICT (placement_id, day) DO UPDATE"
            f" SET views = {table}.views + excluded.views,"
            f" clicks = {table}.clicks + excluded.clicks",
            [placement.pk, connection.ops.adapt_datefield_value(day), views, clicks],
        )


def _is_by_a_person(note: Note) -> bool:
    if note.kind == CLICK:
        return is_click(note.asked)
    return note.kind == VIEW and is_view(note.asked)


def _placements(codes: set[str]) -> dict[str, Placement]:
    """The open placements by their codes as they were typed."""
    cleaned = {code: clean_code(code) for code in codes}
    found = (
        Placement.objects.filter(closed_at__isnull=True)
        .select_related("unit__jurisdiction")
        .in_bulk({code for code in cleaned.values() if code}, field_name="code")
    )
    return {typed: found[code] for typed, code in cleaned.items() if code in found}


def _add(visits: list[Visit]) -> None:
    views, clicks = (
        Counter((visit.placement, visit.day) for visit in visits if visit.kind == kind)
        for kind in (VIEW, CLICK)
    )
    # In one order, so that two at once never wait for each other in a circle.
    for place in sorted({*views, *clicks}, key=lambda place: (place[0].pk, place[1])):
        placement, day = place
        add_counts(placement, day=day, views=views[place], clicks=clicks[place])
