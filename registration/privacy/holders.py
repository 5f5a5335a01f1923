"""Rooms that know people say here what they keep, so that it can be told and erased as a whole.

Foreign keys run down the floors, so this room cannot know who stands above it: each room registers
its holder when the portal starts.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models

from registration.people.models import Person
from registration.people.services import surviving_person

# From a copy in the mailbox over message, relative, registration and particulars to the person.
LONGEST_WAY = 6


@dataclass(frozen=True)
class Scope:
    """Whose rows are meant: persons as a whole, and things (registrations, messages …) by their id.

    ``lists`` are things of many people in which these stand: to look at one was to look at them.
    ``spared`` are things that stay for now, such as the request that asks for the erasure.
    """

    persons: frozenset[UUID] = frozenset()
    subjects: frozenset[UUID] = frozenset()
    lists: frozenset[UUID] = frozenset()
    spared: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Kept:
    """One table: which of its fields the person is told, and why the others are left out."""

    name: str
    model: type[models.Model]
    of: Callable[[Scope], models.QuerySet[Any]]
    told: Sequence[str] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    # Fields that are told in another form than they are kept.
    shown: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    # Told as a number only.
    is_counted: bool = False


def _nothing(_asked: Any) -> tuple[()]:
    return ()


@dataclass(frozen=True)
class Holder:
    """What a room keeps about people, and how it finds and erases it.

    ``find`` names the things that it keeps within a scope, ``lists`` those of many people in which
    these stand; ``leads`` goes the other way, from a thing to what it is of, as pairs of ids;
    ``erase`` leaves nothing of a scope behind. ``within`` are the things of a jurisdiction that
    messages are about, as queries of ids. ``not_told`` are tables with personal values that hold
    nothing of their own, and why.
    """

    name: str
    kept: Sequence[Kept]
    find: Callable[[Scope], Iterable[UUID]] = _nothing
    lists: Callable[[Scope], Iterable[UUID]] = _nothing
    leads: Callable[[Collection[UUID]], Iterable[tuple[UUID, UUID]]] = _nothing
    erase: Callable[[Scope], object] = _nothing
    within: Callable[[str], Iterable[models.QuerySet[Any]]] = _nothing
    not_told: Mapping[type[models.Model], str] = field(default_factory=dict)


_HOLDERS: dict[str, Holder] = {}


def register_holder(holder: Holder) -> None:
    _HOLDERS[holder.name] = holder


def holders() -> Iterator[Holder]:
    """From the top floor down: rooms are started from the ground floor up."""
    return reversed(list(_HOLDERS.values()))


def scope_of(person: Person, *, spared: Iterable[UUID] = ()) -> Scope:
    """A person as a whole (``persons_of``), and everything that is kept about them."""
    return widen(Scope(persons=frozenset(persons_of(person)), spared=frozenset(spared)))


def persons_of(person: Person) -> set[UUID]:
    """All entries that were found to be of this person: those it became part of and that became
    part of it.
    """
    persons: set[UUID] = set()
    found = {surviving_person(person).pk}
    while found:
        persons |= found
        merged = Person.objects.filter(merged_into__in=found).values_list("pk", flat=True)
        found = set(merged) - persons
    return persons


def widen(scope: Scope) -> Scope:
    """The scope with every thing that the rooms keep within it."""
    for holder in holders():
        scope = replace(
            scope,
            subjects=scope.subjects | frozenset(holder.find(scope)),
            lists=scope.lists | frozenset(holder.lists(scope)),
        )
    return replace(scope, subjects=scope.subjects - scope.spared)


def export_person(person: Person) -> dict[str, Any]:
    """Everything that is kept about a person, by record class, ready for JSON.

    Opens the seals: log the view first. It holds all registrations of the person, also one that
    another contact confirmed; whoever proved no more than a contact gets ``export_registrations``.
    """
    return _export(scope_of(person))


def export_registrations(registrations: Iterable[UUID]) -> dict[str, Any]:
    """As ``export_person``, of these registrations alone."""
    return _export(widen(Scope(subjects=frozenset(registrations))))


def _export(scope: Scope) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for holder in reversed(list(holders())):
        for kept in holder.kept:
            rows = kept.of(scope)
            told[kept.name] = rows.count() if kept.is_counted else _rows(kept, rows)
    return told


def _rows(kept: Kept, rows: models.QuerySet[Any]) -> list[dict[str, Any]]:
    linked = [
        name
        for name in kept.told
        if isinstance(kept.model._meta.get_field(name), models.ForeignKey)
    ]
    if linked:
        rows = rows.select_related(*linked)
    return [{name: _plain(kept, row, name) for name in kept.told} for row in rows]


def _plain(kept: Kept, row: models.Model, name: str) -> Any:
    value = getattr(row, name)
    if name in kept.shown:
        return kept.shown[name](value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def persons_behind(subjects: Iterable[UUID]) -> dict[UUID, set[UUID]]:
    """The persons whom each of these things is about; what was erased meanwhile is not in it."""
    ways = {subject: {subject} for subject in subjects}
    for _step in range(LONGEST_WAY):
        known: dict[UUID, set[UUID]] = {}
        for thing, of in _lead(set().union(*ways.values())):
            known.setdefault(thing, set()).add(of)
        if not known:
            break
        for subject, reached in ways.items():
            ways[subject] = set().union(*(known.get(thing, {thing}) for thing in reached))
    persons = set(_existing(Person, set().union(*ways.values())))
    return {subject: there for subject, at in ways.items() if (there := at & persons)}


def _lead(ids: set[UUID]) -> Iterator[tuple[UUID, UUID]]:
    for part in in_parts(ids):
        for holder in holders():
            yield from holder.leads(part)


def _existing(model: type[models.Model], ids: set[UUID]) -> Iterator[UUID]:
    for part in in_parts(ids):
        yield from model._default_manager.filter(pk__in=part).values_list("pk", flat=True)


def in_parts(ids: Iterable[UUID], *, size: int = 5000) -> Iterator[list[UUID]]:
    """Ids in parts that a database takes in one question."""
    whole = list(ids)
    for start in range(0, len(whole), size):
        yield whole[start : start + size]
