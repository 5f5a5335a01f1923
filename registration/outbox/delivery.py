"""Delivery of one message: claim the row, send, record. It may run twice and at once.

The claim is a single conditional update, so of two workers one sends. A worker that dies between
sending and recording leaves its lease behind; the message goes out again under the same
``Message-ID``, by which the reader's mail program can fold the two.
"""

import contextlib
import logging
import smtplib
import socket
import threading
from datetime import datetime, timedelta
from email.utils import format_datetime, parseaddr
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import smtp
from django.db import transaction
from django.db.models import Exists, F, QuerySet

from registration.outbox import sms, webhooks
from registration.outbox.choices import Channel, State
from registration.outbox.models import Freeze, Message
from registration.outbox.rules import (
    NotDelivered,
    NotNow,
    Refused,
    pause_before_next,
    pause_before_next_call,
)

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
# The library's timeout starts anew with each byte; this one holds for the whole conversation.
CONVERSATION_SECONDS = 25.0
# Lost leases after which a message no longer starts at once: it may be what kills the worker.
QUICK_RETURNS = 3
DROPPED = "dropped"


def deliver_message(message_id: UUID, *, now: datetime) -> None:
    """Send a message that is due, if no one else does. Never raises for what befalls one message.

    Refused for good: state ``failed``. In trouble that passes: ``waiting`` with a pause, and
    ``failed`` after 72 hours (webhooks: after ten tries). Only the kind of trouble is kept, never
    whom it befell.
    """
    message = claim(message_id, now=now)
    if message is None:
        return
    try:
        send(message, now=now)
    except Refused as error:
        _close(message, State.FAILED, error.code)
    except NotNow as error:
        _put_back(message, error.code, now=now, asked=error.pause)
    else:
        # Even if the lease ran out meanwhile, unless another worker holds the row now.
        Message.objects.filter(pk=message.pk, attempts=message.attempts).update(
            state=State.SENT, sent_at=now, leased_until=None, last_error=""
        )


def claim(message_id: UUID, *, now: datetime) -> Message | None:
    """Take the message for this worker for two minutes, or None if it is not to be taken."""
    taken = claimable(message_id, now=now).update(
        state=State.SENDING, leased_until=now + LEASE, attempts=F("attempts") + 1
    )
    return Message.objects.get(pk=message_id) if taken else None


def claimable(message_id: UUID, *, now: datetime) -> QuerySet[Message]:
    return _due(now).filter(pk=message_id)


def due(*, now: datetime) -> QuerySet[Message]:
    """Messages whose time has come; none while messages are frozen."""
    return _due(now).order_by("not_before")


def _due(now: datetime) -> QuerySet[Message]:
    # In the same statement that claims, so that nothing slips out between asking and sending.
    return Message.objects.filter(
        ~Exists(Freeze.objects.filter(released_at__isnull=True)),
        state=State.WAITING,
        not_before__lte=now,
    )


@transaction.atomic
def freeze_messages(*, now: datetime) -> Freeze:
    """Nothing leaves from now on, until ``release_messages``. Twice is once."""
    frozen = Freeze.objects.select_for_update().filter(released_at__isnull=True).first()
    return frozen or Freeze.objects.create(since=now)


@transaction.atomic
def release_messages(*, now: datetime, drops_old: bool = False) -> int:
    """Let messages leave again; how many wait to do so.

    With ``drops_old`` those written before the freeze are not sent (state ``failed``,
    ``dropped``): after a restore they may have gone out already.
    """
    frozen = Freeze.objects.select_for_update().filter(released_at__isnull=True)
    since = frozen.order_by("since").values_list("since", flat=True).first()
    if since and drops_old:
        old = Message.objects.filter(
            state__in=[State.WAITING, State.SENDING], created_at__lte=since
        )
        old.update(state=State.FAILED, last_error=DROPPED, leased_until=None)
    frozen.update(released_at=now)
    return Message.objects.filter(state=State.WAITING).count()


def release_lost(*, now: datetime, at_most: int) -> int:
    """Put back what a dead worker held; the number put back."""
    lost = Message.objects.filter(state=State.SENDING, leased_until__lt=now)
    number = 0
    for message in lost.order_by("leased_until")[:at_most]:
        number += _put_back(message, "lost", now=now)
    return number


def send(message: Message, *, now: datetime) -> None:
    """Hand the message over, or raise ``Refused`` or ``NotNow``; nothing else is raised."""
    try:
        if message.channel == Channel.WEBHOOK:
            webhooks.call_endpoint(message, now=now)
        elif message.channel == Channel.SMS:
            sms.gateway().send(
                number=message.recipient, text=message.text, reference=message_mark(message)
            )
        else:
            _hand_over(build_email(message))
    except NotDelivered:
        raise
    except Exception as error:  # Whatever it is, it must not hold the other rows.
        raise verdict(error) from None


