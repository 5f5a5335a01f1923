"""Leaders' totals: compared with summaries counted by hand, and with what is missing by name."""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import F
from django.test import Client

from registration.accounts.models import Staff
from registration.deliveries.standing import standings_of
from registration.ledger.services import take_back
from registration.overview.shown import row_of, windows_of
from registration.overview.totals import totals_of
from registration.overview.totals_shown import departments_of, sentences
from registration.reports.closing import freeze
from registration.reports.models import Summary, Window
from registration.reports.rules import canonical, digest
from registration.reports.services import ensure_windows
from registration.units.models import Unit
from tests.deliveries.days import CUT_OFF, DUE, ended_day, sent_to
from tests.factories import StaffFactory, UnitFactory
from tests.overview.days import at
from tests.reports.entries import entry, hanoi, hours_of

PAGE = "/desk/summaries/totals/"
NOW = hanoi("2025-11-22 08:00")
FIRST, LAST = date(2025, 11, 20), date(2025, 11, 21)
HOUR = timedelta(hours=1)


@pytest.fixture
def ministry(reference: SimpleNamespace) -> Staff:
    """Trang, officer of Vietnam's ministry."""
    unit = UnitFactory(code="bo-y-te", kind="ministry", province=None, jurisdiction=reference.vn)
    return StaffFactory(username="trang", unit=unit, language="en", roles=["ministry"])


@pytest.fixture
def two(reference: SimpleNamespace) -> tuple[Unit, Unit]:
    """Quảng Ninh and Thanh Hóa with hours and entries on two days; nothing is told yet."""
    one, other = reference.quang_ninh_department, reference.thanh_hoa_department
    for department in (one, other):
        hours_of(department)
    # Before reports began: cumulative, and of no day.
    entry(reference, hanoi("2025-11-18 09:00"), number=7)
    told = entry(reference, hanoi("2025-11-20 09:00"), number=3)
    entry(reference, hanoi("2025-11-21 09:00"), number=2)
    with at("2025-11-21 10:00"):
        take_back(told[0])
    entry(reference, hanoi("2025-11-21 09:00"), department=other, number=4)
    return one, other


def test_a_ministry_is_led_from_the_days_to_the_totals(
    two: tuple[Unit, Unit], ministry: Staff, linh: Staff, client: Client
) -> None:
    client.force_login(ministry)
    led = client.get("/desk/summaries/")
    home = client.get("/desk/").content.decode()
    assert (led.status_code, led["Location"]) == (302, PAGE)
    assert 'href="/desk/summaries/"' not in home
    assert f'href="{PAGE}"' in home
    assert client.get("/desk/summaries/?department=quang-ninh").status_code == 404

    client.force_login(linh)
    assert client.get("/desk/summaries/")["Location"] == "/desk/summaries/quang-ninh/"
    assert 'href="/desk/summaries/"' in client.get("/desk/").content.decode()


def close(until: str, *departments: Unit, taken: str | None = None) -> None:
    for department in departments:
        for window in ensure_windows(now=hanoi(until), department=department):
            if not hasattr(window, "summary"):
                freeze(window, taken_at=hanoi(taken or until))
    Window.objects.filter(finished_at=None, summary__isnull=False).update(
        finished_at=hanoi(taken) if taken else F("ends_at")
    )


def totals(jurisdiction: Any, first: date = FIRST, last: date = LAST, **more: Any) -> Any:
    moment: Any = {"now": NOW, "language": "en"} | more
    return totals_of(departments_of(jurisdiction), first=first, last=last, **moment)


def test_sums_are_what_the_days_told_with_their_corrections(
    reference: SimpleNamespace, two: tuple[Unit, Unit]
) -> None:
    close("2025-11-21 16:15", *two)

    found = totals(reference.vn)

    by_hand = {
        row["code"]: (row["rank"], row["counts"]["received"], row["cumulative"]["received"])
        for row in found["rows"]
    }
    # Three and two, less the one that was taken back on the second day.
    assert by_hand == {"quang-ninh": (1, 4, 11), "thanh-hoa": (2, 4, 4)}
    assert (found["told"], found["expected"]) == (2, 2)
    assert (found["counts"]["received"], found["cumulative"]["received"]) == (8, 15)
    second = totals(reference.vn, LAST, LAST)
    assert [row["counts"]["received"] for row in second["rows"]] == [4, 1]


