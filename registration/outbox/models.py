"""What goes out. A message is a row written with the thing it tells of; delivery comes after."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.common.sealing import SealedField
from registration.outbox.choices import Channel, State


class Endpoint(models.Model):
    """Another organisation's system that is called (Standard Webhooks: signed, retried, ended).

    Only what two people agreed on is written here; the room that uses it sees to that.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = SealedField()
    secret = SealedField()
    # While a secret is replaced, each call bears both signatures.
    previous_secret = SealedField(blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    # It answered 410, or failed for days: nothing more is sent until somebody looks.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class Message(models.Model):
    """One message to one recipient, written in the reader's language when it was queued."""

    # Wagtail would note each row's references in a table of its own: no persons there.
    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=8, choices=Channel)
    # What it is about, e.g. "pledges/receipt"; and the id of the thing, never of a person.
    kind = models.CharField(max_length=60)
    about = models.UUIDField(null=True, blank=True, db_index=True)
    language = models.CharField(max_length=8)
    recipient = SealedField()
    recipient_hash = models.CharField(max_length=64, db_index=True)
    # Of a webhook: where it goes and by what it is signed at that moment.
    endpoint = models.ForeignKey(
        Endpoint, models.PROTECT, null=True, blank=True, related_name="messages"
    )
    subject = SealedField(blank=True)
    text = SealedField()
    html = SealedField(blank=True)
    # Writing the same message twice is refused by this key.
    dedupe_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(state="waiting"),
                name="message_waiting",
            ),
            models.Index(
                fields=["leased_until"],
                condition=models.Q(state="sending"),
                name="message_sending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Attachment(models.Model):
    """A file that goes with a message. It holds figures or the reader's own answers."""

    wagtail_reference_index_ignore = True
    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class MailboxItem(models.Model):
    """What the embedded default sent: kept here instead of leaving the machine."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField(max_length=8, choices=Channel)
    recipient = SealedField()
    subject = SealedField(blank=True)
    text = SealedField()
    html = SealedField(blank=True)
    message_id = models.CharField(max_length=200, blank=True)
    arrived_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-arrived_at"]

    def __str__(self) -> str:
        return str(self.id)


class MailboxFile(models.Model):
    """A file that came with a mailbox item."""

    wagtail_reference_index_ignore = True
    item = models.ForeignKey(MailboxItem, models.CASCADE, related_name="files")
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class Stop(models.Model):
    """A recipient who wants no more messages on a topic. The address itself is not kept."""

    wagtail_reference_index_ignore = True

    recipient_hash = models.CharField(max_length=64)
    # "relative" for all that relatives are told, or the id of one registration.
    topic = models.CharField(max_length=60)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient_hash", "topic"], name="stop_once")
        ]

    def __str__(self) -> str:
        return self.topic


class Freeze(models.Model):
    """While there is an open row nothing leaves: after a restore, until an operator looked."""

    wagtail_reference_index_ignore = True

    since = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d %H:%M}"
