"""Reading a page; the banner's many forms are in the town."""

import time

import pytest

from registration.monitor.page import Portal, read_page
from registration.monitor.rules import Kind, PageFindings
from registration.monitor.visits import code_in
from registration.outside.addresses import Address, read_address
from registration.outside.encodings import encoding_of

PORTAL = Portal(frozenset({"testserver"}), code_in)
HOME = read_address("http://hospital.example.org/vi/")
assert HOME is not None


def read(text: str | bytes, *, address: Address = HOME, **options: object) -> PageFindings:
    body = text.encode() if isinstance(text, str) else text
    return read_page(body, address=address, portal=PORTAL, sites=[address], **options)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/b/k7mqw4tn/", "k7mqw4tn"),
        ("/b/K7MQW4TN/banner.png?x=1", "k7mqw4tn"),
        ("/b/k7mqw4tn/frame/", "k7mqw4tn"),
        ("/b/not-a-code/", ""),
        ("/vi/pledge/", ""),
        ("/nowhere", ""),
    ],
)
def test_code_in_a_path_of_the_portal(path: str, code: str) -> None:
    assert code_in(path) == code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("<h2>Hiến, tặng mô, tạng</h2>", True, id="Vietnamese heading"),
        pytest.param("<h1>ORGAN BAĞIŞI</h1>", True, id="Turkish capitals"),
        pytest.param("<h4>Organ <b>and tissue</b> donation</h4>", True, id="in parts"),
        pytest.param("<a href='/x'>HIẾN MÁU tình nguyện</a>", True, id="link of the website"),
        pytest.param("<a href='/x'><img alt='Organ Bağışı' src='o.gif'></a>", True, id="picture"),
        pytest.param("<a href='/hien-tang/'>Xem</a>", True, id="in the address"),
        pytest.param("<p>Hiến tạng</p>", False, id="a mere word"),
        pytest.param("<a href='http://other.org/'>Organ bağışı</a>", False, id="link elsewhere"),
        pytest.param("<a href='http://testserver/'>Organ bağışı</a>", False, id="the banner's"),
        pytest.param("<h2>Reorgan bağışı</h2>", False, id="inside a word"),
        pytest.param("<h2>Bağış yapın</h2>", False, id="another gift"),
    ],
)
def test_section_is_a_heading_or_a_link_of_the_website(text: str, found: bool) -> None:
    assert read(text).has_section is found


def test_leads_are_at_most_three_pages_of_the_website_itself() -> None:
    links = "".join(f"<a href='/hien-mau/{n}'>Hiến máu</a>" for n in range(9))
    others = "<a href='/hien-mau.pdf'>Hiến máu</a><a href='http://other.org/'>Hiến máu</a>"

    found = read(f"<a href='/vi/#top'>Hiến máu</a>{others}<iframe src='/top'></iframe>{links}")

    assert found.leads == tuple(
        f"http://hospital.example.org/{path}" for path in ("top", "hien-mau/0", "hien-mau/1")
    )


@pytest.mark.parametrize(
    ("body", "charset", "language", "name"),
    [
        pytest.param(b"\xef\xbb\xbfx", "windows-1254", "tr", "utf-8", id="mark before header"),
        pytest.param(b"<meta charset=utf-8>", "iso-8859-9", "tr", "cp1254", id="header first"),
        pytest.param(b"<META CHARSET = 'windows-1258'>", "", "vi", "cp1258", id="page"),
        pytest.param(
            b'<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">',
            "",
            "vi",
            "cp1252",
            id="old way, as browsers mean it",
        ),
        pytest.param(b"<meta charset=utf-16>", "", "vi", "utf-8", id="cannot be"),
        pytest.param("Hiến".encode(), "", "vi", "utf-8", id="nobody said, and it is"),
        pytest.param(b"ba\xf0\xfd\xfe", "", "tr", "cp1254", id="nobody said, Turkish"),
        pytest.param(b"\xe2\xec", "", "vi", "cp1258", id="nobody said, Vietnamese"),
        pytest.param(b"\xe2\xec", "", "en", "cp1252", id="nobody said"),
        pytest.param(b"x", "rot13", "vi", "utf-8", id="no encoding of pages"),
        pytest.param(b"x", "punycode", "vi", "utf-8", id="one that takes for ever"),
        pytest.param(b"x", "unicode_escape", "vi", "utf-8", id="one of Python's"),
        pytest.param(b"x", "\x00", "vi", "utf-8", id="no name"),
    ],
)
def test_encoding_is_decided_as_by_browsers(
    body: bytes, charset: str, language: str, name: str
) -> None:
    assert encoding_of(body, charset, language) == name


def test_figures_are_kept_apart_by_words() -> None:
    text = "<p>Tel: <b>0322</b> 000 00 01</p><p>or</p>7:30<script>5</script><a href='tel:+90322'>"

    assert read(text, wants_figures=True).figures == "Tel: 0322 000 00 01 ¦ 7:30 +90322".replace(
        "Tel:", "¦"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<!--" * 500_000, id="comments"),
        pytest.param("<![" * 600_000, id="marked sections"),
        pytest.param("<a href=x " * 200_000, id="a tag without end"),
        pytest.param("<a>" * 600_000, id="links"),
        pytest.param("<script>" + "</" * 900_000, id="ends in a script"),
        pytest.param("&" * 2_000_000, id="ampersands"),
        pytest.param("<h1>" + "organ " * 300_000, id="a heading without end"),
        pytest.param("<" * 2_000_000, id="brackets"),
        pytest.param("<a b='" * 300_000, id="quotes"),
    ],
)
def test_hostile_page_is_read_in_bounded_time(text: str) -> None:
    began = time.process_time()

    read(text, wants_figures=True)

    assert time.process_time() - began < 8


def test_marks_of_a_page_name_their_kind() -> None:
    found = read(
        '<a href="http://testserver/b/k7mqw4tn/"><img src="http://testserver/b/k7mqw4tn/banner.png">'
        "</a><a href='http://testserver/'>x</a>"
    )

    assert [(mark.kind, mark.code) for mark in found.marks] == [
        (Kind.PICTURE, "k7mqw4tn"),
        (Kind.LINKED_PICTURE, "k7mqw4tn"),
        (Kind.LINK, ""),
    ]
