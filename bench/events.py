"""The ledger of the figures' measurement: ``python -m bench.events`` under the portal's settings.

It takes one order in each line, as JSON, and answers with one line: ``fill`` writes events,
``rounds`` times the day's figures beside one query written by hand.
"""

import json
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import django

DEPARTMENT = "quang-ninh"
DAY = date(2026, 6, 15)
STARTS_AT, ENDS_AT = (datetime(2026, 6, day, 9, 15, tzinfo=UTC) for day in (14, 15))
YEARS = timedelta(days=730)
PORTION = 500_000

# Written in the order of their times, as a ledger is. Number i of `total` has a time of its own
# within two years; the measured day of the measured department has `in_day` and no others. Of
# twenty events of a department eight are registrations and five their confirmations; `back` leads
# from an event to the one that began the same registration, whose places and choices it shares.
FILL = """
WITH departments AS (SELECT array_agg(id ORDER BY id) AS ids FROM units_unit
    WHERE kind = 'department' AND province_id IS NOT NULL)
INSERT INTO ledger_event (happened_at, kind, subject, department_id, jurisdiction_id, province_id,
    locality_id, unit_id, campaign_id, placement_id, channel, organs, volume_ml, reason, signed_on,
    sex, age_band, is_test, is_demo)
SELECT happened_at, planned.kind, md5(department.id || '-' || b)::uuid, department.id,
    department.jurisdiction_id, department.province_id,
    CASE WHEN b %% 9 > 0 THEN localities.ids[1 + b * 31 %% cardinality(localities.ids)] END,
    CASE WHEN channel = 'banner' THEN placements.units[1 + b %% cardinality(placements.ids)]
        WHEN b %% 3 > 0 THEN units.ids[1 + b * 7 %% cardinality(units.ids)] END,
    CASE WHEN b %% 7 > 0 THEN campaigns.ids[1 + b * 3 %% cardinality(campaigns.ids)] END,
    CASE WHEN channel = 'banner' THEN placements.ids[1 + b %% cardinality(placements.ids)] END,
    channel,
    (array['cornea', 'heart;kidney;liver', 'kidney', 'cornea;heart;kidney;liver;lung', '',
        'liver', 'kidney;liver'])[1 + b %% 7],
    CASE WHEN planned.kind = 'donation.given' THEN (array[250, 350, 450])[1 + b / 20 %% 3] END,
    CASE WHEN planned.kind = 'donation.deferred'
        THEN (array['low_haemoglobin', 'weight', 'recent_donation'])[1 + b / 20 %% 3] ELSE '' END,
    CASE WHEN channel = 'paper' AND b %% 2 = 0 THEN happened_at::date - 3 END,
    (array['female', 'male', 'unknown'])[1 + b * 5 %% 3],
    (array['18-24', '25-34', '35-44', '45-54', '55-64', '65+'])[1 + b * 11 %% 6],
    b %% 50 = 0, false
FROM (
    SELECT happened_at, department_id, j - back AS b,
        (array['pledge.received', 'pledge.confirmed', 'pledge.received', 'pledge.confirmed',
            'pledge.received', 'pledge.confirmed', 'pledge.received', 'signup.booked',
            'pledge.received', 'pledge.confirmed', 'pledge.received', 'signup.arrived',
            'donation.given', 'pledge.received', 'pledge.confirmed', 'pledge.changed',
            'pledge.withdrawn', 'pledge.received', 'pledge.card_issued', 'donation.deferred'
            ])[1 + j %% 20] AS kind,
        (array['web', 'banner', 'qr', 'desk', 'paper', 'phone'])[1 + (j - back) * 5 %% 6] AS channel
    FROM (
        SELECT *, (array[0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 5, 0, 1, 0, 816, 0, 1, 0])[1 + j %% 20]
            AS back
        FROM (
            SELECT 1000 + i / cardinality(departments.ids) AS j,
                departments.ids[1 + i %% cardinality(departments.ids)] AS department_id,
                %(first)s::timestamptz + (%(end)s::timestamptz - %(first)s::timestamptz)
                    * (i::double precision / %(total)s) AS happened_at
            FROM generate_series(%(from)s, %(to)s - 1) AS i, departments
            UNION ALL
            SELECT 1000 + %(total)s / cardinality(departments.ids) + i, NULL, happened_at
            FROM (SELECT i, %(starts)s::timestamptz + (%(end)s::timestamptz
                    - %(starts)s::timestamptz) * (i::double precision / %(in_day)s) AS happened_at
                FROM generate_series(0, %(in_day)s - 1) AS i) AS in_day, departments
            WHERE happened_at >= %(since)s AND happened_at < %(until)s
        ) AS numbered
    ) AS linked
) AS planned
JOIN units_unit AS department ON department.id = coalesce(planned.department_id, %(measured)s)
JOIN (SELECT province_id, array_agg(id ORDER BY id) AS ids FROM units_locality
    GROUP BY province_id) AS localities ON localities.province_id = department.province_id,
(SELECT array_agg(id) AS ids FROM (SELECT id FROM units_unit WHERE kind = 'hospital' ORDER BY id
    LIMIT 20) AS hospitals) AS units,
(SELECT array_agg(id ORDER BY id) AS ids, array_agg(unit_id ORDER BY id) AS units
    FROM banners_placement) AS placements,
(SELECT array_agg(id ORDER BY id) AS ids FROM campaigns_campaign) AS campaigns
WHERE planned.department_id IS DISTINCT FROM %(measured)s OR happened_at < %(starts)s
ORDER BY happened_at
"""

