"""Two registrations of one kind side by side, with the rows that differ."""

from collections.abc import Sequence
from dataclasses import dataclass

from registration.common.folding import fold
from registration.pledges.summary import Group


@dataclass(frozen=True)
class Compared:
    """One answer of both. Accents and capitals that one typist left out are no difference."""

    label: str
    first: str
    second: str

    @property
    def differs(self) -> bool:
        return fold(self.first) != fold(self.second)


@dataclass(frozen=True)
class ComparedGroup:
    title: str
    rows: list[Compared]


def side_by_side(first: Sequence[Group], second: Sequence[Group]) -> list[ComparedGroup]:
    """The groups of two registrations whose forms ask the same."""
    return [_paired(one, other) for one, other in zip(first, second, strict=True)]


def _paired(one: Group, other: Group) -> ComparedGroup:
    pairs = zip(one.rows, other.rows, strict=True)
    rows = [Compared(left["label"], left["value"], right["value"]) for left, right in pairs]
    return ComparedGroup(one.title, rows)
