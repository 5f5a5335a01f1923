"""Six digits by SMS: of use once, for five tries and a day, three for each thing they act on."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from registration.common.errors import RuleBroken
from registration.people import rules
from registration.people.keys import code_hash
from registration.people.models import Contact, OneTimeCode
from registration.people.services import add_particulars, issue_code, use_code
from tests.people.test_services import NOW, answers, find

ABOUT = uuid.uuid4()
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def phone(reference: Any) -> Contact:
    particulars = add_particulars(find(reference), answers(reference, email=""), now=NOW)
    return Contact.objects.get(particulars=particulars)


def issue(phone: Contact, *, about: uuid.UUID = ABOUT, later: timedelta = timedelta(0)) -> str:
    return issue_code(phone, purpose="confirm", about=about, now=NOW + later)


def use(typed: str, *, about: uuid.UUID | None = ABOUT, later: timedelta = A_MINUTE) -> bool:
    return use_code(typed, purpose="confirm", about=about, now=NOW + later) is not None


def wrong(code: str, turn: int = 1) -> str:
    return f"{(int(code) + turn) % 10**6:06}"


def refusal_of(call: Any) -> str | None:
    try:
        call()
    except RuleBroken as error:
        return error.code
    return None


def test_code_is_six_digits_and_only_its_hash_is_kept(phone: Contact) -> None:
    code = issue(phone)

    row = OneTimeCode.objects.get()
    assert (len(code), code.isdigit()) == (6, True)
    assert row.code_hash == code_hash(code, row=row.pk, about=ABOUT)
    assert row.code_hash != code_hash(code, row=uuid.uuid4(), about=ABOUT)
    assert row.code_hash != code_hash(code, row=row.pk, about=uuid.uuid4())
    assert row.expires_at == NOW + timedelta(hours=24)


def test_right_digits_use_it_and_give_it_again(phone: Contact) -> None:
    code = issue(phone)

    used = [use(code), use(code, later=timedelta(hours=1))]

    row = OneTimeCode.objects.get()
    assert (used, row.used_at, row.tries) == ([True, True], NOW + A_MINUTE, 0)


@pytest.mark.parametrize(
    ("later", "works"),
    [(timedelta(hours=24) - timedelta(seconds=1), True), (timedelta(hours=24), False)],
    ids=["just before", "at its end"],
)
def test_code_ends_after_a_day(phone: Contact, later: timedelta, works: bool) -> None:
    assert use(issue(phone), later=later) == works


@pytest.mark.parametrize(("tries", "works"), [(4, True), (5, False)])
def test_code_ends_with_the_fifth_wrong_try(phone: Contact, tries: int, works: bool) -> None:
    code = issue(phone)

    tried = [use(wrong(code, turn)) for turn in range(1, tries + 1)]

    assert tried == [False] * tries
    assert use(code) == works
    assert OneTimeCode.objects.get().tries == tries


def test_tries_are_not_counted_without_end(phone: Contact) -> None:
    code = issue(phone)

    for turn in range(1, 9):
        use(wrong(code, turn))

    assert OneTimeCode.objects.get().tries == 5


def test_code_is_good_for_its_own_thing_and_purpose_only(phone: Contact) -> None:
    code = issue(phone)

    assert not use(code, about=uuid.uuid4())
    assert not use(code, about=None)
    assert use_code(code, purpose="withdraw", about=ABOUT, now=NOW) is None
    assert OneTimeCode.objects.get().tries == 0


def test_new_code_ends_the_earlier_one(phone: Contact) -> None:
    first = issue(phone)
    second = issue(phone, later=A_MINUTE)

    assert first == second or not use(first, later=2 * A_MINUTE)
    assert use(second, later=2 * A_MINUTE)


def test_at_most_three_codes_and_one_a_minute(phone: Contact) -> None:
    moments = [0, 59, 60, 119, 120, 600]

    refused = [
        refusal_of(lambda second=second: issue(phone, later=timedelta(seconds=second)))
        for second in moments
    ]

    assert refused == [None, "code_just_sent", None, "code_just_sent", None, "codes_spent"]
    assert OneTimeCode.objects.count() == 3
    assert refusal_of(lambda: issue(phone, about=uuid.uuid4())) is None


def test_unknown_thing_costs_as_much_as_a_wrong_code(phone: Contact, count_queries: Any) -> None:
    code = issue(phone)

    wrong_code = count_queries(lambda: use(wrong(code)))
    unknown = count_queries(lambda: use(code, about=None))

    assert wrong_code == unknown


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("123456", "123456"),
        (" 123 456 ", "123456"),
        ("12-34.56", "123456"),
        ("１２３４５６", "123456"),
        ("000001", "000001"),
        ("12345", None),
        ("1234567", None),
        ("12345x", None),
        ("١٢٣٤٥٦", None),
        ("", None),
    ],
)
def test_read_code(typed: str, read: str | None) -> None:
    refused = refusal_of(lambda: rules.read_code(typed))

    assert refused == (None if read else "code_shape")
    assert refused or rules.read_code(typed) == read
