"""Which of two registrations of one person is likely the one to stay. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime

from registration.people.choices import IdentityTier
from registration.pledges.choices import PledgeState

TIERS = [IdentityTier.UNCONFIRMED, IdentityTier.CONTACT_CONFIRMED, IdentityTier.IDENTITY_SEEN]
NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Standing:
    """How far a registration has come."""

    state: str
    has_card: bool
    tier: str
    confirmed_at: datetime | None


def stays(first: Standing, second: Standing) -> bool:
    """Whether the first is the one to stay: confirmed, with a card, of the higher identity tier,
    then the one confirmed last. Of two that are alike the first stays.
    """
    return _rank(first) >= _rank(second)


def _rank(one: Standing) -> tuple[bool, bool, int, datetime]:
    return (
        one.state == PledgeState.CONFIRMED,
        one.has_card,
        TIERS.index(IdentityTier(one.tier)),
        one.confirmed_at or NEVER,
    )
