"""The ledger: one row for each change of a registration, without personal data, never altered."""

from django.db import models

from registration.banners.models import Placement
from registration.campaigns.models import Campaign
from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.ledger.kept import KeptModel
from registration.units.models import Jurisdiction, Locality, Province, Unit


class Event(KeptModel):
    """One change. ``happened_at`` is the database's clock under the ledger's lock.

    Written by ``ledger.services.record_event`` alone. ``subject`` is the id of the registration.
    """

    happened_at = models.DateTimeField()
    kind = models.CharField(max_length=24, choices=EventKind)
    subject = models.UUIDField(db_index=True)
    department = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    province = models.ForeignKey(Province, models.PROTECT, null=True, related_name="+")
    locality = models.ForeignKey(Locality, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    placement = models.ForeignKey(Placement, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=EntryChannel)
    # Codes in order, joined by ";": equal choices are equal strings, which the database groups.
    organs = models.CharField(max_length=250, blank=True)
    volume_ml = models.PositiveIntegerField(null=True)
    # Why somebody could not give blood: a code of the country's list, never a finding.
    reason = models.CharField(max_length=40, blank=True)
    # The day written on a paper form, where that lies before the day of entry.
    signed_on = models.DateField(null=True)
    sex = models.CharField(max_length=8, choices=Sex, default=Sex.UNKNOWN)
    age_band = models.CharField(max_length=8, choices=AgeBand, default=AgeBand.UNKNOWN)
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    is_test = models.BooleanField(default=False)
    # Counted, and named as demo in every document that holds it.
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["happened_at", "id"]
        indexes = [
            models.Index(fields=["department", "happened_at"], name="event_of_department"),
            models.Index(
                fields=["department", "happened_at"],
                condition=models.Q(corrects__isnull=False),
                name="event_correction",
            ),
            # When a unit was last registered through.
            models.Index(
                fields=["unit", "kind", "happened_at"],
                condition=models.Q(unit__isnull=False),
                name="event_of_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class Mark(models.Model):
    """One row: when a reporter last passed the ledger's lock (``ledger.clock``)."""

    moment = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moment:%Y-%m-%d %H:%M:%S}"
