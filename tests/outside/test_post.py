"""What is sent to strangers: one answer, in time, and no connection to the inside."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from registration.common.errors import RuleBroken
from registration.outside import calls
from registration.outside.choices import Trouble
from registration.outside.post import Reply as Answer
from registration.outside.post import require_public_https, send, wait_asked
from tests.outside.town import PUBLIC, House, Reply, Town, to

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = 24 * 3600


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What names of the town stand for, each time one is asked for; the rest is as it is."""
    known: dict[str, list[str]] = {}
    ask = socket.getaddrinfo

    def answer(host: str, *rest: Any, **options: Any) -> Any:
        if not host.endswith(".test"):
            return ask(host, *rest, **options)
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (n, 0)) for n in known[host]]

    asked: list[str] = []
    known["asked"] = asked
    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


@pytest.fixture
def hook(
    tmp_path: Path,
    names: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> Iterator[Callable[..., tuple[Town, str]]]:
    """A receiver on this machine that may be spoken to, and its address."""
    settings.OUTSIDE_ALLOW_PRIVATE = True
    opened = []

    def build(reply: Reply, *, name: str = "hook") -> tuple[Town, str]:
        context = Town([House(name, "", {"/in": reply})], tmp_path).open()
        opened.append(context)
        town = context.__enter__()
        monkeypatch.setattr(calls, "trusted", town.authority.client_context)
        names[f"{name}.town.test"] = ["127.0.0.1"]
        return town, f"https://{name}.town.test:{town.ports[443]}/in"

    yield build
    for context in opened:
        context.__exit__(None, None, None)


def post(address: str, **options: Any) -> Answer:
    return send(address, body=b"{}", headers={"Content-Type": "application/json"}, **options)


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        pytest.param(Reply(b"thanks"), Answer(200), id="taken"),
        pytest.param(to("/elsewhere"), Answer(302), id="redirect"),
        pytest.param(to("http://10.0.0.7/", 307), Answer(307), id="redirect inside"),
        pytest.param(Reply(status=410), Answer(410), id="gone"),
        pytest.param(
            Reply(status=429, headers={"Retry-After": "120"}),
            Answer(429, retry_after=120),
            id="later",
        ),
        pytest.param(Reply(b"x" * 65536, endless=True), Answer(200), id="without end"),
        pytest.param(Reply(b"x", headers={"Content-Length": "9"}), Answer(200), id="cut off"),
    ],
)
def test_status_is_the_answer_and_nothing_is_followed(
    hook: Callable[..., tuple[Town, str]], reply: Reply, answer: Answer
) -> None:
    town, address = hook(reply)

    assert post(address) == answer
    assert (town.requests, town.accepted) == ([("hook.town.test", "/in")], 1)


@pytest.mark.parametrize(
    ("answer", "code"),
    [(Answer(302), "status 302"), (Answer(None, Trouble.NOT_PUBLIC), "not_public")],
)
def test_code_says_what_went_wrong(answer: Answer, code: str) -> None:
    assert answer.code == code


def test_what_is_sent_arrives_with_its_headers(hook: Callable[..., tuple[Town, str]]) -> None:
    town, address = hook(Reply())

    send(address, body="Đã gửi".encode(), headers={"webhook-id": "7"})

    headers, body = town.posted[0]
    assert body.decode() == "Đã gửi"
    assert headers == {
        "Host": address.removeprefix("https://").removesuffix("/in"),
        "Content-Length": "10",
        "User-Agent": "donationportal/1.0 (+http://testserver/)",
        "Accept-Encoding": "identity",
        "webhook-id": "7",
        "Connection": "close",
    }


def test_sign_of_life_may_be_a_get(hook: Callable[..., tuple[Town, str]]) -> None:
    town, address = hook(Reply())

    assert send(address, headers={}, method="GET") == Answer(200)
    assert (town.posted, len(town.requests)) == ([], 1)


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        pytest.param(Reply(b"x" * 200, drip=True), Answer(200), id="body"),
        pytest.param(Reply(drip=True), Answer(None, Trouble.TIMEOUT), id="head"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_slow_receiver_is_left_in_time(
    hook: Callable[..., tuple[Town, str]], reply: Reply, answer: Answer, scheme: str
) -> None:
    town, address = hook(reply)
    if scheme == "http":
        address = f"http://hook.town.test:{town.ports[80]}/in"
    began = time.monotonic()

    assert post(address, seconds=1) == answer
    assert 0.9 < time.monotonic() - began < 3


@pytest.fixture
def listening(names: dict[str, list[str]]) -> Iterator[socket.socket]:
    """A line on which everybody is taken and nothing is said."""
    with socket.create_server(("127.0.0.1", 0)) as line:
        line.settimeout(0.3)
        names["silent.town.test"] = ["127.0.0.1"]
        yield line


def taken(line: socket.socket) -> int:
    """How many connections wait on the line."""
    number = 0
    try:
        while True:
            line.accept()[0].close()
            number += 1
    except TimeoutError:
        return number


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_silent_receiver_is_left_in_time(
    listening: socket.socket, settings: Any, scheme: str
) -> None:
    settings.OUTSIDE_ALLOW_PRIVATE = True
    address = f"{scheme}://silent.town.test:{listening.getsockname()[1]}/"
    began = time.monotonic()

    assert post(address, seconds=1) == Answer(None, Trouble.TIMEOUT)
    assert time.monotonic() - began < 3
    assert taken(listening) == 1


def test_look_up_that_takes_too_long_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: time.sleep(1.5))
    began = time.monotonic()

    assert post("https://slow.town.test/", seconds=0.3) == Answer(None, Trouble.TIMEOUT)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("name", ["self-signed", "wrong-name", "expired"])
