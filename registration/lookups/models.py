"""The coordinator's look-up: switched on for a department, budgeted, each one kept."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.common.sealing import SealedField
from registration.ledger.kept import KeptModel, KeptQuerySet
from registration.lookups.choices import Certainty
from registration.units.choices import PledgeKind, UnitKind
from registration.units.models import Unit


class LookUpSwitch(models.Model):
    """A department whose province's registrations coordinators may look up. Off without a row."""

    wagtail_reference_index_ignore = True

    department = models.OneToOneField(
        Unit, models.PROTECT, related_name="look_up_switch", verbose_name=_("department")
    )
    is_on = models.BooleanField(_("look-up is on"), default=False)
    daily_for_each = models.PositiveSmallIntegerField(
        _("look-ups a day for each coordinator"), default=20
    )
    daily_for_unit = models.PositiveSmallIntegerField(_("look-ups a day for each unit"), default=60)
    alert_after_misses = models.PositiveSmallIntegerField(
        _("misses a day after which the department is told"), default=5
    )
    source = models.CharField(_("decided by (letter, date)"), max_length=200)

    class Meta:
        verbose_name = _("look-up of a department")
        verbose_name_plural = _("look-ups of departments")

    def __str__(self) -> str:
        return str(self.department)

    def clean(self) -> None:
        if self.department_id is None:
            return
        if self.department.kind != UnitKind.DEPARTMENT or self.department.province_id is None:
            raise ValidationError({"department": _("Choose the health department of a province.")})
        if self.is_on and self.department.jurisdiction.pledge_kind == PledgeKind.INTENT:
            raise ValidationError(
                {"is_on": _("Intents hold no identity number, so nobody could be found by one.")}
            )


class LookUp(KeptModel):
    """One look-up, hit or miss. Numbers stand here as keyed hashes only."""

    # What a coordinator writes down, and by which the answer can be checked again.
    serial = models.CharField(max_length=16, unique=True)
    made_at = models.DateTimeField()
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    number_hash = models.CharField(max_length=64)
    answer = models.CharField(max_length=20, choices=Certainty)
    # The registration's id; the row outlives the registration.
    subject = models.UUIDField(null=True)

    class Meta:
        ordering = ["-made_at"]
        indexes = [models.Index(fields=["staff", "made_at"], name="lookup_of_staff")]

    def __str__(self) -> str:
        return self.serial


class CaseWords(models.Model):
    """Case and reason of a look-up as they were typed. They may name somebody, so they are sealed.

    Apart from the row that is kept for good, whose seals could never change their key. The database
    refuses to delete or empty these too (``keeping.py``); whoever alters them without the key
    leaves what does not open.
    """

    wagtail_reference_index_ignore = True

    look_up = models.OneToOneField(
        LookUp, models.PROTECT, primary_key=True, related_name="case_words"
    )
    case_number = SealedField()
    reason = SealedField()

    objects = KeptQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.look_up_id)
