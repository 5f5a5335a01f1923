"""What goes out: a message is written together with what it tells of, and delivered after."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.template import Context, Engine, TemplateDoesNotExist
from django.utils import translation

from registration.common.folding import canonical_email
from registration.common.limits import Limit, count_use
from registration.common.sealing import lookup_hash
from registration.outbox import delivery
from registration.outbox.choices import Channel, State
from registration.outbox.delivery import deliver_message
from registration.outbox.models import Attachment, Endpoint, MailboxItem, Message, Stop
from registration.outbox.rules import one_line, require_one_address, require_one_number
from registration.outbox.tasks import deliver_message as bell
from registration.outbox.webhooks import ENDED, make_endpoint, replace_secret, resume_endpoint

logger = logging.getLogger(__name__)

__all__ = [
    "PER_RECIPIENT",
    "File",
    "call_back",
    "deliver_due",
    "deliver_message",
    "erase_messages",
    "make_endpoint",
    "may_write_to",
    "queue_email",
    "queue_sms",
    "queue_webhook",
    "replace_secret",
    "resume_endpoint",
    "resume_messages",
    "stop_messages",
]

# For one recipient and kind. Enough for a family or a desk that registers under one address,
# too little to fill a stranger's mailbox through a public form.
PER_RECIPIENT = Limit("outbox", times=20, seconds=24 * 3600)
LIMIT_REACHED = "limit_reached"
BUDGET_SPENT = "budget_spent"
STOPPED = "stopped"


@dataclass(frozen=True)
class File:
    """A file to go with an e-mail."""

    name: str
    content_type: str
    content: bytes


def queue_email(
    kind: str,
    *,
    to: str,
    language: str,
    context: Mapping[str, Any],
    about: UUID | None = None,
    dedupe_key: str,
    now: datetime,
    attachments: Iterable[File] = (),
    limit: Limit | None = PER_RECIPIENT,
    stoppable: str = "",
) -> Message:
    """Write an e-mail in the reader's language and ring for its delivery after the commit.

    ``kind`` "pledges/receipt" names the templates ``pledges/mail/receipt_subject.txt``,
    ``receipt.txt`` and, if there is one, ``receipt.html``. A second call with the same
    ``dedupe_key`` writes nothing and returns the first message. Refuses what is not one address
    (``not_one_address``).

    Beyond ``limit`` for this recipient and kind the message is written as failed
    (``limit_reached``) and never sent: the caller, and so the page, answers as it always does.
    ``limit=None`` is for what no stranger can cause, such as a department's summaries.

    ``stoppable`` is the topic under which the recipient may have stopped messages
    (``stop_messages``); then it is written as failed (``stopped``) and never sent.
    """
    if written := Message.objects.filter(dedupe_key=dedupe_key).first():
        return written
    address = require_one_address(to)
    room, name = kind.split("/")
    with translation.override(language):
        message = Message(
            channel=Channel.EMAIL,
            recipient=address,
            recipient_hash=_hash_of(address),
            subject=one_line(_write(f"{room}/mail/{name}_subject.txt", context)),
            text=_write(f"{room}/mail/{name}.txt", context).strip() + "\n",
            html=_write(f"{room}/mail/{name}.html", context, is_html=True),
        )
    return _queue(
        message,
        kind=kind,
        language=language,
        about=about,
        dedupe_key=dedupe_key,
        now=now,
        attachments=attachments,
        limit=limit,
        stoppable=stoppable,
    )


def queue_sms(
    kind: str,
    *,
    to: str,
    language: str,
    context: Mapping[str, Any],
    about: UUID | None = None,
    dedupe_key: str,
    now: datetime,
    limit: Limit | None = PER_RECIPIENT,
    stoppable: str = "",
) -> Message:
    """Write an SMS; as ``queue_email``, with the template ``<room>/sms/<name>.txt``.

    ``to`` is one number in international form, else ``not_one_number``.
    """
    if written := Message.objects.filter(dedupe_key=dedupe_key).first():
        return written
    number = require_one_number(to)
    room, name = kind.split("/")
    with translation.override(language):
        text = one_line(_write(f"{room}/sms/{name}.txt", context))
    message = Message(
        channel=Channel.SMS,
        recipient=number,
        recipient_hash=_hash_of(number),
        text=text,
    )
    return _queue(
        message,
        kind=kind,
        language=language,
        about=about,
        dedupe_key=dedupe_key,
        now=now,
        attachments=(),
        limit=limit,
        stoppable=stoppable,
    )


def queue_webhook(
    kind: str,
    *,
    endpoint: Endpoint,
    body: str,
    language: str,
    dedupe_key: str,
    now: datetime,
    about: UUID | None = None,
) -> Message:
    """Write a call to another organisation's system; ``body`` is its JSON, sent as it stands.

    As ``queue_email``: twice with one ``dedupe_key`` is once. To an endpoint that has ended it is
    written as failed (``endpoint_ended``) and never sent.
    """
    if written := Message.objects.filter(dedupe_key=dedupe_key).first():
        return written
    message = Message(
        channel=Channel.WEBHOOK,
        recipient=endpoint.address,
        recipient_hash=lookup_hash(endpoint.address, purpose="recipient"),
        endpoint=endpoint,
        text=body,
    )
    if endpoint.ended_at:
        message.state, message.last_error = State.FAILED, ENDED
    return _queue(
        message,
        kind=kind,
        language=language,
        about=about,
        dedupe_key=dedupe_key,
        now=now,
        attachments=(),
        limit=None,
        stoppable="",
    )


def stop_messages(recipient: str, topic: str, *, now: datetime) -> None:
    """Send a mailbox or number nothing more that is ``stoppable`` under this topic. Twice is once.

    Only the keyed hash of the recipient is kept.
    """
    Stop.objects.get_or_create(
        recipient_hash=_hash_of(recipient), topic=topic, defaults={"since": now}
    )


def resume_messages(recipient: str, topic: str) -> None:
    """Take ``stop_messages`` back. Twice is once."""
    Stop.objects.filter(recipient_hash=_hash_of(recipient), topic=topic).delete()


def may_write_to(recipient: str, topic: str) -> bool:
    """Whether the recipient has not stopped messages on this topic."""
    return not _is_stopped(_hash_of(recipient), topic)


def _is_stopped(recipient_hash: str, topic: str) -> bool:
    return Stop.objects.filter(recipient_hash=recipient_hash, topic=topic).exists()


def _hash_of(recipient: str) -> str:
    canonical = canonical_email(recipient) if "@" in recipient else recipient
    return lookup_hash(canonical, purpose="recipient")


def erase_messages(*, about: Iterable[UUID]) -> None:
    """Erase the messages that tell of these things, sent or not, and the mailbox's copies."""
    messages = Message.objects.filter(about__in=list(about))
    marks = [delivery.message_mark(message) for message in messages]
    MailboxItem.objects.filter(message_id__in=marks).delete()
    messages.delete()


