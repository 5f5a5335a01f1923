"""Where a statement can be made on paper and who answers the telephone, nearest first."""

import re
from dataclasses import dataclass

from registration.common.folding import fold
from registration.intake.lines import Line, line_of
from registration.units.choices import UnitKind
from registration.units.models import CallLine, Locality, Province, Unit
from registration.units.places import units_of

# Law 2238 art. 6 needs a physician's approval: these have one. Departments come first.
DESK_KINDS = (UnitKind.DEPARTMENT, UnitKind.HOSPITAL, UnitKind.HEALTH_CENTRE)
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Desk:
    """A unit with a desk; ``is_near`` if its address names the reader's district."""

    unit: Unit
    is_near: bool

    @property
    def line(self) -> Line:
        return Line(self.unit.phone)


def desks_in(province: Province, district: Locality | None = None) -> list[Desk]:
    """The province's desks: those in the district, then the department, hospitals, health centres.

    Within each by name. Without a district none is near.
    """
    desks = [
        Desk(unit, is_near=district is not None and _lies_in(unit, district))
        for unit in units_of(province).filter(kind__in=DESK_KINDS)
    ]
    order = {kind: place for place, kind in enumerate(DESK_KINDS)}
    return sorted(
        desks,
        key=lambda desk: (not desk.is_near, order[UnitKind(desk.unit.kind)], desk.unit.folded),
    )


def call_lines_in(province: Province) -> list[Line]:
    """The telephone lines that the province's units publish."""
    lines = CallLine.objects.filter(unit__province=province, unit__is_active=True)
    return [line_of(row) for row in lines]


def _lies_in(unit: Unit, district: Locality) -> bool:
    """By the words of its address; a unit without an address by those of its name."""
    wanted, words = _words(district.name), _words(unit.address or unit.folded)
    spans = (words[start : start + len(wanted)] for start in range(len(words)))
    return any(span == wanted for span in spans)


def _words(text: str) -> list[str]:
    return _WORDS.findall(fold(text))