def test_certificate_must_be_the_names(hook: Callable[..., tuple[Town, str]], name: str) -> None:
    town, address = hook(Reply(), name=name)

    assert post(address) == Answer(None, Trouble.CERTIFICATE)
    assert town.posted == []


@pytest.mark.parametrize(
    "numbers",
    [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["10.0.0.7"], ["::ffff:127.0.0.1"]],
    ids=["this machine", "beside a public one", "private", "mapped"],
)
def test_name_of_the_inside_is_not_connected_to(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch, numbers: list[str]
) -> None:
    names["hook.town.test"] = numbers
    tried: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _line, place: tried.append(place))

    answer = post("https://hook.town.test/")

    assert (answer, tried) == (Answer(None, Trouble.NOT_PUBLIC), [])


@pytest.mark.parametrize(
    ("is_allowed", "trouble", "connections"),
    [(False, Trouble.NOT_PUBLIC, 0), (True, Trouble.TIMEOUT, 1)],
    ids=["refused", "twin with the switch for tests"],
)
def test_this_machine_counts_who_comes(
    listening: socket.socket,
    settings: Any,
    is_allowed: bool,
    trouble: Trouble,
    connections: int,
) -> None:
    settings.OUTSIDE_ALLOW_PRIVATE = is_allowed

    answer = post(f"https://silent.town.test:{listening.getsockname()[1]}/", seconds=0.5)

    assert (answer, taken(listening)) == (Answer(None, trouble), connections)


def test_name_is_looked_up_once(
    hook: Callable[..., tuple[Town, str]], names: dict[str, list[str]]
) -> None:
    _town, address = hook(Reply())

    post(address)

    assert names["asked"] == ["hook.town.test"]


@pytest.mark.parametrize(
    "address", ["http://hook.town.test/in", "ftp://hook.town.test/", "hook.town.test", ""]
)
def test_without_https_nothing_is_asked_or_sent(names: dict[str, list[str]], address: str) -> None:
    names["hook.town.test"] = [PUBLIC]

    assert post(address) == Answer(None, Trouble.NOT_PUBLIC)
    assert names["asked"] == []


def test_mail_and_other_services_are_not_called(names: dict[str, list[str]]) -> None:
    names["hook.town.test"] = [PUBLIC]

    assert post("https://hook.town.test:465/in") == Answer(None, Trouble.NOT_PUBLIC)
    assert names["asked"] == []


def test_nobody_there(names: dict[str, list[str]], settings: Any) -> None:
    settings.OUTSIDE_ALLOW_PRIVATE = True
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    names["hook.town.test"] = ["127.0.0.1"]

    assert post(f"https://hook.town.test:{port}/").trouble == Trouble.REFUSED
    assert post("https://unknown.town.test/").trouble == Trouble.NO_ADDRESS


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        ("0", 0),
        (" 120 ", 120),
        ("86401", DAY),
        ("9" * 5000, DAY),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("Fri, 20 Nov 2026 09:02:00 GMT", 120),
        ("Friday, 20-Nov-26 09:02:00 GMT", 120),
        ("Fri Nov 20 09:02:00 2026", 120),
        ("Fri, 20 Nov 2026 08:00:00 GMT", 0),
        ("Fri, 20 Nov 2076 09:00:00 GMT", DAY),
        ("Fri, 99 Nov 2026 09:00:00 GMT", None),
    ],
)
def test_wait_asked_for(text: str, seconds: int | None) -> None:
    assert wait_asked(text, now=NOW) == seconds


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/hook?key=1",
        "HTTPS://Example.ORG:8443/hook",
        "https://bệnhviện.vn/",
        "https://example.org/@name",
        "https://8.8.8.8/",
        "https://[2a00:1450:4001:80b::200e]/",
    ],
)
def test_address_for_a_form(address: str) -> None:
    require_public_https(address)


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "not_https"),
        ("example.org/hook", "not_https"),
        ("http://example.org/", "not_https"),
        ("ftp://example.org/", "not_https"),
        ("javascript:alert(1)", "not_https"),
        ("https://", "not_a_public_address"),
        ("https:///hook", "not_a_public_address"),
        ("https://exa mple.org/", "not_a_public_address"),
        ("https://example..org/", "not_a_public_address"),
        ("https://example.org:99999/", "not_a_public_address"),
        ("https://name:word@example.org/", "not_a_public_address"),
        ("https://@example.org/", "not_a_public_address"),
        ("https:\\\\name@example.org/", "not_a_public_address"),
        ("https://127.0.0.1/", "not_a_public_address"),
        ("https://127.1/", "not_a_public_address"),
        ("https://2130706433/", "not_a_public_address"),
        ("https://0x7f.0.0.1/", "not_a_public_address"),
        ("https://１２７.０.０.１/", "not_a_public_address"),
        ("https://169.254.169.254/latest", "not_a_public_address"),
        ("https://[::1]/", "not_a_public_address"),
        ("https://[fd00:ec2::254]/", "not_a_public_address"),
        ("https://localhost/", "not_a_public_address"),
        ("https://mail.example.org:465/", "not_a_public_address"),
        ("https://intranet./", "not_a_public_address"),
    ],
)
def test_address_that_a_form_refuses(names: dict[str, list[str]], address: str, code: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        require_public_https(address, field="address")

    assert (refusal.value.code, refusal.value.field) == (code, "address")
    assert names["asked"] == []


def test_switch_for_tests_lets_a_form_name_this_machine(settings: Any) -> None:
    settings.OUTSIDE_ALLOW_PRIVATE = True

    require_public_https("http://127.0.0.1:8000/hook")
