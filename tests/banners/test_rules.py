import pytest

from registration.banners.rules import Asked, clean_code, is_click, is_view, network_of
from registration.common.references import new_code

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
ZALO = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari Zalo android/24"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("abcde23456", "abcde23456"),
        (" ABCDE23456 ", "abcde23456"),
        ("abcde234560", "abcde23456"),
        ("abcde2345600", None),
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
    ("said", "clicked", "viewed"),
    [
        ({}, True, True),
        ({"agent": ZALO}, True, True),
        ({"place": "document"}, True, False),
        ({"place": "document", "site": "same-origin"}, True, False),
        ({"place": "image", "site": "cross-site"}, False, True),
        ({"place": "image", "site": "same-site"}, False, True),
        ({"place": "image", "site": "same-origin"}, False, False),
        ({"place": "iframe"}, False, True),
        ({"place": "empty"}, False, True),
        ({"place": "script"}, False, False),
        ({"purpose": "prefetch"}, False, False),
        ({"purpose": " Prefetch;prerender  "}, False, False),
        ({"purpose": "preview"}, False, False),
        ({"agent": ""}, False, False),
        *(
            ({"agent": agent}, False, False)
            for agent in (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://google.com/bot.html)",
                "Mozilla/5.0 (compatible; coccocbot-web/1.0)",
                "Mozilla/5.0 (compatible; YandexBot/3.0)",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0",
                "curl/8.5.0",
                "python-requests/2.32",
                "Go-http-client/2.0",
                "facebookexternalhit/1.1",
            )
        ),
    ],
)
def test_is_click_and_is_view(said: dict[str, str], clicked: bool, viewed: bool) -> None:
    asked = Asked(**{"agent": FIREFOX, **said})

    assert (is_click(asked), is_view(asked)) == (clicked, viewed)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113."),
        ("::ffff:203.0.113.77", "203.0.113."),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:"),
        ("2001:DB8:1:2::6", "2001:db8:1:"),
        ("2001:db8::6", "2001:db8:"),
        ("2001::6", "2001:"),
        ("::1", ""),
        ("", ""),
        ("unix:", ""),
        ("203.0.113.77, 198.51.100.1", ""),
    ],
)
def test_network_of_is_never_an_address(address: str, network: str) -> None:
    assert network_of(address) == network
