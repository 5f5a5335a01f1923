"""What was asked of this room and is not answered yet."""

import uuid

from django.db import models


class Ask(models.Model):
    """Somebody asked for the link to a record. Answered by a worker, and deleted with that.

    The request itself writes this one row and looks nothing up, so that its answer cannot tell
    by its time, or in any other way, whether the address is known.
    """

    wagtail_reference_index_ignore = True

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Keyed hash of the mailbox or telephone that was typed; the address itself is not kept.
    value_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
