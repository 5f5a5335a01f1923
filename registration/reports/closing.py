"""From an ended window to a delivered summary. Each step may be run again, by anybody, at once.

Freeze, make documents, queue the deliveries: what a crash leaves undone is done by the next run,
from the same frozen figures.
"""

import json
import logging
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from registration.common import dates
from registration.common.errors import RuleBroken
from registration.ledger.clock import BarrierBusy, pass_barrier
from registration.outbox.services import File, queue_email
from registration.reports import labels, letter
from registration.reports.choices import Format
from registration.reports.figures import compile_figures
from registration.reports.models import (
    Delivery,
    Document,
    Recipient,
    ReportHours,
    Summary,
    Window,
)
from registration.reports.rules import canonical, digest, require_ended
from registration.reports.workbook import build_workbook

logger = logging.getLogger(__name__)

BARRIER_TRIES = 5
BARRIER_PAUSE_SECONDS = 0.2
CONTENT_TYPES = {
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSON: "application/json",
}


def close_window(window: Window, *, now: datetime) -> Summary:
    """Freeze the window's figures, make its documents and queue one message for each recipient.

    Pressing twice gives the same summary and sends nothing twice. Refuses with ``window_open``
    before the cut-off (by both the caller's and the database's clock) and with
    ``earlier_window_open`` out of order. Raises ``BarrierBusy`` when writers hold the ledger for
    long: the next minute tries again. Must not be called inside a transaction.
    """
    summary = Summary.objects.filter(window=window).first()
    if summary is None:
        require_ended(window.ends_at, now=now)
        moment = _pass_barrier_patiently()
        require_ended(window.ends_at, now=moment)
        summary = freeze(window, taken_at=moment)
    make_documents(summary)
    deliver(summary, now=now)
    return summary


def _pass_barrier_patiently() -> datetime:
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
    text = canonical(figures)
    return Summary.objects.create(
        window=window,
        department_id=window.department_id,
        serial=figures["serial"],
        figures=text,
        sha256=digest(text),
        previous_sha256=figures["previous_sha256"] or "",
        frozen_at=taken_at,
    )


def make_documents(summary: Summary) -> list[Document]:
    """Make the documents that are missing, from the frozen figures alone; return all of them."""
    made = {document.format for document in summary.documents.defer("content")}
    figures = json.loads(summary.figures)
    for kind in formats_of(figures):
        if kind not in made:
            content = _build(kind, figures, summary)
            # Two runs at once make the same bytes; the first one's row is kept.
            Document.objects.bulk_create(
                [
                    Document(
                        summary=summary,
                        format=kind,
                        name=f"{figures['department']['code']}-{figures['window']['day']}.{kind}",
                        content=content,
                        sha256=digest(content),
                    )
                ],
                ignore_conflicts=True,
            )
    return list(summary.documents.order_by("pk"))


def formats_of(figures: dict[str, Any]) -> list[Format]:
    """What is made of figures: everything, but no letter where the country's form is unknown."""
    has_letter = figures["jurisdiction"] in letter.LETTERS
    return [kind for kind in Format if kind != Format.PDF or has_letter]


def _build(kind: Format, figures: dict[str, Any], summary: Summary) -> bytes:
    if kind == Format.PDF:
        return letter.build_letter(figures, sha256=summary.sha256)
    if kind == Format.XLSX:
        return build_workbook(figures, sha256=summary.sha256)
    return summary.figures.encode()


@transaction.atomic
def deliver(summary: Summary, *, now: datetime) -> None:
    """Queue one message for each recipient and mark the window as finished, all or nothing."""
    window = Window.objects.select_for_update().get(pk=summary.window_id)
    if window.finished_at is not None:
        return
    figures = json.loads(summary.figures)
    files = [
        File(document.name, CONTENT_TYPES[Format(document.format)], bytes(document.content))
        for document in summary.documents.exclude(format=Format.JSON).order_by("pk")
    ]
    recipients = Recipient.objects.filter(department=summary.department_id, is_active=True)
    for recipient in recipients.order_by("pk"):
        try:
            message = queue_email(
                "reports/summary",
                to=recipient.email,
                language=recipient.language,
                context=mail_context(figures, summary=summary, recipient=recipient),
                dedupe_key=f"summary:{summary.pk}:{recipient.pk}",
                now=now,
                attachments=files,
                limit=None,
            )
        except RuleBroken as error:
            # One office's unusable address must not hold back the others'.
            logger.error("Recipient %s gets no summary: %s.", recipient.pk, error.code)
            continue
        Delivery.objects.get_or_create(
            summary=summary, recipient=recipient, defaults={"message": message}
        )
    window.finished_at = now
    window.save(update_fields=["finished_at"])


def mail_context(
    figures: dict[str, Any], *, summary: Summary, recipient: Recipient
) -> dict[str, Any]:
    """What the message says, in the recipient's language."""
    window, language = figures["window"], recipient.language
    day = datetime.fromisoformat(window["day"]).date()

    def local(moment: str) -> str:
        return dates.date_time(datetime.fromisoformat(moment), language, zone=figures["zone"])

    with translation.override(language):
        address = reverse("reports:summary", args=[figures["department"]["code"], window["day"]])
        return {
            "department": figures["department"]["name"],
            "province": figures["province"]["name"],
            "day": dates.short_date(day, language),
            "starts": local(window["starts_at"]),
            "ends": local(window["ends_at"]),
            "serial": summary.serial,
            "sha256": summary.sha256,
            "is_quiet": labels.is_quiet(figures),
            "holds_demo": figures["holds_demo"],
            "demo_note": labels.demo_note(),
            "legal_note": labels.legal_note(figures),
            "purpose": recipient.get_purpose_display(),
            "url": f"{settings.BASE_URL}{address}",
            "rows": [
                {
                    "label": row["label"],
                    "day": dates.number(row["day"], language),
                    "total": dates.number(row["total"], language),
                }
                for row in labels.count_rows(figures)
            ],
        }
