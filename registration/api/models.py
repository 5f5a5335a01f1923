"""Keys by which other organisations' machines read a department's figures."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.units.models import Unit


class ApiKey(models.Model):
    """A key of one department or ministry. It is shown once; only its hash is kept."""

    wagtail_reference_index_ignore = True

    unit = models.ForeignKey(
        Unit, models.CASCADE, related_name="api_keys", verbose_name=_("department")
    )
    label = models.CharField(_("what it is for"), max_length=80)
    # The beginning, by which people tell keys apart.
    prefix = models.CharField(max_length=12, unique=True)
    key_hash = models.CharField(max_length=64, unique=True)
    # Scopes joined by ";".
    scopes = models.CharField(max_length=80)
    # Its holder is outside the department: small figures are hidden from it.
    is_outside = models.BooleanField(_("outside the department"), default=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("valid until"))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # To the hour: a key that nobody uses is one to end.
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["unit", "-made_at"]

    def __str__(self) -> str:
        return self.prefix
