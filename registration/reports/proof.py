"""The proof that what was told is what the ledger holds, at any moment."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from registration.papers.disclosure import LEFT_OUT, TABLES
from registration.reports.choices import Edition, Format
from registration.reports.counting import KEYS, count_entries, recount
from registration.reports.figures import adjustments_of, counts_of, told_changes
from registration.reports.models import Provisional, Summary
from registration.reports.rules import canonical, digest
from registration.units.models import Unit

Counts = dict[str, int]


def find_faults(department: Unit, *, now: datetime) -> Iterator[str]:
    """What does not hold among a department's summaries; nothing when all is well.

    Serials without a gap, each hash that of its text, each summary chained to the one before,
    windows that tile, documents unaltered, provisional counts numbered without a gap, and the sum
    of all days with what came since equal to a recount of the ledger. ``now`` is a moment that the
    ledger's barrier has passed: what is earlier than that has been committed.
    """
    summaries = summaries_of(department)
    before: Summary | None = None
    for number, summary in enumerate(summaries, start=1):
        yield from _faults_of(summary, before, number)
        before = summary
    yield from _faults_of_provisionals(department)
    told, counted = told_and_counted(department, summaries, now=now)
    for name, number in told.items():
        if number != counted[name]:
            yield f"{name}: told {number}, in the ledger {counted[name]}"


def summaries_of(department: Unit) -> list[Summary]:
    found = Summary.objects.filter(department=department)
    return list(found.select_related("window").order_by("serial"))


def told_and_counted(
    department: Unit, summaries: list[Summary], *, now: datetime
) -> tuple[Counts, Counts]:
    """The sum of the frozen days and of what came since, with all corrections, and the ledger's
    own count of the same time. A figure counts from the first summary that tells it.
    """
    told: Counts = {}
    starts: dict[str, datetime] = {}
    for summary in summaries:
        for name, number in told_changes(json.loads(summary.figures)).items():
            starts.setdefault(name, summary.window.starts_at)
            told[name] = told.get(name, 0) + number
    if not summaries:
        return told, {}
    last = summaries[-1].window.ends_at
    until = max(now, last)
    for name, number in _changes_since(department, last, until).items():
        if name in told:
            told[name] += number
    whole, _ = recount(department, before=until)
    earlier = {start: recount(department, before=start)[0] for start in set(starts.values())}
    told = {name: told[name] for name in KEYS if name in told}
    return told, {name: whole[name] - earlier[starts[name]][name] for name in told}


def _changes_since(department: Unit, starts_at: datetime, ends_at: datetime) -> Counts:
    """What a summary of the time since the last one would add."""
    counted = count_entries(department, starts_at=starts_at, ends_at=ends_at)
    adjustments = adjustments_of(counted, department.jurisdiction.time_zone)
    return told_changes({"counts": counts_of(counted), "adjustments": adjustments})


def _faults_of(summary: Summary, before: Summary | None, number: int) -> Iterator[str]:
    place, figures = f"no. {summary.serial}", json.loads(summary.figures)
    if summary.serial != number or figures["serial"] != number:
        yield f"{place}: is number {number} in its row"
    if digest(summary.figures) != summary.sha256 or canonical(figures) != summary.figures:
        yield f"{place}: the figures are not those that were hashed"
    chained = before.sha256 if before else ""
    if summary.previous_sha256 != chained or (figures["previous_sha256"] or "") != chained:
        yield f"{place}: is not chained to the summary before"
    if before and before.window.ends_at != summary.window.starts_at:
        yield f"{place}: does not start where the one before ended"
    if before and not _adds_up(json.loads(before.figures), figures):
        yield f"{place}: the cumulative figures do not follow from the summary before"
    for document in summary.documents.order_by("pk"):
        content = bytes(document.content)
        if digest(content) != document.sha256:
            yield f"{place}: the document {document.name} is not the one that was made"
        is_frozen_text = document.format == Format.JSON and document.edition == Edition.OWN
        is_shared_text = document.format == Format.JSON and document.edition == Edition.SHARED
        if (is_frozen_text and content != summary.figures.encode()) or (
            is_shared_text and not _follows(content, figures)
        ):
            yield f"{place}: {document.name} does not hold the frozen figures"


def _follows(content: bytes, figures: dict[str, Any]) -> bool:
    """Whether all that a shared document shows was frozen; its tables of blood are not compared.

    How much it hides is for the rules of the day on which it was made.
    """
    try:
        shared = json.loads(content)
    except ValueError:
        return False
    free = {"edition", "withheld", "salt", "blood", *TABLES, *LEFT_OUT}
    heads = [
        {name: value for name, value in each.items() if name not in free}
        for each in (shared, figures)
    ]
    return heads[0] == heads[1] and all(
        row in figures.get(name, [])
        for name in TABLES
        for row in shared.get(name, [])
        # What has no row of its own has no code.
        if not row.get("hidden") and row.get("key", row.get("code"))
    )


def _adds_up(before: dict[str, Any], figures: dict[str, Any]) -> bool:
    """Of the figures that both know; what the one before did not tell begins with this one."""
    changes = told_changes(figures)
    return all(
        before["cumulative"][name] + number == figures["cumulative"][name]
        for name, number in changes.items()
        if name in before["cumulative"]
    )


def _faults_of_provisionals(department: Unit) -> Iterator[str]:
    found = Provisional.objects.filter(department=department).order_by("number")
    for number, each in enumerate(found, start=1):
        place, figures = f"provisional no. {each.number}", json.loads(each.figures)
        if each.number != number or figures["provisional"] != {"number": number}:
            yield f"{place}: is number {number} in its row"
        if digest(each.figures) != each.sha256 or canonical(figures) != each.figures:
            yield f"{place}: the figures are not those that were hashed"
