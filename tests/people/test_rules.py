"""Ages, numbers and contacts: each boundary."""

import csv
from datetime import date
from pathlib import Path

import pytest

from registration.common.errors import RuleBroken
from registration.ledger.choices import Sex
from registration.people import rules

DAY = date(2026, 11, 20)
KNOWN = {"001", "022", "038", "079", "087"}
# Copied from the project's reference data: numbers that belong to nobody.
VECTORS = Path(__file__).parent / "number_vectors.csv"


def vectors(kind: str) -> list[tuple[str, bool]]:
    with VECTORS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    return [(row["value"], row["valid"] == "1") for row in rows]


def passes(rule, *values, **named) -> bool:  # type: ignore[no-untyped-def]
    try:
        rule(*values, **named)
    except RuleBroken:
        return False
    return True


@pytest.mark.parametrize(
    ("birth_date", "day", "may"),
    [
        (date(2008, 11, 20), date(2026, 11, 19), False),
        (date(2008, 11, 20), date(2026, 11, 20), True),
        (date(2008, 11, 20), date(2026, 11, 21), True),
        (date(2008, 2, 29), date(2026, 2, 28), False),
        (date(2008, 2, 29), date(2026, 3, 1), True),
        (date(2008, 2, 29), date(2028, 2, 28), True),
        (date(2010, 2, 28), date(2028, 2, 28), True),
        (date(2010, 3, 1), date(2028, 2, 29), False),
    ],
    ids=["day before", "birthday", "day after", "28 Feb", "1 Mar", "20", "28 Feb 28", "29 Feb 28"],
)
def test_require_age_around_the_birthday(birth_date: date, day: date, may: bool) -> None:
    assert passes(rules.require_age, birth_date, minimum=18, day=day) == may


def test_require_age_says_from_which_age() -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.require_age(date(2010, 1, 1), minimum=18, day=DAY)

    assert (refusal.value.code, refusal.value.field) == ("under_age", "birth_date")
    assert refusal.value.sentence == "You can register from the age of 18."


@pytest.mark.parametrize(
    ("birth_date", "code"),
    [
        (date(2026, 11, 21), "birth_date_future"),
        (date(2026, 11, 20), None),
        (date(1905, 11, 20), "birth_date_too_old"),
        (date(1905, 11, 21), None),
    ],
    ids=["tomorrow", "today", "121", "120"],
)
def test_require_birth_date(birth_date: date, code: str | None) -> None:
    found = None
    try:
        rules.require_birth_date(birth_date, day=DAY)
    except RuleBroken as error:
        found = error.code

    assert found == code


@pytest.mark.parametrize(("number", "valid"), vectors("tr_tckn"))
def test_turkish_number_vectors(number: str, valid: bool) -> None:
    assert passes(rules.require_turkish_number, number, day=DAY) == valid


def test_turkish_number_is_returned_bare() -> None:
    assert rules.require_turkish_number("172 917 160 60", day=DAY) == "17291716060"


@pytest.mark.parametrize(("number", "valid"), vectors("vn_cccd"))
def test_citizen_number_vectors(number: str, valid: bool) -> None:
    # 003 is well formed: it may be a country's code, so it is warned of and not refused.
    expected = valid or number == "003090000001"

    assert passes(rules.require_citizen_number, number, day=DAY) == expected


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("100123456", "number_old_card"),
        ("02219012345", "number_shape"),
        ("022A90123456", "number_shape"),
        ("079504000001", "number_future"),
        ("０２２１９０１２３４５６", None),
        ("٠٢٢١٩٠١٢٣٤٥٦", "number_shape"),
        ("022 190 123 456", None),
        ("", "number_shape"),
        ("1" * 1_000_000, "number_shape"),
    ],
    ids=["old", "short", "letter", "future", "wide", "arabic digits", "spaces", "empty", "1 MB"],
)
def test_citizen_number_refusals(number: str, code: str | None) -> None:
    found = None
    try:
        bare = rules.require_citizen_number(number, day=DAY)
    except RuleBroken as error:
        found, bare = error.code, ""

    assert found == code
    assert bare in {"", "022190123456"}


