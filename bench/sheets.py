"""Tables of events: ``python -m bench.sheets JOB`` under the portal's settings, values as JSON.

``fill`` writes a department's events, ``portal`` makes its XLSX as a worker does, ``bare`` writes
the same values, held in memory, with nothing but XlsxWriter.
"""

import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from typing import Any

import django

DEPARTMENT = "quang-ninh"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)

FILL = """
INSERT INTO ledger_event (happened_at, kind, subject, department_id, jurisdiction_id, province_id,
    locality_id, unit_id, campaign_id, placement_id, channel, organs, volume_ml, reason, signed_on,
    sex, age_band, is_test, is_demo)
SELECT %(first)s::timestamptz + interval '1 second' * i, (array['pledge.received',
        'pledge.confirmed', 'donation.given', 'pledge.card_issued'])[1 + i %% 4],
    md5(i::text)::uuid, department.id, department.jurisdiction_id, department.province_id,
    locality.id, unit.id, campaign.id, NULL,
    (array['web', 'banner', 'desk', 'paper'])[1 + i %% 4],
    (array['cornea', 'heart;kidney;liver', 'kidney', ''])[1 + i %% 4],
    CASE WHEN i %% 4 = 2 THEN 350 END, '', CASE WHEN i %% 4 = 3 THEN date '2026-01-01' END,
    (array['female', 'male'])[1 + i %% 2], '25-34', false, false
FROM generate_series(0, %(total)s - 1) AS i,
    (SELECT * FROM units_unit WHERE code = %(code)s) AS department,
    (SELECT id FROM units_locality ORDER BY id LIMIT 1) AS locality,
    (SELECT id FROM units_unit WHERE kind = 'hospital' ORDER BY id LIMIT 1) AS unit,
    (SELECT id FROM campaigns_campaign ORDER BY id LIMIT 1) AS campaign
"""


def fill(total: int) -> int:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(FILL, {"first": FIRST, "total": total, "code": DEPARTMENT})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_event")
    return total


def portal(total: int) -> dict[str, float]:
    """Seconds and MB of the whole work: reading, wording, writing."""
    from django.utils import translation

    from registration.overview.drill import chunks
    from registration.overview.exports import ROWS_AT_ONCE
    from registration.overview.lines import heads, words_of
    from registration.overview.workbooks import write_workbook

    selection = _selection(total)
    began = time.perf_counter()
    with (
        translation.override("vi"),
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryFile() as file,
    ):
        words = words_of(selection.department, "vi")
        lines = ([words.line(row) for row in rows] for rows in chunks(selection, size=ROWS_AT_ONCE))
        number = write_workbook(
            file, lines, heads=heads(), folder=folder, on_rows=lambda done: None
        )
        seconds = time.perf_counter() - began
    if number != total:
        raise SystemExit(f"{number} rows were written, and not {total}.")
    return {"seconds": seconds, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def bare(total: int) -> dict[str, float]:
    """Seconds of writing values that lie in memory already."""
    from django.utils import translation
    from xlsxwriter import Workbook

    from registration.overview.drill import chunks
    from registration.overview.lines import heads, words_of
    from registration.overview.workbooks import MOST_ROWS

    selection = _selection(total)
    with translation.override("vi"):
        words, titles = words_of(selection.department, "vi"), heads()
        values = [words.line(row) for rows in chunks(selection, size=50_000) for row in rows]
    began = time.perf_counter()
    with tempfile.TemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
        book = Workbook(file, {"constant_memory": True, "tmpdir": folder})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for start in range(0, len(values), MOST_ROWS):
            sheet = book.add_worksheet()
            sheet.write_row(0, 0, titles)
            for row, line in enumerate(values[start : start + MOST_ROWS], start=1):
                for column, cell in enumerate(line):
                    if cell is None or cell == "":
                        continue
                    if isinstance(cell, str):
                        sheet.write_string(row, column, cell)
                    elif isinstance(cell, int):
                        sheet.write_number(row, column, cell)
                    else:
                        form = moment if isinstance(cell, datetime) else day
                        sheet.write_datetime(row, column, cell, form)
        book.close()
        return {"seconds": time.perf_counter() - began}


def _selection(total: int) -> Any:
    from datetime import timedelta

    from registration.overview.drill import Selection
    from registration.units.models import Unit

    department = Unit.objects.select_related("jurisdiction").get(code=DEPARTMENT)
    return Selection(department, {}, FIRST, FIRST + timedelta(seconds=total))


if __name__ == "__main__":
    django.setup()
    job = {"fill": fill, "portal": portal, "bare": bare}[sys.argv[1]]
    json.dump(job(**json.loads(sys.stdin.read())), sys.stdout)
