"""One page of a stranger's website, fetched so that nothing inside our own network is reached.

Each redirect is checked as the first address was. Time, bytes and memory are bounded, whatever
comes.
"""

import contextlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.exceptions import ProtocolError

from registration.outside.addresses import Address, read_address
from registration.outside.calls import Call, NotFetched, connection_to, look_up, public_numbers
from registration.outside.choices import Trouble

FETCH_SECONDS = 15.0
MOST_REDIRECTS = 5
MOST_BYTES = 2 * 1024 * 1024
# Of what comes over the line: a compressed page may hold less than it costs.
MOST_RAW_BYTES = 2 * MOST_BYTES
PIECE = 64 * 1024
USUAL_PORTS = frozenset({80, 443})
_REDIRECTS = {301, 302, 303, 307, 308}
_HTML = {"", "text/html", "application/xhtml+xml"}
_PACKED = {"", "identity", "gzip", "x-gzip", "deflate"}

Permit = Callable[[Address, float], None]


@dataclass(frozen=True)
class Answer:
    """What came: the beginning of a page, or the trouble. Never both."""

    address: Address
    trouble: Trouble = Trouble.NONE
    status: int | None = None
    body: bytes = b""
    charset: str = ""
    # The page was longer than what was read of it.
    is_cut: bool = False
    is_forbidden: bool = False


class Pace:
    """One request at a time to a host, a pause between two, and only so many a second in all."""

    def __init__(self, *, per_second: float = 50, pause: float = 0.2) -> None:
        self.step = 1 / per_second
        self.pause = pause
        self._next = 0.0
        self._lock = threading.Lock()
        self._hosts: dict[str, threading.Lock] = {}
        self._ended: dict[str, float] = {}
        self._pauses: dict[str, float] = {}

    def slow_down(self, host: str, seconds: float) -> None:
        self._pauses[host] = max(self.pause, seconds)

    @contextlib.contextmanager
    def turn(self, host: str, until: float) -> Iterator[None]:
        with self._lock:
            own = self._hosts.setdefault(host, threading.Lock())
        if not own.acquire(timeout=max(until - time.monotonic(), 0)):
            raise NotFetched(Trouble.TIMEOUT)
        try:
            self._wait(host, until)
            yield
        finally:
            self._ended[host] = time.monotonic()
            own.release()

    def _wait(self, host: str, until: float) -> None:
        if host in self._ended:
            ready = self._ended[host] + self._pauses.get(host, self.pause)
            _sleep_until(min(ready, until))
        with self._lock:
            slot = self._next = max(self._next + self.step, time.monotonic())
        _sleep_until(slot)


def _sleep_until(moment: float) -> None:
    time.sleep(max(moment - time.monotonic(), 0))


