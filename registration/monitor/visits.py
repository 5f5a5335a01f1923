"""One visit to one website: which pages are looked at, in which order, and what they show.

Nothing here touches the database, so that many visits may run in threads.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from registration.banners.rules import clean_code
from registration.monitor.choices import State
from registration.monitor.page import MOST_LEADS, Portal, read_page
from registration.monitor.rules import PageFindings, Sighting, is_published, judge
from registration.outside.addresses import Address, read_address
from registration.outside.calls import OWN_NAME
from registration.outside.choices import Trouble
from registration.outside.fetch import Answer, Fetcher
from registration.outside.robots import RobotsBook

VISIT_SECONDS = 30.0
MOST_REFRESHES = 2
MOST_CONTACTS = 2


@dataclass(frozen=True)
class Errand:
    """What a visitor needs to know of a unit."""

    website: str
    own_codes: frozenset[str]
    lines: frozenset[str] = frozenset()
    # Of the unit's country.
    region: str = "VN"
    language: str = "vi"


class Visitor:
    """Visits websites for one run: what robots.txt says is asked once for each."""

    def __init__(self, fetcher: Fetcher) -> None:
        self.fetcher = fetcher
        self.robots = RobotsBook(fetcher)
        self.portal = portal_here()

    def visit(self, errand: Errand) -> Sighting:
        """Look at the front page and, if the banner is not there, at three pages at most beyond."""
        if not errand.website.strip():
            return Sighting(State.NO_WEBSITE)
        start = read_address(errand.website)
        if start is None:
            return Sighting(State.SITE_DOWN, Trouble.NOT_PUBLIC)
        return _Visit(self, errand, start).look()


class _Visit:
    def __init__(self, visitor: Visitor, errand: Errand, start: Address) -> None:
        self.visitor = visitor
        self.errand = errand
        self.until = time.monotonic() + VISIT_SECONDS
        # The addresses that belong to the website: the one we know and the one it leads to.
        self.sites = [start]
        self.pages: list[PageFindings] = []
        self.fetched: set[str] = set()

    def look(self) -> Sighting:
        front = self._fetch(self.sites[0])
        for _each in range(MOST_REFRESHES):
            if front.trouble or front.is_forbidden or not self.pages[-1].refresh:
                break
            led_on = read_address(self.pages[-1].refresh)
            if led_on is None or str(led_on) in self.fetched:
                break
            front = self._fetch(led_on)
        if front.is_forbidden:
            return self._unread(State.NOT_ALLOWED, front)
        if front.trouble:
            return self._unread(State.SITE_DOWN, front)
        sighting = self._look_further()
        return replace(
            sighting,
            status=front.status,
            final_address=str(front.address),
            published=self._published(),
        )

    def _unread(self, state: State, front: Answer) -> Sighting:
        return Sighting(state, front.trouble, front.status, str(front.address))

    def _look_further(self) -> Sighting:
        sighting = self._judge()
        for _each in range(MOST_LEADS):
            # A frame's own frames and links come after those of the front page.
            lead = self._next(lead for page in self.pages for lead in page.leads)
            if sighting.state == State.PRESENT or lead is None:
                break
            self._fetch(lead)
            sighting = self._judge()
        for _each in range(MOST_CONTACTS):
            contact = self._next(lead for page in self.pages for lead in page.contacts)
            if contact is None or self._published() == self.errand.lines:
                break
            self._fetch(contact)
        return sighting

    def _next(self, leads: Iterable[str]) -> Address | None:
        return next((read_address(lead) for lead in leads if lead not in self.fetched), None)

    def _judge(self) -> Sighting:
        return judge(self.pages, own_codes=self.errand.own_codes)

    def _published(self) -> frozenset[str]:
        figures = " ¦ ".join(page.figures for page in self.pages)
        return frozenset(
            line
            for line in self.errand.lines
            if is_published(line, figures, region=self.errand.region)
        )

    def _fetch(self, address: Address) -> Answer:
        """Fetch a page and keep what it holds."""
        self.fetched.add(str(address))
        answer = self.visitor.fetcher.fetch(
            address,
            until=self.until,
            ports=frozenset(site.port for site in self.sites),
            permit=self.visitor.robots.require,
            language=self.errand.language,
        )
        self.fetched.add(str(answer.address))
        if not answer.trouble and not answer.is_forbidden:
            if len(self.pages) < 1 + MOST_REFRESHES and answer.address not in self.sites:
                self.sites.append(answer.address)
            self.pages.append(self._read(answer))
        return answer

    def _read(self, answer: Answer) -> PageFindings:
        return read_page(
            answer.body,
            address=answer.address,
            portal=self.visitor.portal,
            sites=self.sites,
            charset=answer.charset,
            language=self.errand.language,
            is_cut=answer.is_cut,
            wants_figures=bool(self.errand.lines),
        )


def new_fetcher() -> Fetcher:
    """A fetcher that says who asks: the portal, its purpose and its address."""
    who = f"{settings.WAGTAIL_SITE_NAME}, banner monitor; +{settings.BASE_URL}/"
    return Fetcher(agent=f"{OWN_NAME}/1.0 ({who})", allow_private=settings.OUTSIDE_ALLOW_PRIVATE)


def portal_here() -> Portal:
    """This portal by its present address and by those that banners may still name."""
    here = read_address(settings.BASE_URL)
    places = {here.place} if here else set()
    places |= {
        each.place
        for host in settings.FORMER_HOSTS
        if (each := read_address(f"//{host}", base="https:"))
    }
    return Portal(frozenset(places), code_in)


def code_in(path: str) -> str:
    """The code of a placement in a path of this portal, in small letters, or nothing."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return ""
    if "banners" not in match.namespaces:
        return ""
    return clean_code(str(match.kwargs.get("code", ""))) or ""
