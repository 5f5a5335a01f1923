"""Banners, and each unit's placement of one on its own website."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import (
    DraftStateMixin,
    Orderable,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from registration.banners.choices import Look, Size
from registration.campaigns.models import Campaign
from registration.common.references import new_code
from registration.units.choices import active_languages
from registration.units.models import Unit


class Banner(WorkflowMixin, PreviewableMixin, DraftStateMixin, RevisionMixin, ClusterableModel):
    """Words on colour or on a picture, for a campaign; drawn in each size and language.

    What is shown is what was published: a draft waits for whoever approves it.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, related_name="banners", verbose_name=_("campaign")
    )
    headline = models.CharField(_("headline"), max_length=90)
    call = models.CharField(_("call to act"), max_length=40)
    alt = models.CharField(_("text for those who cannot see it"), max_length=150)
    look = models.CharField(_("look"), max_length=8, choices=Look, default=Look.DEEP)
    photo = models.ImageField(_("picture"), upload_to="banners/", blank=True)
    # A path of this portal without its language, such as "campaigns/cho-di-la-con-mai/".
    target = models.CharField(
        _("page it leads to"),
        max_length=200,
        blank=True,
        help_text=_("A path of this portal. Left empty: the page of the campaign."),
    )
    starts_on = models.DateField(_("shown from"), null=True, blank=True)
    ends_on = models.DateField(
        _("shown until"),
        null=True,
        blank=True,
        help_text=_("After that day the general banner is shown in its place."),
    )

    workflow_states = GenericRelation(
        "wagtailcore.WorkflowState",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )
    revisions = GenericRelation(
        "wagtailcore.Revision",
        content_type_field="base_content_type",
        object_id_field="object_id",
        for_concrete_model=False,
    )

    class Meta:
        ordering = ["code"]
        verbose_name = _("banner")
        verbose_name_plural = _("banners")

    def __str__(self) -> str:
        return self.headline or self.code

    def is_shown_on(self, day: date) -> bool:
        """Whether it is published and within its period; both ends belong to the period."""
        if not self.live or (self.starts_on and day < self.starts_on):
            return False
        return self.ends_on is None or day <= self.ends_on

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """One for each language."""
        return list(settings.LANGUAGES)

    @property
    def default_preview_mode(self) -> str:
        """The language of whoever edits, if banners are written in it."""
        known = [code for code, _name in settings.LANGUAGES]
        wanted = get_language() or ""
        return wanted if wanted in known else known[0]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The banner as typed, in each size. The page editor shows it in a frame of its own."""
        response = super().serve_preview(request, mode_name)
        response._csp_replace = {"frame-ancestors": ["'self'"]}
        return response

    def get_preview_template(self, request: HttpRequest, mode_name: str) -> str:
        return "banners/preview.html"

    def get_preview_context(self, request: HttpRequest, mode_name: str) -> dict[str, Any]:
        return {"banner": self, "language": mode_name}


class BannerOwner(Orderable):
    """A body that signs the banner, with its logo or else its name."""

    banner = ParentalKey(Banner, on_delete=models.CASCADE, related_name="owners")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    logo = models.ImageField(_("logo"), upload_to="logos/", blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("owner")
        verbose_name_plural = _("owners")

    def __str__(self) -> str:
        return str(self.unit)


class Prompt(models.Model):
    """A question put to people at the end of another service, in several wordings.

    Each wording is a banner with a placement of its own, so that clicks and registrations tell
    which one brought them.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="prompts", verbose_name=_("unit"))
    code = models.CharField(max_length=16, unique=True, default=new_code, editable=False)
    # The page on which it stands, e.g. "appointment booked".
    place = models.CharField(_("service it follows"), max_length=120)
    language = models.CharField(_("language"), max_length=8, choices=active_languages)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        ordering = ["unit__folded", "created_at"]
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")

    def __str__(self) -> str:
        return f"{self.unit}: {self.place}"


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
    prompt = models.ForeignKey(
        Prompt,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="wordings",
        editable=False,
        verbose_name=_("prompt"),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        ordering = ["unit__folded"]
        constraints = [
            models.UniqueConstraint(
                fields=["banner", "unit", "language", "size"],
                condition=models.Q(closed_at__isnull=True, prompt__isnull=True),
                name="placement_once",
            ),
            models.UniqueConstraint(fields=["prompt", "banner"], name="wording_once"),
        ]
        verbose_name = _("banner placement")
        verbose_name_plural = _("banner placements")

    def __str__(self) -> str:
        return f"{self.unit} · {self.banner.code}"


class DayCount(models.Model):
    """How often a placement was seen and clicked on a day of its unit's zone.

    Indicative: nobody is recognised beyond the day, machines that say so are left out.
    """

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="counts")
    day = models.DateField()
    views = models.PositiveIntegerField(default=0)
    clicks = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["placement", "day"], name="day_count_once")]

    def __str__(self) -> str:
        return f"{self.placement_id} {self.day:%Y-%m-%d}: {self.views}, {self.clicks}"


class Referrer(models.Model):
    """A website from which a placement was clicked, as browsers say: the host's name, no more."""

    placement = models.ForeignKey(Placement, models.CASCADE, related_name="referrers")
    host = models.CharField(max_length=253)
    first_seen_on = models.DateField()
    last_seen_on = models.DateField()
    clicks = models.PositiveIntegerField(default=0)
    # Whose visitors clicked here on the day when it was last seen.
    networks = models.PositiveIntegerField(default=0)
    # The last day on which it was the unit's own and enough networks said so: that its banner is
    # there is believed then.
    believed_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["-last_seen_on", "host"]
        constraints = [models.UniqueConstraint(fields=["placement", "host"], name="referrer_once")]

    def __str__(self) -> str:
        return self.host


class DaySalt(models.Model):
    """The secret of one day, by which the same visitor is counted once; deleted with the day."""

    day = models.DateField(unique=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class Seen(models.Model):
    """A visitor's mark of one day and placement; without the day's salt it leads to nobody."""

    day = models.DateField(db_index=True)
    mark = models.CharField(max_length=32, unique=True)

    def __str__(self) -> str:
        return self.mark


class Origin(models.Model):
    """A website of a unit that may frame its banners, beside the unit's own."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="origins", verbose_name=_("unit"))
    # Scheme, host and port: "https://www.example.org".
    origin = models.CharField(_("address of the website"), max_length=253)

    class Meta:
        ordering = ["unit__folded", "origin"]
        constraints = [models.UniqueConstraint(fields=["unit", "origin"], name="origin_once")]
        verbose_name = _("further website")
        verbose_name_plural = _("further websites")

    def __str__(self) -> str:
        return self.origin
