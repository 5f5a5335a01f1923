"""Finding provinces, districts, communes and units: by code, by former code, by what was typed."""

from datetime import date

from django.db.models import Case, IntegerField, QuerySet, Value, When

from registration.common.folding import fold
from registration.units.models import (
    FormerProvince,
    Holiday,
    Jurisdiction,
    Locality,
    Province,
    Unit,
)
from registration.units.rules import identity_code_of, without_kind_word

# Folded, the longer first.
KIND_WORDS = ("dac khu", "phuong", "xa", "ilce")


def find_province(jurisdiction: Jurisdiction, code: str) -> Province | None:
    """The province with this code today, else what the former province with it became."""
    present = Province.objects.filter(jurisdiction=jurisdiction, code=code).first()
    if present:
        return present
    former = FormerProvince.objects.filter(jurisdiction=jurisdiction, code=code)
    found = former.select_related("became__jurisdiction").first()
    return found.became if found else None


def province_of_birth(citizen_number: str) -> FormerProvince | None:
    """The former province that a Vietnamese citizen number names (Circular 07/2016/TT-BCA)."""
    code = identity_code_of(citizen_number)
    return FormerProvince.objects.filter(identity_code=code).select_related("became").first()


def identity_codes() -> frozenset[str]:
    """Every code with which a Vietnamese citizen number may begin."""
    known = FormerProvince.objects.exclude(identity_code="")
    return frozenset(known.values_list("identity_code", flat=True))


def find_localities(province: Province, typed: str = "") -> QuerySet[Locality]:
    """The province's districts or communes whose name holds what was typed, accents or not.

    Names that begin with it come first. Nothing typed: all of them.
    """
    wanted = without_kind_word(fold(typed), KIND_WORDS)
    found = Locality.objects.filter(province=province)
    if not wanted:
        return found
    begins_first = Case(
        When(folded__startswith=wanted, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    return found.filter(folded__contains=wanted).order_by(begins_first, "folded")


def units_of(province: Province, *, kind: str | None = None) -> QuerySet[Unit]:
    """The province's units that take part, by name."""
    found = Unit.objects.filter(province=province, is_active=True).select_related("jurisdiction")
    return found.filter(kind=kind) if kind else found


def holidays_between(jurisdiction: Jurisdiction, first: date, end: date) -> dict[date, str]:
    """Kind of holiday by day, from ``first`` up to but not including ``end``."""
    found = Holiday.objects.filter(jurisdiction=jurisdiction, day__gte=first, day__lt=end)
    return dict(found.values_list("day", "kind"))
