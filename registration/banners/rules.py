"""What counts as a person who sees or clicks a banner. Pure; indicative, nobody is recognised."""

import re
from dataclasses import dataclass
from functools import lru_cache

CODE = re.compile(r"[23456789a-z]{6,16}")
# No code holds a nought: behind one it says that the address was scanned from paper.
SCANNED = "0"
# Different visitors of one network whom a placement may gain in a day, of each kind. Whoever
# invents programs by the thousand gains no more than an office of thirty.
MOST_OF_A_NETWORK = 30
# The same for all placements of a unit together: in each size, language and look it may have one.
MOST_FOR_A_UNIT = 60
# Those who say of themselves that they are machines. Who hides it is counted.
_MACHINE = re.compile(
    r"bot\b|crawl|spider|slurp|curl|wget|python|java/|okhttp|libwww|monitor|validator|lighthouse"
    r"|facebookexternalhit|whatsapp|headless|scrapy|axios|httpx|go-http",
    re.IGNORECASE,
)
# Where browsers put a banner: a picture, a frame, and what the component asks for ("empty").
_PLACES = {"", "image", "iframe", "frame", "object", "embed", "empty"}
# The first 24 bits of an IPv4 address, the first 48 of an IPv6 one. As in deploy/nginx.conf.
_NETWORK = re.compile(r"(?:::ffff:)?(\d+\.\d+\.\d+\.)\d+|((?:[0-9a-f]+:){1,3})[0-9a-f:.]*")


@dataclass(frozen=True)
class Asked:
    """What a browser says of why it asks; nothing where it does not say it.

    ``place`` is Sec-Fetch-Dest, ``site`` Sec-Fetch-Site, ``purpose`` all headers of that sense.
    """

    place: str = ""
    site: str = ""
    purpose: str = ""
    agent: str = ""


def clean_code(typed: str) -> str | None:
    """The code as it was given out, whatever its case, or None if it cannot be one.

    Without the mark of a scanned address (``is_scanned``).
    """
    code = typed.strip().lower().removesuffix(SCANNED)
    return code if CODE.fullmatch(code) else None


def is_scanned(typed: str) -> bool:
    """Whether a code came from a QR code on paper, and not from a banner on a website."""
    return typed.strip().endswith(SCANNED)


def network_of(address: str) -> str:
    """The neighbourhood of an address, never the address; empty for what is none."""
    found = _NETWORK.fullmatch(address.lower())
    return (found[1] or found[2]) if found else ""


def is_click(asked: Asked) -> bool:
    """Whether a banner's address was asked for by somebody who follows the link."""
    # An address put into an <img> or a script is no click.
    return asked.place in {"", "document"} and _is_by_a_person(asked)


def is_view(asked: Asked) -> bool:
    """Whether a banner was shown on somebody's page: not opened alone, not within our own pages.

    What a frame of ours holds comes from our own page too; the frame itself is the view.
    """
    return asked.place in _PLACES and asked.site != "same-origin" and _is_by_a_person(asked)


def _is_by_a_person(asked: Asked) -> bool:
    purpose = asked.purpose.lower()
    if "prefetch" in purpose or "preview" in purpose:
        return False
    return not _is_machine(asked.agent)


@lru_cache(maxsize=4096)
def _is_machine(agent: str) -> bool:
    """Who says nothing of itself is one too. Remembered: most visitors have one of few programs."""
    return not agent or bool(_MACHINE.search(agent))
