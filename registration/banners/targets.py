"""Where a banner leads: a page of this portal, and the placement's code with it."""

import re
from collections.abc import Callable
from datetime import date
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.http import urlencode
from wagtail.models import Page

from registration.banners.models import Placement
from registration.banners.rules import SCANNED
from registration.campaigns.choices import CampaignKind
from registration.campaigns.models import Campaign

Finder = Callable[[Campaign, str], str | None]

_finders: list[Finder] = []
# In this process's memory, so that a click costs no query for the page. A page that moved is
# found again after a minute; what was not found is looked for each time.
_found = LocMemCache("banner targets", {"TIMEOUT": 60, "OPTIONS": {"MAX_ENTRIES": 2000}})

# What a path of ours is made of: no dots that climb, no colon, no second slash, no question.
_PATH = re.compile(r"[\w-]+(?:/[\w-]+)*/?")
# Doors for staff, files, and what is made for machines are no pages for a citizen.
_NO_PAGES = re.compile(r"(?:cms|desk|account|documents|altcha|static|media|b|c|-)(?:/|$)")


def register_finder(finder: Finder) -> Finder:
    """Let a storey above say where a campaign's page is: its path in a language, or None."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def target_of(placement: Placement, *, day: date | None = None, is_scanned: bool = False) -> str:
    """The path a click leads to, always with ``?b=CODE``, and its mark if it was scanned.

    The banner's own target, else the page of its campaign, in the placement's language; without
    either, the form of the province for organ donation, else the front page of the language. A
    banner that shows the general picture on ``day``, of the unit's zone, leads where that one says.
    """
    if day is not None and not placement.banner.is_shown_on(day):
        return _marked(general_page(placement.language), placement, is_scanned)
    page = _found.get(placement.code)
    if page is None:
        page = _page_of(placement)
        if page is None:
            page = fallback_of(placement)
        else:
            _found.set(placement.code, page)
    return _marked(page, placement, is_scanned)


def _marked(page: str, placement: Placement, is_scanned: bool) -> str:
    code = placement.code + SCANNED if is_scanned else placement.code
    return f"{page}?{urlencode({'b': code})}"


def fallback_of(placement: Placement) -> str:
    campaign = placement.banner.campaign
    province = campaign.province or placement.unit.province
    if campaign.kind != CampaignKind.ORGAN or province is None:
        return general_page(placement.language)
    return f"{general_page(placement.language)}pledge/{province.address_code}/"


def general_page(language: str) -> str:
    known = {code for code, _name in settings.LANGUAGES}
    return f"/{language if language in known else settings.LANGUAGE_CODE}/"


def _page_of(placement: Placement) -> str | None:
    own = placement.banner.target and page_at(placement.banner.target, placement.language)
    if own:
        return own
    for finder in _finders:
        if path := finder(placement.banner.campaign, placement.language):
            return path
    return None


def own_path(typed: str) -> str | None:
    """A path of this portal without its language, from a path or a whole address; else None.

    Anything that a browser could read as another site is None: ``//host``, ``\\host``,
    ``javascript:``, dots that climb. A query that came along is left out.
    """
    address = typed.strip().partition("#")[0].partition("?")[0]
    if "://" in address:
        parts = urlsplit(address)
        ours = urlsplit(settings.BASE_URL)
        if (parts.scheme, parts.netloc.lower()) != (ours.scheme, ours.netloc.lower()):
            return None
        address = parts.path
    path = unquote(address.removeprefix("/"))
    languages = "|".join(re.escape(code) for code, _name in settings.LANGUAGES)
    path = re.sub(rf"^(?:{languages})/(?=.)", "", path)
    if not _PATH.fullmatch(path) or _NO_PAGES.match(path):
        return None
    return path if path.endswith("/") else f"{path}/"


def page_at(path: str, language: str | None = None) -> str | None:
    """The address of what is at a path: a published page, in the language, or a form.

    Pages have a path in each language: one that was written down in another is found by its
    translation. None where nothing is, or nothing in that language. Without a language: in any.
    """
    clean = own_path(path)
    if clean is None:
        return None
    codes = [language] if language else [code for code, _name in settings.LANGUAGES]
    for code in codes:
        address = f"/{code}/{clean}"
        if _is_view(address, code):
            return address
    return _address_of_page(clean, codes)


def _is_view(address: str, language: str) -> bool:
    try:
        # Addresses of a language resolve while it is the active one.
        with translation.override(language):
            return resolve(address).view_name != "wagtail_serve"
    except Resolver404:
        return False


def _address_of_page(path: str, languages: list[str]) -> str | None:
    slug = path.rstrip("/").rpartition("/")[2]
    for page in Page.objects.live().filter(slug=slug):
        address = page.url
        if address is None or own_path(str(address)) != path:
            continue
        twins = Page.objects.live().filter(
            translation_key=page.translation_key, locale__language_code__in=languages
        )
        twin = twins.first()
        if twin is not None and twin.url:
            return urlsplit(str(twin.url)).path
    return None
