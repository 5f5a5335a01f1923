"""What stays true of a registration when only a way to reach its owner changes.

Steps and, in the rooms above, the card go along to the registration that takes its place.
"""

from collections.abc import Callable

from registration.pledges.models import Pledge, PledgeStep

Carrier = Callable[[Pledge, Pledge], object]
_CARRIERS: list[Carrier] = []


def register_carrier(carrier: Carrier) -> None:
    """A room above takes along what it keeps about a registration; called at start-up."""
    _CARRIERS.append(carrier)


def carry_over(earlier: Pledge, newer: Pledge) -> None:
    """Take along steps and card, if the newer registration says the same of person and organs."""
    if _says(earlier) != _says(newer):
        return
    PledgeStep.objects.filter(pledge=earlier).update(pledge=newer)
    for carrier in _CARRIERS:
        carrier(earlier, newer)


def _says(pledge: Pledge) -> tuple[object, ...]:
    told = pledge.particulars
    return (
        pledge.person_id,
        pledge.organs,
        pledge.keeps_identity_secret,
        told.full_name,
        told.birth_date,
        told.sex,
    )
