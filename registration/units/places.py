"""Finding provinces, districts, communes and units: by code, by former code, by what was typed."""

from datetime import date

from django.db.models import Q, QuerySet

from registration.units.choices import ChannelPurpose, UnitKind
from registration.units.held import held
from registration.units.models import (
    FormerProvince,
    Holiday,
    Jurisdiction,
    Province,
    RegistrationChannel,
    Stewardship,
    Unit,
)


def find_province(jurisdiction: Jurisdiction, code: str) -> Province | None:
    """The province with this code today, else what the former province with it became."""
    present = Province.objects.filter(jurisdiction=jurisdiction, code=code).first()
    if present:
        return present
    former = FormerProvince.objects.filter(jurisdiction=jurisdiction, code=code)
    found = former.select_related("became__jurisdiction").first()
    return found.became if found else None


@held
def identity_codes() -> frozenset[str]:
    """Every code with which a Vietnamese citizen number may begin."""
    known = FormerProvince.objects.exclude(identity_code="")
    return frozenset(known.values_list("identity_code", flat=True))


def units_of(province: Province, *, kind: str | None = None) -> QuerySet[Unit]:
    """The province's units that take part, by name."""
    found = Unit.objects.filter(province=province, is_active=True).select_related("jurisdiction")
    return found.filter(kind=kind) if kind else found


def holidays_between(jurisdiction: Jurisdiction, first: date, end: date) -> dict[date, str]:
    """Kind of holiday by day, from ``first`` up to but not including ``end``."""
    found = Holiday.objects.filter(jurisdiction=jurisdiction, day__gte=first, day__lt=end)
    return dict(found.values_list("day", "kind"))


def steward_of(province: Province, *, day: date) -> Unit | None:
    """The unit that works on this province's registrations on that day."""
    found = (
        Stewardship.objects.filter(province=province, starts_on__lte=day)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))
        .select_related("unit__jurisdiction")
        .first()
    )
    return found.unit if found else None


def channel_of(
    province: Province, *, day: date, purpose: str = ChannelPurpose.PLEDGE
) -> RegistrationChannel | None:
    """The province's one channel on that day; None means the form of this portal."""
    return (
        RegistrationChannel.objects.filter(province=province, purpose=purpose, starts_on__lte=day)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day))
        .first()
    )


def department_of(province: Province) -> Unit | None:
    """The health department that receives this province's figures."""
    return (
        Unit.objects.filter(province=province, kind=UnitKind.DEPARTMENT, is_active=True)
        .select_related("jurisdiction", "province")
        .first()
    )


def national_centre(jurisdiction: Jurisdiction) -> Unit | None:
    """The country's coordination centre, the one that stands for no province."""
    return Unit.objects.filter(
        kind=UnitKind.COORDINATION_CENTRE, jurisdiction=jurisdiction, province=None, is_active=True
    ).first()
