"""What a page of HTML holds of the portal: banners, links, the section, telephone numbers.

Read as a stream, so that a page costs little more memory than its bytes, and never to the letter:
these pages were written by hand over twenty years.
"""

import codecs
import csv
import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from registration.common.folding import fold
from registration.monitor.rules import Kind, Mark, PageFindings
from registration.outside.addresses import Address, is_of_site, read_address
from registration.outside.encodings import encoding_of

WORDS = Path(__file__).parent / "data" / "words.csv"
PIECE = 128 * 1024
LONGEST_TAG = 100 * 1024
MOST_SECONDS = 3.0
MOST_MARKS = 50
MOST_LINKS = 3000
MOST_FIGURES = 200_000
LONGEST_TEXT = 300
MOST_LEADS = 3

_REFRESH = re.compile(r"\s*(\d+)(?:\.\d*)?\s*[;,]?\s*(?:url\s*=)?\s*['\"]?([^'\"]*)", re.IGNORECASE)
_LETTERS = re.compile(r"[^0-9a-z]+")
_FILES = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|rar|jpe?g|png|gif|webp|svg|mp[34]|avi)$", re.IGNORECASE
)
_CODE = re.compile(r"[0-9A-Za-z]{1,16}")
# Without any of these an address stays on the website.
_ELSEWHERE = re.compile(r"//|[\\:\t\r\n]")
_HOST = re.compile(r"^(?:[a-z]+:)?//[^/?#]*", re.IGNORECASE)
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_CODE_ATTRIBUTES = ("code", "data-code", "placement", "data-placement")
# Where pictures are that wait to be scrolled to.
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original")


@dataclass(frozen=True)
class Portal:
    """By what an address of the portal is known, and the code of a placement in its path."""

    places: frozenset[str]
    code_of: Callable[[str], str]

    def holds(self, address: Address) -> bool:
        return address.place in self.places


@dataclass
class _Link:
    """A link while it is read; its text may come in many parts."""

    href: str
    text: list[str] = field(default_factory=list)
    has_picture: bool = False


def read_page(
    body: bytes,
    *,
    address: Address,
    portal: Portal,
    sites: Collection[Address],
    charset: str = "",
    language: str = "en",
    is_cut: bool = False,
    wants_figures: bool = False,
) -> PageFindings:
    """What the page at ``address`` holds; never raises, whatever the bytes are.

    ``charset`` is what the server said; ``language`` that of the unit, for pages that say nothing;
    ``sites`` are the addresses that belong to the same website.
    """
    reader = _Reader(wants_figures=wants_figures)
    decoder = codecs.getincrementaldecoder(encoding_of(body, charset, language))("replace")
    began = time.thread_time()
    for start in range(0, len(body), PIECE):
        text = decoder.decode(body[start : start + PIECE])
        if time.thread_time() - began > MOST_SECONDS:
            # Two megabytes of brackets: nobody writes such pages, but somebody may serve them.
            is_cut = True
            break
        try:
            reader.feed(text.lstrip("\ufeff") if start == 0 else text)
        except AssertionError:
            # Python's way of giving up on a declaration; what was read before it counts.
            break
        if len(reader.rawdata) > LONGEST_TAG:
            # A tag that does not end. Read as a whole it would take seconds and much memory.
            reader.rawdata = ""
    # Not closed: what is left is a tag or a comment without an end, and browsers show neither.
    reader.finish()
    return _findings(reader, address, portal, sites, is_cut=is_cut)


