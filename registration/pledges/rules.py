"""What a registration must hold, and which organs a choice means. Pure."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.pledges.choices import OrganChoice, PledgeState

FORM_LIFE = timedelta(hours=24)
# Nobody reads and fills in two pages in less; scripts do.
SHORTEST_FILL = timedelta(seconds=2)


def chosen_organs(
    choice: OrganChoice,
    *,
    ticked: Collection[str],
    listed: Iterable[str],
    apart: Iterable[str] = (),
) -> tuple[str, ...]:
    """The organs that a choice means today, in order.

    ``listed`` are offered organs and tissues; ``apart`` are composite tissues (face, hand), which
    are only ever meant when they are ticked. Refuses "some" without a tick (``organs_missing``).
    """
    if choice == OrganChoice.LATER:
        return ()
    wanted = set(ticked) | (set(listed) if choice == OrganChoice.ALL else set())
    chosen = tuple(sorted(wanted & {*listed, *apart}))
    if not chosen:
        raise RuleBroken("organs_missing", _("Tick at least one organ or tissue."), field="organs")
    return chosen


def require_contact(*, email: str, can_get_sms: bool) -> None:
    """Refuses a registration that nobody could confirm (``contact_missing``)."""
    if not email and not can_get_sms:
        raise RuleBroken(
            "contact_missing",
            _("Write an e-mail address or a mobile telephone number, so that you can confirm."),
            field="email",
        )


def require_fresh(started_at: datetime, *, now: datetime) -> None:
    """Refuses a form that lay open for more than 24 hours (``form_expired``)."""
    if now - started_at > FORM_LIFE:
        raise RuleBroken(
            "form_expired",
            _("This page was open for more than a day. Your answers are still here: send again."),
        )


def require_unhurried(started_at: datetime, *, now: datetime) -> None:
    """Refuses what came faster than a person can fill it in (``too_fast``)."""
    if now - started_at < SHORTEST_FILL:
        raise RuleBroken(
            "too_fast",
            _("That was very fast. Look at your answers once more, then press the button again."),
        )


def require_confirmable(state: PledgeState) -> None:
    """Refuses to bring a registration back that was replaced or withdrawn (``pledge_ended``)."""
    if state not in (PledgeState.RECEIVED, PledgeState.CONFIRMED):
        raise RuleBroken(
            "pledge_ended",
            _("This registration has ended and cannot be confirmed. You can register again."),
        )
