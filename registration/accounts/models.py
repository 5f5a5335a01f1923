"""Staff: everyone who signs in. Donors are persons and never users."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registration.accounts.choices import Right, Role
from registration.accounts.rules import USERNAME, may
from registration.units.choices import UnitKind, active_languages
from registration.units.models import Province, Unit


class Staff(AbstractUser):
    """A member of staff of a unit, with roles. A role is given in ``StaffRole``.

    The name stands whole in ``first_name``: Vietnamese names do not split in two.
    """

    # Small ASCII letters: no two user names can differ by case or by a dotless i.
    username = models.CharField(
        _("user name"),
        max_length=50,
        unique=True,
        validators=[
            RegexValidator(
                USERNAME, _("Use small letters a–z, digits, dot and hyphen."), "username_not_plain"
            )
        ],
        error_messages={"unique": _("Somebody has this user name already.")},
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="staff", verbose_name=_("unit")
    )
    language = models.CharField(_("language"), max_length=8, choices=active_languages, default="en")

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["email"],
                condition=~models.Q(email=""),
                name="staff_email_once",
                violation_error_message=_("Somebody has this e-mail already."),
            )
        ]
        verbose_name = _("member of staff")  # type: ignore[assignment]
        verbose_name_plural = _("staff")  # type: ignore[assignment]

    @property
    def shown_name(self) -> str:
        """The user name stands in for a name that was never given."""
        return self.get_full_name() or self.username

    @property
    def role_names(self) -> frozenset[str]:
        if not hasattr(self, "_role_names"):
            given = frozenset(self.roles.values_list("role", flat=True))
            self._role_names = given | {Role.ADMINISTRATOR} if self.is_superuser else given
        return self._role_names

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__.pop("_role_names", None)
        super().refresh_from_db(*args, **kwargs)

    def may(self, right: Right) -> bool:
        """Whether a role of theirs carries the right. Being superuser opens no list of persons."""
        return self.is_active and may(self.role_names, right)

    def provinces(self) -> models.QuerySet[Province]:
        """The provinces whose registrations this person works on: the fence of every list."""
        if self.unit is None:
            return Province.objects.none()
        today = timezone.localdate(timezone=self.unit.jurisdiction.zone)
        ends = models.Q(stewardships__ends_on__isnull=True) | models.Q(
            stewardships__ends_on__gt=today
        )
        theirs = ends & models.Q(stewardships__unit=self.unit, stewardships__starts_on__lte=today)
        if self.unit.kind == UnitKind.DEPARTMENT:
            theirs |= models.Q(units=self.unit)
        return Province.objects.filter(theirs).distinct()


class StaffRole(models.Model):
    """One role of one member of staff."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=16, choices=Role)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "role"], name="staff_role_once")]

    def __str__(self) -> str:
        return self.get_role_display()
