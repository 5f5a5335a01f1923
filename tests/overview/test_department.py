from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from registration.accounts.models import Staff
from registration.overview.department import page_of, read_query
from registration.overview.tables import Table, csv_of
from tests.factories import StaffFactory, UnitFactory
from tests.overview.days import at, origin, told, told_days
from tests.reports.entries import hanoi, hours_of

PAGE = "/desk/summaries/quang-ninh/"
NOW = hanoi("2025-11-22 08:00")


def page(reference: SimpleNamespace, *, now: Any = NOW, **query: str) -> dict[str, Any]:
    department = reference.quang_ninh_department
    asked = read_query(query, department, now=now)
    return page_of(department, asked, now=now, language="en")


def tables_in(shown: dict[str, Any]) -> dict[str, Table]:
    return {table.key: table for table in shown["tables"]}


def texts(table: Table) -> list[list[str]]:
    return [[row.label, *(cell.text for cell in row.cells)] for row in table.rows]


def test_today_is_compared_with_the_same_hours_of_last_week(reference: SimpleNamespace) -> None:
    department = reference.quang_ninh_department
    hours_of(department)
    with at("2025-11-13 17:00"):
        told("pledge.received", origin(reference))
    with at("2025-11-14 10:00"):
        # Later than the hour of asking, a week before.
        told("pledge.received", origin(reference))
    with at("2025-11-21 08:00"):
        for _each in range(3):
            told("pledge.received", origin(reference))

    shown = page(reference, now=hanoi("2025-11-21 09:00"))

    assert shown["heads"][0]["value"] == "3"
    assert shown["heads"][0]["change"] == "2 more (before: 1)"
    assert shown["heads"][1]["change"] == "as many as before (0)"
    assert shown["open"]["left"] == "7 hours 15 minutes left."
    assert shown["open"]["due_left"] == "7 hours 30 minutes left."


def test_units_that_brought_nothing_stand_first_then_those_behind(
    reference: SimpleNamespace,
) -> None:
    silent = UnitFactory(code="silent", province=reference.quang_ninh, name_en="Silent hospital")
    told_days(reference)

    table = tables_in(page(reference, span="month"))["units"]

    labels = [row.label for row in table.rows]
    assert set(labels[:2]) == {silent.name_en, reference.steward.name_en}
    assert labels[-1] == reference.hospital.name_en
    assert [row.is_behind for row in table.rows[:2]] == [True, True]
    assert texts(table)[-1][1:3] == ["5", "3"]
    assert "%" in texts(table)[-1][4]


def test_a_month_is_compared_with_the_same_days_of_the_one_before(
    reference: SimpleNamespace,
) -> None:
    told_days(reference)

    shown = page(reference, span="month")

    assert shown["compared"] == "01/10/2025 to 21/10/2025"
    assert shown["heads"][0] == {
        "label": "Applications received",
        "value": "8",
        "url": f"{PAGE}events/?first=2025-11-01&last=2025-11-30&kind=received",
        "change": "8 more (before: 0)",
    }
    assert shown["open_counts"].startswith("22/11/2025 is still being counted: 0 received")
    assert shown["month"] == "2025-11"
    assert (shown["before"], shown["after"]) == ("span=month&at=2025-10-31", "")


def test_last_week_stands_beside_this_one(reference: SimpleNamespace) -> None:
    told_days(reference)

    table = tables_in(page(reference, span="14"))["weeks"]

    assert texts(table)[-1] == ["21/11/2025", "4", "14/11/2025", "not told", "–"]
    assert len(table.rows) == 7


def test_a_day_that_ended_and_is_not_told_is_named(reference: SimpleNamespace) -> None:
    told_days(reference)

    shown = page(reference, now=hanoi("2025-11-22 18:00"), span="month")

    assert shown["missing"] == ["22/11/2025"]


def test_a_campaign_shows_what_it_brought_itself(reference: SimpleNamespace) -> None:
    told_days(reference)
    reference.campaign.starts_on = NOW.date() - timedelta(days=10)
    reference.campaign.save()

    shown = page(reference, span="campaign", campaign=reference.campaign.code)

    assert texts(tables_in(shown)["campaign"])[0][1:] == ["3", "3"]
    assert shown["heads"][0]["value"] == "8"


