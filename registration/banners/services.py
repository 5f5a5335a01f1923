"""Placements: one is made for whoever asks, and found by its code."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from registration.banners.choices import Size
from registration.banners.models import Banner, Placement
from registration.banners.rules import clean_code
from registration.common.errors import RuleBroken
from registration.units.models import Unit


def find_placement(code: str) -> Placement | None:
    """The open placement of this code, in any case; with its unit, banner and campaign."""
    placement = find_any_placement(code)
    return placement if placement and placement.closed_at is None else None


def find_any_placement(code: str) -> Placement | None:
    """As ``find_placement``, closed ones too: their picture must not break on anybody's page."""
    cleaned = clean_code(code)
    if cleaned is None:
        return None
    return (
        Placement.objects.select_related(
            "unit__jurisdiction",
            "unit__province",
            "banner__campaign__province",
            "banner__campaign__parent",
            "banner__campaign__owner",
        )
        .filter(code=cleaned)
        .first()
    )


def may_carry(banner: Banner, unit: Unit, *, day: date) -> bool:
    """Whether a unit may place a banner on that day of its zone: one of its province or country.

    The banner is shown and its campaign takes registrations.
    """
    campaign = banner.campaign
    is_ours = campaign.province_id in {None, unit.province_id}
    if not unit.is_active or campaign.jurisdiction_id != unit.jurisdiction_id or not is_ours:
        return False
    return banner.is_shown_on(day) and campaign.registers_on(day)


@transaction.atomic
def place(banner: Banner, unit: Unit, *, language: str, size: Size, now: datetime) -> Placement:
    """The unit's open placement of the banner in this language and size, made where there is none.

    Who asks twice, or at once with somebody else, gets the same one. Refuses what the unit may not
    carry (``banner_over``).
    """
    if not may_carry(banner, unit, day=now.astimezone(unit.jurisdiction.zone).date()):
        raise RuleBroken(
            "banner_over", _("This banner is no longer given out. Choose another one.")
        )
    placement, is_new = Placement.objects.get_or_create(
        banner=banner, unit=unit, language=language, size=size, prompt=None, closed_at=None
    )
    if is_new:
        log(placement, "wagtail.create")
    return placement
