"""From an ended window to frozen figures and documents. Each step may be run again, at once.

What a crash leaves undone is done by the next run, from the same frozen figures.
"""

import json
import secrets
import time
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.ledger.clock import BarrierBusy, pass_barrier
from registration.papers import letter
from registration.papers.disclosure import shared_edition
from registration.papers.table import build_table
from registration.papers.workbook import build_workbook
from registration.reports.choices import Edition, Format
from registration.reports.figures import compile_figures
from registration.reports.models import Document, ReportHours, Summary, Window
from registration.reports.rules import canonical, digest, require_ended

BARRIER_TRIES = 5
BARRIER_PAUSE_SECONDS = 0.2
CONTENT_TYPES = {
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/json",
}


def close_window(window: Window, *, now: datetime) -> Summary:
    """Freeze the window's figures and make its documents; ``finish_window`` when all is queued.

    Pressing twice gives the same summary. Refuses with ``window_open``
    before the cut-off (by both the caller's and the database's clock) and with
    ``earlier_window_open`` out of order. Raises ``BarrierBusy`` when writers hold the ledger for
    long: the next minute tries again. Must not be called inside a transaction.
    """
    summary = Summary.objects.filter(window=window).first()
    if summary is None:
        require_ended(window.ends_at, now=now)
        moment = pass_barrier_patiently()
        require_ended(window.ends_at, now=moment)
        summary = freeze(window, taken_at=moment)
    documents_of(summary)
    return summary


def finish_window(window: Window, *, now: datetime) -> bool:
    """Take the window for good off the list of those to work on; False if somebody did before."""
    open_still = Window.objects.filter(pk=window.pk, finished_at__isnull=True)
    return bool(open_still.update(finished_at=now))


def pass_barrier_patiently() -> datetime:
    """As ``ledger.clock.pass_barrier``, several times, each with a short wait."""
    for _try in range(BARRIER_TRIES - 1):
        try:
            return pass_barrier()
        except BarrierBusy:
            time.sleep(BARRIER_PAUSE_SECONDS)
    return pass_barrier()


@transaction.atomic
def freeze(window: Window, *, taken_at: datetime) -> Summary:
    """Compile and keep the figures for good, chained to the summary before.

    One department's windows are frozen one after the other, in order, without a gap.
    """
    # The row of the hours is what two closers of one department wait for.
    ReportHours.objects.select_for_update(of=["self"]).filter(
        department=window.department_id
    ).first()
    summary = Summary.objects.filter(window=window).first()
    if summary is not None:
        return summary
    earlier = Window.objects.filter(department=window.department_id, ends_at__lt=window.ends_at)
    if earlier.filter(summary__isnull=True).exists():
        raise RuleBroken("earlier_window_open", _("An earlier day must be closed first."))
    figures = compile_figures(window, taken_at=taken_at)
    text = text_to_keep(figures)
    return Summary.objects.create(
        window=window,
        department_id=window.department_id,
        serial=figures["serial"],
        figures=text,
        sha256=digest(text),
        previous_sha256=figures["previous_sha256"] or "",
        frozen_at=taken_at,
    )


def text_to_keep(figures: dict[str, Any]) -> str:
    """The canonical text of figures with a number that nobody can guess.

    The hash is told to offices that get small figures hidden: without that number they could try
    which figures it fits.
    """
    return canonical({**figures, "salt": secrets.token_hex(16)})


def documents_of(summary: Summary, *, edition: Edition = Edition.OWN) -> list[Document]:
    """The documents of an edition; those that are missing are made of the frozen figures alone."""
    made = set(summary.documents.filter(edition=edition).values_list("format", flat=True))
    figures = json.loads(summary.figures)
    for kind in formats_of(figures):
        if kind not in made:
            content = build_document(figures, format=kind, edition=edition, sha256=summary.sha256)
            # Two runs at once make the same bytes; the first one's row is kept.
            Document.objects.bulk_create(
                [
                    Document(
                        summary=summary,
                        format=kind,
                        edition=edition,
                        name=document_name(figures, format=kind, edition=edition),
                        content=content,
                        sha256=digest(content),
                    )
                ],
                ignore_conflicts=True,
            )
    return list(summary.documents.filter(edition=edition).order_by("pk"))


def document_name(figures: dict[str, Any], *, format: Format, edition: Edition) -> str:
    """The name under which a document of these figures is sent and kept."""
    shared = "-shared" if edition == Edition.SHARED else ""
    return f"{figures['department']['code']}-{figures['window']['day']}{shared}.{format}"


def formats_of(figures: dict[str, Any]) -> list[Format]:
    """What is made of figures: everything, but no letter where the country's form is unknown."""
    has_letter = figures["jurisdiction"] in letter.LETTERS
    return [kind for kind in Format if kind != Format.PDF or has_letter]


def build_document(
    figures: dict[str, Any], *, format: Format, edition: Edition, sha256: str
) -> bytes:
    """A document of figures, frozen or provisional; equal figures give equal bytes.

    The shared edition hides small figures. ``sha256`` is the hash of the figures as they are kept.
    """
    shown = shared_edition(figures) if edition == Edition.SHARED else figures
    if format == Format.JSON:
        return canonical(shown).encode()
    build = {Format.PDF: letter.build_letter, Format.XLSX: build_workbook, Format.CSV: build_table}
    return build[format](shown, sha256=sha256)
