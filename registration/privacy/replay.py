"""After a restore: what was erased since the backup is erased again."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from registration.people.models import Person
from registration.privacy.erasure import PERSON, erase_scope, lock_persons
from registration.privacy.erasure_log import Entry
from registration.privacy.holders import in_parts, scope_of
from registration.privacy.models import Erasure
from registration.privacy.record_classes import record_class


def replay_erasures(entries: Iterable[Entry]) -> dict[str, int]:
    """Erase again whatever of these came back, and note in the database all that it lacks.

    The number of rows found, by class. Twice does no harm. A request that an erasure had
    spared, because its answer was still to go out, is blanked with its person.
    """
    by_class: dict[str, dict[UUID, Entry]] = defaultdict(dict)
    for entry in entries:
        by_class[entry.record_class].setdefault(entry.subject, entry)
    come_back: dict[str, int] = {}
    for name, known in by_class.items():
        come_back[name] = sum(
            _replay_batch(name, [known[pk] for pk in part]) for part in in_parts(known, size=500)
        )
    return come_back


@transaction.atomic
def _replay_batch(name: str, entries: list[Entry]) -> int:
    ids = [entry.subject for entry in entries]
    found = _erase_persons(ids) if name == PERSON else _erase_records(name, ids)
    noted = set(
        Erasure.objects.filter(record_class=name, subject__in=ids).values_list("subject", flat=True)
    )
    Erasure.objects.bulk_create(
        Erasure(
            erased_at=entry.at, record_class=name, subject=entry.subject, reason=entry.reason[:60]
        )
        for entry in entries
        if entry.subject not in noted
    )
    return found


def _erase_persons(ids: list[UUID]) -> int:
    lock_persons(ids)
    persons = list(Person.objects.filter(pk__in=ids))
    for person in persons:
        erase_scope(scope_of(person))
    return len(persons)


def _erase_records(name: str, ids: list[UUID]) -> int:
    kind = record_class(name)
    if kind is None:
        raise LookupError(f"No room knows the class {name}.")
    rows = kind.model._default_manager.filter(pk__in=ids)
    found = list(rows.values_list("pk", flat=True))
    kind.lock(found)
    kind.apply(found)
    return len(found)