class _Reader(HTMLParser):
    """Collects what may matter; nothing is resolved before the whole page was seen."""

    def __init__(self, *, wants_figures: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.wants_figures = wants_figures
        self.base = ""
        self.refresh = ""
        self.links: list[_Link] = []
        self.sources: list[tuple[Kind, str]] = []
        self.scripts: list[str] = []
        self.components: list[str] = []
        self.headings: list[str] = []
        self.figures: list[str] = []
        self._figures_left = MOST_FIGURES
        self._link: _Link | None = None
        self._heading: list[str] | None = None
        self._is_hidden = False

    def updatepos(self, i: int, j: int) -> int:
        # Nobody asks for lines and columns, and counting them takes a tenth of the time.
        return j

    # Two constructs that Python reads otherwise than browsers, or fails at.
    def parse_marked_section(self, i: int, report: bool = True) -> int:
        return self.parse_bogus_comment(i, report)

    def parse_comment(self, i: int, report: bool = True) -> int:
        for empty in ("<!-->", "<!--->"):
            if self.rawdata.startswith(empty, i):
                return i + len(empty)
        end = _COMMENT_END.search(self.rawdata, i + 4)
        return end.end() if end else -1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}
        if reading := _TAGS.get(tag):
            reading(self, given)
        elif tag in _HEADINGS:
            self._end_heading()
            self._heading = []
        elif tag in {"script", "style"}:
            self._is_hidden = True
            if tag == "script" and given.get("src"):
                self._keep(self.scripts, given["src"])
        elif "-" in tag:
            code = next((given[name] for name in _CODE_ATTRIBUTES if given.get(name)), "")
            if _CODE.fullmatch(code):
                self._keep(self.components, code.lower())

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag in _HEADINGS:
            self._end_heading()
        elif tag in {"script", "style"}:
            self._is_hidden = False

    def handle_data(self, data: str) -> None:
        if self._is_hidden or not (text := data.strip()):
            return
        if self._link is not None:
            self._link.text.append(text[:LONGEST_TEXT])
        if self._heading is not None:
            self._heading.append(text[:LONGEST_TEXT])
        if self.wants_figures:
            self._note_figures(text)

    def finish(self) -> None:
        self._end_link()
        self._end_heading()

    def read_a(self, given: dict[str, str]) -> None:
        self._end_link()
        if given.get("href"):
            self._link = _Link(given["href"], [given["title"]] if given.get("title") else [])
        if self.wants_figures and given.get("href", "").lower().startswith("tel:"):
            self._note_figures(given["href"][4:])

    def read_area(self, given: dict[str, str]) -> None:
        if given.get("href"):
            self._keep(self.links, _Link(given["href"], [given.get("alt", "")], has_picture=True))

    def read_img(self, given: dict[str, str]) -> None:
        if self._link is not None:
            self._link.has_picture = True
            self._link.text.append(given.get("alt", "")[:LONGEST_TEXT])
        for name in _SOURCES:
            if given.get(name):
                self._keep(self.sources, (Kind.PICTURE, given[name]))

    def read_frame(self, given: dict[str, str]) -> None:
        for name in (*_SOURCES, "data"):
            if given.get(name):
                self._keep(self.sources, (Kind.FRAME, given[name]))

    def read_base(self, given: dict[str, str]) -> None:
        self.base = self.base or given.get("href", "")

    def read_meta(self, given: dict[str, str]) -> None:
        if given.get("http-equiv", "").lower() == "refresh" and not self.refresh:
            found = _REFRESH.match(given.get("content", ""))
            # One that comes late reloads a page of news; it leads nowhere.
            if found and int(found[1][:6]) <= 30:
                self.refresh = found[2].strip()

    def _end_link(self) -> None:
        if self._link is not None:
            self._keep(self.links, self._link)
            self._link = None

    def _end_heading(self) -> None:
        if self._heading:
            self._keep(self.headings, " ".join(self._heading))
        self._heading = None

    def _note_figures(self, text: str) -> None:
        # A word between two numbers keeps them apart; one that is long says no more than that.
        kept = text[:LONGEST_TEXT] if any(c.isdigit() for c in text) else "¦"
        if self._figures_left > 0 and not (kept == "¦" and self.figures[-1:] == ["¦"]):
            self._figures_left -= len(kept)
            self.figures.append(kept)

    @staticmethod
    def _keep(kept: list[Any], thing: Any) -> None:
        if len(kept) < MOST_LINKS:
            kept.append(thing)


_COMMENT_END = re.compile(r"--!?>")
_TAGS: dict[str, Callable[[_Reader, dict[str, str]], None]] = {
    "a": _Reader.read_a,
    "area": _Reader.read_area,
    "img": _Reader.read_img,
    "frame": _Reader.read_frame,
    "iframe": _Reader.read_frame,
    "embed": _Reader.read_frame,
    "object": _Reader.read_frame,
    "base": _Reader.read_base,
    "meta": _Reader.read_meta,
}


