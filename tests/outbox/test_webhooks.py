"""Webhooks against receivers that behave in each way (fault FI-15); the referee is a library."""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from registration.outbox import webhooks
from registration.outbox.models import Endpoint, Message
from registration.outbox.services import (
    deliver_message,
    make_endpoint,
    queue_webhook,
    replace_secret,
    resume_endpoint,
)
from registration.outbox.tasks import sweep_messages
from registration.outbox.webhooks import BOTH_SECRETS_FOR, end_endpoint
from registration.outside import calls, post
from tests.outside.town import House, Reply, Town, to

NOW = datetime.now(UTC).replace(microsecond=0)
BODY = '{"data":{"received":3},"type":"summary.frozen"}'
# Standard Webhooks: at once, then after each of these.
SCHEDULE = [5, 300, 1800, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24))]

pytestmark = pytest.mark.usefixtures("no_worker")


@pytest.fixture
def receiver(
    db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[Callable[..., tuple[Town, Endpoint, str]]]:
    """``receiver(reply)`` opens one on this machine, which may be spoken to."""
    settings.OUTSIDE_ALLOW_PRIVATE = True
    opened = []
    ask = socket.getaddrinfo

    def answer(host: str, *rest: Any, **options: Any) -> Any:
        return ask("127.0.0.1" if host.endswith(".test") else host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", answer)

    def build(reply: Reply, *, name: str = "hook") -> tuple[Town, Endpoint, str]:
        context = Town([House(name, "", {"/in": reply})], tmp_path).open()
        opened.append(context)
        town = context.__enter__()
        monkeypatch.setattr(calls, "trusted", town.authority.client_context)
        address = f"https://{name}.town.test:{town.ports[443]}/in"
        return town, *make_endpoint(address, NOW)

    yield build
    for context in opened:
        context.__exit__(None, None, None)


def call(endpoint: Endpoint, *, key: str = "1", now: datetime = NOW) -> Message:
    return queue_webhook(
        "sample/summary", endpoint=endpoint, body=BODY, language="vi", dedupe_key=key, now=now
    )


def told(message: Message) -> tuple[str, str]:
    row = Message.objects.get(pk=message.pk)
    return row.state, row.last_error


def pause(message: Message, *, now: datetime = NOW) -> float:
    return (Message.objects.get(pk=message.pk).not_before - now).total_seconds()


def test_referee_accepts_what_arrives(receiver: Callable[..., Any]) -> None:
    town, endpoint, secret = receiver(Reply())
    # The referee refuses what is more than five minutes old.
    now = datetime.now(UTC)
    message = call(endpoint, now=now)

    deliver_message(message.pk, now=now)

    headers, body = town.posted[0]
    assert Webhook(secret).verify(body, headers) == {
        "data": {"received": 3},
        "type": "summary.frozen",
    }
    assert body.decode() == BODY
    assert (headers["webhook-id"], headers["Content-Type"]) == (str(message.pk), "application/json")
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))
    assert told(message) == ("sent", "")


