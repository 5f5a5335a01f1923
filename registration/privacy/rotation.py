"""Sealing everything anew with the newest key, while the portal goes on working.

First the new key is put in front of ``SEALING_KEYS`` and every process is started anew, so that all
of them open both and seal with the new one. Then ``rotate_keys``; once ``--check`` finds nothing
the old key may go.
"""

from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Left

from registration.accounts.adapter import SECRET_PLACE
from registration.common.sealing import Sealed, SealedField, open_sealed, seal
from registration.ledger.kept import KeptModel

BATCH = 500
# A row that somebody else holds is passed over and met again in the next pass.
PASSES = 5


def sealed_fields(model: type[models.Model]) -> list[SealedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]


def sealed_models() -> list[type[models.Model]]:
    """All tables with sealed values. Rows that are kept for good could never change their key."""
    found = [model for model in apps.get_models() if sealed_fields(model)]
    if kept := [model._meta.label for model in found if issubclass(model, KeptModel)]:
        raise TypeError(f"Sealed values in rows that are never altered: {', '.join(kept)}")
    return found


def count_old() -> dict[str, int]:
    """How many rows of each table hold a value under another key than the newest."""
    counts = {model._meta.label: old_rows(model).count() for model in sealed_models()}
    second_factors = Authenticator.objects.all().iterator(chunk_size=BATCH)
    counts[Authenticator._meta.label] = sum(_anew(row.data) != row.data for row in second_factors)
    return counts


def old_rows(model: type[models.Model]) -> QuerySet[Any]:
    """Rows with a value under an older key; what is stored stands in ``stored_<field>``."""
    prefix = f"{_newest()}."
    rows, is_old = model._base_manager.all(), Q()
    for field in sealed_fields(model):
        stored = f"stored_{field.name}"
        rows = rows.annotate(
            **{
                stored: Cast(field.name, TextField()),
                f"key_{field.name}": Left(Cast(field.name, TextField()), len(prefix)),
            }
        )
        is_old |= Q(**{f"{stored}__gt": ""}) & ~Q(**{f"key_{field.name}": Value(prefix)})
    return rows.filter(is_old)


def rotate(model: type[models.Model]) -> Iterator[int]:
    """Seal a table anew, in batches; yields how many rows each changed. May be broken off."""
    for _pass in range(PASSES):
        after: Any = None
        while True:
            changed, after = _rotate_batch(model, after)
            yield changed
            if after is None:
                break
        if not old_rows(model).exists():
            return


@transaction.atomic
def _rotate_batch(model: type[models.Model], after: Any) -> tuple[int, Any]:
    """The number of rows changed, and the key of the last one looked at if there may be more."""
    fields = sealed_fields(model)
    rows = old_rows(model).select_for_update(skip_locked=True).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.values_list("pk", *[f"stored_{field.name}" for field in fields])[:BATCH])
    if not found:
        return 0, None
    changed = _swap(model, fields, found)
    return changed, found[-1][0] if len(found) == BATCH else None


def _swap(
    model: type[models.Model], fields: list[SealedField], found: list[tuple[Any, ...]]
) -> int:
    """Write the new values where the old ones still stand: what somebody wrote meanwhile stays."""
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in fields]
    key = model._meta.pk
    statement = (
        f"UPDATE {quote(model._meta.db_table)} SET {', '.join(f'{c} = %s' for c in columns)}"  # noqa: S608
        f" WHERE {quote(str(key.column))} = %s AND {' AND '.join(f'{c} = %s' for c in columns)}"
    )
    parameters = []
    for pk, *stored in found:
        row = model(pk=pk)
        anew = [
            _resealed(token, place=field.place(row))
            for field, token in zip(fields, stored, strict=True)
        ]
        parameters.append([*anew, key.get_db_prep_value(pk, connection), *stored])
    with connection.cursor() as cursor:
        cursor.executemany(statement, parameters)
        return int(cursor.rowcount)


def _resealed(token: str, *, place: str) -> str:
    if not token or token.startswith(f"{_newest()}."):
        return token
    return seal(open_sealed(Sealed(token), place=place), place=place)


def rotate_second_factors() -> int:
    """Seal the secrets of authenticator apps and recovery codes anew; how many rows changed."""
    changed = 0
    for pk in list(Authenticator.objects.values_list("pk", flat=True)):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().get(pk=pk)
            data = _anew(row.data)
            if data != row.data:
                row.data = data
                row.save(update_fields=["data"])
                changed += 1
    return changed


def _anew(value: Any) -> Any:
    """The same data with every sealed text in it under the newest key."""
    if isinstance(value, dict):
        return {name: _anew(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_anew(part) for part in value]
    older = {pair.partition(":")[0] for pair in settings.SEALING_KEYS[1:]}
    if isinstance(value, str) and value.partition(".")[0] in older and "." in value:
        return _resealed(value, place=SECRET_PLACE)
    return value


def _newest() -> str:
    key_id: str = settings.SEALING_KEYS[0].partition(":")[0]
    return key_id
