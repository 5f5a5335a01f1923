"""Addresses of the web: read as browsers read them, and whether one leads out into the public."""

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import idna

_PORTS = {"http": 80, "https": 443}
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})*")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_KEPT_IN_PATH = "/%:@!$&'()*+,;=~-._"
# Browsers drop these wherever they stand, and leave out what surrounds an address.
_DROPPED = str.maketrans("", "", "\t\n\r")
_AROUND = "".join(map(chr, range(0x21)))

# Beside what Python's own tables refuse; they differ between its versions.
_REFUSED_4 = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # public by its number; the inside of a large provider's cloud
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
_GLOBAL_6 = ip_network("2000::/3")
# Tunnels (Teredo, 6to4) hold an address of the old kind that nobody would check; the rest is
# for documents and tests.
_REFUSED_6 = [
    ip_network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]
# What a network without the old addresses writes for a public one (RFC 6052).
_NAT64 = ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Address:
    """An address of http or https, its host in ASCII; what follows "#" is left out."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def written_host(self) -> str:
        """The host as it stands in an address, with a port that is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.written_host}"

    @property
    def place(self) -> str:
        """Host and port, the same for http and https on their usual ports."""
        return self.host if self.port in _PORTS.values() else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return self.origin + self.path


def read_address(text: str, *, base: str = "") -> Address | None:
    """The address that a link leads to, or None: other schemes, and what no browser could open.

    A name and password in it are dropped.
    """
    try:
        parts = _parts(text, base)
        if parts.scheme not in _PORTS or not parts.hostname:
            return None
        host = ascii_host(parts.hostname)
        port = parts.port or _PORTS[parts.scheme]
    except ValueError:
        return None
    if host is None:
        return None
    path = quote(parts.path or "/", safe=_KEPT_IN_PATH)
    if parts.query:
        path += "?" + quote(parts.query, safe=_KEPT_IN_PATH + "?")
    return Address(parts.scheme, host, port, path)


def names_somebody(text: str) -> bool:
    """Whether an address holds a name or password, which ``read_address`` would drop."""
    try:
        return "@" in _parts(text, "").netloc
    except ValueError:
        return False


def _parts(text: str, base: str) -> SplitResult:
    text = text.translate(_DROPPED).strip(_AROUND)
    before, mark, query = text.partition("?")
    if not _SCHEME.match(before) or before.lower().startswith(("http:", "https:")):
        # Written by hand on Windows, and read by every browser.
        text = before.replace("\\", "/") + mark + query
    return urlsplit(urljoin(base, text))


def ascii_host(host: str) -> str | None:
    """A host in the letters that the network knows, or None if it cannot be one."""
    host = host.lower().removesuffix(".")
    if ":" in host:
        return host if _is_number(host) else None
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            return None
    return host if _HOST.fullmatch(host) else None


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_public(number: str) -> bool:
    """Whether a number of the network (IPv4 or IPv6) is one that anybody could reach."""
    try:
        address = ip_address(number)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):
        inner = _inner(address)
        if inner is None:
            return (
                address in _GLOBAL_6
                and address.is_global
                and not any(address in network for network in _REFUSED_6)
            )
        address = inner
    return address.is_global and not any(address in network for network in _REFUSED_4)


def is_inside(host: str) -> bool:
    """Whether a host, as it is written and without a look-up, is one that is not public.

    That is a number in any of its spellings (``127.1``, ``0x7f000001``), and a name without a dot.
    """
    if ":" in host:
        return not is_public(host)
    try:
        number = socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return "." not in host
    return not is_public(number)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The old address that a new one stands for: that one is reached, so that one is judged."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped


def is_of_site(address: Address, sites: Iterable[Address]) -> bool:
    """Whether it belongs to one of these websites: the same name, with or without "www."."""
    return any(
        bare(address.host) == bare(site.host)
        and (address.port in _PORTS.values() or address.port == site.port)
        for site in sites
    )


def bare(host: str) -> str:
    return host.removeprefix("www.")