def test_both_secrets_sign_for_a_week(receiver: Callable[..., Any]) -> None:
    town, endpoint, old = receiver(Reply())
    now = datetime.now(UTC)
    later = now + timedelta(seconds=1)
    new = replace_secret(endpoint, later - timedelta(days=7))

    deliver_message(call(endpoint, now=now).pk, now=now)
    deliver_message(call(endpoint, key="2", now=later).pk, now=later)

    (during, body), (after, _body) = town.posted
    assert old != new
    assert len(during["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        Webhook(secret).verify(body, during)
    Webhook(new).verify(body, after)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, after)


@pytest.mark.parametrize(
    ("reply", "told_", "waits"),
    [
        pytest.param(to("/elsewhere"), ("waiting", "status 302"), 5, id="redirect"),
        pytest.param(Reply(status=500), ("waiting", "status 500"), 5, id="error"),
        pytest.param(Reply(status=404), ("waiting", "status 404"), 5, id="not found"),
        pytest.param(
            Reply(status=429, headers={"Retry-After": "120"}),
            ("waiting", "status 429"),
            120,
            id="too many",
        ),
        pytest.param(
            Reply(status=503, headers={"Retry-After": "1"}),
            ("waiting", "status 503"),
            5,
            id="asks for less than we wait",
        ),
        pytest.param(
            Reply(status=429, headers={"Retry-After": "9999999"}),
            ("waiting", "status 429"),
            24 * 3600,
            id="asks for months",
        ),
        pytest.param(
            Reply(status=404, headers={"Retry-After": "120"}),
            ("waiting", "status 404"),
            5,
            id="pause without meaning",
        ),
        pytest.param(
            Reply(b"slow" * 50, drip=True), ("sent", ""), 0, id="taken, then talks slowly"
        ),
    ],
)
def test_answers(
    receiver: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    reply: Reply,
    told_: tuple[str, str],
    waits: int,
) -> None:
    monkeypatch.setattr(webhooks, "send", partial(post.send, seconds=1))
    town, endpoint, _secret = receiver(reply)
    message = call(endpoint)

    deliver_message(message.pk, now=NOW)

    assert (told(message), pause(message)) == (told_, waits)
    assert (len(town.posted), town.requests) == (1, [("hook.town.test", "/in")])


@pytest.mark.parametrize("name", ["self-signed", "wrong-name", "expired"])
def test_broken_certificate_gets_no_figures(receiver: Callable[..., Any], name: str) -> None:
    town, endpoint, _secret = receiver(Reply(), name=name)
    message = call(endpoint)

    deliver_message(message.pk, now=NOW)

    assert told(message) == ("waiting", "certificate")
    assert town.posted == []


@pytest.mark.parametrize(
    ("is_allowed", "told_", "connections"),
    [(False, ("waiting", "not_public"), 0), (True, ("sent", ""), 1)],
    ids=["refused", "twin with the switch for tests"],
)
def test_name_of_this_machine_is_not_connected_to(
    receiver: Callable[..., Any],
    settings: Any,
    is_allowed: bool,
    told_: tuple[str, str],
    connections: int,
) -> None:
    town, endpoint, _secret = receiver(Reply())
    settings.OUTSIDE_ALLOW_PRIVATE = is_allowed
    message = call(endpoint)

    deliver_message(message.pk, now=NOW)

    assert (told(message), town.accepted) == (told_, connections)


def test_silent_receiver_holds_no_worker(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTSIDE_ALLOW_PRIVATE = True
    monkeypatch.setattr(webhooks, "send", partial(post.send, seconds=1))
    with socket.create_server(("127.0.0.1", 0)) as line:
        endpoint, _secret = make_endpoint(f"https://127.0.0.1:{line.getsockname()[1]}/", NOW)
        message = call(endpoint)
        began = time.monotonic()

        deliver_message(message.pk, now=NOW)

    assert told(message) == ("waiting", "timeout")
    assert time.monotonic() - began < 3
    assert post.SEND_SECONDS <= 30


def test_410_ends_the_endpoint_and_all_that_waits(receiver: Callable[..., Any]) -> None:
    town, endpoint, _secret = receiver(Reply(status=410))
    first, second = call(endpoint), call(endpoint, key="2")

    deliver_message(first.pk, now=NOW)
    deliver_message(second.pk, now=NOW)
    endpoint.refresh_from_db()
    third = call(endpoint, key="3")

    assert (endpoint.ended_at, endpoint.ended_because) == (NOW, "gone")
    assert [told(each) for each in (first, second, third)] == [
        ("failed", "status 410"),
        ("failed", "endpoint_ended"),
        ("failed", "endpoint_ended"),
    ]
    assert len(town.posted) == 1


def test_resumed_endpoint_is_called_again(receiver: Callable[..., Any]) -> None:
    town, endpoint, _secret = receiver(Reply())
    end_endpoint(endpoint, "gone", NOW)
    endpoint.refresh_from_db()
    missed = call(endpoint)

    resume_endpoint(endpoint)
    endpoint.refresh_from_db()
    message = call(endpoint, key="2")
    deliver_message(message.pk, now=NOW)

    assert (told(missed), told(message)) == (("failed", "endpoint_ended"), ("sent", ""))
    assert (endpoint.ended_at, len(town.posted)) == (None, 1)


def test_three_days_of_errors_then_the_end(receiver: Callable[..., Any]) -> None:
    town, endpoint, _secret = receiver(Reply(status=500))
    message, now, pauses = call(endpoint), NOW, []
    while told(message)[0] == "waiting":
        deliver_message(message.pk, now=now)
        pauses.append(pause(message, now=now))
        now = Message.objects.get(pk=message.pk).not_before

    endpoint.refresh_from_db()
    assert pauses[:-1] == SCHEDULE
    assert (told(message), len(town.posted)) == (("failed", "status 500"), 10)
    assert (endpoint.ended_at, endpoint.ended_because) == (now, "unanswered")
    assert now - NOW == timedelta(hours=75, minutes=35, seconds=5)


def test_endpoint_that_took_something_newer_is_not_ended(receiver: Callable[..., Any]) -> None:
    _town, endpoint, _secret = receiver(Reply(status=500))
    message = call(endpoint)
    Message.objects.filter(pk=message.pk).update(attempts=9)
    newer = call(endpoint, key="2")
    Message.objects.filter(pk=newer.pk).update(state="sent", sent_at=NOW + timedelta(hours=1))

    deliver_message(message.pk, now=NOW + timedelta(days=3))

    endpoint.refresh_from_db()
    assert (told(message)[0], endpoint.ended_at) == ("failed", None)


def test_one_key_is_one_call(receiver: Callable[..., Any]) -> None:
    town, endpoint, _secret = receiver(Reply())

    assert call(endpoint) == call(endpoint)
    call_command("deliver_messages")
    call_command("deliver_messages")

    assert len(town.posted) == 1


def test_neither_secret_nor_address_is_stored_or_logged_in_clear(
    receiver: Callable[..., Any], everything_logged: Callable[[], str]
) -> None:
    _town, endpoint, secret = receiver(Reply(status=500))
    logging.getLogger("urllib3").setLevel(logging.DEBUG)

    deliver_message(call(endpoint).pk, now=NOW)

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outbox_endpoint, outbox_message")
        kept = str(cursor.fetchall())
    assert secret not in kept + everything_logged()
    assert "town.test" not in kept + everything_logged()


@pytest.mark.parametrize(("since_then", "is_kept"), [(-60, True), (0, False), (60, False)])
def test_sweep_forgets_a_secret_that_signs_no_more(
    db: None, since_then: int, is_kept: bool
) -> None:
    endpoint, old = make_endpoint("https://hook.example/in", NOW)
    moment = timezone.now() - BOTH_SECRETS_FOR - timedelta(seconds=since_then)
    new = replace_secret(endpoint, moment)

    sweep_messages()

    row = Endpoint.objects.get()
    assert (row.secret, row.previous_secret) == (new, old if is_kept else "")
    assert (row.previous_until is not None) is is_kept
