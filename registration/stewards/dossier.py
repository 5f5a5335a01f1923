"""One registration as the desk shows it: answers, certainty, steps taken, what may be done now."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from registration.accounts.models import Staff
from registration.common.dates import date_time, short_date
from registration.common.errors import RuleBroken
from registration.people.choices import IdentityTier
from registration.people.models import Contact, Particulars
from registration.people.services import contradictions_of
from registration.pledges.answers import PledgeAnswers, stored_answers
from registration.pledges.choices import OPEN_STATES, PledgeState, StepKind
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.organs import organs_offered
from registration.pledges.rules import require_undoable
from registration.pledges.summary import OF_THE_PERSON, Group, summary_groups
from registration.stewards.choices import name_of_wait
from registration.stewards.rules import ELSEWHERE, desk_steps
from registration.stewards.services import open_request
from registration.stewards.worklist import MANY_OTHERS, days_in_words, unit_of

SHOWN_FIELDS = [
    "full_name",
    "birth_date",
    "contacts",
    "identity_number",
    "addresses",
    "organs",
    "notes",
]


@dataclass(frozen=True)
class StepRow:
    """A step in words; ``may_undo`` while it is its day and nothing stands on it."""

    step: PledgeStep
    name: str
    day: str
    recorded: str
    who: str
    may_undo: bool


class Dossier:
    """Opens the seals: log the view first."""

    def __init__(self, pledge: Pledge, *, staff: Staff, now: datetime, language: str) -> None:
        self.pledge, self.staff, self.now, self.language = pledge, staff, now, language
        self.zone = pledge.jurisdiction.time_zone
        self.answers: PledgeAnswers = stored_answers(pledge)
        rows = pledge.steps.select_related("staff", "unit", "undone_by")
        order = list(StepKind)
        # Steps entered together with a paper form bear one moment.
        self.steps = sorted(
            rows, key=lambda row: (row.recorded_at, order.index(StepKind(row.kind)))
        )
        self.taken = [row.kind for row in self.steps if row.undone_at is None]

    def context(self) -> dict[str, Any]:
        pledge = self.pledge
        return {
            "pledge": pledge,
            "groups": self.groups(),
            "warnings": [*contradictions_of(self.answers.person), *self._shared_contact()],
            "received": self.moment(pledge.received_at),
            "signed_on": short_date(pledge.signed_on, self.language) if pledge.signed_on else "",
            "unit": unit_of(pledge),
            "certainty": self.certainty(),
            "wait": name_of_wait(pledge.next_step, pledge.kind),
            "age": days_in_words(pledge.waiting_since, now=self.now, zone=pledge.jurisdiction.zone),
            "steps": [self._row(step) for step in self.steps],
            "acts": [
                {"act": act, "done": self.moment(act.done_at)}
                for act in pledge.desk_acts.select_related("staff")
            ],
            "request_open": self._request(),
            "card_url": self.card_url(),
            "is_open": pledge.state in OPEN_STATES,
            "is_active": pledge.state == PledgeState.CONFIRMED,
            "is_waiting": pledge.state == PledgeState.WAITING,
            "is_unconfirmed": pledge.state == PledgeState.RECEIVED,
        }

    def groups(self) -> list[Group]:
        names = organs_offered(self.pledge.jurisdiction, also=self.answers.organs).names
        return summary_groups(
            self.answers,
            kind=self.pledge.kind,
            organ_names=names,
            language=self.language,
            words=OF_THE_PERSON,
        )

    def groups_to_compare(self) -> list[Group]:
        rows = [
            {"label": _("Received at"), "value": self.moment(self.pledge.received_at)},
            {"label": _("Certainty"), "value": self.certainty()},
        ]
        return [Group(_("Registration"), "", rows), *self.groups()]

    def certainty(self) -> str:
        """How sure this entry is by its own card, paper and contact, not by the person's others."""
        if self.pledge.state == PledgeState.RECEIVED:
            return str(PledgeState.RECEIVED.label)
        if StepKind.CARD_ISSUED in self.taken:
            return str(StepKind.CARD_ISSUED.label)
        if StepKind.PAPER_SEEN in self.taken:
            return str(IdentityTier.IDENTITY_SEEN.label)
        contacts = self.pledge.particulars.contacts.all()
        is_confirmed = any(contact.confirmed_at for contact in contacts)
        tier = IdentityTier.CONTACT_CONFIRMED if is_confirmed else IdentityTier.UNCONFIRMED
        return str(tier.label)

    def offered(self) -> tuple[StepKind | None, list[StepKind]]:
        """The next step if the desk takes it here, and all others that may be recorded."""
        possible = desk_steps(self.pledge.kind, self.taken)
        following = next((step for step in possible if step == self.pledge.next_step), None)
        return following, [step for step in possible if step != following]

    def card_url(self) -> str:
        """The card's own page, when the card comes next or was issued."""
        issued = StepKind.CARD_ISSUED in self.taken
        if self.pledge.next_step != StepKind.CARD_ISSUED and not issued:
            return ""
        return reverse("cards:issue", args=[self.pledge.pk])

    def moment(self, when: datetime) -> str:
        return date_time(when, self.language, zone=self.zone)

    def _shared_contact(self) -> list[str]:
        """Said where one address stands in the open registrations of three persons or more."""
        others = persons_at(self.pledge.particulars)
        if others < MANY_OTHERS:
            return []
        return [
            _("The same address stands in %(number)s other registrations.") % {"number": others}
        ]

    def _request(self) -> dict[str, Any] | None:
        asked = open_request(self.pledge)
        if asked is None or self.pledge.state not in OPEN_STATES:
            return None
        return {
            "asked": asked,
            "when": self.moment(asked.asked_at),
            "is_own": asked.asked_by_id == self.staff.pk,
        }

    def _row(self, step: PledgeStep) -> StepRow:
        return StepRow(
            step,
            name=step.get_kind_display(),
            day=short_date(step.happened_on, self.language),
            recorded=self.moment(step.recorded_at),
            who=_name_of(step.staff),
            may_undo=self._may_undo(step),
        )

    def _may_undo(self, step: PledgeStep) -> bool:
        if step.undone_at is not None or step.kind in ELSEWHERE:
            return False
        zone = self.pledge.jurisdiction.zone
        try:
            require_undoable(
                step.kind,
                taken=[row.kind for row in self.steps if row.undone_at is None and row != step],
                recorded_on=step.recorded_at.astimezone(zone).date(),
                day=self.now.astimezone(zone).date(),
            )
        except RuleBroken:
            return False
        return True


def persons_at(particulars: Particulars) -> int:
    """How many other persons have an open registration with the same mailbox or telephone; of
    two contacts the one with more.
    """
    own = [contact.value_hash for contact in particulars.contacts.all()]
    shared = (
        Contact.objects.filter(
            value_hash__in=own, particulars__pledge__state__in=[str(s) for s in OPEN_STATES]
        )
        .exclude(particulars__person=particulars.person_id)
        .values("value_hash")
        .annotate(persons=Count("particulars__person", distinct=True))
    )
    return max((row["persons"] for row in shared), default=0)


def _name_of(staff: Staff | None) -> str:
    # Translators: who took a step: not the staff but the registered person
    return staff.shown_name if staff else _("the person")
