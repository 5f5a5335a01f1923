"""Who is who and where: jurisdictions, provinces, units, organs, holidays. All of it is data."""

from collections.abc import Collection
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.common.folding import fold
from registration.units.choices import (
    ChannelKind,
    ChannelPurpose,
    HolidayKind,
    LocalityKind,
    OrganKind,
    Ownership,
    PledgeKind,
    UnitKind,
    active_languages,
)
from registration.units.rules import require_channel_days, require_desk, require_outside_address


def require_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(
            _("Write a time zone by its name, such as Europe/Istanbul or Asia/Ho_Chi_Minh.")
        )


class Jurisdiction(models.Model):
    """A country's law as data: what it asks, offers and says. Turkey and Vietnam are two rows."""

    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=100)
    language = models.CharField(_("language"), max_length=8, choices=active_languages)
    time_zone = models.CharField(_("time zone"), max_length=50, validators=[require_time_zone])
    minimum_age = models.PositiveSmallIntegerField(_("minimum age"))
    minimum_age_source = models.CharField(_("source of the minimum age"), max_length=200)
    minimum_age_on = models.DateField(_("source dated"), null=True, blank=True)
    pledge_kind = models.CharField(_("kind of pledge"), max_length=12, choices=PledgeKind)
    legal_weight = models.TextField(_("what a record here is worth in law"))

    class Meta:
        ordering = ["code"]
        verbose_name = _("jurisdiction")
        verbose_name_plural = _("jurisdictions")

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Province(models.Model):
    """A province as it stands; ``FormerProvince`` leads old codes and names to it."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="provinces", verbose_name=_("jurisdiction")
    )
    code = models.CharField(_("code"), max_length=4)
    slug = models.SlugField(_("slug"), max_length=40)
    name = models.CharField(_("name"), max_length=60)
    full_name = models.CharField(_("full name"), max_length=100)
    folded = models.CharField(max_length=60, editable=False, db_index=True)
    population = models.PositiveIntegerField(_("population"), null=True, blank=True)
    population_basis = models.CharField(max_length=60, blank=True)
    region = models.CharField(_("coordination region"), max_length=40, blank=True)
    region_confidence = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["jurisdiction", "folded"]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "code"], name="province_code_once"),
            models.UniqueConstraint(fields=["jurisdiction", "slug"], name="province_slug_once"),
        ]
        verbose_name = _("province")
        verbose_name_plural = _("provinces")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fold_name()
        super().save(*args, **kwargs)

    def fold_name(self) -> None:
        self.folded = fold(self.name)

    @property
    def address_code(self) -> str:
        """The province in addresses of pages: ``vn-22``."""
        return f"{self.jurisdiction_id.lower()}-{self.code}"


class FormerProvince(models.Model):
    """A code or name of before 1 July 2025 (Resolution 202/2025/QH15) and what it became."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="former_provinces")
    code = models.CharField(max_length=4)
    name = models.CharField(max_length=60)
    # The first three digits of identity numbers. They were never renumbered: a former province's.
    identity_code = models.CharField(max_length=3, blank=True, db_index=True)
    iso_code = models.CharField(max_length=6, blank=True)
    became = models.ForeignKey(Province, models.PROTECT, related_name="former")

    class Meta:
        ordering = ["jurisdiction", "code"]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "code"], name="former_province_once")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Locality(models.Model):
    """The level below the province: a Turkish district, a Vietnamese ward or commune."""

    province = models.ForeignKey(Province, models.PROTECT, related_name="localities")
    # A Vietnamese commune's official number; Turkish districts have none, so a slug stands in.
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, choices=LocalityKind)
    name = models.CharField(max_length=60)
    full_name = models.CharField(max_length=80)
    folded = models.CharField(max_length=60, editable=False, db_index=True)

    class Meta:
        ordering = ["folded"]
        constraints = [
            models.UniqueConstraint(fields=["province", "code"], name="locality_code_once")
        ]
        verbose_name = _("district or commune")
        verbose_name_plural = _("districts and communes")

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fold_name()
        super().save(*args, **kwargs)

    def fold_name(self) -> None:
        self.folded = fold(self.name)


class Unit(models.Model):
    """Any body that takes part: a department, a hospital, a centre, an organisation."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=UnitKind)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, related_name="units", verbose_name=_("jurisdiction")
    )
    province = models.ForeignKey(
        Province,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="units",
        verbose_name=_("province"),
    )
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("above it"),
    )
    ownership = models.CharField(
        _("ownership"), max_length=12, choices=Ownership, default=Ownership.PUBLIC
    )
    name = models.CharField(_("name"), max_length=150)
    short_name = models.CharField(_("short name"), max_length=60, blank=True)
    folded = models.CharField(max_length=150, editable=False, db_index=True)
    website = models.URLField(_("website"), blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_demo_contact = models.BooleanField(_("contact is invented for the demo"), default=False)
    is_active = models.BooleanField(_("takes part"), default=True)
    source = models.CharField(_("source"), max_length=250, blank=True)

    class Meta:
        ordering = ["folded"]
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fold_name()
        super().save(*args, **kwargs)

    def fold_name(self) -> None:
        """Sorted and searched by the name in the unit's own language."""
        own_language = self.jurisdiction.language
        self.folded = fold(getattr(self, f"name_{own_language}") or self.name or "")[:150]

    def clean(self) -> None:
        if self.province and self.province.jurisdiction_id != self.jurisdiction_id:
            raise ValidationError({"province": _("This province belongs to another country.")})

    @property
    def language(self) -> str:
        return self.jurisdiction.language


