"""From a frozen summary, or provisional figures, to one message for each recipient."""

import contextlib
import logging
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import translation

from registration.accounts.models import Staff
from registration.common.limits import Limit, require_few
from registration.deliveries.choices import Way
from registration.deliveries.editions import Papers, Thing, edition_for, facts_of_papers
from registration.deliveries.links import link_of
from registration.deliveries.models import Delivery, Recipient
from registration.deliveries.trouble import place_of
from registration.outbox import services as outbox
from registration.outbox.models import Message
from registration.papers import labels
from registration.reports.choices import Edition, Format
from registration.reports.closing import close_window, finish_window
from registration.reports.models import Summary, Window

logger = logging.getLogger(__name__)

# By one person; each may go to all offices of the list.
COPIES = Limit("deliveries.copies", times=60, seconds=3600)


def close_and_deliver(window: Window, *, now: datetime) -> Summary:
    """Close the window and queue one message for each recipient; twice is once.

    Refuses as ``reports.closing.close_window`` does. Must not be called inside a transaction.
    """
    summary = close_window(window, now=now)
    deliver(summary, now=now)
    return summary


def deliver(summary: Summary, *, now: datetime) -> None:
    """Queue one message for each recipient and mark the window as finished.

    On a holiday on which the department wants nothing, none is queued. Whoever a message cannot
    be written for is logged and holds back nobody else; the window stays unfinished and the next
    minute tries that one again.
    """
    if summary.window.finished_at:
        return
    listed = Recipient.objects.filter(department=summary.department_id, is_active=True)
    if summary.window.is_quiet:
        listed = listed.none()
    papers = _papers_for(summary, listed)
    with transaction.atomic():
        window = Window.objects.select_for_update().get(pk=summary.window_id)
        if window.finished_at:
            return
        recipients = _held(listed)
        done = [_deliver_to(each, papers, key=_key(summary, each), now=now) for each in recipients]
        if all(done):
            finish_window(window, now=now)


def _held(recipients: QuerySet[Recipient]) -> list[Recipient]:
    """As they stand now, and nobody changes them before their message is written: who changes one
    after that finds the message and calls it back.
    """
    rows = recipients.select_related("endpoint").order_by("pk")
    return list(rows.select_for_update(of=["self"], no_key=True))


def _papers_for(thing: Thing, recipients: Iterable[Recipient]) -> dict[Edition, Papers]:
    """Both editions, those that are needed with their documents made: no lock is held meanwhile."""
    papers = {edition: Papers(thing, edition) for edition in Edition}
    for edition in {edition_for(each.is_outside) for each in recipients}:
        # What cannot be made is told where it is missed.
        with contextlib.suppress(Exception):
            papers[edition].file(Format.JSON)
    return papers


def _key(summary: Summary, recipient: Recipient) -> str:
    return f"summary:{summary.pk}:{recipient.pk}"


def _deliver_to(
    recipient: Recipient, papers: dict[Edition, Papers], *, key: str, now: datetime
) -> bool:
    edition = papers[edition_for(recipient.is_outside)]
    try:
        with transaction.atomic():
            message = queue_copy(edition, recipient, copy=1, dedupe_key=key, now=now)
            Delivery.objects.get_or_create(
                **_of(edition.thing), recipient=recipient, copy=1, defaults={"message": message}
            )
    except Exception as error:  # Whatever it is, the other offices wait for their figures.
        logger.error("Recipient %s has no message yet: %s.", recipient.pk, place_of(error))
        return False
    return True


def send_copies(
    thing: Thing, *, to: Iterable[Recipient], key: str, staff: Staff, now: datetime
) -> int:
    """Queue one more copy for each of these; how many. A ``key`` that was used queues nothing.

    The documents are those that were sent the first time, to the byte. Refuses one person who sends
    without end (``too_often``).
    """
    require_few(COPIES, str(staff.pk), now=now)
    chosen = Recipient.objects.filter(pk__in=[each.pk for each in to], is_active=True)
    papers = _papers_for(thing, chosen)
    with transaction.atomic():
        recipients = _held(chosen)
        # Two who ask at once number their copies one after the other.
        type(thing)._default_manager.select_for_update().get(pk=thing.pk)
        queued = [
            _copy_to(each, papers[edition_for(each.is_outside)], key=key, staff=staff, now=now)
            for each in recipients
        ]
    return sum(queued)


def call_back_from(
    recipient: Recipient, because: str, *, anew_by: Staff | None, key: str, now: datetime
) -> None:
    """Never send what still waits for a recipient that was stopped or moved.

    With ``anew_by`` each summary among it is queued once more, as the recipient stands now.
    """
    theirs = Delivery.objects.filter(recipient=recipient)
    messages = Message.objects.filter(pk__in=theirs.values("message"))
    called_back = theirs.filter(message__in=outbox.call_back(messages, because))
    if anew_by is None:
        return
    things: dict[Thing, None] = {}
    for each in called_back.select_related("summary", "provisional").order_by("pk"):
        if thing := each.summary or each.provisional:
            things[thing] = None
    for thing in things:
        type(thing)._default_manager.select_for_update().get(pk=thing.pk)
        papers = Papers(thing, edition_for(recipient.is_outside))
        _copy_to(recipient, papers, key=key, staff=anew_by, now=now)


def _copy_to(
    recipient: Recipient, papers: Papers, *, key: str, staff: Staff, now: datetime
) -> bool:
    thing = papers.thing
    of = _of(thing)
    dedupe_key = f"{next(iter(of))}:{thing.pk}:{recipient.pk}:{key}"
    if Message.objects.filter(dedupe_key=dedupe_key).exists():
        return False
    earlier = Delivery.objects.filter(**of, recipient=recipient)
    copy = (earlier.aggregate(last=Max("copy"))["last"] or 0) + 1
    message = queue_copy(papers, recipient, copy=copy, dedupe_key=dedupe_key, now=now)
    Delivery.objects.create(**of, recipient=recipient, copy=copy, message=message, asked_by=staff)
    return True


def _of(thing: Thing) -> dict[str, Any]:
    return {"summary" if isinstance(thing, Summary) else "provisional": thing}


def queue_copy(
    papers: Papers, recipient: Recipient, *, copy: int, dedupe_key: str, now: datetime
) -> Message:
    """One message in the recipient's way, language, choice of documents and edition."""
    if recipient.endpoint:
        return outbox.queue_webhook(
            "deliveries/summary",
            endpoint=recipient.endpoint,
            body=papers.call,
            language=recipient.language,
            dedupe_key=dedupe_key,
            now=now,
        )
    files = papers.files(recipient.formats) if recipient.way == Way.EMAIL else []
    return outbox.queue_email(
        "deliveries/summary",
        to=recipient.email,
        language=recipient.language,
        context=mail_context(papers, recipient, copy=copy, url=link_of(dedupe_key)),
        dedupe_key=dedupe_key,
        now=now,
        attachments=files,
        limit=None,
    )


def mail_context(papers: Papers, recipient: Recipient, *, copy: int, url: str) -> dict[str, Any]:
    """What the message says, in the recipient's language."""
    language = recipient.language
    wanted = recipient.formats.split(";") if recipient.way == Way.EMAIL else []
    with translation.override(language):
        return facts_of_papers(papers, language) | {
            "copy": copy if copy > 1 else None,
            "days_line": labels.days_line(papers.figures, language),
            "is_quiet": labels.is_quiet(papers.figures),
            "purpose": recipient.get_purpose_display(),
            "documents": ", ".join(str(each.label) for each in papers.formats if each in wanted),
            "url": url,
        }
