"""A town of websites in one process, and what is true of each.

Names end in ``.town.test`` and are resolved here, to a number that counts as public; connections to
that number lead to this machine, and a connection to any other is noted as a breach.
"""

import datetime
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from urllib3.connection import HTTPConnection

from registration.outside.addresses import Address, read_address
from registration.outside.fetch import Fetcher, Pace

PUBLIC = "93.184.215.14"
CLOSED = "93.184.215.15"
Write = Callable[[bytes], Any]


@dataclass(frozen=True)
class Reply:
    """An answer to one path. ``drip`` sends the body so slowly that it never ends."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})
    drip: bool = False
    endless: bool = False


@dataclass(frozen=True)
class House:
    """One website: its address, its pages by path, and the truth about it."""

    name: str
    state: str
    pages: dict[str, Reply]
    trouble: str = ""
    website: str = ""
    has_section: bool = False
    language: str = "vi"
    # Pages fetched beside robots.txt.
    visits: int | None = None

    @property
    def host(self) -> str:
        found = read_address(self.website)
        return found.host if found else f"{self.name}.town.test"

    @property
    def address(self) -> str:
        return self.website or f"http://{self.name}.town.test/"


def html(text: str, *, encoding: str = "utf-8", **headers: str) -> Reply:
    return Reply(text.encode(encoding), headers={"Content-Type": "text/html", **headers})


def to(location: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": location})


class Town:
    """Serves the houses; ``requests`` lists who was asked for what, in order."""

    def __init__(self, houses: list[House], folder: Path) -> None:
        self.houses = {house.host: house for house in houses}
        self.requests: list[tuple[str, str]] = []
        self.agents: set[str] = set()
        self.connections: list[str] = []
        self.posted: list[tuple[dict[str, str], bytes]] = []
        self.looked_up: list[str] = []
        self.folder = folder

    @contextmanager
    def open(self) -> Iterator["Town"]:
        server, secure = self._server(), self._server()
        self.authority = Authority(self.folder)
        secure.socket = self.authority.server_context().wrap_socket(
            secure.socket, server_side=True, do_handshake_on_connect=False
        )
        self.servers = [server, secure]
        self.ports = {80: server.server_port, 8080: server.server_port, 443: secure.server_port}
        for each in self.servers:
            threading.Thread(target=each.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield self
        finally:
            for each in self.servers:
                each.shutdown()
                each.server_close()

    @property
    def accepted(self) -> int:
        """Connections that reached this machine."""
        return sum(server.accepted for server in self.servers)

    def _server(self) -> "_Server":
        handler = type("Handler", (_Handler,), {"town": self})
        server = _Server(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        return server

    def fetcher(self, *, seconds: float = 2.0, **options: Any) -> "TownFetcher":
        return TownFetcher(
            town=self,
            agent="donationportal/1.0 (Donation portal, banner monitor; +http://testserver/)",
            resolve=self.resolve,
            context=self.authority.client_context(),
            pace=Pace(per_second=2000, pause=0),
            seconds=seconds,
            **options,
        )

    def resolve(self, host: str, port: int) -> list[str]:
        self.looked_up.append(host)
        if host in NUMBERS:
            return NUMBERS[host]
        if host[-1].isdigit():
            return [host]
        if host.endswith(".nowhere.test"):
            raise OSError(f"{host} is not known")
        if host in self.houses or host.removeprefix("www.") in self.houses:
            return [PUBLIC]
        raise OSError(f"{host} is not known")


# Names with numbers of their own.
NUMBERS = {
    "inside.town.test": ["10.0.0.7"],
    "mixed.town.test": [PUBLIC, "192.168.1.1"],
    "closed.town.test": [CLOSED],
}


class TownFetcher(Fetcher):
    """The fetcher as it is, but for the last step: the town's public number is this machine."""

    def __init__(self, *, town: Town, **options: Any) -> None:
        super().__init__(**options)
        self.town = town

    def _connection(self, address: Address, number: str, until: float) -> HTTPConnection:
        self.town.connections.append(number)
        made = super()._connection(address, number, until)
        made.host = "127.0.0.1"
        made.port = self.town.ports[address.port] if number == PUBLIC else 1
        return made


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    accepted = 0

    def process_request(self, request: Any, client_address: Any) -> None:
        self.accepted += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who hangs up is no error of the town's."""


class _Handler(BaseHTTPRequestHandler):
    town: Town
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        if isinstance(self.request, ssl.SSLSocket):
            self.request.do_handshake()
        super().setup()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.town.posted.append((dict(self.headers), body))
        self.do_GET()

    def do_GET(self) -> None:
        town = self.town
        host = self.headers["Host"].partition(":")[0]
        path = self.path.partition("?")[0]
        town.requests.append((host, path))
        town.agents.add(self.headers["User-Agent"])
        self.close_connection = True
        house = town.houses.get(host) or town.houses[host.removeprefix("www.")]
        self._answer(house.pages.get(path, Reply(b"nothing here", 404)))

    def _answer(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if not (reply.drip or reply.endless or "Content-Length" in reply.headers):
            self.send_header("Content-Length", str(len(reply.body)))
        if reply.drip and not reply.body:
            # The head itself never ends.
            self.flush_headers()
            _drip(self.wfile.write, b"X-Slow: yes\r\n" * 1000)
        self.end_headers()
        if reply.endless:
            for _each in range(100):
                self.wfile.write(reply.body)
        elif reply.drip:
            _drip(self.wfile.write, reply.body)
        else:
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """The town is quiet."""


def _drip(write: Write, text: bytes) -> None:
    for at in range(len(text)):
        write(text[at : at + 1])
        time.sleep(0.1)


class Authority:
    """Signs certificates: a good one for each name, and three that nobody should trust."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Town authority")])
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        self.certificate = self._signed(self.name, self.key, self.key, constraints=constraints)
        self.authority_file = folder / "authority.pem"
        self.authority_file.write_bytes(_pem(self.certificate))
        self.stranger = ec.generate_private_key(ec.SECP256R1())

    def client_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority_file))

    def server_context(self) -> ssl.SSLContext:
        contexts: dict[str, ssl.SSLContext] = {}
        default = self._context("nobody.town.test")

        def choose(line: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
            if name:
                line.context = contexts.setdefault(name, self._context(name))

        default.sni_callback = choose  # type: ignore[assignment]
        return default

    def _context(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = self.stranger if host.startswith("self-signed") else self.key
        named = "other.town.test" if host.startswith("wrong-name") else host
        days = -2 if host.startswith("expired") else 2
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "house")])
        certificate = self._signed(subject, key, signer, host=named, days=days)
        file = self.folder / f"{host}.pem"
        file.write_bytes(
            _pem(certificate)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        signer: ec.EllipticCurvePrivateKey,
        *,
        host: str = "",
        days: int = 2,
        constraints: x509.BasicConstraints | None = None,
    ) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=4))
            .not_valid_after(now + datetime.timedelta(days=days))
            .add_extension(
                constraints or x509.BasicConstraints(ca=False, path_length=None), critical=True
            )
        )
        if host:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(signer, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
