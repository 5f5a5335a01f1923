"""The open day, periods, units, campaigns and the key itself."""

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from registration.reports.models import Provisional, Summary
from registration.units.models import Unit
from tests.factories import CampaignFactory, UnitFactory
from tests.overview.days import told_days
from tests.reports.entries import entry, hours_of

Read = Callable[..., Any]
Give = Callable[..., str]


@pytest.fixture
def open_day(reference: SimpleNamespace) -> Unit:
    """A day of Quảng Ninh that began less than a day ago and goes on for an hour at least."""
    now = timezone.now()
    soon = (now + timedelta(hours=2)).astimezone(reference.vn.zone)
    hours_of(
        reference.quang_ninh_department,
        starts_on=soon.date(),
        cut_off_at=soon.time().replace(minute=0, second=0, microsecond=0),
        due_at=soon.time().replace(minute=30, second=0, microsecond=0),
    )
    entry(reference, now - timedelta(minutes=5), number=2, sex="female", unit=reference.hospital)
    department: Unit = reference.quang_ninh_department
    return department


def test_the_open_day_is_counted_and_kept_nowhere(
    open_day: Unit, reference: SimpleNamespace, give: Give, read: Read
) -> None:
    token = give()

    figures = read(token, "provisional/quang-ninh").json()
    entry(reference, timezone.now(), number=1)
    within = read(token, "provisional/quang-ninh").json()
    cache.clear()
    after = read(token, "provisional/quang-ninh").json()

    assert (figures["provisional"], figures["serial"]) == ({"number": 0}, 0)
    assert figures["counts"]["received"] == 2
    assert within == figures
    assert after["counts"]["received"] == 3
    assert not Provisional.objects.exists()
    assert not Summary.objects.exists()


def test_the_open_day_holds_no_tables_for_a_key_from_outside(
    open_day: Unit, give: Give, read: Read
) -> None:
    own = read(give(), "provisional/quang-ninh").json()
    shared = read(give(is_outside=True), "provisional/quang-ninh").json()

    assert [row["received"] for row in own["by_unit"]] == [2]
    assert (shared["counts"]["received"], shared["edition"]) == (2, "shared")
    assert (shared["by_unit"], shared["by_sex"], shared["waiting"]) == ([], [], [])
    assert {"by_unit", "by_sex"} <= set(shared["withheld"])


def test_there_is_no_open_day_after_the_last_one(told: Any, give: Give, read: Read) -> None:
    assert read(give(), "provisional/quang-ninh").status_code == 404


def test_a_period_is_the_sum_of_its_days(
    reference: SimpleNamespace, give: Give, read: Read
) -> None:
    first, second = told_days(reference)

    figures = read(give(), "periods/quang-ninh?from=2025-11-20&to=2025-11-21").json()
    rows = read(give(), "summaries").json()["items"]

    assert figures["counts"]["received"] == sum(row["counts"]["received"] for row in rows) > 0
    assert [day["is_told"] for day in figures["days"]] == [True, True]
    assert figures["told_until"] == "2025-11-21"
    assert (first.serial, second.serial) == (1, 2)


def test_a_key_from_outside_reads_tables_of_whole_months_alone(
    told: SimpleNamespace, give: Give, read: Read
) -> None:
    token = give(is_outside=True)

    days = read(token, "periods/quang-ninh?from=2025-11-19&to=2025-11-20").json()
    month = read(token, "periods/quang-ninh?from=2025-11-01&to=2025-11-30").json()

    assert (days["counts"]["received"], days["by_unit"]) == (8, [])
    assert "by_unit" in days["withheld"]
    assert [row["received"] for row in month["by_unit"]] == [8]
    # The one day hid its women: with one day in the month they would follow from the sum.
    assert "by_sex" in month["withheld"]


def test_a_period_asks_the_same_queries_for_one_day_as_for_a_month(
    reference: SimpleNamespace, give: Give, read: Read, count_queries: Callable[..., int]
) -> None:
    told_days(reference)
    token = give(is_outside=True)
    read(token, "me")

    counted = [
        count_queries(lambda days=days: read(token, f"periods/quang-ninh?{days}"))
        for days in ("from=2025-11-20&to=2025-11-20", "from=2025-11-01&to=2025-11-21")
    ]

    assert counted[0] == counted[1]


