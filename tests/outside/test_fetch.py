"""No connection to the inside, whatever a name stands for and wherever a page leads."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from registration.outside.addresses import ascii_host, is_public, read_address
from registration.outside.choices import Trouble
from registration.outside.fetch import MOST_BYTES, Answer, Fetcher, Pace
from tests.outside.town import (
    PUBLIC,
    House,
    Reply,
    Town,
    html,
    to,
)

INSIDE = [
    pytest.param("127.0.0.1", id="this machine"),
    pytest.param("127.8.8.8", id="this machine, another number"),
    pytest.param("0.0.0.0", id="nowhere, which is here"),
    pytest.param("0.1.2.3", id="this network"),
    pytest.param("10.0.0.7", id="private 10"),
    pytest.param("172.16.0.1", id="private 172"),
    pytest.param("172.31.255.255", id="private 172, the last"),
    pytest.param("192.168.1.1", id="private 192"),
    pytest.param("100.64.0.1", id="a carrier's inside"),
    pytest.param("169.254.169.254", id="a cloud's keys"),
    pytest.param("100.100.100.200", id="another cloud's keys"),
    pytest.param("168.63.129.16", id="a cloud's inside by a public number"),
    pytest.param("192.0.0.192", id="one more cloud's keys"),
    pytest.param("192.0.2.1", id="for documents"),
    pytest.param("198.18.0.1", id="for tests"),
    pytest.param("198.51.100.1", id="for documents 2"),
    pytest.param("203.0.113.1", id="for documents 3"),
    pytest.param("192.88.99.1", id="6to4 relay"),
    pytest.param("224.0.0.1", id="multicast"),
    pytest.param("240.0.0.1", id="reserved"),
    pytest.param("255.255.255.255", id="everybody"),
    pytest.param("::1", id="this machine, IPv6"),
    pytest.param("::", id="nowhere, IPv6"),
    pytest.param("::ffff:127.0.0.1", id="IPv4-mapped"),
    pytest.param("::ffff:a00:7", id="IPv4-mapped in hex"),
    pytest.param("::ffff:0:10.0.0.7", id="IPv4-translated"),
    pytest.param("::10.0.0.7", id="IPv4-compatible"),
    pytest.param("64:ff9b::10.0.0.7", id="NAT64"),
    pytest.param("64:ff9b:1::10.0.0.7", id="local NAT64"),
    pytest.param("2002:a00:7::1", id="6to4 of a private number"),
    pytest.param("2002:808:808::1", id="6to4 of a public number"),
    pytest.param("2001:0:4136:e378:8000:63bf:3fff:fdd2", id="Teredo"),
    pytest.param("fe80::1", id="link-local"),
    pytest.param("fe80::1%eth0", id="link-local with its card"),
    pytest.param("fec0::1", id="site-local"),
    pytest.param("fd00:ec2::254", id="a cloud's keys, IPv6"),
    pytest.param("fc00::1", id="unique local"),
    pytest.param("ff02::1", id="multicast, IPv6"),
    pytest.param("100::1", id="discarded"),
    pytest.param("2001:db8::1", id="for documents, IPv6"),
    pytest.param("3fff::1", id="for documents, IPv6, new"),
    pytest.param("5f00::1", id="segment routing"),
    pytest.param("4000::1", id="not given out"),
    pytest.param("not a number", id="no number"),
]


@pytest.fixture
def no_connections(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Where anybody in this process tried to connect to, and was kept from it."""
    tried: list[Any] = []

    def connect(line: socket.socket, address: Any) -> None:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


def fetch(address: str, numbers: list[str], **options: Any) -> Answer:
    read = read_address(address)
    assert read is not None
    fetcher = Fetcher(
        agent="test", resolve=lambda host, port: numbers, pace=Pace(pause=0), **options
    )
    try:
        return fetcher.fetch(read)
    finally:
        fetcher.close()


