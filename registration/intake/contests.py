"""What the page "is this yours?" knows: the registration, who was written to, what was answered."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.people.models import OneTimeLink
from registration.people.services import find_link, require_open
from registration.pledges import services
from registration.pledges.choices import OPEN_STATES, LinkPurpose, PledgeState
from registration.pledges.models import Pledge


class Stage(StrEnum):
    ASKED = "asked"
    STOPPED = "stopped"
    ACCEPTED = "accepted"
    ENDED = "ended"


@dataclass(frozen=True)
class Contest:
    """``earlier`` is the registration of whoever was written to, in whose place this one stands or
    wants to stand; None where they were written to about their own, or one that uses their address.
    """

    stage: Stage
    pledge: Pledge | None = None
    earlier: Pledge | None = None

    @property
    def may_accept(self) -> bool:
        return bool(self.earlier and self.pledge and self.pledge.state == PledgeState.WAITING)


def find_contest(token: str, *, now: datetime) -> Contest:
    """What a link to contest leads to; changes nothing. Refuses ``link_unknown``, and an open
    question whose link is too old (``link_expired``).
    """
    link = find_link(token, purpose=LinkPurpose.CONTEST)
    pledges = Pledge.objects.select_related("department", "jurisdiction", "replaces")
    pledge = pledges.filter(pk=link.about).first()
    if pledge is None:
        return Contest(Stage.ENDED)
    earlier = pledge.replaces
    if earlier and earlier.particulars_id != link.contact.particulars_id:
        earlier = None
    return Contest(_stage_of(link, pledge, now), pledge, earlier)


def _stage_of(link: OneTimeLink, pledge: Pledge, now: datetime) -> Stage:
    if pledge.state == PledgeState.CONTESTED:
        return Stage.STOPPED
    if pledge.state not in OPEN_STATES:
        return Stage.ENDED
    if link.used_at:
        return Stage.ACCEPTED
    require_open(link, now=now)
    return Stage.ASKED


def answer_contest(token: str, answer: str, *, now: datetime) -> None:
    """Stop the registration ("not_mine"), or let it stand ("mine"); once answered, nothing changes.

    Only the owner of the earlier registration may let one stand that waits: whoever sent it has a
    link of their own (``not_waiting``).
    """
    contest = find_contest(token, now=now)
    if contest.stage != Stage.ASKED:
        return
    if answer == "not_mine":
        services.contest_by_link(token, now=now)
    elif answer == "mine":
        if not contest.may_accept:
            raise RuleBroken("not_waiting", _("This registration does not wait for a comparison."))
        services.accept_by_link(token, now=now)