def test_units_are_those_of_the_province(
    reference: SimpleNamespace,
    ministry: Unit,
    give: Give,
    read: Read,
    count_queries: Callable[..., int],
) -> None:
    own, whole = give(), give(ministry)
    read(own, "me")
    before = count_queries(lambda: read(own, "units"))
    UnitFactory(province=reference.quang_ninh, parent=reference.hospital, code="khoa-a")
    UnitFactory(province=reference.thanh_hoa, code="thanh-hoa-1")

    codes = {row["code"] for row in read(own, "units").json()["items"]}
    all_codes = {row["code"] for row in read(whole, "units").json()["items"]}
    narrowed = {row["code"] for row in read(whole, "units?department=quang-ninh").json()["items"]}

    assert codes == {"quang-ninh", "steward", "bai-chay", "khoa-a"} == narrowed
    assert {"thanh-hoa", "thanh-hoa-1", "bo-y-te", "khoa-a"} <= all_codes
    assert "adana" not in all_codes
    assert count_queries(lambda: read(own, "units")) == before
    row = next(r for r in read(own, "units").json()["items"] if r["code"] == "khoa-a")
    assert (row["parent"], row["province"]["code"]) == ("bai-chay", "vn-22")


def test_campaigns_are_the_provinces_and_the_national_ones(
    reference: SimpleNamespace, ministry: Unit, give: Give, read: Read
) -> None:
    CampaignFactory(code="quoc-gia", owner=ministry, province=None)
    CampaignFactory(code="thanh-hoa", owner=reference.thanh_hoa_department)
    CampaignFactory(code="adana", owner=reference.adana_department)

    own = read(give(), "campaigns", language="vi").json()["items"]
    whole = read(give(ministry), "campaigns").json()["items"]

    assert {row["code"] for row in own} == {"quoc-gia", "cho-di-la-con-mai-quang-ninh"}
    assert own[0]["title"] == "Cho đi là còn mãi"
    assert {row["code"] for row in whole} == {
        "quoc-gia",
        "thanh-hoa",
        "cho-di-la-con-mai-quang-ninh",
    }


def test_totals_are_sums_with_the_departments_that_are_not_in_them(
    told: SimpleNamespace,
    ministry: Unit,
    give: Give,
    read: Read,
    count_queries: Callable[..., int],
) -> None:
    token = give(ministry, scopes=["totals"])
    read(token, "me")

    day = read(token, "totals?day=2025-11-20").json()
    days = read(token, "totals?from=2025-11-01&to=2025-11-30").json()

    assert [(row["code"], row["state"]) for row in day["rows"]] == [("quang-ninh", "whole")]
    assert (day["told"], day["expected"], day["counts"]["received"]) == (1, 1, 8)
    assert [each["code"] for each in day["without_hours"]] == ["thanh-hoa"]
    assert days["counts"] == day["counts"]
    counted = [
        count_queries(lambda days=days: read(token, f"totals?{days}"))
        for days in ("day=2025-11-20", "from=2025-11-01&to=2025-11-30")
    ]
    assert counted[0] == counted[1]


@pytest.mark.parametrize(
    ("query", "mistake"),
    [
        ("", ("day", "missing")),
        ("from=2025-11-20", ("to", "missing")),
        ("to=2025-11-20", ("from", "missing")),
        ("day=2025-11-20&to=2025-11-20", ("day", "either")),
        ("from=2025-11-20&to=2025-11-19", ("to", "wrong_order")),
    ],
)
def test_totals_want_one_day_or_both_ends(
    ministry: Unit, give: Give, read: Read, query: str, mistake: tuple[str, str]
) -> None:
    answer = read(give(ministry, scopes=["totals"]), f"totals?{query}")

    assert answer.status_code == 422
    assert [(each["name"], each["code"]) for each in answer.json()["errors"]] == [mistake]


def test_me_tells_of_the_key_alone(reference: SimpleNamespace, give: Give, read: Read) -> None:
    token = give(scopes=["units", "summaries"], is_outside=True)

    answer = read(token, "me")

    told = answer.json()
    assert (told["prefix"], told["label"]) == (token.split("_")[1], "Máy chủ của Sở")
    assert told["unit"]["code"] == "quang-ninh"
    assert (told["scopes"], told["is_outside"]) == (["summaries", "units"], True)
    assert told["limits"] == {"requests": 120, "seconds": 60}
    assert token not in answer.content.decode()
    assert "linh" not in answer.content.decode().lower()
    assert date.fromisoformat(told["expires_at"][:10]) > date(2025, 1, 1)