@pytest.mark.parametrize("number", INSIDE)
@pytest.mark.parametrize("beside", [[], [PUBLIC]], ids=["alone", "beside a public one"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_name_of_the_inside_is_never_connected_to(
    no_connections: list[Any], number: str, beside: list[str], scheme: str
) -> None:
    answer = fetch(f"{scheme}://hospital.example.org/", [*beside, number])

    assert (answer.trouble, no_connections) == (Trouble.NOT_PUBLIC, [])


@pytest.mark.parametrize(
    "number",
    [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808",
     "::ffff:8.8.8.8"],
)  # fmt: skip
def test_public_number_is_connected_to(no_connections: list[Any], number: str) -> None:
    answer = fetch("http://hospital.example.org/", [number])

    assert (answer.trouble, [to[0] for to in no_connections]) == (Trouble.REFUSED, [number])


@pytest.mark.parametrize("number", INSIDE)
def test_redirect_to_the_inside_is_not_followed(town_of: Callable[..., Town], number: str) -> None:
    town = town_of({"/": to("http://rebound.town.test/")})
    numbers = {"house.town.test": [PUBLIC], "rebound.town.test": [number]}
    town.resolve = lambda host, port: numbers[host]

    answer = town.fetcher().fetch(read_address("http://house.town.test/"))

    assert (answer.trouble, town.connections) == (Trouble.NOT_PUBLIC, [PUBLIC])


@pytest.mark.parametrize(
    "address",
    [
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f.0.0.1/",
        "http://017700000001/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost/",
        "http://localhost./",
        "http://public@127.0.0.1/",
        "http://127.0.0.1:80\\@example.org/",
        "http://１２７.０.０.１/",
    ],
)
def test_this_machine_under_another_spelling(no_connections: list[Any], address: str) -> None:
    read = read_address(address)

    # By the machine's own directory, which knows all these spellings.
    trouble = Fetcher(agent="test").fetch(read).trouble if read else Trouble.NOT_PUBLIC

    assert (trouble, no_connections) == (Trouble.NOT_PUBLIC, [])


def test_name_that_changes_its_mind_is_asked_once_for_each_connection(
    town_of: Callable[..., Town],
) -> None:
    town = town_of({"/": html("outside")})
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    town.resolve = lambda host, port: next(answers)
    fetcher = town.fetcher()
    address = read_address("http://house.town.test/")

    first, second = fetcher.fetch(address), fetcher.fetch(address)

    assert (first.body, town.connections) == (b"outside", [PUBLIC])
    assert (second.trouble, second.body) == (Trouble.NOT_PUBLIC, b"")


@pytest.mark.parametrize("port", [22, 25, 3306, 6379, 8081])
def test_other_ports_are_not_connected_to(no_connections: list[Any], port: int) -> None:
    answer = fetch(f"http://hospital.example.org:{port}/", [PUBLIC])

    assert (answer.trouble, no_connections) == (Trouble.NOT_PUBLIC, [])


@pytest.mark.parametrize(
    "text",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " java\nscript:alert(1)",
        "data:text/html,x",
        "gopher://example.org/",
        "http://",
        "http:///x",
        "http://%31%32%37.0.0.1/",
        "http://exa mple.org/",
        "http://example.org:99999/",
        "http://[::1/",
        "mailto:a@example.org",
    ],
)
def test_read_address_refuses(text: str) -> None:
    assert read_address(text) is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("http://Example.ORG", "http://example.org/"),
        ("  https://example.org:443/a b?c=ğ#d", "https://example.org/a%20b?c=%C4%9F"),
        ("http://bệnhviện.vn/", "http://xn--bnhvin-ik8be.vn/"),
        ("http://İstanbul.example/", "http://xn--istanbul-o0e.example/"),
        ("http://user:secret@example.org/x", "http://example.org/x"),
        ("..\\a\\b.htm", "http://site.org/a/b.htm"),
        ("//other.org/a", "http://other.org/a"),
        ("?page=2", "http://site.org/x/y?page=2"),
        ("#top", "http://site.org/x/y"),
    ],
)
def test_read_address_as_browsers_do(text: str, read: str) -> None:
    assert str(read_address(text, base="http://site.org/x/y")) == read


def test_ascii_host_of_a_host_that_cannot_be() -> None:
    assert [ascii_host(host) for host in ("a..b", "-a", "a" * 300)] == [None] * 3


def test_numbers_that_are_public() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2a00:1450:4001:80b::200e")


