"""Pairs that a steward looked at and found to be two people."""

import uuid

from django.conf import settings
from django.db import models

from registration.people.models import Person


class NotTwins(models.Model):
    """Two persons who are not one. ``first`` has the smaller key, so that a pair is one row."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    first = models.ForeignKey(Person, models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, models.CASCADE, related_name="+")
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_twins_once"),
        ]

    def __str__(self) -> str:
        return str(self.id)