class Fetcher:
    """Fetches pages. May be shared by threads; keeps no cookies and asks no proxy.

    ``resolve`` and ``context`` (whom to trust for certificates) are for tests, as is
    ``allow_private``, which lets numbers of this machine and network through.
    """

    def __init__(
        self,
        *,
        agent: str,
        allow_private: bool = False,
        resolve: Callable[[str, int], list[str]] = look_up,
        context: ssl.SSLContext | None = None,
        pace: Pace | None = None,
        seconds: float = FETCH_SECONDS,
    ) -> None:
        self.agent = agent
        self.allow_private = allow_private
        self.pace = pace or Pace()
        self.seconds = seconds
        self._resolve = resolve
        self._context = context
        self._directory = ThreadPoolExecutor(max_workers=16, thread_name_prefix="look-up")

    def close(self) -> None:
        self._directory.shutdown(wait=False, cancel_futures=True)

    def fetch(
        self,
        address: Address,
        *,
        until: float | None = None,
        ports: frozenset[int] = USUAL_PORTS,
        permit: Permit | None = None,
        language: str = "en",
        wants_html: bool = True,
    ) -> Answer:
        """Fetch what is at ``address`` and wherever it redirects to; never raises.

        ``until`` (``time.monotonic``) ends it at the latest. ``ports`` beside the usual ones are
        those of the website itself. ``permit`` is asked before each request and may raise
        ``NotFetched``.
        """
        until = min(until or float("inf"), time.monotonic() + self.seconds)
        seen: set[Address] = set()
        try:
            for _hop in range(MOST_REDIRECTS + 1):
                if address in seen:
                    break
                seen.add(address)
                numbers = self._require_public(address, until, ports | USUAL_PORTS)
                if permit is not None:
                    permit(address, until)
                answer = self._get(address, numbers, until, language, wants_html)
                if isinstance(answer, Answer):
                    return answer
                address = answer
            raise NotFetched(Trouble.REDIRECTS)
        except NotFetched as problem:
            return Answer(
                address,
                trouble=problem.trouble,
                status=problem.status,
                is_forbidden=problem.is_forbidden,
            )

    def _get(
        self, address: Address, numbers: list[str], until: float, language: str, html: bool
    ) -> Answer | Address:
        """One request: the page, or the address that it leads on to."""
        with self.pace.turn(address.host, until), Call(until) as call:
            call.connect(lambda number: self._connection(address, number, until), numbers)
            response = call.ask("GET", address.path, self._headers(address, language))
            if response.status in _REDIRECTS:
                return _led_on(address, response)
            return _read(address, call, response, html=html)

    def _require_public(self, address: Address, until: float, ports: frozenset[int]) -> list[str]:
        """The numbers behind the name, all of them public."""
        if address.port not in ports:
            raise NotFetched(Trouble.NOT_PUBLIC)
        return public_numbers(
            address,
            until,
            directory=self._directory,
            resolve=self._resolve,
            allow_private=self.allow_private,
        )

    def _connection(self, address: Address, number: str, until: float) -> HTTPConnection:
        return connection_to(number, address, until, context=self._context)

    def _headers(self, address: Address, language: str) -> dict[str, str]:
        return {
            "Host": address.written_host,
            "User-Agent": self.agent,
            "Accept": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
            "Accept-Language": language,
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }


def _led_on(address: Address, response: urllib3.HTTPResponse) -> Address:
    location = response.headers.get("Location", "")
    # Headers are read as Latin-1; those who write other letters there mean UTF-8.
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    led_on = read_address(location, base=str(address)) if location else None
    if led_on is None:
        raise NotFetched(Trouble.REDIRECTS, status=response.status)
    return led_on


def _read(address: Address, call: Call, response: urllib3.HTTPResponse, *, html: bool) -> Answer:
    status = response.status
    if not 200 <= status < 300:
        raise NotFetched(Trouble.STATUS, status=status)
    kind, charset = _kind_of(response.headers.get("Content-Type", ""))
    packed = response.headers.get("Content-Encoding", "").lower().split(",")
    if (html and kind not in _HTML) or not {each.strip() for each in packed} <= _PACKED:
        raise NotFetched(Trouble.NOT_HTML, status=status)
    body = bytearray()
    try:
        # Unpacked piece by piece: a bomb is put away at the limit, not after it went off.
        while len(body) <= MOST_BYTES and response.tell() <= MOST_RAW_BYTES:
            piece = response.read(PIECE, decode_content=True)
            if not piece:
                break
            body += piece
        is_cut = len(body) > MOST_BYTES or response.tell() > MOST_RAW_BYTES
    except ProtocolError:
        if not body:
            raise
        is_cut = True
    if call.has_rung:
        raise NotFetched(Trouble.TIMEOUT, status=status)
    del body[MOST_BYTES:]
    return Answer(address, status=status, body=bytes(body), charset=charset, is_cut=is_cut)


def _kind_of(content_type: str) -> tuple[str, str]:
    kind, _semicolon, options = content_type.partition(";")
    for option in options.split(";"):
        name, _equals, value = option.partition("=")
        if name.strip().lower() == "charset":
            return kind.strip().lower(), value.strip().strip("\"'").lower()
    return kind.strip().lower(), ""
