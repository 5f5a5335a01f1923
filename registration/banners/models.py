"""Banners, and each unit's placement of one on its own website."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.banners.choices import Size
from registration.campaigns.models import Campaign
from registration.common.references import new_code
from registration.units.choices import active_languages
from registration.units.models import Unit


class Banner(models.Model):
    """Words on colour for a campaign; drawn in each size and language when asked for."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="banners", verbose_name=_("campaign")
    )
    headline = models.CharField(_("headline"), max_length=90)
    call = models.CharField(_("call to act"), max_length=40)
    alt = models.CharField(_("text for those who cannot see it"), max_length=150)

    class Meta:
        ordering = ["code"]
        verbose_name = _("banner")
        verbose_name_plural = _("banners")

    def __str__(self) -> str:
        return self.headline


class Placement(models.Model):
    """One banner on one unit's site. Its code is in the address that the banner leads to."""

    code = models.CharField(max_length=16, unique=True, default=new_code, editable=False)
    banner = models.ForeignKey(
        Banner, models.PROTECT, related_name="placements", verbose_name=_("banner")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="placements", verbose_name=_("unit")
    )
    language = models.CharField(_("language"), max_length=8, choices=active_languages)
    size = models.CharField(_("size"), max_length=8, choices=Size, default=Size.LEADERBOARD)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        ordering = ["unit__folded"]
        constraints = [
            models.UniqueConstraint(
                fields=["banner", "unit", "language", "size"],
                condition=models.Q(closed_at__isnull=True),
                name="placement_once",
            )
        ]
        verbose_name = _("banner placement")
        verbose_name_plural = _("banner placements")

    def __str__(self) -> str:
        return f"{self.unit} · {self.banner.code}"


class DayClicks(models.Model):
    """How often a placement was clicked on a day of its unit's zone.

    Indicative: nobody is recognised, so nobody is counted only once.
    """

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="clicks")
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["placement", "day"], name="day_clicks_once")]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.day:%Y-%m-%d}: {self.count}"
