"""What a message may look like, how long an SMS is, and when a message is tried again. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
GIVE_UP_AFTER = timedelta(hours=72)
# Of a webhook, before each further try (Standard Webhooks): over three days, then no more.
CALL_PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)

_is_address = EmailValidator()
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")

# 3GPP TS 23.038: the basic alphabet, what costs an escape, and what Turkish adds to that.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("^{}\\[~]|€")
_TURKISH = frozenset("ĞİŞçğış")

Alphabet = Literal["gsm7", "turkish", "ucs2"]
# How much one part holds when it is alone, and when it is one of several.
_ROOM: dict[Alphabet, tuple[int, int]] = {
    "gsm7": (160, 153),
    "turkish": (155, 149),
    "ucs2": (70, 67),
}


class NotDelivered(Exception):
    """A message did not go out. ``code`` says why without a word of whom or what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(NotDelivered):
    """It will never go out as it is."""


class NotNow(NotDelivered):
    """It may go out later; not before the ``pause`` that the other side asked for, if any."""

    def __init__(self, code: str, *, pause: timedelta | None = None) -> None:
        super().__init__(code)
        self.pause = pause


def require_one_address(address: str) -> str:
    """The address without blanks around it; all that is not exactly one is ``not_one_address``.

    A header is built of it, so a second address, a line break or a quoted part must not get in;
    a local part outside ASCII needs a mail server that hardly any office has.
    """
    cleaned = address.strip(" ")
    local, _at, domain = cleaned.rpartition("@")
    try:
        _is_address(cleaned)
        domain.encode("idna")
        usable = local.isascii() and '"' not in local
    except (ValidationError, UnicodeError):
        usable = False
    if not usable:
        raise RuleBroken(
            "not_one_address",
            _("Give one e-mail address, like name@example.org."),
            field="email",
        )
    return cleaned


def require_one_number(number: str) -> str:
    """The number as given, if it is one number in international form (``not_one_number``)."""
    if not _NUMBER.fullmatch(number):
        raise RuleBroken("not_one_number", _("Give one mobile number with its country code."))
    return number


def one_line(text: str) -> str:
    """The text on one line, so that it can stand in a header."""
    return " ".join(text.split())


def pause_before_next(attempts: int, *, age: timedelta) -> timedelta | None:
    """How long to wait after so many attempts, or None when it is time to give up.

    However old the message is, it is tried five times: it may have waited for the worker itself.
    """
    if age >= GIVE_UP_AFTER and attempts > len(PAUSES):
        return None
    return PAUSES[min(attempts, len(PAUSES)) - 1]


def pause_before_next_call(attempts: int) -> timedelta | None:
    """The same for a webhook, which is tried ten times."""
    return CALL_PAUSES[attempts - 1] if attempts <= len(CALL_PAUSES) else None


@dataclass(frozen=True)
class Length:
    """What an SMS costs: its alphabet and the parts it is sent and paid in."""

    alphabet: Alphabet
    parts: int


def sms_length(text: str) -> Length:
    alphabet = _alphabet_of(text)
    costs = [_cost(character, alphabet) for character in text]
    alone, each = _ROOM[alphabet]
    if sum(costs) <= alone:
        return Length(alphabet, 1)
    parts, used = 1, 0
    for cost in costs:
        # A letter of two units is never cut in two: it begins the next part.
        if used + cost > each:
            parts, used = parts + 1, 0
        used += cost
    return Length(alphabet, parts)


def without_accents(text: str) -> str:
    """Vietnamese as it is customary in SMS: the letters without their marks."""
    plain = unicodedata.normalize("NFD", text.translate({ord("đ"): "d", ord("Đ"): "D"}))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _alphabet_of(text: str) -> Alphabet:
    letters = set(text)
    if letters <= _BASIC | _ESCAPED:
        return "gsm7"
    return "turkish" if letters <= _BASIC | _ESCAPED | _TURKISH else "ucs2"


def _cost(character: str, alphabet: Alphabet) -> int:
    if alphabet == "ucs2":
        return 2 if ord(character) > 0xFFFF else 1
    return 1 if character in _BASIC else 2
