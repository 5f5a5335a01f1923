"""What stands before the form: keys, networks behind proxies, proofs, a captcha that is away."""

import base64
import contextlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import RequestFactory
from django_recaptcha import client as recaptcha

from registration.common.errors import RuleBroken
from registration.intake import gate
from tests.intake.visits import form_key, solved_proof

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_form_key_tells_when_it_was_made() -> None:
    key = gate.read_form_key(form_key(seconds_ago=90))

    age = datetime.now(UTC) - key.started_at
    assert 88 <= age.total_seconds() <= 95
    assert len(key.nonce) == 32


@pytest.mark.parametrize(
    "spoil",
    [lambda k: "", lambda k: k[:-1], lambda k: "x" + k, lambda k: k.split(":")[0], lambda k: ":::"],
    ids=["none", "cut", "altered", "unsigned", "colons"],
)
def test_form_key_of_somebody_else_is_refused(spoil: Any) -> None:
    with pytest.raises(RuleBroken) as refusal:
        gate.read_form_key(spoil(form_key()))

    assert refusal.value.code == "form_broken"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "sender"),
    [
        (0, "198.51.100.9", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        (2, "1.1.1.1, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
        (3, "203.0.113.7, 10.0.0.1", "192.0.2.1"),
        (1, "nonsense", "unknown"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:203.0.113.7", "203.0.113.7"),
    ],
    ids=["no proxy", "bare", "one", "forged", "two", "too few", "nonsense", "ipv6", "mapped"],
)
def test_sender_of(settings: Any, proxies: int, forwarded: str, sender: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    extra = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.1", **extra)

    assert gate.sender_of(request) == sender


def test_solved_proof_is_proven_and_carries_its_mark() -> None:
    payload = solved_proof()

    proof = gate.look_at_proof({"altcha": payload})

    assert proof.is_proven
    assert proof.mark == json.loads(base64.b64decode(payload))["challenge"]
    assert len(proof.mark) == 64


def _altered(**changes: Any) -> str:
    payload = json.loads(base64.b64decode(solved_proof()))
    return base64.b64encode(json.dumps({**payload, **changes}).encode()).decode()


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "nonsense",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b"null").decode(),
        base64.b64encode(b"\xff").decode(),
        "A" * 5000,
        _altered(number=-1),
        _altered(number=None),
        _altered(signature="0" * 64),
        _altered(challenge="0" * 64),
        _altered(salt="a?b?c?d"),
        _altered(algorithm=["SHA-256"]),
    ],
)
def test_other_proofs_prove_nothing_and_break_nothing(payload: str) -> None:
    assert gate.look_at_proof({"altcha": payload}) == gate.Proof(is_proven=False)


def test_expired_proof_proves_nothing() -> None:
    payload = solved_proof()
    with time_machine.travel(time.time() + 21 * 60):
        assert not gate.look_at_proof({"altcha": payload}).is_proven


class Captcha(http.server.BaseHTTPRequestHandler):
    """A captcha service on this machine that answers as the test says."""

    answer: bytes = b""
    status = 200
    asked: list[str] = []
    delay = 0.0

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        type(self).asked.append(body)
        time.sleep(self.delay)
        self.send_response(self.status)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):
            self.wfile.write(self.answer)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def captcha(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Captcha]]:
    """The real client against a local server: only the scheme is plain."""
    Captcha.answer, Captcha.status, Captcha.asked, Captcha.delay = b"", 200, [], 0.0
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Captcha)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.RECAPTCHA_PRIVATE_KEY = "private"
    settings.RECAPTCHA_DOMAIN = f"127.0.0.1:{server.server_port}"
    settings.RECAPTCHA_VERIFY_REQUEST_TIMEOUT = 0.5
    plain = recaptcha.Request
    monkeypatch.setattr(
        recaptcha,
        "Request",
        lambda url, **kwargs: plain(url.replace("https", "http"), **kwargs),
    )
    yield Captcha
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("success", "proven"), [(True, True), (False, False)])
def test_recaptcha_is_asked_when_switched_on(
    captcha: type[Captcha], success: bool, proven: bool
) -> None:
    captcha.answer = json.dumps({"success": success}).encode()

    proof = gate.look_at_proof({"g-recaptcha-response": "token"})

    assert proof == gate.Proof(is_proven=proven)
    assert captcha.asked == ["secret=private&response=token&remoteip="]


@pytest.mark.parametrize(
    ("status", "answer", "delay"),
    [(500, b"", 0.0), (200, b"<html>", 0.0), (200, b"{}", 0.0), (200, b"{}", 1.0)],
    ids=["500", "no json", "no answer", "too slow"],
)
def test_recaptcha_in_trouble_gives_way_to_the_proof_of_work(
    captcha: type[Captcha], status: int, answer: bytes, delay: float
) -> None:
    captcha.status, captcha.answer, captcha.delay = status, answer, delay

    without = gate.look_at_proof({"g-recaptcha-response": "token"})
    with_work = gate.look_at_proof({"g-recaptcha-response": "token", "altcha": solved_proof()})

    assert not without.is_proven
    assert with_work.is_proven


@pytest.mark.parametrize("domain", ["127.0.0.1:9", "nowhere.invalid"], ids=["refused", "no name"])
def test_recaptcha_away_gives_way_to_the_proof_of_work(settings: Any, domain: str) -> None:
    settings.RECAPTCHA_PRIVATE_KEY = "private"
    settings.RECAPTCHA_DOMAIN = domain

    proof = gate.look_at_proof({"g-recaptcha-response": "token", "altcha": solved_proof()})

    assert proof.is_proven
