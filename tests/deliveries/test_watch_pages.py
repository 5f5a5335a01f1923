"""The countdown and the contacts on the desk: what stands first, and who is turned away."""

import csv
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registration.accounts.models import Staff
from registration.common.dates import time_left
from registration.deliveries.choices import Stage
from registration.deliveries.countdown import Row, csv_lines, figures_of, rows_of
from registration.deliveries.models import Watch
from registration.outbox.choices import State
from registration.reports.models import Window
from registration.units.choices import UnitKind
from registration.units.models import Unit
from tests import factories
from tests.deliveries.days import CUT_OFF, DUE, MINUTE, ended_day, frozen, sent_to, watch_of
from tests.reports.entries import hours_of

PAGE = "/desk/deliveries/watch/"
BEFORE = timedelta(days=1)


@pytest.fixture
def mai(db: None) -> Staff:
    return factories.StaffFactory(username="mai", language="en", roles=["operator"])


def departments(reference: SimpleNamespace, number: int) -> list[Unit]:
    return [
        factories.UnitFactory(
            code=f"sở-{n}".replace("ở", "o"),
            kind=UnitKind.DEPARTMENT,
            province=reference.quang_ninh,
        )
        for n in range(number)
    ]


def rows(now: datetime) -> list[Row]:
    found = Unit.objects.filter(kind=UnitKind.DEPARTMENT).select_related("jurisdiction")
    return rows_of(found, now=now, language="en")


@pytest.fixture
def one_of_each(reference: SimpleNamespace) -> dict[str, Unit]:
    """A department in each stage, one minute after the due time."""
    names = ["in-time", "received", "late", "overdue", "refused", "kept", "pending", "new", "near"]
    made = dict(zip(names, departments(reference, len(names)), strict=True))
    for name in ("in-time", "received", "late", "refused"):
        summary = frozen(ended_day(made[name]))
        late = DUE + MINUTE if name == "late" else CUT_OFF
        opened = CUT_OFF + MINUTE if name == "received" else None
        sent_to(summary, "Văn phòng", sent_at=late, opened_at=opened)
        if name == "refused":
            sent_to(summary, "Phòng A", State.FAILED, error="SMTPRecipientsRefused 550")
    ended_day(made["overdue"])
    kept = ended_day(made["kept"])
    Window.objects.filter(pk=kept.pk).update(is_quiet=True)
    frozen(kept)
    ended_day(made["pending"], due_at=(DUE + timedelta(hours=8)).time())
    ended_day(made["near"], due_at=datetime(2025, 11, 20, 16, 35).time())
    hours_of(made["new"], starts_on=(CUT_OFF + BEFORE).date())
    return made


def test_rows_stand_by_urgency(one_of_each: dict[str, Unit]) -> None:
    found = rows(DUE + MINUTE)

    codes = {unit.code: name for name, unit in one_of_each.items()}
    assert [(codes[row.department.code], str(row.stage)) for row in found] == [
        ("overdue", "overdue"),
        ("near", "due"),
        ("refused", "failed"),
        ("pending", "queued"),
        ("late", "late"),
        ("in-time", "sent"),
        ("received", "done"),
        ("kept", "kept"),
        ("new", "draft"),
    ]
    assert [row.left for row in found[:2]] == ["1 minute over.", "4 minutes left."]
    assert [str(stage) for stage in Stage] == [str(row.stage) for row in found]


def test_rows_tell_what_is_known(one_of_each: dict[str, Unit]) -> None:
    by_stage = {row.stage: row for row in rows(DUE + MINUTE)}

    assert by_stage[Stage.OVERDUE].known == ["The figures have not been compiled yet."]
    assert by_stage[Stage.REFUSED].known == [
        "Phòng A: The mail server says that this address does not exist. Correct it in the list of"
        " recipients."
    ]
    assert by_stage[Stage.REFUSED].offices == "1 of 2 sent, 0 received"
    assert by_stage[Stage.RECEIVED].offices == "1 of 1 sent, 1 received"
    assert by_stage[Stage.LATE].delivered == "20/11/2025 16:31"
    assert by_stage[Stage.KEPT].known == []
    assert by_stage[Stage.SENT].next_cut_off == "21/11/2025 16:15"


def test_office_that_waits_is_told_though_another_has_its_copy(
    reference: SimpleNamespace,
) -> None:
    summary = frozen(ended_day(reference.quang_ninh_department))
    sent_to(summary, "Văn phòng")
    sent_to(summary, "Phòng A", State.WAITING, error="status 302")
    sent_to(summary, "Phòng B", State.WAITING)

    (row,) = rows(CUT_OFF + MINUTE)

    assert row.known == [
        "Phòng A: The recipient's system led on to another address, which is not followed."
    ]


@pytest.mark.parametrize(("language", "mark"), [("en", ","), ("tr", ";"), ("vi", ";")])
def test_table_opens_in_a_spreadsheet_of_the_language(
    one_of_each: dict[str, Unit], language: str, mark: str
) -> None:
    lines = csv_lines(rows(DUE + MINUTE), language=language)

    widths = {len(row) for row in csv.reader(lines, delimiter=mark)}
    assert widths == {12}


def test_head_figures(one_of_each: dict[str, Unit]) -> None:
    figures = {each["label"]: each["value"] for each in figures_of(rows(DUE + MINUTE))}

    assert figures == {
        "Departments": 9,
        "Compiled": 5,
        "Delivered": 5,
        "Opened or confirmed": 1,
        "Sent late": 1,
        "Overdue": 1,
        "Refused": 1,
    }


