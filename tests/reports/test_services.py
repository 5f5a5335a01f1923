from datetime import date, time
from types import SimpleNamespace

import pytest

from registration.common.errors import RuleBroken
from registration.reports.choices import Purpose
from registration.reports.models import Recipient, ReportHours
from registration.reports.services import add_recipient
from tests.reports.entries import hours_of


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


def test_add_recipient_keeps_an_address_once_and_lets_it_receive_again(
    reference: SimpleNamespace,
) -> None:
    department = reference.quang_ninh_department
    known = add_recipient(
        department, office="Văn phòng", email="vp@soyte.example.org", language="vi"
    )
    Recipient.objects.update(is_active=False)

    again = add_recipient(
        department,
        office="Văn phòng Sở",
        email="vp@soyte.example.org",
        language="en",
        purpose=Purpose.INFORMATION,
    )

    assert again.pk == known.pk
    assert list(Recipient.objects.values_list("office", "language", "purpose", "is_active")) == [
        ("Văn phòng Sở", "en", "information", True)
    ]
