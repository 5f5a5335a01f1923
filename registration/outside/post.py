"""What the portal sends to an address that somebody entered: webhooks, signs of life.

Only over https and to public numbers, as in ``calls``; never on to where the answer leads.
"""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.http import parse_http_date_safe
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.outside.addresses import Address, is_inside, names_somebody, read_address
from registration.outside.calls import (
    OWN_NAME,
    Call,
    NotFetched,
    connection_to,
    look_up,
    public_numbers,
)
from registration.outside.choices import Trouble

SEND_SECONDS = 15.0
MOST_BYTES = 64 * 1024
HTTPS_PORT, LAST_KEPT_PORT = 443, 1023
LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True)
class Reply:
    """The status that came, or the trouble: never both. ``retry_after`` is in seconds."""

    status: int | None
    trouble: Trouble = Trouble.NONE
    retry_after: int | None = None

    @property
    def code(self) -> str:
        """What to write down of it: the trouble, or ``status`` with its number."""
        return str(self.trouble) if self.status is None else f"status {self.status}"


def require_public_https(address: str, *, field: str | None = None) -> None:
    """For forms: refuses what ``send`` would not send to, as far as the text alone tells.

    ``not_https``, and ``not_a_public_address`` for what is no address of the web, names a person or
    is plainly inside. Nothing is looked up.
    """
    read = read_address(address)
    if not _is_secure(read, address):
        raise RuleBroken("not_https", _("The address must begin with https://."), field=field)
    if read is None or not _is_port_of_web(read):
        raise RuleBroken(
            "not_a_public_address", _("This is not an address of the internet."), field=field
        )
    if names_somebody(address):
        raise RuleBroken(
            "not_a_public_address",
            _("Leave the name and the password out of the address."),
            field=field,
        )
    if is_inside(read.host) and not settings.OUTSIDE_ALLOW_PRIVATE:
        raise RuleBroken(
            "not_a_public_address",
            _("This address is not a public one: nobody outside of its network reaches it."),
            field=field,
        )


def _is_secure(read: Address | None, text: str) -> bool:
    scheme = read.scheme if read else text.strip().partition(":")[0].lower()
    return scheme == "https" or (scheme == "http" and settings.OUTSIDE_ALLOW_PRIVATE)


def _is_port_of_web(read: Address) -> bool:
    """Below 1024 all but its own are kept for mail, remote work, names: nobody is called there."""
    return read.port == HTTPS_PORT or read.port > LAST_KEPT_PORT


def send(
    address: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str],
    method: str = "POST",
    seconds: float = SEND_SECONDS,
) -> Reply:
    """Send it once, and say what came back within ``seconds``; never raises for the network.

    A redirect is not followed: its status is the answer. A status counts as soon as the head of the
    answer is there, however long its body then takes. What is not https, leads to a port
    of other services, or whose name stands for a number that is not public, is refused as
    ``NOT_PUBLIC`` without a connection.
    """
    read = read_address(address)
    if read is None or not _is_secure(read, address) or not _is_port_of_web(read):
        return Reply(None, Trouble.NOT_PUBLIC)
    until = time.monotonic() + seconds
    directory = ThreadPoolExecutor(max_workers=1, thread_name_prefix="look-up")
    reply = None
    try:
        numbers = public_numbers(
            read,
            until,
            directory=directory,
            resolve=look_up,
            allow_private=settings.OUTSIDE_ALLOW_PRIVATE,
        )
        with Call(until) as call:
            call.connect(lambda number: connection_to(number, read, until), numbers)
            response = call.ask(method, read.path, _headers(read, headers), body or None)
            wait = wait_asked(response.headers.get("Retry-After", ""), now=timezone.now())
            reply = Reply(response.status, retry_after=wait)
            # Heard out: some servers stop their work when nobody listens any more.
            response.read(MOST_BYTES, decode_content=False)
    except NotFetched as problem:
        return reply or Reply(None, problem.trouble)
    finally:
        directory.shutdown(wait=False, cancel_futures=True)
    return reply


def _headers(address: Address, headers: Mapping[str, str]) -> dict[str, str]:
    return {
        "User-Agent": f"{OWN_NAME}/1.0 (+{settings.BASE_URL}/)",
        "Accept-Encoding": "identity",
        **headers,
        "Host": address.written_host,
        "Connection": "close",
    }


def wait_asked(text: str, *, now: datetime) -> int | None:
    """The seconds that a ``Retry-After`` asks for, a day at most: a number, or a date of HTTP."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        seconds = int(text[:12])
    elif moment := parse_http_date_safe(text):
        seconds = round((datetime.fromtimestamp(moment, UTC) - now).total_seconds())
    else:
        return None
    return min(max(seconds, 0), int(LONGEST_WAIT.total_seconds()))
