from django.db import models


class Tally(models.Model):
    """A counter with an end: how often a key was used in its window."""

    key = models.CharField(max_length=64)
    slot = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "slot"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.slot}: {self.count}"