# What somebody who knows the table would write: the day's rows with their corrections once, grouped
# by each thing that a summary breaks down; and what of them concerns each other or earlier days.
BY_HAND = """
WITH corrected AS (
    SELECT told.kind, CASE event.kind WHEN 'entry.taken_back' THEN -1 ELSE 1 END AS sign,
        event.subject, told.happened_at AS told_at, event.channel, event.unit_id,
        event.campaign_id, event.placement_id, event.locality_id, event.organs, event.volume_ml,
        event.reason, event.sex, event.age_band, event.is_demo, event.signed_on
    FROM ledger_event AS event JOIN ledger_event AS told ON told.id = event.corrects_id
    WHERE event.department_id = %(department)s AND event.happened_at >= %(start)s
        AND event.happened_at < %(end)s AND NOT event.is_test AND event.corrects_id IS NOT NULL
), day AS (
    SELECT kind, 1 AS sign, subject, channel, unit_id, campaign_id, placement_id, locality_id,
        organs, volume_ml, reason, sex, age_band, is_demo, signed_on
    FROM ledger_event
    WHERE department_id = %(department)s AND happened_at >= %(start)s AND happened_at < %(end)s
        AND NOT is_test AND kind IN ('pledge.received', 'pledge.confirmed', 'pledge.changed',
            'pledge.withdrawn', 'pledge.handed_over', 'pledge.card_issued', 'signup.booked',
            'signup.cancelled', 'signup.arrived', 'signup.no_show', 'donation.given',
            'donation.deferred')
    UNION ALL
    SELECT kind, sign, subject, channel, unit_id, campaign_id, placement_id, locality_id,
        organs, volume_ml, reason, sex, age_band, is_demo, signed_on
    FROM corrected WHERE told_at >= %(start)s
)
SELECT grouping(channel, unit_id, campaign_id, placement_id, locality_id, organs, volume_ml, reason,
        sex, age_band, is_demo, signed_on), kind, channel, unit_id, campaign_id, placement_id,
    locality_id, organs, volume_ml, reason, sex, age_band, is_demo, signed_on, NULL::timestamptz,
    sum(sign), sum(sign * volume_ml)
FROM day
GROUP BY GROUPING SETS ((kind), (kind, channel), (kind, unit_id), (kind, campaign_id),
    (kind, campaign_id, unit_id), (kind, placement_id), (kind, locality_id), (kind, organs),
    (kind, volume_ml), (kind, reason), (kind, sex), (kind, age_band), (kind, is_demo),
    (kind, signed_on))
UNION ALL
SELECT -1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    sum(number)::bigint, NULL
FROM (SELECT sum(sign) FILTER (WHERE kind <> 'pledge.received') AS number FROM day
    WHERE kind IN ('pledge.received', 'pledge.confirmed', 'pledge.changed') GROUP BY subject
    HAVING bool_or(kind = 'pledge.received')) AS of_each
UNION ALL
SELECT -2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    came.happened_at, sum(day.sign), NULL
FROM day JOIN ledger_event AS came ON came.subject = day.subject
    AND came.kind = 'pledge.received' AND came.happened_at < %(start)s
WHERE day.kind = 'pledge.withdrawn' GROUP BY came.happened_at
UNION ALL
SELECT -3, kind, NULL, unit_id, campaign_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    told_at, sign, sign * volume_ml
FROM corrected WHERE told_at < %(start)s
"""
ONLY_KIND = (1 << 12) - 1


