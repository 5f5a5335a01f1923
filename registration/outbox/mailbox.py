"""The embedded default: what would leave the machine is kept where the desk can read it."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction

from registration.outbox.choices import Channel
from registration.outbox.models import MailboxFile, MailboxItem


class MailboxBackend(BaseEmailBackend):
    """A Django e-mail backend that writes each message into the mailbox."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            _keep(message)
        return len(email_messages)


class MailboxGateway:
    """An SMS gateway that writes each message into the mailbox."""

    def send(self, *, number: str, text: str, reference: str) -> None:
        MailboxItem.objects.create(
            channel=Channel.SMS, recipient=number, text=text, message_id=reference
        )


@transaction.atomic
def _keep(message: EmailMessage) -> None:
    # Built as for a mail server, so that a header that one would refuse is refused here as well.
    built = message.message()
    item = MailboxItem.objects.create(
        channel=Channel.EMAIL,
        recipient=", ".join(message.recipients()),
        subject=str(message.subject),
        text=str(message.body),
        html=_html_of(message),
        message_id=str(built["Message-ID"])[:200],
    )
    # Files and pictures as bytes; a part built by hand has no name and is left out.
    for attached in message.attachments:
        if isinstance(attached, tuple):
            name, content, content_type = attached
            raw = content.encode() if isinstance(content, str) else content
            MailboxFile.objects.create(
                item=item,
                name=(name or "file")[:120],
                content_type=content_type or "application/octet-stream",
                content=raw,
            )


def _html_of(message: EmailMessage) -> str:
    for alternative in getattr(message, "alternatives", []):
        content, content_type = alternative
        if content_type == "text/html":
            return str(content)
    return ""
