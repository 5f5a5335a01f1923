"""Reads a delivery status notification (RFC 3464). Pure; whatever comes, it never raises.

Anybody can send one. What counts is that it returns the ``Message-ID`` of a message of ours,
which nobody can guess who did not get that message.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import cast

# The report stands before the returned message, which may bear our own attachments.
MOST_BYTES = 256 * 1024
_MARK = re.compile(r"<[^<>@\s]{1,80}@[^<>@\s]{1,253}>")
_STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")


@dataclass(frozen=True)
class Bounce:
    message_id: str
    # By RFC 3463, such as 5.1.1.
    code: str


def read_bounce(raw: bytes) -> Bounce | None:
    """Which message came back for good and by which code; None for anything else."""
    try:
        letter = BytesParser(policy=compat32).parsebytes(raw[:MOST_BYTES])
        return next(_bounces(letter), None)
    except Exception:  # Made by strangers: the parser meets what nobody wrote before.
        return None


def _bounces(letter: Message) -> Iterator[Bounce]:
    for part in letter.walk():
        # A forwarded one counts as well: some offices forward what comes back.
        if part.get_content_type() == "multipart/report" and part.is_multipart():
            children = _parts(part)
            code = next(filter(None, map(_code_of, children)), "")
            mark = next(filter(None, map(_mark_of, children)), "")
            if code and mark:
                yield Bounce(mark, code)


def _code_of(part: Message) -> str:
    """The status of the first recipient that it failed for; delays and successes are no bounce."""
    if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
        return ""
    for group in _parts(part):
        if str(group.get("Action", "")).strip().lower() == "failed":
            status = _STATUS.search(str(group.get("Status", "")))
            return status[0] if status else "5.0.0"
    return ""


def _mark_of(part: Message) -> str:
    """The Message-ID of the message that is returned, whole or by its headers."""
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        content = cast(bytes, part.get_payload(decode=True))
        returned = BytesParser(policy=compat32).parsebytes(content, headersonly=True)
    elif kind == "message/rfc822" and part.is_multipart():
        returned = _parts(part)[0]
    else:
        return ""
    found = _MARK.search(str(returned.get("Message-ID", "")))
    return found[0] if found else ""


def _parts(part: Message) -> list[Message]:
    return cast(list[Message], part.get_payload())
