"""What the pages of a website say about the banner. Pure: findings in, a state out."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from enum import StrEnum
from zoneinfo import ZoneInfo

import phonenumbers

from registration.monitor.choices import State
from registration.outside.choices import Trouble

NIGHT = time_of_day(1)
# States that a visit gave to a website which it could read.
READ_STATES = frozenset({State.PRESENT, State.WRONG_CODE, State.LINK_ONLY, State.MISSING})
# What comes of no line of ours just as well as of a website that is down.
OUTAGE_TROUBLES = frozenset({Trouble.NO_ADDRESS, Trouble.REFUSED, Trouble.TIMEOUT})
FEWEST_TO_TELL = 5
PERCENT_LOST = 80
# What may stand between two digits of a number, and not more than three of it.
_BETWEEN = r"[\s.()/·‐‑–-]{0,3}"


class Kind(StrEnum):
    """How a page shows something of the portal."""

    PICTURE = "picture"
    COMPONENT = "component"
    FRAME = "frame"
    # Around a picture of the website's own: somebody saved the banner and put it up again.
    LINKED_PICTURE = "linked_picture"
    LINK = "link"

    @property
    def is_banner(self) -> bool:
        return self != Kind.LINK


@dataclass(frozen=True)
class Mark:
    """Something of the portal on a page; ``code`` is empty where its address names none."""

    kind: Kind
    code: str
    address: str


@dataclass(frozen=True)
class PageFindings:
    """What was found on one page. Addresses are whole."""

    marks: tuple[Mark, ...] = ()
    has_section: bool = False
    # Pages of the same website that are part of this one, or look like the section.
    leads: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    refresh: str = ""
    # The digits on the page with what stands around them; for numbers of call lines.
    figures: str = ""
    is_cut: bool = False


@dataclass(frozen=True)
class Sighting:
    """What one visit saw of a website."""

    state: State
    trouble: Trouble = Trouble.NONE
    status: int | None = None
    final_address: str = ""
    banner_code: str = ""
    link_address: str = ""
    has_section: bool = False
    # Which of the unit's call lines are published; None where nothing could be read.
    published: frozenset[str] | None = None


def judge(pages: Sequence[PageFindings], *, own_codes: Collection[str]) -> Sighting:
    """The best that any of a website's pages shows.

    A banner with a code of the unit's own that is open comes first, then a banner with any other
    code, then a mere link. A page that was too long to be read to its end is not said to lack
    the banner.
    """
    marks = [mark for page in pages for mark in page.marks]
    has_section = any(page.has_section for page in pages)
    banners = [mark for mark in marks if mark.kind.is_banner]
    own = [mark for mark in banners if mark.code in own_codes]
    if own:
        return _seen(State.PRESENT, own[0], has_section)
    foreign = [mark for mark in banners if mark.code]
    if foreign:
        return _seen(State.WRONG_CODE, foreign[0], has_section)
    if marks:
        # Of several links the one that is counted for the unit.
        links = sorted(marks, key=lambda mark: mark.code not in own_codes)
        return _seen(State.LINK_ONLY, links[0], has_section)
    if any(page.is_cut for page in pages):
        return Sighting(State.SITE_DOWN, Trouble.TOO_LARGE, has_section=has_section)
    return Sighting(State.MISSING, has_section=has_section)


def _seen(state: State, mark: Mark, has_section: bool) -> Sighting:
    return Sighting(
        state, banner_code=mark.code, link_address=mark.address, has_section=has_section
    )


def settle(
    seen: State,
    trouble: Trouble,
    *,
    before: State | None,
    trouble_before: Trouble,
    is_clicked: bool,
    is_our_outage: bool = False,
) -> State:
    """The state of a website after a visit, with what is known beside it.

    People of several networks came from the website by an open code of the unit within a day:
    then the banner is there, even if we may not look, cannot reach it, or it is drawn by a script.
    Where a page was read and shows something else, the page counts.

    A website that was reached and now is not keeps its state until that was seen twice, not
    counting what was seen while our own line was down.
    """
    if is_clicked and seen in {State.MISSING, State.SITE_DOWN, State.NOT_ALLOWED}:
        return State.PRESENT
    is_new = not _is_missed(before, trouble_before)
    if before and _is_missed(before, trouble) and (is_our_outage or is_new):
        return before
    return seen


def _is_missed(state: State | None, trouble: Trouble) -> bool:
    """Whether a website in this state was not seen again, for all that the trouble says."""
    if state == State.NOT_ALLOWED:
        # Any other trouble is its reason to forbid visits, or befell one that no longer does.
        return trouble in OUTAGE_TROUBLES
    return state in READ_STATES and bool(trouble)


def night_before(now: datetime, zone: ZoneInfo) -> datetime:
    """When the latest night's visits of this zone began."""
    local = now.astimezone(zone)
    day = local.date() if local.time() >= NIGHT else local.date() - timedelta(days=1)
    return datetime.combine(day, NIGHT, tzinfo=zone)


def points_to_our_line(*, visited: int, lost: int) -> bool:
    """Whether so many of the websites that were reached before are lost that it must be us."""
    return visited >= FEWEST_TO_TELL and 100 * lost >= PERCENT_LOST * visited


def is_published(number: str, figures: str, *, region: str) -> bool:
    """Whether a number stands on a page, however it is spaced and with or without country code."""
    national, country = _digits_of(number, region)
    if len(national) < 3:
        return False
    spaced = _BETWEEN.join(national)
    prefix = rf"(?:(?:\+|00)?{_BETWEEN}{country}{_BETWEEN}0?{_BETWEEN}|0{_BETWEEN})?"
    return re.search(rf"(?<!\d){prefix}{spaced}(?!\d)", figures) is not None


def _digits_of(number: str, region: str) -> tuple[str, str]:
    """A number's digits as dialled inside its country without a leading zero; the country code."""
    country = str(phonenumbers.country_code_for_region(region))
    digits = re.sub(r"\D", "", number)
    if number.strip().startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00").removeprefix(country)
    return digits.removeprefix("0"), country
