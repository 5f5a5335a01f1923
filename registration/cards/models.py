"""Donor cards, and the receipted lists by which the national centre learns of them."""

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.cards.choices import CardEnd, Told, TransferState
from registration.cards.rules import require_times
from registration.common.errors import RuleBroken
from registration.common.sealing import SealedField
from registration.pledges.models import Pledge
from registration.units.models import Jurisdiction, Unit


class Card(models.Model):
    """A donor card. A Vietnamese registration counts from its issue (Law 75/2006/QH11, art. 18)."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="cards")
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    number = SealedField()
    number_hash = models.CharField(max_length=64)
    issuer = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    issued_on = models.DateField()
    # What the QR code holds; its hash finds the card.
    code = SealedField()
    code_hash = models.CharField(max_length=64, unique=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=12, choices=CardEnd, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pledge"], condition=models.Q(ended_at__isnull=True), name="one_valid_card"
            ),
            # What was issued by mistake gives its number back.
            models.UniqueConstraint(
                fields=["jurisdiction", "number_hash"],
                condition=~models.Q(end_reason="undone"),
                name="card_number_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Receiver(models.Model):
    """A unit that receives lists of issued cards, and how often."""

    wagtail_reference_index_ignore = True

    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="+", verbose_name=_("jurisdiction")
    )
    unit = models.OneToOneField(
        Unit, models.PROTECT, related_name="card_receiver", verbose_name=_("unit")
    )
    email = models.EmailField(_("e-mail for notices"))
    language = models.CharField(_("language"), max_length=8)
    weekday = models.PositiveSmallIntegerField(
        _("weekday (0 is Monday); empty: every day"), null=True, blank=True
    )
    hour = models.PositiveSmallIntegerField(_("hour of the day"), default=16)
    chase_after_days = models.PositiveSmallIntegerField(
        _("days after which a list that nobody acknowledged is chased"), default=3
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("receiver of card lists")
        verbose_name_plural = _("receivers of card lists")

    def __str__(self) -> str:
        return str(self.unit)

    def clean(self) -> None:
        try:
            require_times(weekday=self.weekday, hour=self.hour)
        except RuleBroken as error:
            raise ValidationError({error.field or "hour": error.sentence}) from error


class Transfer(models.Model):
    """One list of cards to one receiver: numbered, counted, hashed; fetched and acknowledged."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receiver = models.ForeignKey(Receiver, models.PROTECT, related_name="transfers")
    serial = models.PositiveIntegerField()
    day = models.DateField()
    made_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    # Of the file's bytes, which are kept sealed (they name people).
    sha256 = models.CharField(max_length=64)
    content = SealedField(blank=True)
    state = models.CharField(max_length=12, choices=TransferState, default=TransferState.MADE)
    fetched_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    chased_at = models.DateTimeField(null=True, blank=True)
    chases = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["-serial"]
        constraints = [
            models.UniqueConstraint(fields=["receiver", "serial"], name="transfer_serial_once"),
            models.UniqueConstraint(fields=["receiver", "day"], name="transfer_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.receiver} {self.serial}"


class ErasedCard(models.Model):
    """What a receiver still has to be told of a card whose person was erased: that it ended.

    It holds the numbers alone, without the person, and goes with the next list.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    receiver = models.ForeignKey(Receiver, models.PROTECT, related_name="+")
    reference = SealedField()
    number = SealedField()
    # None where it was valid until it was erased.
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=12, choices=CardEnd)

    def __str__(self) -> str:
        return str(self.id)


class TransferLine(models.Model):
    """That a card stood in a list: once as issued and, if it ends later, once as ended."""

    wagtail_reference_index_ignore = True

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="lines")
    receiver = models.ForeignKey(Receiver, models.PROTECT, related_name="+")
    card = models.ForeignKey(Card, models.CASCADE, related_name="lines")
    tells = models.CharField(max_length=8, choices=Told, default=Told.ISSUED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receiver", "card", "tells"], name="card_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.card_id}"