def _findings(
    reader: _Reader,
    address: Address,
    portal: Portal,
    sites: Collection[Address],
    *,
    is_cut: bool,
) -> PageFindings:
    base = str(read_address(reader.base, base=str(address)) or address)
    marks, frames = _pictures_and_frames(reader, base, portal, sites)
    if any(_of_portal(source, base, portal) for source in reader.scripts):
        marks += [Mark(Kind.COMPONENT, code, "") for code in reader.components]
    sections, contacts = [], []
    stays = not _of_portal("", base, portal)
    for link in reader.links:
        said = f"{' '.join(link.text)} {unquote(_HOST.sub('', link.href))}"
        is_section = _speaks_of("section", said)
        is_contact = reader.wants_figures and _speaks_of("contact", said)
        # Most links lead to some page of the same website, and need no closer look.
        if stays and not (is_section or is_contact or _ELSEWHERE.search(link.href)):
            continue
        led = read_address(link.href, base=base)
        if led is None:
            continue
        if portal.holds(led):
            kind = Kind.LINKED_PICTURE if link.has_picture else Kind.LINK
            marks.append(_mark(kind, led, portal))
        elif is_of_site(led, sites):
            if is_section:
                sections.append(led)
            elif is_contact:
                contacts.append(led)
    has_heading = any(_speaks_of("section", heading) for heading in reader.headings)
    refresh = read_address(reader.refresh, base=base) if reader.refresh else None
    return PageFindings(
        marks=tuple(marks[:MOST_MARKS]),
        has_section=has_heading or bool(sections),
        leads=_apart([*frames, *sections], address),
        contacts=_apart(contacts, address),
        refresh=str(refresh) if refresh and refresh != address else "",
        figures=" ".join(reader.figures),
        is_cut=is_cut,
    )


def _pictures_and_frames(
    reader: _Reader, base: str, portal: Portal, sites: Collection[Address]
) -> tuple[list[Mark], list[Address]]:
    """Those of the portal, and the frames that hold pages of the website itself."""
    marks, frames = [], []
    stays = not _of_portal("", base, portal)
    for kind, source in reader.sources:
        if kind == Kind.PICTURE and stays and not _ELSEWHERE.search(source):
            continue
        led = read_address(source, base=base)
        if led is None:
            continue
        if portal.holds(led):
            # A picture of the portal without a code is some other picture: a logo, a photo.
            if (mark := _mark(kind, led, portal)).code:
                marks.append(mark)
        elif kind == Kind.FRAME and is_of_site(led, sites):
            frames.append(led)
    return marks, frames


def _mark(kind: Kind, led: Address, portal: Portal) -> Mark:
    code = portal.code_of(led.path)
    if kind == Kind.LINKED_PICTURE and not code:
        kind = Kind.LINK
    return Mark(kind, code, str(led))


def _of_portal(source: str, base: str, portal: Portal) -> bool:
    led = read_address(source, base=base)
    return led is not None and portal.holds(led)


def _apart(addresses: Collection[Address], page: Address) -> tuple[str, ...]:
    kept = [each for each in dict.fromkeys(addresses) if each != page]
    return tuple(str(each) for each in kept if not _FILES.search(each.path))[:MOST_LEADS]


def _speaks_of(kind: str, text: str) -> bool:
    said = f" {_plain(text[: 2 * LONGEST_TEXT])}"
    return any(words in said for words in _words(kind))


# No language of a page has more; somebody might try all that there are.
MOST_LETTERS = 20_000


class _Plain(dict[int, str]):
    """Each letter folded, and a space for what is none; learnt by use, for pages have many."""

    def __missing__(self, letter: int) -> str:
        plain = _LETTERS.sub(" ", fold(chr(letter)) or " " * chr(letter).isspace())
        if len(self) < MOST_LETTERS:
            self[letter] = plain
        return plain


_PLAIN = _Plain()


def _plain(text: str) -> str:
    return " ".join(text.translate(_PLAIN).split())


@lru_cache
def _words(kind: str) -> tuple[str, ...]:
    """The words of the campaign in all languages, without accents, each from a word's beginning."""
    with WORDS.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    return tuple(f" {_plain(row['words'])}" for row in rows)
