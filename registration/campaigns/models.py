"""Campaigns, their permits and each unit's target."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.campaigns.choices import CampaignKind
from registration.common.folding import fold
from registration.units.models import Jurisdiction, Province, Unit


class Campaign(models.Model):
    """A campaign with its period; a provincial one may have a national one above it."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=CampaignKind)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="campaigns", verbose_name=_("jurisdiction")
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="campaigns",
        verbose_name=_("province"),
    )
    owner = models.ForeignKey(
        Unit, models.PROTECT, related_name="campaigns", verbose_name=_("owner")
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )
    title = models.CharField(_("title"), max_length=150)
    slogan = models.CharField(_("slogan"), max_length=200, blank=True)
    folded = models.CharField(max_length=150, editable=False, db_index=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    # The Thanh Hóa letter: "cả trong và sau chiến dịch".
    registers_after_end = models.BooleanField(_("registration goes on after the end"), default=True)
    plan_number = models.CharField(_("plan number"), max_length=60, blank=True)
    # Turkey, regulation of 9 December 2022 no. 32038, art. 30 and 35.
    permit_number = models.CharField(_("permit or approval number"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=250, blank=True)

    class Meta:
        ordering = ["-starts_on", "code"]
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fold_name()
        super().save(*args, **kwargs)

    def fold_name(self) -> None:
        own_language = self.jurisdiction.language
        self.folded = fold(getattr(self, f"title_{own_language}") or self.title or "")[:150]

    def clean(self) -> None:
        if self.ends_on and self.ends_on < self.starts_on:
            raise ValidationError({"ends_on": _("The campaign ends before it starts.")})
        if self.province and self.province.jurisdiction_id != self.jurisdiction_id:
            raise ValidationError({"province": _("This province belongs to another country.")})

    def registers_on(self, day: date) -> bool:
        """Whether it takes registrations on that day."""
        if day < self.starts_on:
            return False
        return self.ends_on is None or day <= self.ends_on or self.registers_after_end


class UnitTarget(models.Model):
    """What a unit set out to reach in a campaign: people and millilitres."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="targets", verbose_name=_("campaign")
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="targets", verbose_name=_("unit"))
    people = models.PositiveIntegerField(_("people"), null=True, blank=True)
    volume_ml = models.PositiveIntegerField(_("volume in ml"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "unit"], name="unit_target_once")
        ]
        verbose_name = _("target")
        verbose_name_plural = _("targets")

    def __str__(self) -> str:
        return f"{self.unit} ({self.campaign})"
