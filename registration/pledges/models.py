"""Organ and tissue pledges: Vietnam's applications and Turkey's intents."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from registration.banners.models import Placement
from registration.campaigns.models import Campaign
from registration.common.sealing import SealedField
from registration.ledger.choices import EntryChannel
from registration.ledger.models import Event
from registration.people.models import Particulars, Person
from registration.pledges.choices import ACTIVE_STATES, PledgeState, StepKind
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
    # Under whose number it came, where that person was merged into another; undone with the merge.
    registered_as = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    particulars = models.OneToOneField(Particulars, models.CASCADE, related_name="pledge")
    # Codes in order, joined by ";", as they stood that day: never the word "all".
    organs = SealedField(blank=True)
    # None where the form does not ask.
    keeps_identity_secret = models.BooleanField(null=True, blank=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    placement = models.ForeignKey(Placement, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=EntryChannel)
    # The unit at whose desk it was made; a placement names its own.
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    batch = models.ForeignKey("EntryBatch", models.PROTECT, null=True, related_name="pledges")
    # The earlier registration of the same person whose place this one took, or waits to take.
    replaces = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replaced_by")
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
    # What is to be done next, since when; empty when nothing is.
    next_step = models.CharField(
        max_length=12, choices=StepKind, blank=True, default=StepKind.CONFIRM
    )
    waiting_since = models.DateTimeField(default=timezone.now)
    # How many reminders its owner was sent.
    reminders = models.PositiveSmallIntegerField(default=0)

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
            models.Index(fields=["province", "state", "received_at"], name="pledge_by_state"),
            models.Index(
                fields=["province", "next_step", "waiting_since"], name="pledge_work_list"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def organ_codes(self) -> tuple[str, ...]:
        """Opens the seal."""
        return tuple(self.organs.split(";")) if self.organs else ()


class PledgeStep(models.Model):
    """One step that was taken. Never altered but for being undone, which keeps the row."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=12, choices=StepKind)
    # The day it happened; ``recorded_at`` is when we were told.
    happened_on = models.DateField()
    recorded_at = models.DateTimeField()
    # None when the person took it.
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # To whom it was passed, who issued.
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    note = SealedField(blank=True)
    # What the ledger was told of it, if anything.
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    undo_reason = SealedField(blank=True)

    class Meta:
        ordering = ["recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["pledge", "kind"],
                condition=models.Q(undone_at__isnull=True)
                & ~models.Q(kind__in=["contacted", "help_asked"]),
                name="step_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pledge_id}"


class EntryBatch(models.Model):
    """Registrations typed in together: a stand, a hospital's afternoon, a pile of paper forms."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    label = models.CharField(max_length=120)
    province = models.ForeignKey(Province, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=EntryChannel)
    signed_on = models.DateField(null=True, blank=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-opened_at"]

    def __str__(self) -> str:
        return self.label


class Relative(models.Model):
    """Somebody close whom the person wants to be told; told only after confirmation."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pledge = models.ForeignKey(Pledge, models.CASCADE, related_name="relatives")
    full_name = SealedField()
    email = SealedField(blank=True)
    phone = SealedField(blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class Merge(models.Model):
    """Two registrations found to be of one person; can be taken back for 30 days."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Pledge, models.CASCADE, related_name="merged_here")
    merged = models.ForeignKey(Pledge, models.CASCADE, related_name="merged_away")
    state_before = models.CharField(max_length=12, choices=PledgeState)
    reason = SealedField()
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-merged_at"]

    def __str__(self) -> str:
        return str(self.id)
