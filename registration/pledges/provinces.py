"""The provinces that a person can choose from, grouped by country."""

from dataclasses import dataclass

from registration.common.folding import fold
from registration.units.choices import UnitKind
from registration.units.models import FormerProvince, Jurisdiction, Province


@dataclass(frozen=True)
class ProvinceGroup:
    jurisdiction: Jurisdiction
    provinces: list[Province]


def provinces_to_choose(language: str, *, typed: str = "") -> list[ProvinceGroup]:
    """Provinces with a department, the country of the reader's language first.

    ``typed`` keeps those whose name holds it, accents or not; a former province's name leads to
    the one that it became.
    """
    provinces = (
        Province.objects.filter(units__kind=UnitKind.DEPARTMENT, units__is_active=True)
        .select_related("jurisdiction")
        .distinct()
    )
    wanted = fold(typed)
    became: set[int] = set()
    if wanted:
        rows = FormerProvince.objects.values_list("name", "became_id")
        became = {province for name, province in rows if wanted in fold(name)}
    groups: dict[str, ProvinceGroup] = {}
    for province in provinces:
        if wanted and wanted not in province.folded and province.pk not in became:
            continue
        group = groups.setdefault(
            province.jurisdiction_id, ProvinceGroup(province.jurisdiction, [])
        )
        group.provinces.append(province)
    return sorted(groups.values(), key=lambda group: group.jurisdiction.language != language)
