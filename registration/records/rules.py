"""What opens a record, how long it stays open, and whom a person may have told. Pure."""

import hmac
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.pledges.choices import ACTIVE_STATES, PledgeState
from registration.pledges.rules import shown_state

LINK_LIFE = timedelta(hours=1)
VISIT_LIFE = timedelta(minutes=30)
MOST_TRIES = 5
MOST_RELATIVES = 3


def is_same_day(told: date, kept: str) -> bool:
    """Whether a date is the one kept as text. Takes the same time for right and wrong."""
    return hmac.compare_digest(told.isoformat().encode(), kept.encode())


def require_tries_left(tries: int) -> None:
    """Refuses a link with which five wrong dates were tried (``link_spent``)."""
    if tries >= MOST_TRIES:
        raise RuleBroken("link_spent", _("Too many wrong dates were tried with this link."))


def require_active(state: PledgeState | str) -> None:
    """Refuses what is only for a confirmed registration (``pledge_not_active``)."""
    if shown_state(state) not in ACTIVE_STATES:
        raise RuleBroken(
            "pledge_not_active",
            _("This can only be done with a registration that is confirmed and has not ended."),
        )


def require_room_for_relative(named: int) -> None:
    """Refuses a fourth relative (``relatives_full``)."""
    if named >= MOST_RELATIVES:
        raise RuleBroken(
            "relatives_full",
            _("You can name %(most)s people. Take one off the list first."),
            most=MOST_RELATIVES,
        )


def require_way_to_tell(*, email: str, can_get_sms: bool) -> None:
    """Refuses a relative whom no message can reach (``relative_unreachable``)."""
    if not email and not can_get_sms:
        raise RuleBroken(
            "relative_unreachable",
            _("Write an e-mail address or a mobile telephone number of this person."),
            field="email",
        )
