"""What the units' websites show of the banner, as last seen and day by day."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from registration.monitor.choices import State
from registration.outside.choices import Trouble
from registration.units.models import CallLine, Unit


class Site(models.Model):
    """A unit's website as the last visit found it."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="site", verbose_name=_("unit"))
    state = models.CharField(max_length=12, choices=State)
    trouble = models.CharField(max_length=12, choices=Trouble, blank=True)
    # The HTTP status of the last answer, if there was one.
    status = models.PositiveSmallIntegerField(null=True)
    final_address = models.CharField(max_length=400, blank=True)
    banner_code = models.CharField(max_length=16, blank=True)
    link_address = models.CharField(max_length=400, blank=True)
    has_section = models.BooleanField(default=False)
    # Since when it is in this state; when the banner was first and last seen by a visit.
    since = models.DateTimeField()
    visited_at = models.DateTimeField()
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    # It is present because people of several networks came from there within a day; the visit
    # itself saw it not.
    by_click = models.BooleanField(default=False)
    # The unit was last reminded by letter.
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["unit__folded"]

    def __str__(self) -> str:
        return f"{self.unit}: {self.state}"


class DayState(models.Model):
    """The state of a unit's website at the end of a day of its zone, for the chart."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    day = models.DateField()
    state = models.CharField(max_length=12, choices=State)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "day"], name="day_state_once")]
        indexes = [models.Index(fields=["day"], name="day_state_day")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day:%Y-%m-%d}: {self.state}"


class PublishedLine(models.Model):
    """Whether a call centre's line is published on its website, as the last visit found it."""

    line = models.OneToOneField(CallLine, models.CASCADE, related_name="published")
    is_published = models.BooleanField()
    since = models.DateTimeField()
    visited_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.line}: {self.is_published}"


class Request(models.Model):
    """Somebody at a desk asked to look at once; the next sweep does it."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.unit)


class Lease(models.Model):
    """A unit whose website is being visited by one worker, which nobody else does until then."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.until:%H:%M:%S}"
