"""What a unit without the banner is sent: a message with all it needs, and the official letter."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from registration.common.errors import RuleBroken
from registration.common.typeset import typeset
from registration.monitor.choices import State
from registration.monitor.models import Site
from registration.monitor.overview import LACKING
from registration.outbox.services import queue_email
from registration.units.letterhead import turkish_head, vietnamese_head
from registration.units.places import department_of

# Nobody is reminded more often, whoever presses the button.
PAUSE = timedelta(days=7)


def may_be_reminded(site: Site, *, now: datetime) -> bool:
    """Whether its unit lacks the banner, can be written to and was not reminded this week."""
    rested = site.reminded_at is None or now - site.reminded_at >= PAUSE
    return site.state in LACKING and bool(site.unit.email) and rested


@transaction.atomic
def remind_units(sites: Sequence[Site], *, now: datetime) -> int:
    """Write to the units that may be reminded, in each unit's language; how many. Twice is once."""
    locked = Site.objects.select_for_update(of=("self",)).filter(pk__in=[site.pk for site in sites])
    told = [
        site
        for site in locked.select_related("unit__jurisdiction", "unit__province")
        if may_be_reminded(site, now=now)
    ]
    for site in told:
        _tell(site, now=now)
        site.reminded_at = now
        site.save(update_fields=["reminded_at"])
    return len(told)


def _tell(site: Site, *, now: datetime) -> None:
    unit = site.unit
    department = department_of(unit.province) if unit.province else None
    with translation.override(unit.language):
        context = {
            "unit": unit.name,
            "website": unit.website,
            "state": State(site.state),
            "kit_url": settings.BASE_URL + reverse("kit:fill_in", args=[unit.code]),
            "department": department.name if department else "",
        }
    queue_email(
        "monitor/reminder",
        to=unit.email,
        language=unit.language,
        context=context,
        dedupe_key=f"monitor/reminder:{unit.pk}:{now:%Y%m%d%H%M%S}",
        now=now,
        limit=None,
    )


def unit_letter(site: Site, *, now: datetime) -> bytes:
    """The official letter to a unit that lacks the banner (PDF); number and date are the clerk's.

    In the language of the state. Refuses a unit that carries it (``banner_present``).
    """
    unit = site.unit
    if site.state not in LACKING:
        raise RuleBroken("banner_present", _("This unit needs no letter."))
    country, province = unit.jurisdiction, unit.province
    day = now.astimezone(country.zone).date()
    with translation.override(country.language):
        department = department_of(province) if province else None
        name = department.name if department else ""
        place = province.name if province else ""
        if country.code == "VN":
            code = province.code if province else ""
            head = vietnamese_head(name, province=place, province_code=code, day=day)
        else:
            head = turkish_head(place, day=day)
        data = {
            "country": country.code,
            "language": country.language,
            "head": head,
            "department": name,
            "to": _("To:"),
            "unit": unit.name,
            "subject": _("Banner of organ and tissue donation on the website"),
            "opening": _(
                "All units are to carry the banner and the link of the registration channel on "
                "their websites."
            ),
            "found": _found(site),
            "asked": _(
                "Please put the banner on the front page of your website. The code to paste, "
                "guides and help stand at the address below; it takes about three minutes."
            ),
            "address": settings.BASE_URL + reverse("kit:fill_in", args=[unit.code]),
            "closing": _("The portal looks again each night, so no report is needed."),
            "signature": _("Signature and stamp"),
        }
    return typeset("monitor/typst/letter.typ", data=data, made_at=now)


def _found(site: Site) -> str:
    words = {
        State.MISSING: _("On the website %(website)s neither banner nor link was found."),
        State.LINK_ONLY: _("On the website %(website)s a link was found, but no banner."),
        State.WRONG_CODE: _(
            "The banner on the website %(website)s has the code of another unit or one that has "
            "ended."
        ),
    }
    return words[State(site.state)] % {"website": site.unit.website}
