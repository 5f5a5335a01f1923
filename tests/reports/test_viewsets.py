from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registration.accounts.models import Staff
from registration.reports.ahead import standing_note
from registration.reports.models import ReportHours, Window
from registration.reports.services import ensure_windows
from registration.reports.windows import plan_of
from tests.reports.entries import hours_of


def address(view: str, *arguments: object) -> str:
    return reverse(f"wagtailsnippets_reports_reporthours:{view}", args=arguments)


@pytest.fixture
def answers(reference: SimpleNamespace) -> dict[str, object]:
    return {
        "department": reference.quang_ninh_department.pk,
        "cut_off_at": "16:15",
        "due_at": "16:30",
        "language": "vi",
        "starts_on": timezone.now().date().isoformat(),
        "ends_on": "",
        "on_holidays": "send",
        "half_day_cut_off_at": "",
        "half_day_due_at": "",
    }


def test_an_administrator_sets_the_hours(
    reference: SimpleNamespace, client: Client, administrator: Staff, answers: dict[str, object]
) -> None:
    client.force_login(administrator)

    answer = client.post(address("add"), answers)

    assert answer.status_code == 302, answer.context["form"].errors
    assert list(ReportHours.objects.values_list("department__code", "cut_off_at", "due_at")) == [
        ("quang-ninh", time(16, 15), time(16, 30))
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("due_at", "16:15"),
        ("on_holidays", "perhaps"),
        ("starts_on", (timezone.now().date() - timedelta(days=40)).isoformat()),
    ],
)
def test_hours_that_break_a_rule_are_refused_at_their_field(
    reference: SimpleNamespace,
    client: Client,
    administrator: Staff,
    answers: dict[str, object],
    field: str,
    value: str,
) -> None:
    client.force_login(administrator)

    answer = client.post(address("add"), answers | {field: value})

    assert list(answer.context["form"].errors) == [field]
    assert not ReportHours.objects.exists()


def test_a_change_of_hours_settles_the_days_that_ended(
    reference: SimpleNamespace, client: Client, administrator: Staff, answers: dict[str, object]
) -> None:
    today = timezone.now().date()
    hours = hours_of(
        reference.quang_ninh_department,
        starts_on=today - timedelta(days=3),
        cut_off_at=time(0, 5),
    )
    client.force_login(administrator)
    changed = answers | {"starts_on": hours.starts_on.isoformat(), "cut_off_at": "16:00"}

    answer = client.post(address("edit", hours.pk), changed)

    hours.refresh_from_db()
    assert answer.status_code == 302, answer.context["form"].errors
    assert hours.cut_off_at == time(16, 0)
    assert Window.objects.filter(day__lt=today).count() == 3
    assert {each.ends_at.astimezone(reference.vn.zone).time() for each in Window.objects.all()} == {
        time(0, 5)
    }


def test_holidays_and_half_days_are_set_on_the_screen(
    reference: SimpleNamespace, client: Client, administrator: Staff, answers: dict[str, object]
) -> None:
    client.force_login(administrator)

    client.post(
        address("add"),
        answers
        | {
            "on_holidays": "merge",
            "weekends_too": "on",
            "half_day_cut_off_at": "12:45",
            "half_day_due_at": "13:00",
        },
    )

    hours = ReportHours.objects.get()
    assert (hours.on_holidays, hours.weekends_too) == ("merge", True)
    assert (hours.half_day_cut_off_at, hours.half_day_due_at) == (time(12, 45), time(13, 0))


def test_an_end_that_passed_long_ago_is_not_taken_away_without_a_new_first_day(
    reference: SimpleNamespace, client: Client, administrator: Staff, answers: dict[str, object]
) -> None:
    today = timezone.now().date()
    ended = {"starts_on": today - timedelta(days=90), "ends_on": today - timedelta(days=89)}
    hours = hours_of(reference.quang_ninh_department, **ended)
    ensure_windows(now=timezone.now())
    client.force_login(administrator)
    endless = answers | {"starts_on": ended["starts_on"].isoformat()}

    refused = client.post(address("edit", hours.pk), endless)
    taken = client.post(address("edit", hours.pk), answers)

    assert list(refused.context["form"].errors) == ["starts_on"]
    assert taken.status_code == 302


def test_after_saving_the_officer_sees_the_day_being_counted_and_the_days_ahead(
    reference: SimpleNamespace, client: Client, administrator: Staff, answers: dict[str, object]
) -> None:
    client.force_login(administrator)

    shown = client.post(address("add"), answers | {"cut_off_at": "23:58", "due_at": "23:59"})
    page = client.get(shown["Location"]).content.decode()

    hours = ReportHours.objects.get()
    note = standing_note(plan_of(hours), now=timezone.now())
    assert shown["Location"] == address("edit", hours.pk)
    # Once in the message, once above the table.
    assert page.count(note) == 2
    assert page.count("Made and sent") == 14


def test_the_days_ahead_are_those_of_the_saved_hours_when_the_form_is_refused(
    reference: SimpleNamespace, client: Client, administrator: Staff, answers: dict[str, object]
) -> None:
    hours = hours_of(reference.quang_ninh_department, starts_on=timezone.now().date())
    client.force_login(administrator)

    refused = client.post(
        address("edit", hours.pk),
        answers | {"half_day_cut_off_at": "12:45", "cut_off_at": "18:00", "due_at": "10:00"},
    )

    assert set(refused.context["form"].errors) == {"due_at", "half_day_due_at"}
    assert refused.content.decode().count("<td>16:15</td>") == 14


def test_hours_are_not_deleted(
    reference: SimpleNamespace, client: Client, administrator: Staff
) -> None:
    hours = hours_of(reference.quang_ninh_department, starts_on=timezone.now().date())
    client.force_login(administrator)

    answer = client.post(address("delete", hours.pk))

    assert answer.status_code == 302
    assert ReportHours.objects.filter(pk=hours.pk).exists()


def test_the_screen_opens_and_linh_does_not_get_in(
    reference: SimpleNamespace, client: Client, administrator: Staff, linh: Staff
) -> None:
    hours_of(reference.quang_ninh_department, starts_on=date(2025, 11, 20))
    pages = [address("list"), address("add")]

    client.force_login(administrator)
    opened = [client.get(each).status_code for each in pages]
    client.force_login(linh)
    refused = [client.get(each).status_code for each in pages]

    assert opened == [200, 200]
    assert refused == [403, 403]
