"""What websites ask of visitors like us in their ``robots.txt`` (RFC 9309)."""

import re
import threading
from dataclasses import dataclass
from urllib.parse import quote, unquote

from registration.outside.addresses import Address
from registration.outside.calls import OWN_NAME, NotFetched
from registration.outside.choices import Trouble
from registration.outside.fetch import Answer, Fetcher

LONGEST_PAUSE = 5.0
MOST_READ = 500 * 1024
MOST_RULES = 1000
_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*([^#]*)")
_UNREACHABLE = {Trouble.NO_ADDRESS, Trouble.REFUSED, Trouble.TIMEOUT, Trouble.CERTIFICATE}


@dataclass(frozen=True)
class Robots:
    """The rules for us: paths with "*" and "$", the longest that fits decides."""

    rules: tuple[tuple[str, bool], ...] = ()
    pause: float = 0.0

    def allows(self, path: str) -> bool:
        path = _plain(path)
        fitting = [
            (len(pattern), allowed) for pattern, allowed in self.rules if _fits(pattern, path)
        ]
        # Of two equally long ones the friendlier.
        return max(fitting, default=(0, True))[1]


def read_robots(text: str) -> Robots:
    """The rules of our own group, or else of everybody's; what cannot be read is passed over."""
    groups: dict[str, list[tuple[str, bool]]] = {}
    pauses: dict[str, float] = {}
    agents: list[str] = []
    is_naming = False
    for line in text[:MOST_READ].lstrip("\ufeff").splitlines():
        if not (found := _LINE.match(line)):
            continue
        name, value = found[1].lower(), found[2].strip()
        if name == "user-agent":
            agent = re.split(r"[/\s]", value.lower(), maxsplit=1)[0]
            if not is_naming:
                agents = []
            is_naming = True
            # Rules for others are not kept: there may be thousands of both.
            if agent in (OWN_NAME, "*") and agent not in agents:
                agents.append(agent)
                groups.setdefault(agent, [])
            continue
        is_naming = is_naming and name not in {"allow", "disallow", "crawl-delay"}
        for agent in agents:
            if name in {"allow", "disallow"} and value and len(groups[agent]) < MOST_RULES:
                groups[agent].append((_plain(value), name == "allow"))
            elif name == "crawl-delay" and re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value):
                pauses[agent] = min(float(value), LONGEST_PAUSE)
    own = OWN_NAME if OWN_NAME in groups else "*"
    return Robots(tuple(groups.get(own, ())), pauses.get(own, 0.0))


def _plain(path: str) -> str:
    """One spelling for a path that may be written with or without per cent signs."""
    return quote(unquote(path), safe="/%:@!$&'()*+,;=~-._?")


def _fits(pattern: str, path: str) -> bool:
    """Piece by piece from the left, so that no pattern takes long."""
    is_whole = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if not rest:
        return not is_whole or path == first
    at = len(first)
    for piece in rest[:-1]:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    last = rest[-1]
    if is_whole:
        return path.endswith(last) and len(path) - len(last) >= at
    return path.find(last, at) >= 0


class RobotsBook:
    """The rules of each website that a run meets, each asked for once."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self._lock = threading.Lock()
        self._known: dict[str, Robots | NotFetched] = {}

    def require(self, address: Address, until: float) -> None:
        """Raises ``NotFetched`` when the website forbids the address or does not answer at all."""
        with self._lock:
            known = self._known.get(address.origin)
        if known is None:
            known = self._ask(address, until)
            # Too little time may have been this visit's own fault.
            if not (isinstance(known, NotFetched) and known.trouble == Trouble.TIMEOUT):
                with self._lock:
                    self._known[address.origin] = known
        if isinstance(known, NotFetched):
            raise NotFetched(known.trouble, status=known.status, is_forbidden=known.is_forbidden)
        if not known.allows(address.path):
            raise NotFetched(Trouble.NONE, is_forbidden=True)

    def _ask(self, address: Address, until: float) -> Robots | NotFetched:
        place = Address(address.scheme, address.host, address.port, "/robots.txt")
        ports = frozenset({address.port})
        answer = self.fetcher.fetch(place, until=until, ports=ports, wants_html=False)
        known = judged(answer)
        if isinstance(known, Robots) and known.pause:
            self.fetcher.pace.slow_down(address.host, known.pause)
        return known


def judged(answer: Answer) -> Robots | NotFetched:
    """What an answer to ``/robots.txt`` means for the rest of the website.

    One that is missing or broken allows; a server in trouble forbids (RFC 9309, 2.3.1.4); and
    where not even this could be fetched, nothing else is tried.
    """
    if answer.trouble in _UNREACHABLE:
        return NotFetched(answer.trouble)
    if answer.trouble == Trouble.STATUS and (answer.status or 0) >= 500:
        return NotFetched(Trouble.STATUS, status=answer.status, is_forbidden=True)
    return read_robots(answer.body.decode("utf-8", "replace"))
