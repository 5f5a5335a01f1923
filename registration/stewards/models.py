"""What a desk decides about a registration: kept with who, when and why."""

import uuid

from django.conf import settings
from django.db import models

from registration.common.sealing import SealedField
from registration.pledges.models import Pledge
from registration.stewards.choices import DeskActKind, Outcome


class WithdrawalRequest(models.Model):
    """One member of staff asks to withdraw a registration; a second one decides."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="withdrawal_requests")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = SealedField()
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pledge"],
                condition=models.Q(decided_at__isnull=True),
                name="one_open_withdrawal_request",
            )
        ]

    def __str__(self) -> str:
        return str(self.id)


class DeskAct(models.Model):
    """A decision at the desk that is no step of the route. Never altered."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="desk_acts")
    kind = models.CharField(max_length=12, choices=DeskActKind)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = SealedField()
    done_at = models.DateTimeField()

    class Meta:
        ordering = ["done_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pledge_id}"
