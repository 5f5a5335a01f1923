from collections.abc import Callable
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.overview import events_desk
from registration.overview.department import page_of, read_query
from registration.overview.drill import chunks, number_of, select
from registration.overview.shown import summary_of
from registration.overview.tables import Cell, Table
from tests.overview.days import at, origin, told, told_days
from tests.reports.entries import hanoi

EVENTS = "/desk/summaries/quang-ninh/events/"
NOW = hanoi("2025-11-22 08:00")


def links_of(tables: list[Table]) -> list[tuple[str, str, Cell]]:
    """Every cell that leads to events, with its table and row."""
    return [
        (table.key, row.label, cell)
        for table in tables
        for row in [*table.rows, *([table.total] if table.total else [])]
        for cell in row.cells
        if cell.url
    ]


def figure_behind(reference: SimpleNamespace, cell: Cell) -> int:
    query = {name: values[0] for name, values in parse_qs(urlsplit(cell.url).query).items()}
    return number_of(select(reference.quang_ninh_department, query, now=NOW))[0]


def test_each_figure_of_a_day_is_the_number_of_events_behind_it(
    reference: SimpleNamespace,
) -> None:
    summaries = told_days(reference)

    for summary in summaries:
        cells = links_of(summary_of(summary, "en")["tables"])

        wrong = [
            (table, row, cell.url, cell.value, behind)
            for table, row, cell in cells
            if (behind := figure_behind(reference, cell)) != cell.value
        ]
        assert wrong == []
    keys = {key for key, _row, _cell in cells}
    assert keys == {
        "figures",
        "by_channel",
        "by_unit",
        "by_placement",
        "by_campaign",
        "by_organ",
        "by_sex",
        "by_age_band",
        "by_locality",
        "by_volume",
        "deferrals",
        "blood_by_unit",
        "targets-cho-di-la-con-mai-quang-ninh",
        "targets-giot-hong",
        "adjustments",
        "earlier",
        "quality",
    }
    assert len(cells) > 100


@pytest.mark.parametrize("query", ["span=today", "span=14", "span=month", "span=year"])
def test_each_figure_of_a_period_is_the_number_of_events_behind_it(
    reference: SimpleNamespace, query: str
) -> None:
    told_days(reference)
    with at("2025-11-21 17:00"):
        for _each in range(2):
            told("pledge.received", origin(reference, unit=reference.hospital))
    department = reference.quang_ninh_department
    asked = read_query(dict([query.split("=")]), department, now=NOW)

    page = page_of(department, asked, now=NOW, language="en")

    cells = links_of(page["tables"])
    wrong = [
        (table, row, cell.url, cell.value, behind)
        for table, row, cell in cells
        if (behind := figure_behind(reference, cell)) != cell.value
    ]
    assert wrong == []
    assert len(cells) > 20


def test_a_figure_of_a_day_leads_to_a_page_without_persons(
    reference: SimpleNamespace, client: Client, linh: Staff
) -> None:
    told_days(reference)
    client.force_login(linh)

    page = client.get(EVENTS, {"day": "2025-11-21", "kind": "received"})

    text = page.content.decode()
    # Five came in, one of them was taken back the same day.
    assert (page.context["figure"], page.context["number"]) == ("4", "6")
    assert text.count('<tr><td class="number"') == 6
    for subject in set(select_subjects(reference)):
        assert str(subject) not in text
        assert subject.hex not in text


def select_subjects(reference: SimpleNamespace) -> list[object]:
    selection = select(reference.quang_ninh_department, {"last": "2025-11-21"}, now=NOW)
    return list(selection.events().values_list("subject", flat=True))


def test_pages_are_turned_by_keyset_and_lose_no_event(
    reference: SimpleNamespace, client: Client, linh: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    told_days(reference)
    client.force_login(linh)
    monkeypatch.setattr(events_desk, "PER_PAGE", 4)
    # Most of these are of one moment: the time alone would not tell where to go on.
    query, seen = "day=2025-11-21", 0

    while query:
        page = client.get(f"{EVENTS}?{query}")
        rows = page.content.decode().count('<tr><td class="number"')
        seen, query = seen + rows, page.context["older"]

    selection = select(reference.quang_ninh_department, {"day": "2025-11-21"}, now=NOW)
    assert seen == number_of(selection)[1] == 24


def test_chunks_give_every_row_once_in_order(reference: SimpleNamespace) -> None:
    told_days(reference)
    selection = select(reference.quang_ninh_department, {"last": "2025-11-21"}, now=NOW)

    whole = [row for rows in chunks(selection, size=1000) for row in rows]
    parts = [row for rows in chunks(selection, size=3) for row in rows]

    assert parts == whole == sorted(whole, key=lambda row: row[:2])
    assert len(whole) == number_of(selection)[1]


def test_a_selection_is_streamed_as_csv(
    reference: SimpleNamespace, client: Client, linh: Staff
) -> None:
    told_days(reference)
    client.force_login(linh)

    answer = client.get(EVENTS, {"day": "2025-11-21", "kind": "deferred", "format": "csv"})

    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert answer.streaming
    assert len(lines) == 3
    assert lines[1].startswith("2025-11-21 09:00:00;")
    assert "Bệnh viện Bãi Cháy" in lines[1]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "no_such_day"),
        ({"day": "soon"}, "not_a_day"),
        ({"day": "2024-01-01"}, "no_such_day"),
        ({"first": "2024-01-01", "last": "2024-01-31"}, "no_such_day"),
        ({"day": "2025-11-21", "kind": "persons"}, "no_such_kind"),
        ({"day": "2025-11-21", "volume": "1e3"}, "not_a_volume"),
        ({"day": "2025-11-21", "signed": "x"}, "not_a_day"),
        ({"day": "2025-11-21", "came": "0001-01-01"}, "not_a_day"),
        ({"day": "2025-11-21", "concerns": "9999-12-31"}, "not_a_day"),
    ],
)
def test_what_names_no_events_is_one_clear_sentence(
    reference: SimpleNamespace, client: Client, linh: Staff, query: dict[str, str], code: str
) -> None:
    told_days(reference)
    client.force_login(linh)

    with pytest.raises(RuleBroken) as refusal:
        number_of(select(reference.quang_ninh_department, query, now=NOW))
    page = client.get(EVENTS, query)

    assert refusal.value.code == code
    assert page.status_code == 200
    assert page.context["problem"]


def test_what_would_keep_a_thread_for_long_is_no_csv(
    reference: SimpleNamespace, client: Client, linh: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_desk, "MOST_STREAMED", 2)
    told_days(reference)
    client.force_login(linh)

    page = client.get(EVENTS, {"day": "2025-11-21", "kind": "received", "format": "csv"})

    assert not page.streaming
    assert "XLSX" in page.context["problem"]


def test_charlie_and_another_department_get_nothing(
    reference: SimpleNamespace, client: Client, linh: Staff, charlie: Staff
) -> None:
    told_days(reference)
    query = {"day": "2025-11-21"}

    client.force_login(charlie)
    refused = client.get(EVENTS, query)
    client.force_login(linh)
    other = client.get("/desk/summaries/adana/events/", query)

    assert (refused.status_code, other.status_code) == (403, 404)


def test_few_and_many_events_ask_the_same(
    reference: SimpleNamespace,
    client: Client,
    linh: Staff,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    told_days(reference)
    client.force_login(linh)
    narrow = {"day": "2025-11-20", "kind": "confirmed"}
    client.get(EVENTS, narrow)

    one = count_queries(lambda: client.get(EVENTS, narrow))
    many = count_queries(lambda: client.get(EVENTS, {"day": "2025-11-21"}))

    assert one == many
