"""Which classes of records there are, what their states mean, and how they are erased.

How long each is kept stands in the rows of ``RetentionRule``; each room registers what it keeps.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from registration.privacy.choices import RetentionAct


def _nothing(_ids: Collection[Any]) -> None:
    return None


@dataclass(frozen=True)
class RecordClass:
    """A table under retention.

    ``states`` gives for each state the rows of a jurisdiction that are in it, annotated with
    ``since``: the moment its time began to run. ``act`` is done with rows that are due, after
    ``lock`` and once they were found due again. ``is_traced`` rows are erased again after a
    restore.
    """

    name: str
    model: type[models.Model]
    states: Mapping[str, Callable[[str], models.QuerySet[Any]]]
    act: RetentionAct
    apply: Callable[[Collection[Any]], object]
    lock: Callable[[Collection[Any]], object] = _nothing
    is_traced: bool = False


_CLASSES: dict[str, RecordClass] = {}


def register_class(kind: RecordClass) -> None:
    _CLASSES[kind.name] = kind


def record_classes() -> Iterable[RecordClass]:
    return list(_CLASSES.values())


def record_class(name: str) -> RecordClass | None:
    return _CLASSES.get(name)
