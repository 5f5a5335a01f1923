"""Tables of events that take long to make: asked for, made by a worker, kept for a day."""

import uuid

from django.conf import settings
from django.db import models

from registration.overview.choices import ExportState
from registration.units.models import Unit


class Export(models.Model):
    """One XLSX of a department's events, without persons."""

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    # What the page was narrowed to, by the names of its query.
    narrowed = models.JSONField(default=dict)
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.WAITING)
    rows = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    # Of the file in the storage named "exports".
    name = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # A worker that died leaves this behind; another takes over.
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at"]

    def __str__(self) -> str:
        return str(self.id)
