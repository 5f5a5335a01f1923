from datetime import date, time
from types import SimpleNamespace

import pytest

from registration.common.errors import RuleBroken
from registration.reports.choices import OnHolidays
from registration.reports.models import ReportHours, Window
from registration.units.models import Holiday
from tests.reports.entries import hanoi, hours_of


def test_set_report_hours_writes_one_row_for_a_department(reference: SimpleNamespace) -> None:
    first = hours_of(reference.quang_ninh_department)

    second = hours_of(reference.quang_ninh_department, cut_off_at=time(16, 0), language="en")

    assert first.pk == second.pk
    assert list(
        ReportHours.objects.values_list("cut_off_at", "due_at", "language", "starts_on", "ends_on")
    ) == [(time(16, 0), time(16, 30), "en", date(2025, 11, 20), None)]


def test_set_report_hours_refuses_a_due_time_at_the_cut_off(reference: SimpleNamespace) -> None:
    with pytest.raises(RuleBroken) as refused:
        hours_of(reference.quang_ninh_department, due_at=time(16, 15))

    assert (refused.value.code, refused.value.field) == ("due_before_cut_off", "due_at")
    assert not ReportHours.objects.exists()


@pytest.mark.parametrize(
    ("hours", "code", "field"),
    [
        ((time(12, 45), time(12, 45)), "half_day_due_before_cut_off", "half_day_due_at"),
        ((time(12, 45), None), "half_day_incomplete", "half_day_due_at"),
    ],
)
def test_set_report_hours_refuses_hours_of_half_days_that_do_not_fit(
    reference: SimpleNamespace, hours: tuple[time, time | None], code: str, field: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        hours_of(
            reference.quang_ninh_department,
            half_day_cut_off_at=hours[0],
            half_day_due_at=hours[1],
        )

    assert (refused.value.code, refused.value.field) == (code, field)
    assert not ReportHours.objects.exists()


def test_set_report_hours_settles_holidays_under_the_policy_that_held(
    reference: SimpleNamespace,
) -> None:
    department = reference.quang_ninh_department
    Holiday.objects.create(
        jurisdiction=reference.vn, day=date(2025, 11, 20), kind="public", name="Ngày lễ"
    )
    hours_of(department, on_holidays=OnHolidays.SKIP)

    hours_of(department, on_holidays=OnHolidays.MERGE, now=hanoi("2025-11-20 16:15"))

    assert list(Window.objects.values_list("day", "is_quiet")) == [(date(2025, 11, 20), True)]
    assert ReportHours.objects.get().on_holidays == OnHolidays.MERGE
