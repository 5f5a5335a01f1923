"""The monitor at the desk: who sees which units, what stands first, who is written to."""

import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from registration.accounts.choices import Role
from registration.monitor import letters
from registration.monitor.choices import State
from registration.monitor.letters import remind_units, unit_letter
from registration.monitor.models import DayState, Request, Site
from registration.monitor.overview import carried, days_of
from registration.outbox.models import Message
from tests.factories import StaffFactory, UnitFactory
from tests.races import needs_postgresql, run_at_once

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


@pytest.mark.parametrize(("lost", "is_told"), [(8, True), (7, False)], ids=["ours", "twin"])
def test_page_tells_of_an_outage_of_our_own(
    client: Client, units: list[Any], officer: Any, lost: int, is_told: bool
) -> None:
    Site.objects.all().delete()
    visited_at = datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
    for number in range(10):
        unit = UnitFactory(province=units[0].province, code=f"more-{number}")
        trouble = "timeout" if number < lost else ""
        seen(unit, State.PRESENT, trouble=trouble)
    Site.objects.update(visited_at=visited_at)
    client.force_login(officer)

    sentence = (
        "On 20/11/2026 almost no website could be reached, which points to our own line: the"
        " states are those of the day before."
    )
    assert (sentence in client.get(SITES).content.decode()) is is_told


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


@pytest.fixture
def office(units: list[Any]) -> list[Any]:
    """Three units that lack the banner and share the mailbox of one office."""
    sharing = [*units[1:3], UnitFactory(province=units[0].province, code="tram-y-te")]
    seen(sharing[2], State.LINK_ONLY)
    for unit in sharing:
        unit.email = "VP@example.org" if unit == sharing[1] else "vp@example.org"
        unit.website = f"https://{unit.code}.example.org/"
        unit.save()
    return sharing


def test_units_with_one_mailbox_get_one_message_together(office: list[Any]) -> None:
    now = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

    told = remind_units(list(Site.objects.all()), now=now)
    again = remind_units(list(Site.objects.all()), now=now + timedelta(hours=2))

    message = Message.objects.get()
    assert (told, again) == (3, 0)
    for unit in office:
        for part in (f"{unit.name_vi}\n", f" {unit.website} ", f"/vi/banner/unit/{unit.code}/\n"):
            assert message.text.count(part) == 1
    assert "example.org" not in message.dedupe_key


def test_who_was_not_ticked_is_not_written_to_on_the_day_of_the_mailbox(office: list[Any]) -> None:
    # Nine in the evening, and the first hour of the next day there.
    evening, night = (datetime(2026, 11, 20, hour, 0, tzinfo=UTC) for hour in (14, 17))
    site = Site.objects.filter(unit=office[2])

    told = [
        remind_units(list(Site.objects.filter(unit__in=office[:2])), now=evening),
        remind_units(list(site), now=evening + timedelta(hours=2)),
        remind_units(list(site), now=night),
    ]

    assert told == [2, 0, 1]
    assert Message.objects.count() == 2
    assert site.get().reminded_at == night


@needs_postgresql
@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False], ids=["locked", "twin without the lock"])
def test_everybody_marked_as_reminded_is_named_though_two_press_at_once(
    office: list[Any], monkeypatch: pytest.MonkeyPatch, is_locked: bool
) -> None:
    if not is_locked:
        gate = threading.Barrier(2)
        monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows)
        really = letters._tell
        monkeypatch.setattr(
            letters, "_tell", lambda *told, now: (gate.wait(10), really(*told, now=now))
        )
    now = timezone.now()
    sites = [list(Site.objects.filter(unit=unit)) for unit in office[:2]]

    run_at_once([lambda each=each: remind_units(each, now=now) for each in sites])

    reminded = set(Site.objects.filter(reminded_at=now).values_list("unit__name_vi", flat=True))
    text = Message.objects.get().text
    assert ({unit.name_vi for unit in office if unit.name_vi in text} == reminded) is is_locked


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
