from datetime import date, time, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registration.accounts.models import Staff
from registration.reports.models import Recipient, ReportHours, Window
from registration.reports.viewsets import RecipientViewSet, ReportHoursViewSet
from tests.reports.entries import hours_of


def address(view: str, model: type, *arguments: object) -> str:
    return reverse(f"wagtailsnippets_reports_{model.__name__.lower()}:{view}", args=arguments)


@pytest.fixture
def answers(reference: SimpleNamespace) -> dict[str, object]:
    return {
        "department": reference.quang_ninh_department.pk,
        "cut_off_at": "16:15",
        "due_at": "16:30",
        "language": "vi",
        "starts_on": timezone.now().date().isoformat(),
        "ends_on": "",
    }


def test_an_administrator_sets_the_hours(
    reference: SimpleNamespace, client: Client, administrator: Staff, answers: dict[str, object]
) -> None:
    client.force_login(administrator)

    answer = client.post(address("add", ReportHours), answers)

    assert answer.status_code == 302, answer.context["form"].errors
    assert list(ReportHours.objects.values_list("department__code", "cut_off_at", "due_at")) == [
        ("quang-ninh", time(16, 15), time(16, 30))
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("due_at", "16:15"),
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

    answer = client.post(address("add", ReportHours), answers | {field: value})

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

    answer = client.post(address("edit", ReportHours, hours.pk), changed)

    hours.refresh_from_db()
    assert answer.status_code == 302, answer.context["form"].errors
    assert hours.cut_off_at == time(16, 0)
    assert Window.objects.filter(day__lt=today).count() == 3
    assert {each.ends_at.astimezone(reference.vn.zone).time() for each in Window.objects.all()} == {
        time(0, 5)
    }


def test_an_administrator_adds_a_recipient(
    reference: SimpleNamespace, client: Client, administrator: Staff
) -> None:
    client.force_login(administrator)

    answer = client.post(
        address("add", Recipient),
        {
            "department": reference.quang_ninh_department.pk,
            "office": "Phòng Nghiệp vụ Y",
            "email": "nghiepvu@soyte.example.org",
            "language": "vi",
            "purpose": "action",
            "is_active": "on",
        },
    )

    assert answer.status_code == 302, answer.context["form"].errors
    assert list(Recipient.objects.values_list("office", "is_active")) == [
        ("Phòng Nghiệp vụ Y", True)
    ]


@pytest.mark.parametrize("viewset", [ReportHoursViewSet, RecipientViewSet])
def test_the_screens_open_and_linh_does_not_get_in(
    reference: SimpleNamespace,
    client: Client,
    administrator: Staff,
    linh: Staff,
    viewset: type,
) -> None:
    hours_of(reference.quang_ninh_department, starts_on=date(2025, 11, 20))
    listed, added = address("list", viewset.model), address("add", viewset.model)

    client.force_login(administrator)
    opened = [client.get(each).status_code for each in (listed, added)]
    client.force_login(linh)
    refused = [client.get(each).status_code for each in (listed, added)]

    assert opened == [200, 200]
    assert refused == [403, 403]
