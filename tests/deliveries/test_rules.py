from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from registration.deliveries.choices import Receipt, WindowState
from registration.deliveries.reasons import reason_in_words
from registration.deliveries.rules import is_late, receipt_of, state_of

NOW = datetime(2025, 11, 20, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({"is_frozen": False}, WindowState.WAITING),
        ({"is_finished": False}, WindowState.FROZEN),
        ({"waiting": 1, "sent": 1, "failed": 1}, WindowState.FAILED),
        ({"waiting": 1, "sent": 1}, WindowState.QUEUED),
        ({"sent": 1}, WindowState.SENT),
        ({}, WindowState.UNADDRESSED),
        ({"is_quiet": True}, WindowState.KEPT),
        ({"is_quiet": True, "sent": 1}, WindowState.SENT),
    ],
)
def test_state_of(facts: dict[str, int], state: WindowState) -> None:
    known = {"is_frozen": True, "is_finished": True, "waiting": 0, "sent": 0, "failed": 0}

    assert state_of(**(known | facts)) == state


@pytest.mark.parametrize(
    ("message", "moments", "receipt"),
    [
        ("waiting", [], Receipt.WAITING),
        ("sending", [], Receipt.WAITING),
        ("sent", [], Receipt.ACCEPTED),
        ("failed", [], Receipt.FAILED),
        ("sent", ["bounced_at"], Receipt.BOUNCED),
        ("sent", ["opened_at"], Receipt.OPENED),
        ("sent", ["opened_at", "bounced_at"], Receipt.BOUNCED),
        ("sent", ["opened_at", "acknowledged_at"], Receipt.ACKNOWLEDGED),
    ],
)
def test_receipt_of(message: str, moments: list[str], receipt: Receipt) -> None:
    known = dict.fromkeys(("bounced_at", "opened_at", "acknowledged_at"))

    assert receipt_of(message, **(known | dict.fromkeys(moments, NOW))) == receipt


@pytest.mark.parametrize(
    ("facts", "told", "by_now"),
    [
        ({"first_sent_at": NOW}, False, False),
        ({"first_sent_at": NOW + SECOND}, True, True),
        # Written in time, and with no office yet.
        ({}, False, True),
        ({"is_quiet": True, "first_sent_at": NOW + SECOND}, False, False),
        ({"is_quiet": True, "is_addressed": False}, False, False),
        ({"is_addressed": False}, False, False),
        ({"is_addressed": False, "finished_at": NOW + SECOND}, True, True),
        ({"is_addressed": False, "finished_at": None}, False, True),
    ],
)
def test_is_late(facts: dict[str, Any], told: bool, by_now: bool) -> None:
    known = {"due_at": NOW, "finished_at": NOW - SECOND, "first_sent_at": None}
    known |= {"is_addressed": True, "is_quiet": False, **facts}

    assert (is_late(**known), is_late(**known, now=NOW + SECOND)) == (told, by_now)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", ""),
        ("SMTPRecipientsRefused 550", "does not exist"),
        ("5.1.1", "does not exist"),
        ("SMTPDataError 452", "mailbox is full"),
        ("SMTPDataError 552", "mailbox is full"),
        ("5.2.2", "mailbox is full"),
        ("4.2.2", "mailbox is full"),
        ("SMTPSenderRefused 552", "too large"),
        ("5.3.4", "too large"),
        ("SMTPRecipientsRefused 450", "come back later"),
        ("SMTPDataError 554", "turned the message away"),
        ("5.7.1", "turned the message away"),
        ("SMTPSenderRefused 550", "does not let this portal send"),
        ("SMTPAuthenticationError 535", "does not let this portal send"),
        ("SMTPServerDisconnected", "does not answer"),
        ("SMTPHeloError 421", "does not answer"),
        ("ConnectionRefusedError", "does not answer"),
        ("TimeoutError", "does not answer"),
        ("gaierror", "does not answer"),
        ("4.4.7", "does not answer"),
        ("lost", "broken off"),
        ("dropped", "restored from a copy"),
        ("not_public", "not a public one."),
        ("certificate", "certificate is not valid."),
        ("no_address", "name is not known"),
        ("status 410", "no longer takes calls"),
        ("status 302", "led on to another address"),
        ("status 503", "answered with an error"),
        ("endpoint_ended", "have ended"),
        ("RareError", "not delivered (RareError)"),
    ],
)
def test_each_trouble_has_its_sentence(code: str, words: str) -> None:
    with translation.override("en"):
        sentence = reason_in_words(code)

    assert words in sentence
    assert bool(sentence) == bool(words)
