"""The provinces that a person can choose from, grouped by country."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from registration.common.folding import fold
from registration.units.choices import UnitKind
from registration.units.models import FormerProvince, Jurisdiction, Province, Unit


@dataclass(frozen=True)
class ProvinceGroup:
    """``others`` take no part; they are shown only to whoever asks for them by name."""

    jurisdiction: Jurisdiction
    provinces: list[Province] = field(default_factory=list)
    others: list[Province] = field(default_factory=list)


def provinces_to_choose(
    language: str, *, elsewhere: Collection[int] = (), typed: str = ""
) -> list[ProvinceGroup]:
    """Provinces with a department, and those ``elsewhere`` (by id) whose channel is another one.

    The country of the reader's language comes first. ``typed`` keeps those whose name holds it,
    accents or not; a former province's name leads to the one that it became.
    """
    departments = Unit.objects.filter(
        province=OuterRef("pk"), kind=UnitKind.DEPARTMENT, is_active=True
    )
    provinces = Province.objects.select_related("jurisdiction").annotate(
        has_department=Exists(departments)
    )
    wanted = fold(typed)
    became = _became(wanted) if wanted else set()
    groups: dict[str, ProvinceGroup] = {}
    for province in provinces:
        if wanted and wanted not in province.folded and province.pk not in became:
            continue
        group = groups.setdefault(province.jurisdiction_id, ProvinceGroup(province.jurisdiction))
        if province.has_department or province.pk in elsewhere:
            group.provinces.append(province)
        elif wanted:
            group.others.append(province)
    shown = [group for group in groups.values() if group.provinces or group.others]
    return sorted(shown, key=lambda group: group.jurisdiction.language != language)


def _became(wanted: str) -> set[int]:
    rows = FormerProvince.objects.values_list("name", "became_id")
    return {province for name, province in rows if wanted in fold(name)}
