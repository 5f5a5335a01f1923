"""Where a province takes registrations: one channel for each (letter 2589/SYT-VP, 18/6/2024)."""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlsplit

from django.db.models import Q
from django.utils.translation import get_language

from registration.common.dates import short_date
from registration.intake.lines import Line, line_of
from registration.units.choices import ChannelKind, ChannelPurpose
from registration.units.held import held
from registration.units.models import CallLine, Province, RegistrationChannel, Unit
from registration.units.places import channel_of, national_centre


@dataclass(frozen=True)
class Elsewhere:
    """An outside form (``address``), a desk (``unit``), or neither: the province takes no part.

    ``centre`` is then the national centre of the country, by whose way one registers without us.
    ``moved_on`` as in the function of this name; an outside form opens at once if it ``leads_on``.
    """

    province: Province
    address: str = ""
    unit: Unit | None = None
    lines: list[Line] = field(default_factory=list)
    centre: Unit | None = None
    moved_on: str = ""
    leads_on: bool = False

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def template(self) -> str:
        if self.address:
            return "intake/outside.html"
        return "intake/desk.html" if self.unit else "intake/no_part.html"


def find_province(address_code: str) -> Province | None:
    """The province at ``vn-22``, whether or not it takes part."""
    jurisdiction, _dash, code = address_code.partition("-")
    found = Province.objects.filter(jurisdiction=jurisdiction.upper(), code=code.upper())
    return found.select_related("jurisdiction").first()


def channel_on(province: Province, day: date, *, anew: bool = False) -> RegistrationChannel | None:
    """The channel of that day, which is read ``anew`` before anything is written."""
    (channel,) = (_channel.anew if anew else _channel)(province, day)
    return channel


def elsewhere_of(
    province: Province, channel: RegistrationChannel | None, *, has_form: bool, day: date
) -> Elsewhere | None:
    """Where else a province takes registrations on that day; None means on our own form.

    The only address that is ever shown is the stored one, and only if it is of the web.
    """
    kind = channel.kind if channel else ChannelKind.OURS
    told = moved_on(channel, day)
    if channel and kind == ChannelKind.OUTSIDE and channel.address.startswith("https://"):
        leads_on = channel.notice_until is not None and day > channel.notice_until
        return Elsewhere(province, address=channel.address, moved_on=told, leads_on=leads_on)
    if channel and kind == ChannelKind.DESK and channel.unit:
        lines = _lines_of(channel.unit)
        return Elsewhere(province, unit=channel.unit, lines=lines, moved_on=told)
    if has_form and kind == ChannelKind.OURS:
        return None
    return Elsewhere(province, centre=national_centre(province.jurisdiction))


def moved_on(channel: RegistrationChannel | None, day: date) -> str:
    """Since when the channel is another one, in words, as long as visitors are to be told."""
    if channel is None or channel.notice_until is None or day > channel.notice_until:
        return ""
    return short_date(channel.starts_on, get_language() or "")


@held
def _channel(province: Province, day: date) -> tuple[RegistrationChannel | None]:
    return (channel_of(province, day=day),)


def provinces_elsewhere(day: date) -> set[int]:
    """The provinces that take registrations on that day in another way than on our form."""
    rows = RegistrationChannel.objects.filter(purpose=ChannelPurpose.PLEDGE, starts_on__lte=day)
    rows = rows.exclude(kind=ChannelKind.OURS).filter(Q(ends_on=None) | Q(ends_on__gt=day))
    return set(rows.values_list("province_id", flat=True))


def _lines_of(unit: Unit) -> list[Line]:
    own = [Line(unit.phone, is_demo=unit.is_demo_contact)] if unit.phone else []
    published = CallLine.objects.filter(unit=unit).order_by("number")
    return own + [line_of(row) for row in published]
