"""The fields that ask for a person."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from registration.people.forms import (
    BirthDateField,
    CleanField,
    EmailContactField,
    FullNameField,
    IdentityNumberField,
    PhoneContactField,
    SplitDateField,
)
from registration.units.models import Jurisdiction

DAY = date(2026, 11, 20)


class PersonForm(forms.Form):
    full_name = FullNameField()
    birth_date = BirthDateField(day=DAY)
    email = EmailContactField(required=False)
    phone = PhoneContactField("VN", required=False)
    identity_number = IdentityNumberField(Jurisdiction(code="VN"), day=DAY)
    street = CleanField(label="Street", max_length=10)


GOOD = {
    "full_name": "  Nguyễn  Thị Diễm ",
    "birth_date_0": "27",
    "birth_date_1": "3",
    "birth_date_2": "1990",
    "email": "diem@example.org",
    "phone": "0912 345 678",
    "identity_number": "022 190 123 456",
    "street": "",
}


def filled(**changes: Any) -> PersonForm:
    data = QueryDict(mutable=True)
    data.update({**GOOD, **changes})
    return PersonForm(data)


def errors(**changes: Any) -> dict[str, list[str]]:
    return {
        name: [e.code for e in found.as_data()] for name, found in filled(**changes).errors.items()
    }


def test_good_answers_are_cleaned() -> None:
    form = filled()

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "full_name": "Nguyễn Thị Diễm",
        "birth_date": date(1990, 3, 27),
        "email": "diem@example.org",
        "phone": "+84912345678",
        "identity_number": "022190123456",
        "street": "",
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"full_name": ""}, {"full_name": ["required"]}),
        ({"full_name": "   "}, {"full_name": ["required"]}),
        ({"full_name": "a" * 101}, {"full_name": ["max_length"]}),
        ({"full_name": "a" * 1_000_000}, {"full_name": ["max_length"]}),
        ({"full_name": "Diễm\u202eNguyễn"}, {"full_name": ["invisible_letters"]}),
        ({"full_name": "Diễm\u200b"}, {"full_name": ["invisible_letters"]}),
        ({"full_name": "Иван"}, {"full_name": ["foreign_letters"]}),
        ({"birth_date_2": "2027"}, {"birth_date": ["birth_date_future"]}),
        ({"birth_date_2": "90"}, {"birth_date": ["no_date"]}),
        ({"birth_date_0": "31", "birth_date_1": "2"}, {"birth_date": ["no_date"]}),
        ({"birth_date_0": "x"}, {"birth_date": ["no_date"]}),
        ({"birth_date_0": "9" * 1_000_000}, {"birth_date": ["no_date"]}),
        ({"birth_date_1": ""}, {"birth_date": ["no_date"]}),
        (
            {"birth_date_0": "", "birth_date_1": "", "birth_date_2": ""},
            {"birth_date": ["required"]},
        ),
        ({"email": "diem@"}, {"email": ["email_shape"]}),
        ({"phone": "12"}, {"phone": ["phone_unknown"]}),
        ({"phone": "19001234"}, {"phone": ["phone_no_line"]}),
        ({"identity_number": "100123456"}, {"identity_number": ["number_old_card"]}),
        ({"identity_number": ""}, {"identity_number": ["required"]}),
        ({"street": "x\u2066y"}, {"street": ["invisible_letters"]}),
    ],
)
def test_bad_answers_are_refused_one_by_one(changes: dict[str, str], expected: Any) -> None:
    assert errors(**changes) == expected


def test_a_far_too_long_name_is_shown_again_as_far_as_its_field_goes() -> None:
    html = str(filled(full_name="ấ" * 1_000_000)["full_name"])

    assert html.count("ấ") == 100


def test_birth_date_has_three_boxes_that_browsers_can_fill() -> None:
    html = str(filled()["birth_date"])

    for part in ("bday-day", "bday-month", "bday-year"):
        assert f'autocomplete="{part}"' in html
    assert html.count('inputmode="numeric"') == 3


def test_optional_date_may_stay_empty() -> None:
    field = SplitDateField(missing="", required=False)

    assert field.clean(["", "", ""]) is None
