"""Requests of people about their data, and the legal clocks that run for them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.common.sealing import SealedField
from registration.people.models import Person
from registration.pledges.models import Pledge
from registration.rights.choices import ActKind, RequestKind, RequestState
from registration.units.models import Jurisdiction, Province


class LegalClock(models.Model):
    """How soon a request must be answered and carried out in a country, and by which law."""

    wagtail_reference_index_ignore = True

    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="legal_clocks", verbose_name=_("jurisdiction")
    )
    kind = models.CharField(_("kind of request"), max_length=8, choices=RequestKind)
    # Empty: the law knows no first answer apart from the act.
    answer_working_days = models.PositiveSmallIntegerField(
        _("working days until the first answer"), null=True, blank=True
    )
    act_days = models.PositiveSmallIntegerField(_("days until it is carried out"))
    extension_days = models.PositiveSmallIntegerField(_("days of one extension"), default=0)
    source = models.CharField(_("source"), max_length=200)
    confidence = models.CharField(_("confidence"), max_length=20, blank=True)

    class Meta:
        ordering = ["jurisdiction", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "kind"], name="legal_clock_once")
        ]
        verbose_name = _("legal clock")
        verbose_name_plural = _("legal clocks")

    def __str__(self) -> str:
        return f"{self.jurisdiction_id} {self.get_kind_display()}"


class DataRequest(models.Model):
    """One request. ``person`` is known once somebody has made sure who asks, by the registration
    ``pledge``: others may have registered under the same number.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=12, unique=True)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="+")
    province = models.ForeignKey(Province, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=RequestKind)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.RECEIVED)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="data_requests")
    pledge = models.ForeignKey(Pledge, models.SET_NULL, null=True, related_name="data_requests")
    full_name = SealedField()
    email = SealedField(blank=True)
    phone = SealedField(blank=True)
    # The law asks who writes, from where and about what (KVKK notice on applications, art. 5).
    address = SealedField(blank=True)
    registration_reference = SealedField(blank=True)
    text = SealedField(blank=True)
    language = models.CharField(max_length=8)
    form_key = models.CharField(max_length=64, unique=True)
    received_at = models.DateTimeField()
    answer_due_at = models.DateTimeField(null=True, blank=True)
    act_due_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True, blank=True)
    extension_reason = SealedField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # What was written back at the end.
    answer = SealedField(blank=True)
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reminded_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["act_due_at"]
        indexes = [models.Index(fields=["province", "state", "act_due_at"], name="request_list")]

    def __str__(self) -> str:
        return self.reference


class RequestAct(models.Model):
    """That an officer changed something at a person's request, and why."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="acts")
    kind = models.CharField(max_length=10, choices=ActKind)
    reason = SealedField()
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done_at = models.DateTimeField()

    class Meta:
        ordering = ["done_at"]

    def __str__(self) -> str:
        return f"{self.kind} {self.request_id}"
