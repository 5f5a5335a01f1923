"""Who may enter registrations where: the fence of every page of this room.

A steward works for the provinces of the stewardship; a hospital's secretary for the own unit's
province and sees only the own unit's batches, wherever else that unit is a steward.
"""

from django.db.models import Q, QuerySet

from registration.accounts.choices import Right
from registration.accounts.models import Staff
from registration.pledges.models import EntryBatch
from registration.units.models import Province, Unit


def is_steward(staff: Staff) -> bool:
    return staff.may(Right.SEE_PLEDGES)


def provinces_to_enter_for(staff: Staff) -> QuerySet[Province]:
    if is_steward(staff):
        return staff.provinces()
    return Province.objects.filter(units__staff=staff)


def units_to_enter_for(staff: Staff) -> QuerySet[Unit]:
    """Units at which a batch may be gathered."""
    own = Q(pk=staff.unit_id)
    if is_steward(staff):
        own |= Q(province__in=staff.provinces(), is_active=True)
    return Unit.objects.filter(own)


def visible_batches(staff: Staff) -> QuerySet[EntryBatch]:
    if is_steward(staff):
        return EntryBatch.objects.filter(province__in=staff.provinces())
    return EntryBatch.objects.filter(unit=staff.unit_id)
