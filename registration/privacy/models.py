"""Notices and consents with their evidence, and the log of who saw whom."""

import uuid
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.ledger.kept import KeptModel, NoAlteration
from registration.people.models import Person
from registration.privacy.choices import Act, RetentionAct, TextKind
from registration.units.models import Jurisdiction


class LegalText(models.Model):
    """One version of a notice, consent or declaration. Immutable once active."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="legal_texts", verbose_name=_("jurisdiction")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=TextKind)
    purpose = models.SlugField(_("purpose"), max_length=20, default="pledge")
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=150)
    body = models.TextField(_("text"))
    active_from = models.DateTimeField(_("active from"), null=True, blank=True, editable=False)
    needs_new_consent = models.BooleanField(
        _("people must agree to this version anew"),
        default=False,
        help_text=_("Tick this when the version asks for more than the one before it."),
    )

    class Meta:
        ordering = ["jurisdiction", "purpose", "kind", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "kind", "purpose", "version"], name="legal_text_once"
            )
        ]
        verbose_name = _("notice or consent")
        verbose_name_plural = _("notices and consents")

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"

    @property
    def is_active(self) -> bool:
        return self.active_from is not None

    def words(self, language: str) -> tuple[str, str]:
        """Title and body in one language and no other; empty where they are not written."""
        title = getattr(self, f"title_{language}", "")
        body = getattr(self, f"body_{language}", "")
        return (title or "").strip(), (body or "").strip()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        if self.is_active:
            raise NoAlteration("A text that was ever in use is kept for good.")
        return super().delete(*args, **kwargs)


class Consent(models.Model):
    """Evidence of one act on one text: which version, in which language, what was shown, when."""

    # Wagtail would note each row's references in a table of its own: no persons there.
    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    # The registration it was given with.
    about = models.UUIDField(db_index=True)
    text = models.ForeignKey(LegalText, models.PROTECT, related_name="consents")
    act = models.CharField(max_length=8, choices=Act)
    language = models.CharField(max_length=8)
    shown_sha256 = models.CharField(max_length=64)
    form_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about", "text", "act"], name="consent_once")
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.text_id}"


class View(KeptModel):
    """Who saw which person, when and why. Append-only, each row chained to the one before."""

    seen_at = models.DateTimeField()
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    unit_code = models.CharField(max_length=60, blank=True)
    roles = models.CharField(max_length=100)
    # A registration, a person or a message; the page says which.
    subject = models.UUIDField(db_index=True)
    page = models.CharField(max_length=60)
    fields = models.CharField(max_length=250)
    reason = models.CharField(max_length=200, blank=True)
    previous_hash = models.CharField(max_length=64)
    row_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.page} {self.subject}"


class RetentionRule(models.Model):
    """How long a class of records is kept in a state, and what happens then. All of it is data."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="retention_rules", verbose_name=_("jurisdiction")
    )
    # As a room registered it, e.g. "pledge"; and one of its states, e.g. "received".
    record_class = models.SlugField(_("record class"), max_length=30)
    state = models.SlugField(_("state"), max_length=20)
    act = models.CharField(_("what happens"), max_length=10, choices=RetentionAct)
    after_days = models.PositiveIntegerField(_("after days"), validators=[MinValueValidator(1)])
    # Where a law sets the longest time; empty where the department decides.
    at_most_days = models.PositiveIntegerField(_("at most, by law"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=250)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["jurisdiction", "record_class", "state"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "record_class", "state"], name="retention_rule_once"
            ),
            models.CheckConstraint(
                condition=models.Q(after_days__gte=1), name="retention_at_least_a_day"
            ),
            models.CheckConstraint(
                condition=models.Q(at_most_days__isnull=True)
                | models.Q(after_days__lte=models.F("at_most_days")),
                name="retention_within_the_law",
            ),
        ]
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")

    def __str__(self) -> str:
        return f"{self.jurisdiction_id} {self.record_class} {self.state}"

    def clean(self) -> None:
        # The form does not hold the limit, so the constraint alone would answer with an error page.
        if self.at_most_days and (self.after_days or 0) > self.at_most_days:
            raise ValidationError(
                {"after_days": _("The law does not allow to keep this for so long.")}
            )


class RetentionRun(KeptModel):
    """What one nightly run did under one rule: a number, never a name."""

    ran_at = models.DateTimeField()
    rule = models.ForeignKey(RetentionRule, models.PROTECT, related_name="runs")
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ["-ran_at", "id"]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.count}"


class Erasure(KeptModel):
    """That a record was erased. After a restore from a backup it is erased again by this."""

    erased_at = models.DateTimeField()
    record_class = models.CharField(max_length=30)
    subject = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=60)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.record_class} {self.subject}"
