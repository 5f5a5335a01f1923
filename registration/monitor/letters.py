"""What a unit without the banner is sent: a message with all it needs, and the official letter."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from registration.common.errors import RuleBroken
from registration.common.sealing import lookup_hash
from registration.common.typeset import typeset
from registration.monitor.choices import State
from registration.monitor.models import Site
from registration.monitor.overview import LACKING
from registration.outbox.services import queue_email
from registration.units.letterhead import turkish_head, vietnamese_head
from registration.units.places import department_of

# Nobody is reminded more often, whoever presses the button.
PAUSE = timedelta(days=7)

# One message goes to a mailbox in a language on a day.
Envelope = tuple[str, str, date]


def may_be_reminded(site: Site, *, now: datetime) -> bool:
    """Whether its unit lacks the banner, can be written to and was not reminded this week."""
    rested = site.reminded_at is None or now - site.reminded_at >= PAUSE
    return site.state in LACKING and bool(site.unit.email) and rested


@transaction.atomic
def remind_units(sites: Sequence[Site], *, now: datetime) -> int:
    """Write to the units that may be reminded, in each unit's language; how many. Twice is once.

    Units that share a mailbox get one message that lists them; who was not among them is not
    written to on that day.
    """
    wanted = {site.pk for site in sites}
    sharing = _lock_sharing(sites)
    written = {_envelope(site, site.reminded_at) for site in sharing if site.reminded_at}
    told: defaultdict[Envelope, list[Site]] = defaultdict(list)
    for site in sharing:
        envelope = _envelope(site, now)
        if site.pk in wanted and envelope not in written and may_be_reminded(site, now=now):
            told[envelope].append(site)
    for envelope, together in told.items():
        _tell(together, envelope, now=now)
    reminded = [site.pk for together in told.values() for site in together]
    return Site.objects.filter(pk__in=reminded).update(reminded_at=now)


def _lock_sharing(sites: Sequence[Site]) -> list[Site]:
    """The sites of all units that share a mailbox with one of these, so that nobody else writes."""
    mailboxes = {site.unit.email.lower() for site in sites} - {""}
    sharing = Site.objects.alias(mailbox=Lower("unit__email")).filter(mailbox__in=mailboxes)
    with_units = sharing.select_related("unit__jurisdiction", "unit__province")
    return list(with_units.select_for_update(of=("self",)).order_by("pk"))


def _envelope(site: Site, moment: datetime) -> Envelope:
    unit = site.unit
    return unit.email.lower(), unit.language, moment.astimezone(unit.jurisdiction.zone).date()


def _tell(sites: Sequence[Site], envelope: Envelope, *, now: datetime) -> None:
    mailbox, language, day = envelope
    mark = lookup_hash(f"{mailbox} {language} {day}", purpose="reminder")
    with translation.override(language):
        units = [_told_of(site) for site in sites]
    queue_email(
        "monitor/reminder",
        to=sites[0].unit.email,
        language=language,
        context={"units": sorted(units, key=lambda unit: (unit["department"], unit["name"]))},
        dedupe_key=f"monitor/reminder:{mark}",
        now=now,
        limit=None,
    )


def _told_of(site: Site) -> dict[str, str]:
    unit = site.unit
    department = department_of(unit.province) if unit.province else None
    return {
        "name": unit.name,
        "website": unit.website,
        "state": State(site.state),
        "kit_url": settings.BASE_URL + reverse("kit:fill_in", args=[unit.code]),
        "department": department.name if department else "",
    }


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