class Figures:
    """One database with its window; the day before is closed, as it is on any but the first day."""

    def __init__(self) -> None:
        from registration.units.models import Unit

        self.department = Unit.objects.get(code=DEPARTMENT)
        self.window: Any = None

    def fill(self, total: int, in_day: int) -> int:
        """Write the events in portions. Indexes are made anew at the end, as the migrations say
        them; foreign keys, of which reading knows nothing, are left off.
        """
        from django.db import connection

        others, began = total - in_day, time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            cursor.execute("SET work_mem = '256MB'")
            cursor.execute("SET maintenance_work_mem = '512MB'")
            indexes = self._drop_indexes(cursor)
            for start in range(0, others, PORTION):
                end = min(start + PORTION, others)
                cursor.execute(
                    FILL,
                    {
                        "total": others,
                        "in_day": in_day,
                        "from": start,
                        "to": end,
                        "first": ENDS_AT - YEARS,
                        "since": ENDS_AT - YEARS + YEARS * (start / others),
                        "until": ENDS_AT - YEARS + YEARS * (end / others),
                        "starts": STARTS_AT,
                        "end": ENDS_AT,
                        "measured": self.department.pk,
                    },
                )
                print(f"{end:,} of {others:,}, {time.monotonic() - began:.0f} s", file=sys.stderr)
            for statement in indexes:
                cursor.execute(statement)
            # What the portions needed is not what a server gives a report.
            for name in ("work_mem", "maintenance_work_mem"):
                cursor.execute(f"RESET {name}")
            cursor.execute("VACUUM (ANALYZE) ledger_event")
            cursor.execute("SELECT count(*) FROM ledger_event")
            (count,) = cursor.fetchone()
        self.set_the_scene()
        self._close_day_before()
        return int(count)

    def _drop_indexes(self, cursor: Any) -> list[str]:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'ledger_event'::regclass"
            " AND contype = 'f'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE ledger_event DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'ledger_event'"
            " AND indexname <> 'ledger_event_pkey'"
        )
        found = cursor.fetchall()
        for name, _statement in found:
            cursor.execute(f'DROP INDEX "{name}"')
        return [statement for _name, statement in found]

    def set_the_scene(self) -> None:
        """Twenty websites that carry the banner, and as many targets of two running campaigns."""
        from registration.campaigns.models import Campaign, UnitTarget
        from registration.monitor.choices import State
        from registration.monitor.models import Site
        from registration.units.models import Unit

        units = list(Unit.objects.filter(kind="hospital").order_by("pk")[:20])
        Unit.objects.filter(pk__in=[unit.pk for unit in units]).update(
            province=self.department.province
        )
        for unit in units:
            Site.objects.update_or_create(
                unit=unit,
                defaults={"state": State.PRESENT, "since": STARTS_AT, "visited_at": STARTS_AT},
            )
        for code in ("cho-di-la-con-mai", "cho-di-la-con-mai-quang-ninh"):
            campaign = Campaign.objects.get(code=code)
            UnitTarget.objects.bulk_create(
                [UnitTarget(campaign=campaign, unit=unit, people=1000) for unit in units],
                ignore_conflicts=True,
            )

    def _close_day_before(self) -> None:
        from registration.reports.closing import freeze
        from registration.reports.models import ReportHours, Window

        ReportHours.objects.filter(department=self.department).update(starts_on=DAY)
        day = timedelta(days=1)
        before, self.window = (
            Window.objects.create(
                department=self.department,
                day=DAY - day * back,
                zone="Asia/Ho_Chi_Minh",
                starts_at=STARTS_AT - day * back,
                ends_at=ENDS_AT - day * back,
                due_at=ENDS_AT - day * back + timedelta(minutes=15),
            )
            for back in (1, 0)
        )
        freeze(before, taken_at=before.ends_at)

    def rounds(self, number: int) -> list[tuple[float, float]]:
        """(ours, by hand) in milliseconds, taking turns at going first."""
        found = []
        for turn in range(number):
            sides = [self._ours, self._by_hand]
            times = {side: side() for side in (sides if turn % 2 else reversed(sides))}
            found.append((times[self._ours], times[self._by_hand]))
        return found

    def _ours(self) -> float:
        from registration.reports.services import compile_figures

        began = time.perf_counter()
        compile_figures(self.window, taken_at=ENDS_AT)
        return (time.perf_counter() - began) * 1000

    def _by_hand(self) -> float:
        began = time.perf_counter()
        self._rows()
        return (time.perf_counter() - began) * 1000

    def _rows(self) -> list[tuple[Any, ...]]:
        from django.db import connection

        values = {"department": self.department.pk, "start": STARTS_AT, "end": ENDS_AT}
        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, values)
            return list(cursor.fetchall())

    def equal(self) -> bool:
        """Whether both sides count the same: else their times could not be compared."""
        from registration.reports.counting import NAMES
        from registration.reports.services import compile_figures

        counts = compile_figures(self.window, taken_at=ENDS_AT)["counts"]
        heads = [row for row in self._rows() if row[0] == ONLY_KIND]
        by_hand = Counter({NAMES[row[1]]: row[-2] for row in heads})
        by_hand["ml"] = sum(row[-1] or 0 for row in heads)
        return {name: by_hand[name] for name in counts} == dict(counts)


def main() -> None:
    django.setup()
    figures = Figures()
    for line in sys.stdin:
        order = json.loads(line)
        answer = getattr(figures, order.pop("do"))(**order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
