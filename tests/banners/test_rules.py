import pytest

from registration.banners.rules import clean_code, is_click
from registration.common.references import new_code

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
ZALO = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari Zalo android/24"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("abcde23456", "abcde23456"),
        (" ABCDE23456 ", "abcde23456"),
        ("", None),
        ("abc", None),
        ("a" * 17, None),
        ("abcde2345\x00", None),
        ("abcde2345'", None),
        ("../../etc/x", None),
        ("İİİİİİİİ", None),
        ("abcde-2345", None),
    ],
)
def test_clean_code(typed: str, code: str | None) -> None:
    assert clean_code(typed) == code


def test_clean_code_knows_every_code_that_is_given_out() -> None:
    codes = [new_code() for _ in range(200)]

    assert [clean_code(code.upper()) for code in codes] == codes


@pytest.mark.parametrize(
    ("headers", "counted"),
    [
        ({"User-Agent": FIREFOX}, True),
        ({"User-Agent": ZALO}, True),
        ({"User-Agent": FIREFOX, "Sec-Fetch-Dest": "document"}, True),
        ({"User-Agent": FIREFOX, "Sec-Fetch-Dest": "image"}, False),
        ({"User-Agent": FIREFOX, "Sec-Purpose": "prefetch"}, False),
        ({"User-Agent": FIREFOX, "Sec-Purpose": "prefetch;prerender"}, False),
        ({"User-Agent": FIREFOX, "Purpose": "prefetch"}, False),
        ({"User-Agent": FIREFOX, "Purpose": "preview"}, False),
        ({"User-Agent": FIREFOX, "X-Moz": "prefetch"}, False),
        ({}, False),
        (
            {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://google.com/bot.html)"},
            False,
        ),
        ({"User-Agent": "Mozilla/5.0 (compatible; coccocbot-web/1.0)"}, False),
        ({"User-Agent": "Mozilla/5.0 (compatible; YandexBot/3.0)"}, False),
        ({"User-Agent": "curl/8.5.0"}, False),
        ({"User-Agent": "python-requests/2.32"}, False),
        ({"User-Agent": "facebookexternalhit/1.1"}, False),
    ],
)
def test_is_click(headers: dict[str, str], counted: bool) -> None:
    assert is_click("GET", headers) is counted


def test_is_click_of_a_head_request() -> None:
    assert is_click("HEAD", {"User-Agent": FIREFOX}) is False
