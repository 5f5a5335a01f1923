"""The monitor at the desk: who sees which units, what stands first, who is written to."""

import subprocess
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from registration.accounts.choices import Role
from registration.monitor.choices import State
from registration.monitor.letters import remind_units, unit_letter
from registration.monitor.models import DayState, Request, Site
from registration.monitor.overview import carried, days_of
from registration.outbox.models import Message
from tests.factories import StaffFactory, UnitFactory

pytestmark = pytest.mark.django_db
SITES = "/desk/sites/"


def text_of(pdf: bytes) -> str:
    command = ["pdftotext", "-enc", "UTF-8", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def seen(unit: Any, state: State, **fields: Any) -> Site:
    now = timezone.now()
    return Site.objects.create(unit=unit, state=state, since=now, visited_at=now, **fields)


@pytest.fixture
def units(reference: SimpleNamespace) -> list[Any]:
    made = [
        UnitFactory(
            jurisdiction=reference.vn,
            province=reference.quang_ninh,
            code=f"benh-vien-{state}",
            name=f"Bệnh viện {state.label}",
            email=f"{state.value.replace('_', '-')}@example.org",
            website=f"https://{state.value.replace('_', '-')}.example.org/",
        )
        for state in (State.PRESENT, State.MISSING, State.WRONG_CODE, State.SITE_DOWN)
    ]
    for unit, state in zip(
        made, (State.PRESENT, State.MISSING, State.WRONG_CODE, State.SITE_DOWN), strict=True
    ):
        seen(unit, state)
    return made


@pytest.fixture
def officer(reference: SimpleNamespace) -> Any:
    return StaffFactory(unit=reference.quang_ninh_department, roles=[Role.DEPARTMENT])


def test_those_to_act_on_stand_first(client: Client, units: list[Any], officer: Any) -> None:
    client.force_login(officer)

    html = client.get(SITES).content.decode()

    missing, present = (html.index(f">{unit.name}<") for unit in (units[1], units[0]))
    assert missing < present
    assert client.get(SITES + "?state=present").content.decode().count("table-cards") == 1
    assert units[1].name not in client.get(SITES + "?state=present").content.decode()


def test_list_costs_the_same_for_many_units(
    client: Client, units: list[Any], officer: Any, count_queries: Callable[..., int]
) -> None:
    client.force_login(officer)
    client.get(SITES)
    few = count_queries(lambda: client.get(SITES))
    for number in range(20):
        unit = UnitFactory(
            jurisdiction=units[0].jurisdiction, province=units[0].province, code=f"more-{number}"
        )
        seen(unit, State.MISSING)

    assert count_queries(lambda: client.get(SITES)) == few


def test_another_provinces_unit_is_not_there(
    client: Client, units: list[Any], reference: SimpleNamespace
) -> None:
    client.force_login(
        StaffFactory(
            unit=UnitFactory(
                kind="department",
                jurisdiction=reference.vn,
                province=reference.thanh_hoa,
                code="th",
            ),
            roles=[Role.DEPARTMENT],
        )
    )

    assert units[1].name not in client.get(SITES).content.decode()
    for part in ("", "letter.pdf"):
        assert client.get(f"{SITES}{units[1].code}/{part}").status_code == 404
    client.post(f"{SITES}remind/", {"unit": units[1].code})
    assert not Message.objects.exists()


def test_units_are_written_to_once_a_week(units: list[Any]) -> None:
    now = timezone.now()
    all_sites = list(Site.objects.all())

    assert remind_units(all_sites, now=now) == 2
    assert remind_units(all_sites, now=now + timedelta(days=6)) == 0
    assert remind_units(all_sites, now=now + timedelta(days=8)) == 2
    assert {message.recipient for message in Message.objects.all()} == {
        units[1].email,
        units[2].email,
    }


def test_message_leads_to_the_units_own_page(units: list[Any]) -> None:
    remind_units(list(Site.objects.filter(unit=units[1])), now=timezone.now())

    message = Message.objects.get()
    assert message.language == "vi"
    assert f"/vi/banner/unit/{units[1].code}/" in message.text


def test_letter_only_for_who_lacks_it(client: Client, units: list[Any], officer: Any) -> None:
    client.force_login(officer)

    letter = client.get(f"{SITES}{units[1].code}/letter.pdf")

    assert letter.content.startswith(b"%PDF")
    assert client.get(f"{SITES}{units[0].code}/letter.pdf").status_code == 302
    assert unit_letter(units[1].site, now=timezone.now())


def test_carried_counts_units_that_take_part(units: list[Any], reference: SimpleNamespace) -> None:
    n, m = carried(reference.quang_ninh_department)

    units[0].is_active = False
    units[0].save()

    assert (n, carried(reference.quang_ninh_department)) == (1, (0, m - 1))


def test_a_day_without_a_visit_goes_on_as_the_one_before(
    units: list[Any], reference: SimpleNamespace
) -> None:
    last = date(2026, 11, 20)
    for back, state in [(9, State.MISSING), (5, State.PRESENT), (1, State.MISSING)]:
        DayState.objects.create(unit=units[0], day=last - timedelta(days=back), state=state)

    columns = days_of([reference.quang_ninh], last=last)

    assert [(day.value, day.part) for day in columns[-11:]] == [(0, 0)] + [(1, 0)] * 4 + [
        (1, 1)
    ] * 4 + [(1, 0)] * 2


def test_table_as_csv_has_no_live_formula(client: Client, units: list[Any], officer: Any) -> None:
    units[1].name_en = "=1+1"
    units[1].save()
    client.force_login(officer)

    told = client.get(SITES + "websites.csv").content.decode()

    assert "'=1+1" in told
    assert ",=1" not in told


@pytest.mark.parametrize(
    ("query", "shown"),
    [("?state=missing", 1), ("?state=wrong_code", 2), ("?q={folded}", 1), ("?kind=hospital", 1)],
)
def test_filters_narrow_page_and_csv_alike(
    client: Client, units: list[Any], officer: Any, query: str, shown: int
) -> None:
    client.force_login(officer)

    query = query.format(folded=units[shown].folded)
    html = client.get(SITES + query).content.decode()
    csv = client.get(f"{SITES}websites.csv{query}").content.decode()

    for text in (html.partition("<table")[2].partition("</table>")[0], csv):
        assert units[shown].name in text
    assert csv.count("\r\n") == html.count('<tr>\n        <th scope="row">') + 1


@pytest.mark.parametrize(("is_on", "asked"), [(True, 1), (False, 0)])
def test_visit_now_is_asked_for_where_visits_are_on(
    client: Client, units: list[Any], officer: Any, settings: Any, is_on: bool, asked: int
) -> None:
    settings.MONITOR_VISITS = is_on
    client.force_login(officer)

    client.post(f"{SITES}{units[1].code}/visit/")

    assert Request.objects.filter(unit=units[1]).count() == asked


def test_those_ticked_are_written_to(client: Client, units: list[Any], officer: Any) -> None:
    client.force_login(officer)

    client.post(f"{SITES}remind/", {"unit": [units[1].code, units[0].code]})

    assert [message.recipient for message in Message.objects.all()] == [units[1].email]


def test_turkish_letter_has_the_head_of_the_governorship(reference: SimpleNamespace) -> None:
    unit = UnitFactory(jurisdiction=reference.tr, province=reference.adana, code="seyhan")
    site = seen(unit, State.MISSING)

    assert "ADANA VALİLİĞİ" in text_of(unit_letter(site, now=timezone.now()))
