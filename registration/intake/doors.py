"""Which form an address opens: the province, its department, and the banner that led here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from registration.banners.models import Placement
from registration.banners.rules import is_scanned
from registration.banners.services import find_placement
from registration.campaigns.models import Campaign
from registration.common.errors import RuleBroken
from registration.ledger.choices import EntryChannel
from registration.pledges.forms import FORMS, PledgeForm, Setting
from registration.pledges.organs import organs_offered
from registration.pledges.source import Source
from registration.privacy.services import ShownText, texts_to_show
from registration.units.choices import UnitKind
from registration.units.held import held
from registration.units.models import Jurisdiction, Locality, Province, Unit


@dataclass
class Door:
    """One request's way to the form of a province."""

    province: Province
    department: Unit
    language: str
    now: datetime
    placement: Placement | None = None
    is_scanned: bool = False

    @property
    def jurisdiction(self) -> Jurisdiction:
        return self.province.jurisdiction

    @property
    def day(self) -> date:
        return self.now.astimezone(self.jurisdiction.zone).date()

    @property
    def campaign(self) -> Campaign | None:
        campaign = self.placement.banner.campaign if self.placement else None
        return campaign if campaign and campaign.registers_on(self.day) else None

    @property
    def channel(self) -> EntryChannel:
        if self.placement is None:
            return EntryChannel.WEB
        return EntryChannel.QR if self.is_scanned else EntryChannel.BANNER

    @property
    def source(self) -> Source:
        return Source(
            province=self.province,
            department=self.department,
            channel=self.channel,
            language=self.language,
            campaign=self.campaign,
            placement=self.placement,
        )

    @cached_property
    def setting(self) -> Setting:
        return _setting(self.province, self.day)

    def form(self, data: Mapping[str, str]) -> PledgeForm:
        return _form(self.setting, data)

    @property
    def blank(self) -> SafeString:
        """The questions as everybody finds them who comes in."""
        return _blank(self.province, self.language, self.day)

    @cached_property
    def texts(self) -> list[ShownText]:
        """Notice, consent and declaration in the reader's language, with the department's name."""
        return _texts(self.department, self.language)

    def look_again_at_texts(self) -> None:
        """They may have changed since they were held."""
        self.texts = _texts.anew(self.department, self.language)


def contact_of(unit: Unit) -> str:
    """How to reach a unit, in one line."""
    return ", ".join(part for part in (unit.email, unit.phone, unit.address) if part) or unit.name


def find_door(address_code: str, *, language: str, now: datetime) -> Door | None:
    """The form at ``vn-22``; None if there is no such province or no department for it."""
    department = _department(address_code)
    if department is None or department.province is None:
        return None
    return Door(department.province, department, language, now)


@held
def _department(address_code: str) -> Unit | None:
    jurisdiction, _dash, code = address_code.partition("-")
    return (
        Unit.objects.filter(
            kind=UnitKind.DEPARTMENT,
            is_active=True,
            province__jurisdiction=jurisdiction.upper(),
            province__code=code.upper(),
        )
        .select_related("jurisdiction", "province__jurisdiction")
        .first()
    )


@held
def _localities(province: int) -> list[Locality]:
    return list(Locality.objects.filter(province=province))


def _form(setting: Setting, data: Mapping[str, str] | None = None) -> PledgeForm:
    return FORMS[setting.province.jurisdiction.pledge_kind](setting, data)


def _setting(province: Province, day: date) -> Setting:
    return Setting(
        province=province,
        offer=organs_offered(province.jurisdiction),
        localities=_localities(province.pk),
        day=day,
    )


@held
def _blank(province: Province, language: str, day: date) -> SafeString:
    with translation.override(language):
        return render_to_string("intake/fields.html", {"form": _form(_setting(province, day))})


@held
def _texts(department: Unit, language: str) -> list[ShownText]:
    return texts_to_show(
        department.jurisdiction,
        language=language,
        department=department.name,
        contact=contact_of(department),
    )


@held
def _placement(code: str) -> Placement | None:
    return find_placement(code)


def let_in_by_banner(door: Door, code: str) -> None:
    """Remember which banner led here. Refuses a code that is none of ours, or whose banner hangs
    in another country (``placement_unknown``).
    """
    if not code:
        return
    placement = _placement(code[:64])
    if placement is None or placement.unit.jurisdiction_id != door.jurisdiction.code:
        raise RuleBroken(
            "placement_unknown",
            _(
                "The address that led you here names a banner that we do not know. "
                "You can go on without it: your answers are still here."
            ),
        )
    door.placement, door.is_scanned = placement, is_scanned(code)
