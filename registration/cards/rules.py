"""Card numbers, the times of lists, why a card ended. Pure."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.cards.choices import CardEnd, TransferState
from registration.common.errors import RuleBroken
from registration.common.references import normalise_reference
from registration.pledges.choices import PledgeState
from registration.units.choices import PledgeKind

NUMBER_ROOM = 30
# Names of organs are printed on the card up to so many; beyond, their number.
NAMES_ON_CARD = 6
CHASE_AGAIN = timedelta(days=7)
_NUMBER = re.compile(r"[^\W_]+(?:[ ./-][^\W_]+)*")
_CONTESTED = {PledgeState.WITHDRAWN, PledgeState.CONTESTED}

# What a card says of itself in law. Kinds without a line have no card of ours.
CARD_LAW: dict[str, str | Promise] = {
    # Law 75/2006/QH11 of 29 November 2006, art. 18.
    PledgeKind.APPLICATION: _(
        "Under article 18 of Viet Nam’s Law 75/2006/QH11 the registration counts from the day "
        "this card was issued."
    ),
}


def require_card_number(text: str) -> str:
    """The number as printed on the form, single-spaced, or ``card_number_shape``."""
    number = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(number) > NUMBER_ROOM or not _NUMBER.fullmatch(number):
        raise RuleBroken(
            "card_number_shape",
            _("Write the card number in letters and digits, at most 30 characters."),
            field="number",
        )
    return number


def canonical_number(number: str) -> str:
    """One form for all spellings of a card number."""
    return "".join(c for c in number.upper() if c.isalnum())


def require_same_number(number: str, *, issued: str) -> None:
    """Refuses a second card beside the valid one (``card_issued_before``)."""
    if canonical_number(number) != canonical_number(issued):
        raise RuleBroken(
            "card_issued_before",
            _("A card with another number is valid for this registration."),
            field="number",
        )


def require_reference(typed: str) -> str:
    """The reference as it was given out, or ``not_a_reference``."""
    reference = normalise_reference(typed)
    if reference is None:
        raise RuleBroken(
            "not_a_reference",
            _("%(asked)s is no reference: one of its letters was mistyped."),
            asked=typed[:20],
        )
    return reference


def require_times(*, weekday: int | None, hour: int | None) -> None:
    """Refuses a weekday above 6 (``weekday_unknown``) or an hour above 23 (``hour_unknown``)."""
    if weekday is not None and weekday > 6:
        raise RuleBroken(
            "weekday_unknown",
            _("Write a weekday from 0 (Monday) to 6 (Sunday), or nothing."),
            field="weekday",
        )
    if hour is not None and hour > 23:
        raise RuleBroken("hour_unknown", _("Write an hour from 0 to 23."), field="hour")


def last_cut(*, weekday: int | None, hour: int, local: datetime) -> datetime:
    """The latest moment, not after ``local``, up to which a list is made; in the same zone."""
    for back in range(8):
        day = local.date() - timedelta(days=back)
        cut = datetime.combine(day, time(hour), tzinfo=local.tzinfo)
        if cut <= local and (weekday is None or day.weekday() == weekday):
            return cut
    raise ValueError("No cut within a week.")


def is_list_due(cut: datetime, *, newest: date | None, today: date) -> bool:
    """Whether a list up to ``cut`` is still to be made; ``newest`` is the day of the last one.

    A list that was missed while the machine was away is made late. A new receiver begins with its
    first cut from now on.
    """
    return cut.date() == today if newest is None else cut.date() > newest


def is_chase_due(
    *, made_at: datetime, chased_at: datetime | None, after_days: int, now: datetime
) -> bool:
    """First after the receiver's own time, then weekly."""
    if chased_at is None:
        return now >= made_at + timedelta(days=after_days)
    return now >= chased_at + CHASE_AGAIN


def require_fetched(state: TransferState | str) -> None:
    """Refuses receipt of a list that nobody has fetched (``list_not_fetched``)."""
    if state == TransferState.MADE:
        raise RuleBroken("list_not_fetched", _("Fetch the list first, then count its lines."))


def require_same_count(counted: int, *, count: int) -> None:
    """Refuses receipt of another number of lines than was sent (``count_differs``)."""
    if counted != count:
        raise RuleBroken(
            "count_differs",
            _("This is not the number of lines in the list. Fetch it again and count once more."),
            field="counted",
        )


def why_ended(end_reason: str, state: PledgeState | str) -> CardEnd:
    """Why a card is valid no more: its own end, or that of its registration."""
    if end_reason:
        return CardEnd(end_reason)
    return CardEnd.WITHDRAWN if state in _CONTESTED else CardEnd.REPLACED
