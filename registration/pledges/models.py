"""Organ and tissue pledges: Vietnam's applications and Turkey's intents."""

import uuid

from django.db import models

from registration.banners.models import Placement
from registration.campaigns.models import Campaign
from registration.common.sealing import SealedField
from registration.ledger.choices import EntryChannel
from registration.people.models import Particulars, Person
from registration.pledges.choices import ACTIVE_STATES, PledgeState
from registration.units.choices import PledgeKind
from registration.units.models import Jurisdiction, Province, Unit


class Pledge(models.Model):
    """One registration. It becomes active when its owner confirms; one active for each person."""

    # Wagtail would note each row's references in a table of its own: no persons there.
    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True)
    kind = models.CharField(max_length=12, choices=PledgeKind)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    province = models.ForeignKey(Province, models.PROTECT, related_name="pledges")
    department = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="pledges")
    particulars = models.OneToOneField(Particulars, models.CASCADE, related_name="pledge")
    # Codes in order, joined by ";", as they stood that day: never the word "all".
    organs = SealedField(blank=True)
    # None where the form does not ask.
    keeps_identity_secret = models.BooleanField(null=True, blank=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    placement = models.ForeignKey(Placement, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=EntryChannel)
    state = models.CharField(max_length=12, choices=PledgeState, default=PledgeState.RECEIVED)
    # Without a proof of work the entry is taken, and waits for its owner under tighter limits.
    is_held = models.BooleanField(default=False)
    # Of the form that was sent: however often it comes, it is one registration.
    form_key = models.CharField(max_length=64, unique=True)
    # Of the proof of work that came with it: one proof lets in one registration.
    proof = models.CharField(max_length=64, unique=True, null=True, blank=True)
    language = models.CharField(max_length=8)
    received_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-received_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "jurisdiction"],
                condition=models.Q(state__in=[str(state) for state in ACTIVE_STATES]),
                name="one_active_pledge",
            )
        ]
        indexes = [
            models.Index(fields=["province", "state", "received_at"], name="pledge_work_list")
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def organ_codes(self) -> tuple[str, ...]:
        """Opens the seal."""
        return tuple(self.organs.split(";")) if self.organs else ()
