"""Two registrations row by row, with the rows that differ."""

from django.utils.translation import gettext as _

from registration.common.dates import date_time
from registration.merges.rules import Standing
from registration.people.choices import IdentityTier
from registration.pledges.answers import stored_answers
from registration.pledges.choices import PledgeState, StepKind
from registration.pledges.comparison import ComparedGroup, side_by_side
from registration.pledges.models import Pledge
from registration.pledges.organs import organs_offered
from registration.pledges.summary import OF_THE_PERSON, Group, summary_groups
from registration.units.models import Jurisdiction


def standing_of(pledge: Pledge) -> Standing:
    """Reads the steps that were fetched with it."""
    cards = [step for step in pledge.steps.all() if step.kind == StepKind.CARD_ISSUED]
    return Standing(
        state=pledge.state,
        has_card=any(step.undone_at is None for step in cards),
        tier=pledge.person.identity_tier,
        confirmed_at=pledge.confirmed_at,
    )


def compare(first: Pledge, second: Pledge, *, language: str) -> list[ComparedGroup]:
    """Every answer of both, side by side. Opens the seals: log both views first."""
    jurisdiction = first.jurisdiction
    also = (*first.organ_codes, *second.organ_codes)
    names = organs_offered(jurisdiction, also=also).names
    both = [
        [
            _state_group(pledge, jurisdiction, language),
            *summary_groups(
                stored_answers(pledge),
                kind=pledge.kind,
                organ_names=names,
                language=language,
                words=OF_THE_PERSON,
            ),
        ]
        for pledge in (first, second)
    ]
    return side_by_side(*both)


def _state_group(pledge: Pledge, jurisdiction: Jurisdiction, language: str) -> Group:
    def moment(value: object) -> str:
        return date_time(value, language, zone=jurisdiction.time_zone) if value else ""  # type: ignore[arg-type]

    rows = [
        (_("State"), str(PledgeState(pledge.state).label)),
        (_("Identity"), str(IdentityTier(pledge.person.identity_tier).label)),
        (_("Received at"), moment(pledge.received_at)),
        (_("Confirmed at"), moment(pledge.confirmed_at)),
        (_("Channel"), pledge.get_channel_display()),
        (_("Unit"), pledge.unit.name if pledge.unit else ""),
        (_("Steps taken"), _steps(pledge)),
    ]
    title = _("Registration")
    return Group(title, "", [{"label": label, "value": value} for label, value in rows])


def _steps(pledge: Pledge) -> str:
    taken = [step for step in pledge.steps.all() if step.undone_at is None]
    return ", ".join(str(StepKind(step.kind).label) for step in taken)
