"""What counts as a click of a person. Pure; indicative, for nobody is recognised."""

import re
from collections.abc import Mapping

CODE = re.compile(r"[23456789a-z]{6,16}")
# Those who say of themselves that they are machines. Who hides it is counted.
_MACHINE = re.compile(
    r"bot\b|crawl|spider|slurp|curl|wget|python|java/|okhttp|libwww|monitor|validator|lighthouse"
    r"|facebookexternalhit|whatsapp",
    re.IGNORECASE,
)


def clean_code(typed: str) -> str | None:
    """The code as it was given out, whatever its case, or None if it cannot be one."""
    code = typed.strip().lower()
    return code if CODE.fullmatch(code) else None


def is_click(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a request for a banner's address is somebody following the link."""
    if method != "GET":
        return False
    purpose = headers.get("Sec-Purpose", "") + headers.get("Purpose", "") + headers.get("X-Moz", "")
    if "prefetch" in purpose.lower() or "preview" in purpose.lower():
        return False
    # A browser says what for: an address put into an <img> or a script is no click.
    if headers.get("Sec-Fetch-Dest", "document") != "document":
        return False
    agent = headers.get("User-Agent", "")
    return bool(agent) and not _MACHINE.search(agent)
