"""Erasing: through all rooms that registered as holders, with a trace that names nobody."""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from registration.people.models import Person
from registration.people.services import MERGED_FIRST
from registration.privacy import erasure_log
from registration.privacy.holders import Scope, holders, scope_of, widen
from registration.privacy.models import Erasure
from registration.privacy.record_classes import record_classes

logger = logging.getLogger(__name__)

PERSON = "person"


def erase_scope(scope: Scope) -> None:
    """Leave nothing of a scope in any room. Inside a transaction, the persons locked."""
    for holder in holders():
        holder.erase(scope)


def erase_things(subjects: Iterable[UUID]) -> None:
    """As ``erase_scope``, of registrations with all that the rooms keep about them."""
    erase_scope(widen(Scope(subjects=frozenset(subjects))))


@transaction.atomic
def erase_person(
    person: Person, *, reason: str, now: datetime, spared: Iterable[UUID] = ()
) -> None:
    """Nothing of a person's values stays: registrations, contacts, messages and their copies go,
    of those merged into them too. Twice is once.

    The access log keeps their random ids, the ledger is untouched. ``spared`` is the request that
    asks for it, with its messages: its own retention rule blanks it once it was answered.
    """
    lock_persons(scope_of(person).persons)
    scope = scope_of(person, spared=spared)
    erased = {PERSON: _existing_persons(scope.persons)}
    for kind in record_classes():
        if kind.is_traced:
            rows = kind.model._default_manager.filter(pk__in=scope.subjects)
            erased[kind.name] = list(rows.values_list("pk", flat=True))
    erase_scope(scope)
    for record_class, ids in erased.items():
        trace(record_class, ids, reason=reason, now=now)


def lock_persons(ids: Iterable[UUID]) -> None:
    """In one order, as confirming and merging do."""
    list(Person.objects.select_for_update().filter(pk__in=list(ids)).order_by(*MERGED_FIRST))


def _existing_persons(ids: Iterable[UUID]) -> list[UUID]:
    return list(Person.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))


def trace(record_class: str, ids: Iterable[UUID], *, reason: str, now: datetime) -> None:
    """Note what was erased, here and, after the commit, in the list outside the database."""
    rows = [
        Erasure(erased_at=now, record_class=record_class, subject=pk, reason=reason[:60])
        for pk in ids
    ]
    Erasure.objects.bulk_create(rows, batch_size=500)
    transaction.on_commit(lambda: _tell_list(rows))


def _tell_list(rows: list[Erasure]) -> None:
    try:
        erasure_log.append(rows)
    except OSError as error:
        # The rows are in the database; the nightly run adds what the list lacks.
        logger.error("The list of erasures was not written: %s", type(error).__name__)