def test_who_is_missing_is_named_and_in_no_sum(
    reference: SimpleNamespace, two: tuple[Unit, Unit]
) -> None:
    close("2025-11-20 16:15", *two)
    close("2025-11-21 16:15", two[1])

    both_days = totals(reference.vn)
    second_day = totals(reference.vn, LAST, LAST)

    assert [row["code"] for row in both_days["part"]] == ["quang-ninh"]
    assert both_days["part"][0]["missing_days"] == ["2025-11-21"]
    assert (both_days["told"], both_days["counts"]["received"]) == (2, 7)
    assert (second_day["told"], second_day["expected"]) == (1, 2)
    assert [row["name"] for row in second_day["missing"]] == ["Quảng Ninh Department of Health"]
    assert second_day["counts"]["received"] == 4
    assert next(iter(sentences(both_days, "en"))) == (
        "In the sums only in part: Quảng Ninh Department of Health (without 21/11/2025)."
    )


def test_a_day_that_no_scheduler_laid_down_is_missing_too(
    reference: SimpleNamespace, two: tuple[Unit, Unit]
) -> None:
    assert not Window.objects.exists()

    found = totals(reference.vn)

    assert [row["days"] for row in found["missing"]] == [2, 2]
    assert found["missing"][0]["missing_days"] == ["2025-11-20", "2025-11-21"]


def test_late_open_and_never_asked_are_told_apart(
    reference: SimpleNamespace, two: tuple[Unit, Unit]
) -> None:
    new = UnitFactory(code="hue", kind="department", province=reference.thanh_hoa, name_en="Huế")
    UnitFactory(code="son-la", kind="department", province=reference.thanh_hoa, name_en="Sơn La")
    hours_of(new, starts_on=date(2025, 11, 25))
    close("2025-11-21 16:15", two[0])
    close("2025-11-21 16:15", two[1], taken="2025-11-21 16:31")

    told = totals(reference.vn)
    today = totals(reference.vn, date(2025, 11, 22), date(2025, 11, 22))

    assert [(row["code"], row["late"]) for row in told["late"]] == [("thanh-hoa", 2)]
    assert [row["code"] for row in told["none"]] == ["hue"]
    assert [row["name"] for row in told["without_hours"]] == ["Sơn La"]
    assert {row["code"] for row in today["open"]} == {"quang-ninh", "thanh-hoa"}
    assert (today["told"], today["expected"], today["late"]) == (0, 2, [])


def test_the_ministry_sees_its_own_country(
    reference: SimpleNamespace, client: Client, ministry: Staff, two: tuple[Unit, Unit]
) -> None:
    close("2025-11-20 16:15", *two)
    close("2025-11-21 16:15", two[1])
    client.force_login(ministry)

    answer = client.get(PAGE, {"span": "month", "at": "2025-11-20", "jurisdiction": "VN"})
    foreign = client.get(PAGE, {"jurisdiction": "TR"})

    shown, html = answer.context["shown"], answer.content.decode()
    assert shown["sums_line"] == "Sums of 2 of 2 departments."
    assert "Quảng Ninh Department of Health (" in html
    assert "Adana" not in html
    assert '<select id="jurisdiction"' not in html
    # Its officers read sums; a department's own page is not theirs.
    assert 'href="/desk/summaries/quang-ninh/"' not in html
    assert foreign.context["problem"] == "Choose a country."


def test_an_administrator_chooses_the_country_and_goes_on_to_a_department(
    reference: SimpleNamespace, client: Client, administrator: Staff, two: tuple[Unit, Unit]
) -> None:
    close("2025-11-21 16:15", *two)
    client.force_login(administrator)

    html = client.get(PAGE, {"jurisdiction": "VN"}).content.decode()
    turkey = client.get(PAGE, {"jurisdiction": "TR"}).context["shown"]

    assert 'href="/desk/summaries/quang-ninh/"' in html
    assert [row for table in turkey["tables"] for row in table.rows] == []
    assert "Adana İl Sağlık Müdürlüğü" in turkey["asides"][0]


def test_department_officers_and_charlie_are_refused(
    reference: SimpleNamespace, client: Client, linh: Staff, charlie: Staff
) -> None:
    answers = []
    for staff in (linh, charlie):
        client.force_login(staff)
        answers.append(client.get(PAGE).status_code)

    assert answers == [403, 403]


def test_the_table_as_csv_tells_who_did_not_report(
    reference: SimpleNamespace, client: Client, ministry: Staff, two: tuple[Unit, Unit]
) -> None:
    close("2025-11-21 16:15", two[1])
    client.force_login(ministry)

    answer = client.get(
        PAGE, {"span": "day", "at": "2025-11-21", "format": "csv", "table": "departments"}
    )

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Disposition"] == ('attachment; filename="vn-2025-11-21-departments.csv"')
    assert lines[1].startswith("Thanh Hóa Department of Health,1,Reported,in time,4,0,")
    assert lines[2].startswith("Quảng Ninh Department of Health,–,Not reported,–,–,–,")


