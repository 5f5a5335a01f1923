"""How many registrations wait for which step, for the day's summary."""

from django.db.models import Count

from registration.pledges.models import Pledge
from registration.units.models import Unit


def count_waiting(department: Unit) -> dict[str, int]:
    """By next step, of the department's province; one query."""
    waiting = Pledge.objects.filter(province=department.province_id).exclude(next_step="")
    return dict(waiting.order_by().values_list("next_step").annotate(number=Count("pk")))