class Stewardship(models.Model):
    """Which unit works on a province's registrations, and since which letter."""

    province = models.ForeignKey(
        Province, models.PROTECT, related_name="stewardships", verbose_name=_("province")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="stewardships", verbose_name=_("unit")
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        ordering = ["province", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["province"],
                condition=models.Q(ends_on__isnull=True),
                name="one_steward_at_a_time",
            )
        ]
        verbose_name = _("steward")
        verbose_name_plural = _("stewards")

    def __str__(self) -> str:
        return f"{self.unit} ({self.province})"

    def clean(self) -> None:
        if self.ends_on and self.ends_on <= self.starts_on:
            raise ValidationError({"ends_on": _("The end must lie after the start.")})


class RegistrationChannel(models.Model):
    """Where a province takes registrations of one purpose; one at a time (letter 2589/SYT-VP).

    A province without a row uses the form of this portal.
    """

    province = models.ForeignKey(
        Province, models.PROTECT, related_name="channels", verbose_name=_("province")
    )
    purpose = models.CharField(
        _("purpose"), max_length=8, choices=ChannelPurpose, default=ChannelPurpose.PLEDGE
    )
    kind = models.CharField(_("kind"), max_length=8, choices=ChannelKind, default=ChannelKind.OURS)
    address = models.URLField(_("address of the outside form"), blank=True, max_length=400)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit with the desk"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    # Whoever comes to what was there before is told so until then, and led on at once afterwards.
    notice_until = models.DateField(
        _("notice of the change until"),
        null=True,
        blank=True,
        help_text=_("Until that day visitors read that registrations are now taken elsewhere."),
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        ordering = ["province", "purpose", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["province", "purpose"],
                condition=models.Q(ends_on__isnull=True),
                name="one_channel_at_a_time",
                violation_error_message=_(
                    "This province has a registration channel already. "
                    "Write the day on which it ends first."
                ),
            )
        ]
        verbose_name = _("registration channel")
        verbose_name_plural = _("registration channels")

    def __str__(self) -> str:
        return f"{self.province}: {self.get_kind_display()}"

    def clean(self) -> None:
        """Only what the row says of itself: ``services.save_channel`` looks at the others."""
        try:
            if self.kind == ChannelKind.OUTSIDE:
                require_outside_address(self.address, own=settings.BASE_URL)
            if self.kind == ChannelKind.DESK:
                require_desk(is_chosen=self.unit is not None, can_be_found=self._finds_desk())
            if self.starts_on:
                require_channel_days(self.starts_on, self.ends_on, self.notice_until)
        except RuleBroken as error:
            raise ValidationError({error.field or "kind": error.sentence}) from error

    def _finds_desk(self) -> bool:
        unit = self.unit
        return bool(unit and (unit.phone or unit.address or unit.call_lines.exists()))

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Left to ``services.save_channel``, which knows the reason."""


class Organ(models.Model):
    """An organ or tissue, with its names."""

    code = models.SlugField(_("code"), max_length=30, primary_key=True)
    kind = models.CharField(_("kind"), max_length=12, choices=OrganKind)
    sort = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        ordering = ["sort"]
        verbose_name = _("organ or tissue")
        verbose_name_plural = _("organs and tissues")

    def __str__(self) -> str:
        return self.name


class OrganOffer(models.Model):
    """Whether a jurisdiction offers an organ on its form, on what basis, and how sure that is."""

    jurisdiction = models.ForeignKey(
        Jurisdiction, models.CASCADE, related_name="organ_offers", verbose_name=_("jurisdiction")
    )
    organ = models.ForeignKey(
        Organ, models.CASCADE, related_name="offers", verbose_name=_("organ or tissue")
    )
    is_offered = models.BooleanField(_("offered"), default=False)
    basis = models.CharField(_("basis"), max_length=250, blank=True)
    confidence = models.CharField(_("confidence"), max_length=20, blank=True)

    class Meta:
        ordering = ["jurisdiction", "organ__sort"]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "organ"], name="organ_offer_once")
        ]
        verbose_name = _("organ on the form")
        verbose_name_plural = _("organs on the form")

    def __str__(self) -> str:
        return f"{self.organ} ({self.jurisdiction_id})"


class Holiday(models.Model):
    """A public holiday or half day; ``is_estimated`` for religious dates not yet announced."""

    jurisdiction = models.ForeignKey(Jurisdiction, models.CASCADE, related_name="holidays")
    day = models.DateField()
    kind = models.CharField(max_length=8, choices=HolidayKind)
    name = models.CharField(max_length=100)
    is_estimated = models.BooleanField(default=False)

    class Meta:
        ordering = ["jurisdiction", "day"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "day"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"


class CallLine(models.Model):
    """A telephone line that a unit publishes."""

    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="call_lines", verbose_name=_("unit")
    )
    number = models.CharField(_("number"), max_length=30)
    label = models.CharField(_("label"), max_length=120)
    hours = models.CharField(_("hours"), max_length=120, blank=True)
    is_demo = models.BooleanField(_("invented for the demo"), default=False)

    class Meta:
        ordering = ["unit__folded", "number"]
        constraints = [models.UniqueConstraint(fields=["unit", "number"], name="call_line_once")]
        verbose_name = _("call line")
        verbose_name_plural = _("call lines")

    def __str__(self) -> str:
        return f"{self.unit}: {self.number}"
