"""The proof that what was told is what the ledger holds."""

import json
from collections.abc import Iterator

from registration.reports.choices import Format
from registration.reports.figures import COUNTED, recount, told_changes
from registration.reports.models import Summary
from registration.reports.rules import canonical, digest
from registration.units.models import Unit

Counts = dict[str, int]


def find_faults(department: Unit) -> Iterator[str]:
    """What does not hold among a department's summaries; nothing when all is well.

    Serials without a gap, each hash that of its text, each summary chained to the one before,
    windows that tile, documents unaltered, the sum of all days equal to a recount of the ledger.
    """
    summaries = list(
        Summary.objects.filter(department=department).select_related("window").order_by("serial")
    )
    before: Summary | None = None
    for number, summary in enumerate(summaries, start=1):
        yield from _faults_of(summary, before, number)
        before = summary
    if summaries:
        told, counted = told_and_counted(department, summaries)
        for name in COUNTED:
            if told[name] != counted[name]:
                yield f"{name}: told {told[name]}, in the ledger {counted[name]}"


def told_and_counted(department: Unit, summaries: list[Summary]) -> tuple[Counts, Counts]:
    """The sum of the frozen days with their corrections, and the ledger's own count."""
    told = dict.fromkeys(COUNTED, 0)
    for summary in summaries:
        for name, number in told_changes(json.loads(summary.figures)).items():
            told[name] += number
    until, _ = recount(department, before=summaries[-1].window.ends_at)
    earlier, _ = recount(department, before=summaries[0].window.starts_at)
    return told, {name: until[name] - earlier[name] for name in COUNTED}


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
        if document.format == Format.JSON and content != summary.figures.encode():
            yield f"{place}: {document.name} does not hold the frozen figures"


def _adds_up(before: dict[str, Counts], figures: dict[str, Counts]) -> bool:
    changes = told_changes(figures)
    return all(
        before["cumulative"][name] + changes[name] == figures["cumulative"][name]
        for name in COUNTED
    )
