"""Bring shipped rows into the database without treading on what people changed there."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import models, transaction

BATCH = 1000
Row = dict[str, Any]


@dataclass
class Loading:
    """What a load did: rows by table, and in words each difference that was left as it stands."""

    created: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    different: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)

    def keep(self, model: type[models.Model], difference: str) -> None:
        self.different[model._meta.label_lower] += 1
        self.kept.append(difference)


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a shipped CSV file (UTF-8, one header line)."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_rows(
    model: type[models.Model],
    rows: Iterable[Row],
    *,
    key: Sequence[str],
    loading: Loading,
    once_per: Sequence[str] = (),
) -> None:
    """Create the rows that are missing; change nothing that exists, and note how it differs.

    A row's keys are field names, with instances for foreign keys. ``key`` names the fields that
    tell rows apart. ``once_per`` names the owner of a small list (a unit's call lines): an owner
    who has a list already keeps it as it is, so that a number changed by hand does not come back.
    """
    shipped = list(rows)
    if not shipped:
        return
    names = list(shipped[0])
    existing = _existing(model, names, key)
    owners = {tuple(_plain(row[name]) for name in once_per) for row in existing.values()}
    missing = []
    for row in shipped:
        row = {name: _or_none(model, name, value) for name, value in row.items()}
        found = existing.get(_key_of(row, key))
        if found is not None:
            _compare(model, row, found, key, loading)
        elif once_per and tuple(_plain(row[name]) for name in once_per) in owners:
            loading.keep(model, f"{_title(model, row, key)}: shipped, the list there is kept")
        else:
            missing.append(_make(model, row))
    model._default_manager.bulk_create(missing, batch_size=BATCH)
    loading.created[model._meta.label_lower] += len(missing)


def _existing(
    model: type[models.Model], names: list[str], key: Sequence[str]
) -> dict[tuple[Any, ...], Row]:
    found = model._default_manager.order_by().values_list(*names)
    rows = (dict(zip(names, values, strict=True)) for values in found)
    return {_key_of(row, key): row for row in rows}


def _key_of(row: Row, key: Sequence[str]) -> tuple[Any, ...]:
    return tuple(_plain(row[name]) for name in key)


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value


def _or_none(model: type[models.Model], name: str, value: Any) -> Any:
    # Translated columns hold NULL for "not translated": an empty string would hide the fallback.
    return None if value == "" and model._meta.get_field(name).null else value


def _make(model: type[models.Model], row: Row) -> models.Model:
    made = model(**row)
    if hasattr(made, "fold_name"):
        # bulk_create does not pass through save().
        made.fold_name()
    return made


def _compare(
    model: type[models.Model], row: Row, found: Row, key: Sequence[str], loading: Loading
) -> None:
    differing = [
        f"{name} is {_shown(found[name])}, shipped {_shown(value)}"
        for name, value in row.items()
        if (found[name] or "") != (_plain(value) or "")
    ]
    if differing:
        loading.keep(model, f"{_title(model, row, key)}: {'; '.join(differing)}")
    else:
        loading.unchanged[model._meta.label_lower] += 1


def _title(model: type[models.Model], row: Row, key: Sequence[str]) -> str:
    return f"{model._meta.model_name} {' '.join(str(row[name]) for name in key)}"


def _shown(value: Any) -> str:
    return repr(str(value)) if value not in (None, "") else "empty"