def _hand_over(mail: EmailMultiAlternatives) -> None:
    connection = get_connection(_backend())
    try:
        connection.open()
        connection.send_messages([mail])
    finally:
        # The server has the message by now: a poor farewell must not send it a second time.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.close()


def message_mark(message: Message) -> str:
    """The name a message bears outside: the same each time it is sent, and its copies' too."""
    if message.channel != Channel.EMAIL:
        return str(message.pk)
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{message.pk}@{host}>"


def build_email(message: Message) -> EmailMultiAlternatives:
    sender = settings.DEFAULT_FROM_EMAIL
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=sender,
        to=[message.recipient],
        headers={
            "Message-ID": message_mark(message),
            "Date": format_datetime(message.created_at),
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for file in message.attachments.order_by("pk"):
        mail.attach(file.name, bytes(file.content), file.content_type)
    return mail


SIZE_EXCEEDED = 552


def verdict(error: Exception) -> NotDelivered:
    """Whether an error of the mail server or of the message itself is for good.

    What was refused before the message was named (greeting, sign-in) is the server's trouble.
    """
    name = type(error).__name__
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _reply in error.recipients.values()]
        kind = Refused if all(code >= 500 for code in codes) else NotNow
        return kind(f"{name} {max(codes)}")
    if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code != SIZE_EXCEEDED:
        # Our own sender is refused (sign-in, quota, a wrong setting): the operator's to mend.
        return NotNow(f"{name} {error.smtp_code}")
    if isinstance(error, smtplib.SMTPDataError | smtplib.SMTPSenderRefused):
        kind = Refused if error.smtp_code >= 500 else NotNow
        return kind(f"{name} {error.smtp_code}")
    if isinstance(error, smtplib.SMTPResponseException):
        return NotNow(f"{name} {error.smtp_code}")
    # A header or address that cannot be written raises ValueError at the moment of sending.
    return Refused(name) if isinstance(error, ValueError) else NotNow(name)


def _close(message: Message, state: State, error: str) -> int:
    logger.warning("Message %s (%s): %s", message.pk, message.kind, error)
    return _own(message).update(state=state, leased_until=None, last_error=error[:200])


def _put_back(
    message: Message, error: str, *, now: datetime, asked: timedelta | None = None
) -> int:
    pause = _pause_after(message, now=now)
    if pause is None:
        closed = _close(message, State.FAILED, error)
        if closed and message.channel == Channel.WEBHOOK:
            webhooks.give_up(message, now=now)
        return closed
    if error == "lost" and message.attempts <= QUICK_RETURNS:
        pause = timedelta()
    if asked is not None:
        pause = max(pause, asked)
    logger.info("Message %s (%s) waits: %s", message.pk, message.kind, error)
    return _own(message).update(
        state=State.WAITING, not_before=now + pause, leased_until=None, last_error=error[:200]
    )


def _pause_after(message: Message, *, now: datetime) -> timedelta | None:
    if message.channel == Channel.WEBHOOK:
        return pause_before_next_call(message.attempts)
    return pause_before_next(message.attempts, age=now - message.created_at)


def _own(message: Message) -> QuerySet[Message]:
    return Message.objects.filter(pk=message.pk, state=State.SENDING, attempts=message.attempts)


def _backend() -> str:
    named: str = settings.EMAIL_BACKEND
    if named == "django.core.mail.backends.smtp.EmailBackend":
        return f"{__name__}.PunctualBackend"
    return named


class _Punctual:
    """Ends the conversation when its time is up, however slowly the server keeps talking."""

    def connect(self, *args: Any, **kwargs: Any) -> Any:
        self.alarm = threading.Timer(CONVERSATION_SECONDS, self._hang_up)
        self.alarm.daemon = True
        self.alarm.start()
        try:
            return super().connect(*args, **kwargs)  # type: ignore[misc]
        except BaseException:
            self.alarm.cancel()
            raise

    def close(self) -> None:
        self.alarm.cancel()
        super().close()  # type: ignore[misc]

    def _hang_up(self) -> None:
        line: socket.socket | None = getattr(self, "sock", None)
        if line is not None:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)


class PunctualSMTP(_Punctual, smtplib.SMTP):
    pass


class PunctualSMTPS(_Punctual, smtplib.SMTP_SSL):
    pass


class PunctualBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return PunctualSMTPS if self.use_ssl else PunctualSMTP
