"""One conversation with a machine that is not our own, so that nothing inside is reached.

A name is looked up once, every number that it stands for must be public, and the connection goes
to that very number: a name that changes its mind afterwards (DNS rebinding) changes nothing.
However slowly the other side talks, it ends in time.
"""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from concurrent.futures import TimeoutError as LookUpTimeout
from functools import cache

import certifi
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    DecodeError,
    HTTPError,
    NewConnectionError,
    ReadTimeoutError,
)

from registration.outside.addresses import Address, is_public
from registration.outside.choices import Trouble

# By which we say who we are, and by which a website may speak to us alone.
OWN_NAME = "donationportal"
CONNECT_SECONDS = 6.0
READ_SECONDS = 8.0
MOST_NUMBERS = 3


class NotFetched(Exception):
    """Why nothing was fetched; ``is_forbidden`` when it was because the website asks not to."""

    def __init__(
        self, trouble: Trouble, *, status: int | None = None, is_forbidden: bool = False
    ) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.status = status
        self.is_forbidden = is_forbidden


def look_up(host: str, port: int) -> list[str]:
    """The numbers that a name stands for; ``OSError`` when there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def public_numbers(
    address: Address,
    until: float,
    *,
    directory: Executor,
    resolve: Callable[[str, int], list[str]],
    allow_private: bool,
) -> list[str]:
    """The numbers behind the name, all of them public.

    Asked in a thread of ``directory``: a look-up knows no time limit of its own; whoever waits for
    it does.
    """
    asked = directory.submit(resolve, address.host, address.port)
    try:
        numbers = asked.result(timeout=max(until - time.monotonic(), 0))
    except LookUpTimeout:
        raise NotFetched(Trouble.TIMEOUT) from None
    except (OSError, UnicodeError):
        raise NotFetched(Trouble.NO_ADDRESS) from None
    if not numbers:
        raise NotFetched(Trouble.NO_ADDRESS)
    # One that is not public among them spoils them all: nobody says which one is meant.
    if not allow_private and not all(map(is_public, numbers)):
        raise NotFetched(Trouble.NOT_PUBLIC)
    return numbers[:MOST_NUMBERS]


@cache
def trusted() -> ssl.SSLContext:
    """Whom we trust for certificates: the same on every machine."""
    return ssl.create_default_context(cafile=certifi.where())


def connection_to(
    number: str, address: Address, until: float, *, context: ssl.SSLContext | None = None
) -> HTTPConnection:
    """To the number that was checked; the certificate must be the name's."""
    timeout = min(CONNECT_SECONDS, max(until - time.monotonic(), 0.01))
    if address.scheme == "http":
        return HTTPConnection(number, address.port, timeout=timeout)
    return HTTPSConnection(
        number,
        address.port,
        timeout=timeout,
        server_hostname=address.host,
        ssl_context=context or trusted(),
    )


class Call:
    """One conversation that ends when its time is up, however slowly the server keeps talking.

    Whatever goes wrong leaves as ``NotFetched``. (The library's timeout starts anew with each
    byte; this one holds for all of it.)
    """

    def __init__(self, until: float) -> None:
        self.connection: HTTPConnection | None = None
        self.has_rung = False
        self._line: socket.socket | None = None
        self._alarm = threading.Timer(max(until - time.monotonic(), 0), self._hang_up)
        self._alarm.daemon = True

    def __enter__(self) -> "Call":
        self._alarm.start()
        return self

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        self._alarm.cancel()
        if self.connection is not None:
            with contextlib.suppress(OSError):
                self.connection.close()
        if isinstance(problem, OSError | HTTPError | http.client.HTTPException | ValueError):
            raise NotFetched(Trouble.TIMEOUT if self.has_rung else verdict(problem)) from None

    def connect(self, new: Callable[[str], HTTPConnection], numbers: list[str]) -> None:
        """To the first number that answers."""
        problem: Exception | None = None
        for number in numbers:
            self.connection = new(number)
            try:
                self.connection.connect()
            except ssl.SSLError:
                raise
            except (OSError, HTTPError) as error:
                problem = error
                self.connection.close()
            else:
                return
        if problem is not None:
            raise problem

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> urllib3.HTTPResponse:
        """The head of the answer; what follows it is read from there."""
        line = self.connection
        if line is None or self.has_rung:
            # It rang while there was no line yet that could have been hung up.
            raise TimeoutError
        line.timeout = READ_SECONDS
        # The library lets go of it when the answer begins, and it must still be hung up then.
        self._line = line.sock
        # A server that promised more than it sends: browsers show what came.
        line.request(
            method,
            path,
            body=body,
            headers=headers,
            preload_content=False,
            enforce_content_length=False,
        )
        response = line.getresponse()
        if self.has_rung:
            raise TimeoutError
        return response

    def _hang_up(self) -> None:
        self.has_rung = True
        line = self._line or (self.connection and self.connection.sock)
        if line:
            with contextlib.suppress(OSError):
                # Of the line below TLS: its own would take the state from under who is reading.
                socket.socket.shutdown(line, socket.SHUT_RDWR)


def verdict(problem: BaseException) -> Trouble:
    """The trouble that an error of the network, of TLS or of HTTP stands for."""
    if isinstance(problem, ssl.SSLCertVerificationError):
        return Trouble.CERTIFICATE
    if isinstance(problem, NewConnectionError):
        # To the library a kind of timeout.
        return Trouble.REFUSED
    if isinstance(problem, TimeoutError | ConnectTimeoutError | ReadTimeoutError):
        return Trouble.TIMEOUT
    if isinstance(problem, DecodeError):
        return Trouble.NOT_HTML
    return Trouble.REFUSED
