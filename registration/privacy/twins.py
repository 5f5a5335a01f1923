"""Fills in the keyed hash by which twins are found, for particulars older than it."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast

from registration.people.keys import twin_hash_of
from registration.people.models import Particulars

BATCH = 500


def fill_twin_hashes() -> Iterator[int]:
    """Work through what has a birth date and no hash; yields how many each batch filled."""
    rows = (
        Particulars.objects.filter(twin_hash="")
        .annotate(birth_date_kept=Cast("birth_date", TextField()))
        .exclude(birth_date_kept="")
    )
    while found := list(rows.order_by("pk")[:BATCH]):
        yield _fill(found)


@transaction.atomic
def _fill(found: Sequence[Particulars]) -> int:
    for told in found:
        told.twin_hash = twin_hash_of(
            full_name=told.full_name, birth_date=date.fromisoformat(told.birth_date)
        )
    return Particulars.objects.bulk_update(found, ["twin_hash"])