@pytest.mark.parametrize(
    "query", [{"span": "week"}, {"at": "9999-12-31"}, {"at": "soon"}, {"jurisdiction": "XX"}]
)
def test_an_address_that_names_nothing_is_one_clear_sentence(
    reference: SimpleNamespace, client: Client, ministry: Staff, query: dict[str, str]
) -> None:
    client.force_login(ministry)

    answer = client.get(PAGE, query)

    assert answer.status_code == 200
    assert answer.context["problem"]


@pytest.mark.parametrize(
    ("copies", "told", "by_now"),
    [
        pytest.param([], False, False, id="nobody on the list"),
        pytest.param([{"sent_at": DUE}], False, False, id="in time"),
        pytest.param([{"sent_at": DUE + HOUR}], True, True, id="mail server silent"),
        pytest.param([{"state": "failed", "error": "5.1.1"}], False, True, id="refused"),
        pytest.param([{"bounced_at": DUE}], False, True, id="came back"),
        pytest.param(
            [{"bounced_at": DUE}, {"copy": 2, "sent_at": DUE + HOUR}], True, True, id="sent again"
        ),
        pytest.param(
            [{}, {"copy": 2, "sent_at": DUE + HOUR, "opened_at": DUE + HOUR}],
            False,
            False,
            id="one more copy",
        ),
        pytest.param(
            [{"state": "waiting", "error": "TimeoutError", "opened_at": DUE + HOUR}],
            True,
            True,
            id="taken, and the post does not know",
        ),
    ],
)
def test_late_is_one_thing_on_every_page(
    reference: SimpleNamespace, copies: list[dict[str, Any]], told: bool, by_now: bool
) -> None:
    summary = freeze(ended_day(reference.quang_ninh_department), taken_at=CUT_OFF)
    Window.objects.update(finished_at=CUT_OFF)
    for copy in copies:
        sent_to(summary, "Văn phòng", **copy)

    (standing,) = standings_of(Window.objects.all())
    window = windows_of([reference.quang_ninh_department]).get()
    day = totals(reference.vn, FIRST, FIRST, now=DUE + 2 * HOUR)

    assert standing.is_late == told
    assert row_of(window, "en", now=DUE + 2 * HOUR)["is_late"] == by_now
    assert [row["late"] for row in day["late"]] == ([1] if by_now else [])


def many_told(reference: SimpleNamespace, number: int, days: int) -> None:
    """Departments that told a month, each summary a text as long as a real one."""
    rows = [{"code": f"u{place}", "name": "Bệnh viện" * 4} for place in range(150)]
    for place in range(number):
        department = UnitFactory(
            code=f"d-{place:03}", kind="department", province=reference.thanh_hoa
        )
        hours_of(department, starts_on=date(2025, 11, 1))
        starts = datetime.fromisoformat("2025-10-31T09:15:00+00:00")
        windows = Window.objects.bulk_create(
            Window(
                department=department,
                day=date(2025, 11, 1) + timedelta(days=day),
                zone="Asia/Ho_Chi_Minh",
                starts_at=starts + timedelta(days=day),
                ends_at=starts + timedelta(days=day + 1),
                due_at=starts + timedelta(days=day + 1, minutes=15),
                finished_at=starts + timedelta(days=day + 1),
            )
            for day in range(days)
        )
        texts = [
            canonical(
                {
                    "counts": {"received": 2, "confirmed": 1},
                    "cumulative": {"received": 2 * day, "confirmed": day},
                    "holds_demo": False,
                    "by_unit": rows,
                }
            )
            for day in range(1, days + 1)
        ]
        Summary.objects.bulk_create(
            Summary(
                window=window,
                department=department,
                serial=serial,
                figures=text,
                sha256=digest(text),
                frozen_at=window.ends_at,
            )
            for serial, (window, text) in enumerate(zip(windows, texts, strict=True), start=1)
        )


def test_few_and_many_departments_ask_the_same(
    reference: SimpleNamespace,
    client: Client,
    ministry: Staff,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    client.force_login(ministry)
    asked = {"span": "month", "at": "2025-11-01"}
    many_told(reference, 1, 2)
    client.get(PAGE, asked)

    few = count_queries(lambda: client.get(PAGE, asked))
    for unit in Unit.objects.filter(code__startswith="d-"):
        Unit.objects.filter(pk=unit.pk).update(code=f"first-{unit.pk}")
    many_told(reference, 5, 20)
    many = count_queries(lambda: client.get(PAGE, asked))

    assert few == many


def test_a_month_of_115_departments_within_a_second(reference: SimpleNamespace) -> None:
    many_told(reference, 115, 30)

    # Of this process: others share the machine.
    started = time.process_time()
    found = totals(
        reference.vn, date(2025, 11, 1), date(2025, 11, 30), now=hanoi("2025-11-30 17:00")
    )
    seconds = time.process_time() - started

    assert found["counts"]["received"] == 115 * 60
    assert seconds < 1
