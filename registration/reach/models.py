"""The private link by which a unit sees its own numbers."""

from django.conf import settings
from django.db import models

from registration.units.models import Unit


class NumbersLink(models.Model):
    """Who has the link sees the unit's views, clicks and registrations, and nothing of a person.

    Only the keyed hash of its token is kept. A new one ends those before it.
    """

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                condition=models.Q(ended_at__isnull=True),
                name="one_numbers_link",
            )
        ]

    def __str__(self) -> str:
        return str(self.unit)