@pytest.mark.parametrize(
    ("number", "sex", "year"),
    [
        ("022090000000", Sex.MALE, 1990),
        ("022190000000", Sex.FEMALE, 1990),
        ("022200000000", Sex.MALE, 2000),
        ("022307000000", Sex.FEMALE, 2007),
        ("022499000000", Sex.MALE, 2199),
        ("022900000000", Sex.FEMALE, 2300),
    ],
)
def test_century_digit(number: str, sex: Sex, year: int) -> None:
    read = rules.read_citizen_number(number)

    assert (read.birth_code, read.sex, read.birth_year) == ("022", sex, year)


@pytest.mark.parametrize(
    ("number", "birth_date", "sex", "warnings"),
    [
        ("022190123456", date(1990, 3, 27), Sex.FEMALE, []),
        ("022190123456", date(1991, 3, 27), Sex.FEMALE, ["birth_year_differs"]),
        ("022190123456", date(1990, 3, 27), Sex.MALE, ["sex_differs"]),
        ("003090000001", date(1990, 1, 1), Sex.MALE, ["code_unknown"]),
        ("022190123456", None, Sex.UNKNOWN, []),
        ("003090000001", date(1980, 1, 1), Sex.FEMALE, [*rules.WARNINGS]),
    ],
    ids=["agrees", "year", "sex", "code", "not asked", "all"],
)
def test_check_citizen_number_warns(
    number: str, birth_date: date | None, sex: Sex, warnings: list[str]
) -> None:
    found = rules.check_citizen_number(number, birth_date=birth_date, sex=sex, known_codes=KNOWN)

    assert found == warnings


@pytest.mark.parametrize(
    ("number", "shown"),
    [("022190123456", "•••••••••456"), ("12", "12"), ("", "")],
)
def test_masked_number(number: str, shown: str) -> None:
    assert rules.masked_number(number) == shown


@pytest.mark.parametrize(("number", "valid"), vectors("phone_tr"))
def test_turkish_phone_vectors(number: str, valid: bool) -> None:
    assert passes(rules.read_phone, number, region="TR") == valid


@pytest.mark.parametrize(("number", "valid"), vectors("phone_vn"))
def test_vietnamese_phone_vectors(number: str, valid: bool) -> None:
    assert passes(rules.read_phone, number, region="VN") == valid


@pytest.mark.parametrize(
    ("typed", "region", "stored"),
    [
        ("0532 123 45 67", "TR", "+905321234567"),
        ("00905321234567", "TR", "+905321234567"),
        ("0912.345.678", "VN", "+84912345678"),
        ("+90 532 123 45 67", "VN", "+905321234567"),
        ("0203 3825 499", "VN", "+842033825499"),
    ],
)
def test_require_phone_gives_e164(typed: str, region: str, stored: str) -> None:
    assert rules.require_phone(typed, region=region) == stored


@pytest.mark.parametrize("typed", ["444 47 28", "0312 123 45 67 ext. 5"])
def test_require_phone_refuses_lines_that_are_nobody_s(typed: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.require_phone(typed, region="TR")

    assert refusal.value.code == "phone_no_line"


@pytest.mark.parametrize(
    ("phone", "can"), [("+84912345678", True), ("+842033825499", False), ("+905321234567", True)]
)
def test_can_get_sms(phone: str, can: bool) -> None:
    assert rules.can_get_sms(phone) == can


def test_show_phone() -> None:
    assert rules.show_phone("+84912345678") == "+84 912 345 678"


@pytest.mark.parametrize(
    "address", ["diem@example.org", " diem@example.org ", "d.i+em@sub.test.vn"]
)
def test_require_email_accepts(address: str) -> None:
    assert rules.require_email(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "diem",
        "diem@",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        "a@example.org\nBcc: b@example.org",
        "Diễm <a@example.org>",
        "dıem@example.org",
    ],
)
def test_require_email_refuses_all_but_one_address(address: str) -> None:
    assert not passes(rules.require_email, address)
