"""What is due by the rules of retention is erased or anonymised, counted, in small batches."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from registration.privacy.erasure import trace
from registration.privacy.models import RetentionRule, RetentionRun
from registration.privacy.record_classes import RecordClass, record_class

BATCH = 500


@dataclass(frozen=True)
class Outcome:
    """What one rule found: ``count`` is None where no room knows its class and state."""

    rule: RetentionRule
    count: int | None


def run_retention(
    *, now: datetime, is_dry_run: bool = False, at_most: int | None = None
) -> list[Outcome]:
    """Act on all that is due, 500 in a transaction, and write one ``RetentionRun`` for each rule.

    A dry run counts and changes nothing. ``at_most`` rows are taken in one call; the next one goes
    on. Two at once do no harm. A rule that no room knows is passed over and reported as such.
    """
    outcomes: list[Outcome] = []
    left = at_most
    for rule in RetentionRule.objects.filter(is_active=True).order_by("pk"):
        if left is not None and left <= 0:
            break
        count = count_due(rule, now=now) if is_dry_run else _carry_out(rule, now, left)
        outcomes.append(Outcome(rule, count))
        if count is not None and not is_dry_run:
            RetentionRun.objects.create(ran_at=now, rule=rule, count=count)
            left = None if left is None else left - count
    return outcomes


def count_due(rule: RetentionRule, *, now: datetime) -> int | None:
    """How many records a rule would act on."""
    rows = due(rule, now=now)
    return None if rows is None else rows.count()


def due(rule: RetentionRule, *, now: datetime) -> QuerySet[Any] | None:
    """The records whose time is over by this rule; None where no room knows class and state."""
    kind = record_class(rule.record_class)
    if kind is None or rule.state not in kind.states or kind.act != rule.act:
        return None
    rows = kind.states[rule.state](rule.jurisdiction_id)
    return rows.filter(since__lt=now - timedelta(days=rule.after_days))


def _carry_out(rule: RetentionRule, now: datetime, at_most: int | None) -> int | None:
    kind = record_class(rule.record_class)
    if kind is None or due(rule, now=now) is None:
        return None
    total = 0
    while True:
        room = BATCH if at_most is None else min(BATCH, at_most - total)
        looked_at, done = _act_on_batch(kind, rule, now, room)
        total += done
        if looked_at < BATCH:
            return total


@transaction.atomic
def _act_on_batch(
    kind: RecordClass, rule: RetentionRule, now: datetime, room: int
) -> tuple[int, int]:
    rows = due(rule, now=now)
    if rows is None or room <= 0:
        return 0, 0
    found = list(rows.order_by("since").values_list("pk", flat=True)[:room])
    kind.lock(found)
    list(kind.model._default_manager.select_for_update().filter(pk__in=found).order_by("pk"))
    # Looked at again under the locks: somebody may have confirmed or come back meanwhile.
    ids = list(rows.filter(pk__in=found).values_list("pk", flat=True))
    if ids:
        kind.apply(ids)
    if kind.is_traced:
        trace(kind.name, ids, reason=f"{kind.name}.{rule.state}", now=now)
    return len(found), len(ids)
