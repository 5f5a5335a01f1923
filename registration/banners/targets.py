"""Where a banner leads: the campaign's page, and the placement's code with it."""

from collections.abc import Callable

from django.conf import settings
from django.core.cache.backends.locmem import LocMemCache
from django.utils.http import urlencode

from registration.banners.models import Placement
from registration.campaigns.choices import CampaignKind
from registration.campaigns.models import Campaign

Finder = Callable[[Campaign, str], str | None]

_finders: list[Finder] = []
# In this process's memory, so that a click costs no query for the page. A page that moved is
# found again after a minute; what was not found is looked for each time.
_found = LocMemCache("banner targets", {"TIMEOUT": 60, "OPTIONS": {"MAX_ENTRIES": 2000}})


def register_finder(finder: Finder) -> Finder:
    """Let a storey above say where a campaign's page is: its path in a language, or None."""
    if finder not in _finders:
        _finders.append(finder)
    return finder


def target_of(placement: Placement) -> str:
    """The path a click leads to, always with ``?b=CODE``.

    The page of the banner's campaign in the placement's language; without one, the form of the
    province for organ donation, else the front page of the language.
    """
    page = _found.get(placement.code)
    if page is None:
        page = _page_of(placement.banner.campaign, placement.language)
        if page is None:
            page = fallback_of(placement)
        else:
            _found.set(placement.code, page)
    return f"{page}?{urlencode({'b': placement.code})}"


def fallback_of(placement: Placement) -> str:
    campaign = placement.banner.campaign
    province = campaign.province or placement.unit.province
    if campaign.kind != CampaignKind.ORGAN or province is None:
        return general_page(placement.language)
    return f"{general_page(placement.language)}pledge/{province.address_code}/"


def general_page(language: str) -> str:
    known = {code for code, _name in settings.LANGUAGES}
    return f"/{language if language in known else settings.LANGUAGE_CODE}/"


def _page_of(campaign: Campaign, language: str) -> str | None:
    for finder in _finders:
        if path := finder(campaign, language):
            return path
    return None
