"""What a registration must hold, which organs a choice means, which step may follow. Pure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.pledges.choices import OPEN_STATES, OrganChoice, PledgeState, StepKind
from registration.units.choices import PledgeKind

FORM_LIFE = timedelta(hours=24)
# Nobody reads and fills in two pages in less; scripts do.
SHORTEST_FILL = timedelta(seconds=2)

# What follows in law (Viet Nam: 75/2006/QH11, art. 18) and practice, in order. A third country
# is a third row.
ROUTES: dict[str, tuple[StepKind, ...]] = {
    PledgeKind.APPLICATION: (
        StepKind.CONTACTED,
        StepKind.PAPER_SEEN,
        StepKind.PASSED_ON,
        StepKind.COUNSELLED,
        StepKind.FORM_SIGNED,
        StepKind.CARD_ISSUED,
        StepKind.CARD_POSTED,
        StepKind.LISTED,
    ),
    PledgeKind.INTENT: (StepKind.HANDED_OVER,),
}
MAY_BE_SKIPPED = frozenset({StepKind.CONTACTED, StepKind.PASSED_ON})
MAY_BE_REPEATED = frozenset({StepKind.CONTACTED, StepKind.HELP_ASKED})
# Law 75/2006/QH11, art. 18: advice and the signed form come before the card.
NEEDS: dict[StepKind, tuple[StepKind, ...]] = {
    StepKind.CARD_ISSUED: (StepKind.PAPER_SEEN, StepKind.COUNSELLED, StepKind.FORM_SIGNED),
    StepKind.CARD_POSTED: (StepKind.CARD_ISSUED,),
    StepKind.LISTED: (StepKind.CARD_ISSUED,),
}
# What a withdrawal here does not do by itself.
LEFT_TO_DO: dict[str, str | Promise] = {
    PledgeKind.APPLICATION: _(
        "A donor card that was issued for it is no longer valid. "
        "Hand it back to the health facility or to the department."
    ),
    PledgeKind.INTENT: _(
        "This does not withdraw a statement made in e-Devlet, in e-Nabız or on paper. "
        "Such a statement is changed there, at turkiye.gov.tr or enabiz.gov.tr."
    ),
}


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
    if state not in OPEN_STATES:
        raise RuleBroken(
            "pledge_ended",
            _("This registration has ended and cannot be confirmed. You can register again."),
        )


def _last(taken: Sequence[StepKind | str], step: StepKind) -> int:
    return max((place for place, kind in enumerate(taken) if kind == step), default=-1)


def next_step(kind: str, taken: Sequence[StepKind | str]) -> StepKind | None:
    """What is to be done next with a confirmed registration, or None when nothing is.

    ``taken`` are the steps in the order they were taken, without those undone.
    """
    settled = max(_last(taken, StepKind.CONTACTED), _last(taken, StepKind.HANDED_OVER))
    if _last(taken, StepKind.HELP_ASKED) > settled:
        return StepKind.CONTACTED
    route = ROUTES[kind]
    reached = max((route.index(StepKind(step)) for step in taken if step in route), default=-1)
    for place, step in enumerate(route):
        if step not in taken and not (place < reached and step in MAY_BE_SKIPPED):
            return step
    return None


def require_step(
    step: StepKind,
    *,
    kind: str,
    state: PledgeState | str,
    taken: Sequence[StepKind | str],
    happened_on: date,
    day: date,
) -> None:
    """Refuses a step of another route (``step_unknown``), of a registration that is not active
    (``pledge_not_active``), taken before (``step_taken``), too early (``step_too_early``) or of a
    day to come (``step_in_future``).
    """
    if step not in {*ROUTES[kind], *MAY_BE_REPEATED}:
        raise RuleBroken("step_unknown", _("This step does not belong to this registration."))
    if state != PledgeState.CONFIRMED:
        raise RuleBroken(
            "pledge_not_active",
            _("Steps are only taken with a registration that its owner has confirmed."),
        )
    if step in taken and step not in MAY_BE_REPEATED:
        raise RuleBroken("step_taken", _("This step was taken already."))
    if missing := [needed for needed in NEEDS.get(step, ()) if needed not in taken]:
        raise RuleBroken(
            "step_too_early",
            _("First comes: %(step)s."),
            step=missing[0].label,
        )
    if happened_on > day:
        raise RuleBroken("step_in_future", _("This day lies in the future."), field="happened_on")


def require_undoable(
    step: StepKind | str, *, taken: Sequence[StepKind | str], recorded_on: date, day: date
) -> None:
    """Refuses to undo on a later day (``too_late_to_undo``) or what a later step stands on
    (``step_needed``).
    """
    if recorded_on != day:
        raise RuleBroken("too_late_to_undo", _("A step can be undone on the same day only."))
    if any(step in NEEDS.get(StepKind(later), ()) for later in taken):
        raise RuleBroken("step_needed", _("Undo the later steps first: they stand on this one."))


def require_reason(reason: str) -> None:
    """Refuses what is kept with a reason and comes without one (``reason_missing``)."""
    if len(reason.strip()) < 3:
        raise RuleBroken("reason_missing", _("Write the reason."), field="reason")


def shown_state(state: PledgeState | str) -> PledgeState:
    """The state as its owner sees it.

    One that waits for comparison is shown as confirmed, which by its owner it is: else whoever
    knows a number could register with it and learn here that the number's owner is registered.
    """
    return PledgeState.CONFIRMED if state == PledgeState.WAITING else PledgeState(state)


def require_unrestricted(restricted_at: datetime | None) -> None:
    """Refuses work on what its owner wants only to be kept (``restricted``)."""
    if restricted_at is not None:
        raise RuleBroken(
            "restricted",
            _("At the person's request this registration is only kept: no step is taken with it."),
        )