def test_each_department_has_its_own_clock(reference: SimpleNamespace) -> None:
    hours_of(reference.quang_ninh_department)
    hours_of(reference.adana_department, language="tr")

    found = {row.department.code: row for row in rows(CUT_OFF + MINUTE)}

    assert found["quang-ninh"].due == ""
    assert found["adana"].next_cut_off == "20/11/2025 16:15"
    assert found["adana"].left == "3 hours 59 minutes left."


def test_days_left_behind_are_counted(reference: SimpleNamespace) -> None:
    ended_day(reference.quang_ninh_department, now=CUT_OFF + 3 * BEFORE)

    (row,) = rows(CUT_OFF + 3 * BEFORE)

    assert (row.day, row.unfinished) == ("23/11/2025", 3)


def test_115_departments_cost_as_many_queries_as_one(
    reference: SimpleNamespace, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    def look() -> list[list[str]]:
        return [[row.left, row.due, row.offices, *row.known] for row in rows(DUE)]

    first = reference.quang_ninh_department
    sent_to(frozen(ended_day(first)), "Văn phòng")
    one = count_queries(look)
    for unit in departments(reference, 114):
        sent_to(frozen(ended_day(unit)), "Văn phòng")

    assert len(look()) == 115
    assert count_queries(look) == one
    assert one <= 9


@pytest.mark.parametrize(
    ("seconds", "sentence"),
    [
        (59, "1 minute left."),
        (60, "1 minute left."),
        (61, "2 minutes left."),
        (0, "0 minutes over."),
        (-59, "0 minutes over."),
        (-60, "1 minute over."),
        (2 * 3600 + 5 * 60, "2 hours 5 minutes left."),
        (26 * 3600, "1 day 2 hours left."),
        (-24 * 3600, "1 day 0 hours over."),
    ],
)
def test_time_left(seconds: int, sentence: str) -> None:
    assert time_left(DUE + timedelta(seconds=seconds), now=DUE) == sentence


def test_page_shows_and_narrows(client: Client, mai: Staff, reference: SimpleNamespace) -> None:
    yesterday = timezone.now().date() - BEFORE
    for unit in (reference.quang_ninh_department, reference.adana_department):
        ended_day(unit, now=timezone.now(), starts_on=yesterday, ends_on=yesterday)
    client.force_login(mai)

    everything = client.get(PAGE).content.decode()
    turkish = client.get(PAGE + "?country=TR").content.decode()
    none = client.get(PAGE + "?country=TR&state=sent").content.decode()
    table = client.get(PAGE + "table.csv?country=VN")

    assert ("Adana" in everything, "Quảng Ninh" in everything) == (True, True)
    assert ("Adana" in turkish, "Quảng Ninh" in turkish) == (True, False)
    assert ("No department is in this state" in none, "Adana" in none) == (True, False)
    lines = table.content.decode().splitlines()
    assert (len(lines), lines[1].startswith("Quảng Ninh Department of Health,")) == (2, True)


def test_page_loads_anew_unless_it_is_to_stand(client: Client, mai: Staff) -> None:
    client.force_login(mai)

    page, still = client.get(PAGE), client.get(PAGE + "?stays=1")

    assert (page.headers.get("Refresh"), still.headers.get("Refresh")) == ("60", None)
    assert "No department has report hours yet" in page.content.decode()


@pytest.mark.parametrize("who", ["charlie", "linh", "ayse"])
@pytest.mark.parametrize("page", [PAGE, PAGE + "table.csv"])
def test_nobody_else_sees_the_countdown(
    client: Client, request: pytest.FixtureRequest, who: str, page: str
) -> None:
    client.force_login(request.getfixturevalue(who))

    assert client.get(page).status_code == 403


def test_a_stranger_is_asked_to_sign_in(client: Client, reference: SimpleNamespace) -> None:
    for page in (PAGE, PAGE + "table.csv", PAGE + "quang-ninh/"):
        assert client.get(page).status_code == 302


@pytest.mark.parametrize("who", ["charlie", "ayse", "mai"])
def test_nobody_else_changes_the_contacts(
    client: Client, reference: SimpleNamespace, request: pytest.FixtureRequest, who: str
) -> None:
    client.force_login(request.getfixturevalue(who))

    answers = [client.get(PAGE + "quang-ninh/"), client.post(PAGE + "quang-ninh/", {})]

    assert [answer.status_code for answer in answers] == [403, 403]


def test_officer_keeps_the_contacts_of_their_own_department(
    client: Client, linh: Staff, reference: SimpleNamespace
) -> None:
    client.force_login(linh)
    ended_day(reference.quang_ninh_department)
    facts = {
        "first_email": "first@soyte.example.org",
        "second_email": "",
        "second_phone": "+84 900 000 001",
        "ping_address": "",
        "language": "vi",
    }

    kept = client.post(PAGE + "quang-ninh/", facts)
    shown = client.get(kept["Location"]).content.decode()
    others = client.post(PAGE + "thanh-hoa/", facts)

    assert (kept.status_code, others.status_code) == (303, 404)
    assert Watch.objects.get().department == reference.quang_ninh_department
    assert 'value="+84900000001"' in shown
    assert reverse("deliveries:contacts", args=["quang-ninh"]) == kept["Location"]


def test_refusal_is_said_at_its_field(
    client: Client, administrator: Staff, reference: SimpleNamespace
) -> None:
    administrator.language = "en"
    administrator.save()
    client.force_login(administrator)
    hours_of(reference.quang_ninh_department)
    watch_of(reference.quang_ninh_department)

    answer = client.post(
        PAGE + "quang-ninh/",
        {
            "first_email": "first@soyte.example.org",
            "ping_address": "http://watch.example.org/",
            "language": "vi",
        },
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The address must begin with https://." in page
    assert Watch.objects.get().second_email == "second@soyte.example.org"