def deliver_due(*, now: datetime) -> dict[str, int]:
    """Deliver all that is due, here and without any broker; how many ended in which state."""
    while delivery.release_lost(now=now, at_most=500):
        pass
    results = {state.value: 0 for state in (State.SENT, State.WAITING, State.FAILED)}
    # Listed once: what is put back with a pause must not be tried again in the same run.
    for message_id in list(delivery.due(now=now).values_list("pk", flat=True)):
        delivery.deliver_message(message_id, now=now)
        state = Message.objects.values_list("state", flat=True).get(pk=message_id)
        if state in results:
            results[state] += 1
    return results


def call_back(messages: QuerySet[Message], because: str) -> list[UUID]:
    """Never send those of these messages that have not gone yet (``failed``, ``because``); which.

    What a worker holds at this moment counts as sent if it goes out, and is not tried again.
    """
    unsent = messages.filter(state__in=[State.WAITING, State.SENDING]).order_by("pk")
    return [
        pk
        for pk in unsent.values_list("pk", flat=True)
        # One by one, each only if it is still so: a worker may be quicker.
        if Message.objects.filter(pk=pk, state__in=[State.WAITING, State.SENDING]).update(
            state=State.FAILED, last_error=because, leased_until=None
        )
    ]


def _queue(
    message: Message,
    *,
    kind: str,
    language: str,
    about: UUID | None,
    dedupe_key: str,
    now: datetime,
    attachments: Iterable[File],
    limit: Limit | None,
    stoppable: str,
) -> Message:
    message.kind, message.language, message.about = kind, language, about
    message.dedupe_key = dedupe_key
    message.created_at = message.not_before = now
    try:
        with transaction.atomic():
            if stoppable and _is_stopped(message.recipient_hash, stoppable):
                message.state, message.last_error = State.FAILED, STOPPED
            elif limit and not count_use(limit, f"{kind}:{message.recipient_hash}", now=now):
                message.state, message.last_error = State.FAILED, LIMIT_REACHED
            elif limit and message.channel == Channel.SMS and not _is_in_budget(now):
                message.state, message.last_error = State.FAILED, BUDGET_SPENT
            message.save(force_insert=True)
            Attachment.objects.bulk_create(
                Attachment(
                    message=message,
                    name=file.name,
                    content_type=file.content_type,
                    content=file.content,
                )
                for file in attachments
            )
    except IntegrityError:
        # Another transaction wrote it in this moment; any other breach leaves nothing to find.
        return Message.objects.get(dedupe_key=dedupe_key)
    if message.state == State.WAITING:
        bell.delay_on_commit(str(message.pk))  # type: ignore[attr-defined]
    return message


def _is_in_budget(now: datetime) -> bool:
    """Whether strangers together may cause one more SMS today: each of them costs money."""
    budget = Limit("outbox.sms", times=settings.SMS_PER_DAY, seconds=24 * 3600)
    if count_use(budget, "all", now=now):
        return True
    logger.error("The day's budget of %s SMS is spent: no more are sent.", settings.SMS_PER_DAY)
    return False


def _write(template: str, context: Mapping[str, Any], *, is_html: bool = False) -> str:
    """Render a template of another room. Only an HTML part may be missing; only it is escaped."""
    try:
        found = Engine.get_default().get_template(template)
    except TemplateDoesNotExist:
        if is_html:
            return ""
        raise
    values = {"BASE_URL": settings.BASE_URL, **context}
    return found.render(Context(values, autoescape=is_html))
