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
KINDS = ["received", "confirmed", "changed", "withdrawn", "handed_over", "card_issued"]

# Written in the order of their times, as a ledger is. Number i of `total` has a time of its own
# within two years; the measured day of the measured department has `in_day` more.
FILL = """
INSERT INTO ledger_event (happened_at, kind, subject, department_id, jurisdiction_id, province_id,
    unit_id, channel, organs, sex, age_band, is_test, is_demo)
SELECT happened_at, (array['pledge.received', 'pledge.confirmed', 'pledge.received',
        'pledge.confirmed', 'pledge.changed', 'pledge.withdrawn'])[1 + i %% 6],
    gen_random_uuid(), department.id, department.jurisdiction_id, department.province_id,
    CASE WHEN i %% 3 = 0 THEN NULL ELSE units.ids[1 + i %% cardinality(units.ids)] END,
    (array['web', 'banner', 'qr', 'desk', 'paper', 'phone'])[1 + i %% 6],
    (array['cornea', 'heart;kidney;liver', 'kidney', 'cornea;heart;kidney;liver;lung', '',
        'liver', 'kidney;liver'])[1 + i %% 7],
    (array['female', 'male', 'unknown'])[1 + i %% 3],
    (array['18-24', '25-34', '35-44', '45-54', '55-64', '65+'])[1 + i %% 6], i %% 50 = 0, false
FROM (
    SELECT i, departments.ids[1 + i %% cardinality(departments.ids)] AS department_id,
        %(first)s::timestamptz + (%(end)s::timestamptz - %(first)s::timestamptz) * i / %(total)s
            AS happened_at
    FROM generate_series(0, %(total)s - 1) AS i,
        (SELECT array_agg(id ORDER BY id) AS ids FROM units_unit WHERE kind = 'department'
            AND code <> %(department)s) AS departments
    UNION ALL
    SELECT i, (SELECT id FROM units_unit WHERE code = %(department)s),
        %(starts)s::timestamptz + (%(end)s::timestamptz - %(starts)s::timestamptz) * i / %(in_day)s
    FROM generate_series(0, %(in_day)s - 1) AS i
) AS planned
JOIN units_unit AS department ON department.id = planned.department_id,
(SELECT array_agg(id) AS ids FROM (SELECT id FROM units_unit WHERE kind = 'hospital' ORDER BY id
    LIMIT 20) AS hospitals) AS units
ORDER BY happened_at
"""

# What somebody who knows the table would write: the rows once, grouped six ways.
BY_HAND = """
SELECT kind, channel, unit_id, organs, sex, age_band,
    grouping(kind, channel, unit_id, organs, sex, age_band), count(*),
    count(*) FILTER (WHERE is_demo)
FROM ledger_event
WHERE department_id = %s AND happened_at >= %s AND happened_at < %s AND NOT is_test
    AND kind IN ('pledge.received', 'pledge.confirmed', 'pledge.changed', 'pledge.withdrawn',
        'pledge.handed_over', 'pledge.card_issued')
GROUP BY GROUPING SETS ((kind), (kind, channel), (kind, unit_id), (kind, organs), (kind, sex),
    (kind, age_band))
"""
ONLY_KIND = 0b011111


class Figures:
    """One database with its window; the day before is closed, as it is on any but the first day."""

    def __init__(self) -> None:
        from registration.units.models import Unit

        self.department = Unit.objects.get(code=DEPARTMENT)
        self.window: Any = None

    def fill(self, total: int, in_day: int) -> int:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            values = {
                "total": total - in_day,
                "in_day": in_day,
                "first": STARTS_AT - YEARS,
                "starts": STARTS_AT,
                "end": ENDS_AT,
                "department": DEPARTMENT,
            }
            cursor.execute(FILL, values)
            cursor.execute("VACUUM (ANALYZE) ledger_event")
            cursor.execute("SELECT count(*) FROM ledger_event")
            (count,) = cursor.fetchone()
        self._close_day_before()
        return int(count)

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

        with connection.cursor() as cursor:
            cursor.execute(BY_HAND, [self.department.pk, STARTS_AT, ENDS_AT])
            return list(cursor.fetchall())

    def equal(self) -> bool:
        """Whether both sides count the same: else their times could not be compared."""
        from registration.reports.services import compile_figures

        figures = compile_figures(self.window, taken_at=ENDS_AT)
        by_hand = Counter({row[0]: row[7] for row in self._rows() if row[6] == ONLY_KIND})
        by_hand = Counter({kind.removeprefix("pledge."): n for kind, n in by_hand.items()})
        return {name: by_hand[name] for name in KINDS} == figures["counts"]


def main() -> None:
    django.setup()
    figures = Figures()
    for line in sys.stdin:
        order = json.loads(line)
        answer = getattr(figures, order.pop("do"))(**order)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
