"""A month of two departments in two zones, in small: told day by day while things go wrong.

The scheduler stays away, entries are taken back, put back and merged, a department's holidays are
counted with the next working day and another's are kept and not sent, somebody wants a copy.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from portal.play_month import Month
from registration.deliveries.models import Delivery
from registration.deliveries.services import add_recipient
from registration.ledger.choices import EventKind
from registration.ledger.kept import triggers
from registration.ledger.models import Event
from registration.reports.choices import OnHolidays
from registration.reports.counting import COUNTED
from registration.reports.models import Summary, Window
from registration.reports.proof import find_faults
from registration.units.models import Holiday, Unit
from tests.reports.entries import entry, hanoi, hours_of

FIRST, LAST = date(2026, 4, 19), date(2026, 4, 30)
NOW = datetime(2026, 5, 3, tzinfo=UTC)
HOLIDAYS = [
    ("VN", date(2026, 4, 26), "public"),
    ("VN", date(2026, 4, 27), "public"),
    ("VN", date(2026, 4, 30), "public"),
    ("VN", date(2026, 5, 1), "public"),
    ("TR", date(2026, 4, 22), "half_day"),
    ("TR", date(2026, 4, 23), "public"),
]


@pytest.fixture
def played(reference: SimpleNamespace, linh: object) -> SimpleNamespace:
    Holiday.objects.bulk_create(
        Holiday(jurisdiction_id=country, day=day, kind=kind, name="Ngày nghỉ")
        for country, day, kind in HOLIDAYS
    )
    half_day = {"half_day_cut_off_at": time(12, 45), "half_day_due_at": time(13, 0)}
    for department, on_holidays, more in [
        (reference.quang_ninh_department, OnHolidays.MERGE, {"language": "vi"}),
        (reference.adana_department, OnHolidays.SKIP, {"language": "tr", **half_day}),
    ]:
        add_recipient(
            department, office="Büro", email=f"desk@{department.code}.example.org", language="vi"
        )
        hours = hours_of(
            department,
            starts_on=FIRST,
            ends_on=FIRST - timedelta(days=1),
            on_holidays=on_holidays,
            **more,
        )
        Month(hours, last=LAST, people=3).play(say=lambda span: None)
    return reference


def test_month_of_two_departments_is_told_exactly(played: SimpleNamespace) -> None:
    printed = StringIO()
    call_command("check_reports", stdout=printed)

    lines = printed.getvalue().splitlines()
    sums = [line.split() for line in lines if " told " in line]
    assert len(sums) == 26
    assert all(told == counted for _name, _told, told, _ledger, counted in sums)
    assert lines[-1] == "All summaries hold."
    for department in (played.quang_ninh_department, played.adana_department):
        _require_tiles(department)
        _require_equal_to_a_count_by_hand(department)
    _require_holidays(played)
    _require_caught_up(played.quang_ninh_department)
    _require_same_copy(played.quang_ninh_department)


def test_month_that_was_tampered_with_is_found(played: SimpleNamespace) -> None:
    quang_ninh, adana = played.quang_ninh_department, played.adana_department
    assert [*find_faults(quang_ninh, now=NOW), *find_faults(adana, now=NOW)] == []

    entry(played, hanoi("2026-04-24 10:00"))
    with connection.cursor() as cursor:
        for undo in triggers(connection.vendor, "reports_summary")[1]:
            cursor.execute(undo)
        cursor.execute(
            'UPDATE reports_summary SET figures = replace(figures, \'"day":"2026-04-24"\','
            ' \'"day":"2026-04-25"\') WHERE serial = 6 AND department_id = %s',
            [adana.pk],
        )

    (late,) = find_faults(quang_ninh, now=NOW)
    assert late.startswith("received: told ")
    assert next(find_faults(adana, now=NOW)) == (
        "no. 6: the figures are not those that were hashed"
    )


def _figures(department: Unit) -> list[dict[str, Any]]:
    found = Summary.objects.filter(department=department).order_by("serial")
    return [json.loads(each.figures) for each in found]


def _require_tiles(department: Unit) -> None:
    """No moment is in two windows or in none, and each day is told once."""
    windows = list(Window.objects.filter(department=department).order_by("ends_at"))
    for before, after in pairwise(windows):
        assert before.ends_at == after.starts_at
    wall = windows[0].starts_at.astimezone(department.jurisdiction.zone)
    assert (wall.date(), wall.time()) == (FIRST - timedelta(days=1), time(16, 15))
    told = [day for each in _figures(department) for day in each["window"]["days"]]
    days = (windows[-1].day - FIRST).days + 1
    assert told == [(FIRST + timedelta(days=number)).isoformat() for number in range(days)]


def _lines(department: Unit) -> Iterator[tuple[Event, str, int, datetime]]:
    """Each event and correction: the figure, by how much, and whose day it concerns."""
    names = {str(kind): name for name, kind in COUNTED.items()}
    signs = {str(EventKind.ENTRY_TAKEN_BACK): -1, str(EventKind.ENTRY_RESTORED): 1}
    for event in Event.objects.filter(department=department).select_related("corrects"):
        of = event.corrects or event
        if of.kind in names:
            yield event, names[of.kind], signs.get(event.kind, 1), of.happened_at


def _require_equal_to_a_count_by_hand(department: Unit) -> None:
    """Of each window, by somebody who looks at the rows one by one."""
    lines, causes = list(_lines(department)), set()
    windows = Window.objects.filter(department=department).order_by("ends_at")
    for window, figures in zip(windows, _figures(department), strict=True):
        counts, corrections = Counter[str](), Counter[str]()
        for event, name, sign, concerns in lines:
            if window.starts_at <= event.happened_at < window.ends_at:
                (counts if concerns >= window.starts_at else corrections)[name] += sign
        told = {name: figures["counts"][name] for name in COUNTED}
        assert told == {name: counts[name] for name in COUNTED}
        adjusted = Counter[str]()
        for row in figures["adjustments"]:
            adjusted[row["key"]] += row["number"]
        assert {name: adjusted[name] for name in COUNTED} == {
            name: corrections[name] for name in COUNTED
        }
        causes |= {row["cause"] for row in figures["adjustments"] + figures["earlier"]}
    assert causes == {"correction", "restored", "merge", "paper", "withdrawal"}
    # One entry came at the very cut-off of the second day: it is not in that day.
    assert Event.objects.filter(department=department, happened_at=windows[1].ends_at).exists()


def _require_holidays(played: SimpleNamespace) -> None:
    merged = _figures(played.quang_ninh_department)[-1]["window"]
    assert merged["days"] == ["2026-04-30", "2026-05-01", "2026-05-02"]
    of_adana = Window.objects.filter(department=played.adana_department)
    quiet = of_adana.get(is_quiet=True)
    assert quiet.day == date(2026, 4, 23)
    assert not Delivery.objects.filter(summary__window=quiet).exists()
    assert of_adana.get(day=date(2026, 4, 22)).ends_at == datetime(2026, 4, 22, 9, 45, tzinfo=UTC)


def _require_caught_up(department: Unit) -> None:
    """The windows of three days of absence were closed in one go with the next one's."""
    late = Summary.objects.filter(department=department, serial__in=[4, 5, 6, 7])
    assert len(set(late.values_list("frozen_at", flat=True))) == 1
    assert Delivery.objects.filter(summary__in=late, message__state="sent").count() == 4


def _require_same_copy(department: Unit) -> None:
    first, again = (
        Delivery.objects.get(summary__department=department, summary__serial=1, copy=copy)
        for copy in (1, 2)
    )
    files, copies = (
        [(file.name, bytes(file.content)) for file in each.message.attachments.order_by("name")]
        for each in (first, again)
    )
    assert [name for name, _content in files] == [
        "quang-ninh-2026-04-19.pdf",
        "quang-ninh-2026-04-19.xlsx",
    ]
    assert copies == files