def test_a_table_as_csv_keeps_its_numbers_numbers(
    reference: SimpleNamespace, client: Client, linh: Staff
) -> None:
    told_days(reference)
    client.force_login(linh)

    day = client.get(f"{PAGE}2025-11-21/", {"format": "csv", "table": "adjustments"})
    month = client.get(
        PAGE, {"span": "month", "at": "2025-11-21", "format": "csv", "table": "by_unit"}
    )
    none = client.get(PAGE, {"span": "month", "format": "csv", "table": "persons"})

    lines = day.content.decode("utf-8-sig").splitlines()
    assert ";2025-11-20;-1;" in lines[1]
    assert "Bệnh viện Bãi Cháy;5;3" in month.content.decode()
    assert month["Content-Disposition"] == (
        'attachment; filename="quang-ninh-2025-11-30-by_unit.csv"'
    )
    assert none.status_code == 404


def test_a_csv_holds_no_formula() -> None:
    from registration.overview.tables import Cell, Row

    table = Table("t", "T", "Unit", [("Number", True)], [Row("=1+1", [Cell("-3", value=-3)])])

    assert csv_of(table, "en").decode("utf-8-sig").splitlines()[1] == "'=1+1,-3"


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"span": "week"}, "There is no such view."),
        ({"span": "month", "at": "9999-12-31"}, "Write the day as year-month-day."),
        ({"span": "month", "at": "soon"}, "Write the day as year-month-day."),
        ({"span": "campaign", "campaign": "none"}, "Choose a campaign."),
    ],
)
def test_an_address_that_names_nothing_is_one_clear_sentence(
    reference: SimpleNamespace, client: Client, query: dict[str, str], sentence: str
) -> None:
    department = reference.quang_ninh_department
    client.force_login(StaffFactory(roles=["department"], unit=department, language="en"))

    answer = client.get(PAGE, query)

    assert (answer.status_code, answer.context["problem"]) == (200, sentence)


def test_a_department_without_hours_has_a_page_that_says_so(
    reference: SimpleNamespace, client: Client
) -> None:
    department = reference.quang_ninh_department
    client.force_login(StaffFactory(roles=["department"], unit=department, language="en"))

    answers = [client.get(PAGE, {"span": span}) for span in ("today", "14", "month", "year")]

    assert [each.status_code for each in answers] == [200] * 4
    assert "No day is being counted for this department." in answers[0].content.decode()


def test_a_month_is_downloaded_as_slides(
    reference: SimpleNamespace, client: Client, linh: Staff
) -> None:
    told_days(reference)
    client.force_login(linh)

    answer, none = (client.get(f"{PAGE}slides/{month}/") for month in ("2025-11", "2025-13"))

    assert answer["Content-Disposition"] == 'attachment; filename="quang-ninh-2025-11.pptx"'
    assert (answer.content[:2], none.status_code) == (b"PK", 404)


def test_charlie_gets_nothing(reference: SimpleNamespace, client: Client, charlie: Staff) -> None:
    client.force_login(charlie)

    addresses = (PAGE, f"{PAGE}events/", f"{PAGE}slides/2025-11/")

    assert [client.get(address).status_code for address in addresses] == [403] * 3


@pytest.mark.parametrize("span", ["today", "14", "month", "year"])
def test_few_and_many_days_ask_the_same(
    reference: SimpleNamespace,
    client: Client,
    linh: Staff,
    count_queries: Callable[[Callable[[], object]], int],
    span: str,
) -> None:
    told_days(reference)
    client.force_login(linh)
    asked = {"span": span} | ({} if span == "today" else {"at": "2025-11-21"})
    client.get(PAGE, asked)

    few = count_queries(lambda: client.get(PAGE, asked))
    for number in range(3):
        UnitFactory(code=f"more-{number}", province=reference.quang_ninh)
    many = count_queries(lambda: client.get(PAGE, asked))

    assert few == many
