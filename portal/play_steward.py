"""What a steward does on a played day with the registrations that were confirmed."""

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from registration.accounts.choices import Role
from registration.accounts.models import Staff
from registration.cards.services import issue_card
from registration.ledger.clock import played_at
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge
from registration.pledges.steps import take_step
from registration.units.choices import PledgeKind
from registration.units.models import Unit
from registration.units.places import national_centre, steward_of

# How far a registration gets on its first day, and how many get that far.
DESK = (
    (StepKind.CONTACTED, 0.45),
    (StepKind.PAPER_SEEN, 0.75),
    (StepKind.COUNSELLED, 0.75),
    (StepKind.FORM_SIGNED, 0.85),
    (StepKind.CARD_ISSUED, 0.75),
    (StepKind.CARD_POSTED, 0.5),
)
SHARE_DONE, SHARE_HELP = 0.22, 0.04


class StewardsDay:
    """The desk's part of a day. Without a member of staff at the desk nothing is done there."""

    def __init__(self, department: Unit, *, day: date, last: datetime) -> None:
        self.day, self.last = day, last
        self.chance = random.Random(f"steward {department.code} {day}")  # noqa: S311  a play
        province = department.province
        self.unit = (steward_of(province, day=day) if province else None) or department
        self.staff = Staff.objects.filter(unit=self.unit, roles__role=Role.STEWARD).first()
        self.issuer = national_centre(department.jurisdiction) or self.unit
        self.cards = 0

    def work(self, pledges: Sequence[Pledge]) -> int:
        """Take steps with some of them, oldest first; the number of cards issued."""
        for pledge in pledges:
            moment = min(pledge.received_at + timedelta(minutes=95), self.last)
            if pledge.kind == PledgeKind.INTENT:
                self.hear(pledge, moment)
            elif self.staff:
                self.follow(pledge, self.staff, moment)
        return self.cards

    def hear(self, pledge: Pledge, moment: datetime) -> None:
        """A few say at once that they are done in e-Devlet; fewer ask for help."""
        said = self.chance.random()
        if said < SHARE_DONE + SHARE_HELP:
            step = StepKind.HANDED_OVER if said < SHARE_DONE else StepKind.HELP_ASKED
            on = moment.astimezone(pledge.jurisdiction.zone).date()
            with played_at(moment):
                take_step(pledge, step, staff=None, happened_on=on, now=moment)

    def follow(self, pledge: Pledge, staff: Staff, moment: datetime) -> None:
        for step, share in DESK:
            if self.chance.random() > share:
                return
            moment = min(moment + timedelta(minutes=self.chance.uniform(2, 25)), self.last)
            on = moment.astimezone(pledge.jurisdiction.zone).date()
            with played_at(moment):
                if step == StepKind.CARD_ISSUED:
                    self.issue(pledge, staff, on, moment)
                else:
                    take_step(pledge, step, staff=staff, happened_on=on, now=moment)

    def issue(self, pledge: Pledge, staff: Staff, on: date, moment: datetime) -> None:
        self.cards += 1
        issue_card(
            pledge,
            number=f"DEMO-{self.day:%y%m%d}-{self.cards:04d}",
            issuer=self.issuer,
            issued_on=on,
            staff=staff,
            now=moment,
        )
