"""Which registration answers, and what the answer is worth. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from registration.lookups.choices import Certainty
from registration.pledges.choices import PledgeState

# What nobody has confirmed never hides a decision. Those contested, replaced or merged are silent.
ANSWERING = (
    PledgeState.CONFIRMED,
    PledgeState.WITHDRAWN,
    PledgeState.WAITING,
    PledgeState.RECEIVED,
)


class Registration(Protocol):
    state: str
    received_at: datetime


Found = TypeVar("Found", bound=Registration)


def answering(registrations: Iterable[Found]) -> Found | None:
    """The one that answers: the active one, else the newest withdrawn, waiting, unconfirmed."""
    fitting = [each for each in registrations if each.state in ANSWERING]
    places = {str(state): place for place, state in enumerate(ANSWERING)}
    fitting.sort(key=lambda each: (places[each.state], -each.received_at.timestamp()))
    return fitting[0] if fitting else None


def certainty_of(*, state: str, has_contact: bool, has_paper: bool, has_card: bool) -> Certainty:
    """What a registration is worth by its own contact, paper and card; the weaker word of two."""
    if state == PledgeState.WITHDRAWN:
        return Certainty.WITHDRAWN
    if state != PledgeState.CONFIRMED:
        return Certainty.UNCONFIRMED
    if has_card:
        return Certainty.CARD_ISSUED
    if has_paper:
        return Certainty.IDENTITY_SEEN
    return Certainty.CONTACT_CONFIRMED if has_contact else Certainty.UNCONFIRMED