@pytest.fixture
def town_of(tmp_path: Path) -> Iterator[Callable[[dict[str, Reply]], Town]]:
    opened = []

    def build(pages: dict[str, Reply]) -> Town:
        context = Town([House("house", "present", pages)], tmp_path).open()
        opened.append(context)
        return context.__enter__()

    yield build
    for context in opened:
        context.__exit__(None, None, None)


def test_certificate_is_the_names_and_not_the_numbers(town_of: Callable[..., Town]) -> None:
    town = town_of({"/": html("page")})

    answer = town.fetcher().fetch(read_address("https://house.town.test/"))

    assert (answer.body, answer.trouble, town.connections) == (b"page", "", [PUBLIC])


def test_environment_puts_no_proxy_in_between(
    town_of: Callable[..., Town], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://10.0.0.7:3128")
    town = town_of({"/": html("page")})

    answer = town.fetcher().fetch(read_address("http://house.town.test/"))

    assert (answer.body, town.connections) == (b"page", [PUBLIC])


def test_cookies_are_not_kept(town_of: Callable[..., Town]) -> None:
    asks = Reply(status=302, headers={"Location": "/", "Set-Cookie": "seen=1; Path=/"})
    town = town_of({"/": asks})

    answer = town.fetcher().fetch(read_address("http://house.town.test/"))

    # Who insists on a cookie leads in a circle, and is asked once.
    assert (answer.trouble, len(town.requests)) == (Trouble.REDIRECTS, 1)


@pytest.mark.parametrize("hops", [5, 6])
def test_at_most_five_redirects(town_of: Callable[..., Town], hops: int) -> None:
    town = town_of({"/": to("/1"), **{f"/{n}": to(f"/{n + 1}") for n in range(1, hops)},
                    f"/{hops}": html("arrived")})  # fmt: skip

    answer = town.fetcher().fetch(read_address("http://house.town.test/"))

    assert answer.trouble == ("" if hops == 5 else Trouble.REDIRECTS)
    assert len(town.requests) == 6


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(Reply(b"<p>" * 200, drip=True), id="body"),
        pytest.param(Reply(drip=True), id="head"),
    ],
)
def test_slow_server_is_left_in_time(town_of: Callable[..., Town], reply: Reply) -> None:
    town = town_of({"/": reply})
    began = time.monotonic()

    answer = town.fetcher(seconds=1).fetch(read_address("http://house.town.test/"))

    assert answer.trouble == Trouble.TIMEOUT
    assert time.monotonic() - began < 3
    assert threading.active_count() < 30


def test_page_is_read_to_the_limit_and_no_further(town_of: Callable[..., Town]) -> None:
    town = town_of({"/": Reply(b"x" * 65536, endless=True)})

    answer = town.fetcher(seconds=20).fetch(read_address("http://house.town.test/"))

    assert (len(answer.body), answer.is_cut, answer.trouble) == (MOST_BYTES, True, "")


def test_letters_in_a_redirect(town_of: Callable[..., Town]) -> None:
    location = "/trang-chủ".encode().decode("latin-1")
    town = town_of({"/": to(location), "/trang-ch%E1%BB%A7": html("page")})

    answer = town.fetcher().fetch(read_address("http://house.town.test/"))

    assert (answer.body, answer.trouble) == (b"page", "")


def test_pace_keeps_requests_to_a_host_apart() -> None:
    pace = Pace(per_second=1000, pause=0.1)
    times: list[tuple[float, float]] = []

    def ask() -> None:
        with pace.turn("house", time.monotonic() + 5):
            began = time.monotonic()
            time.sleep(0.02)
            times.append((began, time.monotonic()))

    threads = [threading.Thread(target=ask) for _each in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    times.sort()
    gaps = [later[0] - earlier[1] for earlier, later in pairwise(times)]
    assert all(gap >= 0.095 for gap in gaps)


def test_pace_lets_only_so_many_through_a_second() -> None:
    pace = Pace(per_second=50, pause=0)
    began = time.monotonic()

    for number in range(11):
        with pace.turn(f"house {number}", time.monotonic() + 5):
            pass

    assert time.monotonic() - began >= 0.2
