"""Which steps a desk may offer, who may decide with whom, how long something waits. Pure."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.pledges.choices import StepKind
from registration.pledges.rules import NEEDS, ROUTES
from registration.units.choices import PledgeKind

# The card has its own form, with number and issuer.
ELSEWHERE = frozenset({StepKind.CARD_ISSUED})
AT_MOST = 500


def desk_steps(kind: str, taken: Collection[str]) -> list[StepKind]:
    """The steps that a steward may record now, in the order of the route."""
    route = [step for step in ROUTES[kind] if step not in taken and step not in ELSEWHERE]
    open_now = [step for step in route if all(needed in taken for needed in NEEDS.get(step, ()))]
    always = [StepKind.CONTACTED]
    if kind == PledgeKind.INTENT:
        always.append(StepKind.HELP_ASKED)
    return open_now + [step for step in always if step not in open_now]


def bulk_steps(kind: str) -> list[StepKind]:
    """The steps that make sense for many at once, in the order of the route."""
    route = [step for step in ROUTES[kind] if step not in ELSEWHERE]
    return route if StepKind.CONTACTED in route else [StepKind.CONTACTED, *route]


def require_receiver(step: StepKind, *, has_unit: bool) -> None:
    """Refuses to pass a registration on to nobody (``unit_missing``)."""
    if step == StepKind.PASSED_ON and not has_unit:
        raise RuleBroken("unit_missing", _("Choose the receiver."), field="unit")


def require_not_before(happened_on: date, *, first: date) -> None:
    """Refuses a step of before the registration itself (``step_before_registration``)."""
    if happened_on < first:
        raise RuleBroken(
            "step_before_registration",
            _("This day lies before the registration."),
            field="happened_on",
        )


def require_second_person(*, asked_by: int, decided_by: int) -> None:
    """Refuses that one account both asks and decides (``second_person_missing``)."""
    if asked_by == decided_by:
        raise RuleBroken(
            "second_person_missing",
            _("A second member of staff must confirm this: you asked for it yourself."),
        )


def require_another(*, typed_by: int | None, compared_by: int) -> None:
    """Refuses that whoever typed a registration in compares it, too (``needs_another``)."""
    if typed_by == compared_by:
        raise RuleBroken(
            "needs_another", _("Somebody else must compare what you typed in yourself.")
        )


def require_other_contact(*, before: tuple[str, str], after: tuple[str, str]) -> None:
    """Refuses a change of contact that changes nothing (``contact_unchanged``)."""
    if before == after:
        raise RuleBroken(
            "contact_unchanged", _("These are the contacts that are stored already."), field="email"
        )


def require_few(number: int) -> None:
    """Refuses none (``none_chosen``) and more than 500 at once (``too_many_chosen``)."""
    if not number:
        raise RuleBroken("none_chosen", _("Tick at least one registration."))
    if number > AT_MOST:
        raise RuleBroken(
            "too_many_chosen", _("At most %(most)s registrations at once."), most=AT_MOST
        )
