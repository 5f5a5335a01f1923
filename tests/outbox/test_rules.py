from datetime import timedelta

import pytest

from registration.common.errors import RuleBroken
from registration.outbox.rules import (
    Length,
    one_line,
    pause_before_next,
    require_one_address,
    require_one_number,
    sms_length,
    without_accents,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    "address",
    ["linh@example.org", "o'brien+x@example.org", "a@bücher.example", "A.B@EXAMPLE.ORG"],
)
def test_require_one_address_takes_one(address: str) -> None:
    assert require_one_address(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "linh",
        "linh@",
        "a@example.org, b@example.org",
        "a@example.org;b@example.org",
        "a@example.org b@example.org",
        "Linh <a@example.org>",
        "a@example.org\nBcc: b@example.org",
        "a@example.org\r\n",
        "\na@example.org",
        "a\r\nBcc:b@example.org",
        "a@example.org\x00",
        '"a b"@example.org',
        '"a@b,c"@example.org',
        # A dotless i passes the framework's pattern when it ignores case.
        "ıstanbul@example.org",
        "a@-.example",
        "a@" + "x" * 300 + ".org",
    ],
)
def test_require_one_address_refuses_all_else(address: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        require_one_address(address)

    assert refusal.value.code == "not_one_address"


@pytest.mark.parametrize(
    "number",
    [
        "",
        "0912345678",
        "+84",
        "+84 900 000 001",
        "+84900000001,+84900000002",
        "+84900000001\n",
        "+0900000001",
        "+٨٤٩٠٠٠٠٠٠٠",
    ],
)
def test_require_one_number_refuses(number: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        require_one_number(number)

    assert refusal.value.code == "not_one_number"


def test_require_one_number_takes_the_international_form() -> None:
    assert require_one_number("+905000000001") == "+905000000001"


def test_one_line_joins_what_would_break_a_header() -> None:
    assert one_line("  Xin chào\r\nBcc: x@example.org \n") == "Xin chào Bcc: x@example.org"


@pytest.mark.parametrize(
    ("attempts", "age", "pause"),
    [
        (1, timedelta(), MINUTE),
        (2, 6 * MINUTE, 5 * MINUTE),
        (3, 21 * MINUTE, 15 * MINUTE),
        (4, 81 * MINUTE, HOUR),
        (5, 2 * HOUR, HOUR),
        (70, 71 * HOUR, HOUR),
        (70, 72 * HOUR - timedelta(seconds=1), HOUR),
        (70, 72 * HOUR, None),
        # The worker was away for four days: the message still gets its first tries.
        (1, 96 * HOUR, MINUTE),
        (4, 97 * HOUR, HOUR),
        (5, 98 * HOUR, None),
    ],
)
def test_pause_before_next(attempts: int, age: timedelta, pause: timedelta | None) -> None:
    assert pause_before_next(attempts, age=age) == pause


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", Length("gsm7", 1)),
        ("a" * 160, Length("gsm7", 1)),
        ("a" * 161, Length("gsm7", 2)),
        ("a" * 306, Length("gsm7", 2)),
        ("a" * 307, Length("gsm7", 3)),
        ("€" * 80, Length("gsm7", 1)),
        ("€" * 81, Length("gsm7", 2)),
        # 153 units hold 76 letters of two; the 153rd stays empty.
        ("€" * 152, Length("gsm7", 2)),
        ("€" * 153, Length("gsm7", 3)),
        ("Çok güzel öğün".replace("ğ", "g"), Length("gsm7", 1)),
        ("ş", Length("turkish", 1)),
        ("ş" + "a" * 153, Length("turkish", 1)),
        ("ş" + "a" * 154, Length("turkish", 2)),
        ("ğıİşŞĞç", Length("turkish", 1)),
        ("ễ" * 70, Length("ucs2", 1)),
        ("ễ" * 71, Length("ucs2", 2)),
        ("ễ" * 134, Length("ucs2", 2)),
        ("ễ" * 135, Length("ucs2", 3)),
        ("🫀" * 35, Length("ucs2", 1)),
        ("🫀" * 36, Length("ucs2", 2)),
    ],
    ids=lambda value: value[:6] + str(len(value)) if isinstance(value, str) else "",
)
def test_sms_length(text: str, length: Length) -> None:
    assert sms_length(text) == length


def test_without_accents_keeps_case_and_all_other_signs() -> None:
    shown = without_accents("Đăng ký hiến tặng: Nguyễn Ước, 16h30 – ok?")

    assert shown == "Dang ky hien tang: Nguyen Uoc, 16h30 – ok?"
