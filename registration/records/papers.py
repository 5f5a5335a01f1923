"""What a person can take along: the record, the card, the proof, the export for machines."""

import json
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation
from django.utils.translation import gettext as _

from registration.cards.documents import acknowledgement_pdf, card_pdf, card_png
from registration.cards.services import valid_card_of
from registration.common.errors import RuleBroken
from registration.common.typeset import typeset
from registration.people.choices import IdentityTier
from registration.pledges.choices import ACTIVE_STATES, PledgeState, StepKind
from registration.pledges.models import Pledge, PledgeStep
from registration.pledges.papers import application_form, has_form
from registration.pledges.rules import LEFT_TO_DO, next_step, shown_state
from registration.pledges.steps import steps_taken
from registration.privacy.holders import export_registrations
from registration.records.history import earlier_own
from registration.records.overview import Writer, overview_of, paper_rows
from registration.records.visits import Visit

TEMPLATE = "records/typst/paper.typ"


def record_paper(visit: Visit, *, now: datetime) -> bytes:
    """The whole record as a PDF (PDF/UA-1), in the language of the registration."""
    pledge = visit.pledge
    with translation.override(pledge.language):
        seen = overview_of(visit, language=pledge.language)
        done = [
            {"label": step.label, "value": step.note or _("On the way")}
            for step in seen.steps
            if step.is_done or step.is_next
        ]
        sections = [
            *({"title": part.title, "rows": part.rows, "empty": ""} for part in seen.stored),
            {"title": _("What was done, and what comes next"), "rows": done, "empty": ""},
            {
                "title": _("Somebody close to you"),
                "rows": paper_rows(seen.relatives),
                "empty": _("You have named nobody."),
            },
            *(
                {"title": part.title, "rows": part.rows, "empty": part.empty}
                for part in seen.sections
            ),
        ]
        data = {
            **_frame(pledge, _("Record of a registration"), now),
            "lead": [f"{seen.state}. {seen.state_sentence}", pledge.jurisdiction.legal_weight],
            "sections": sections,
        }
    return typeset(TEMPLATE, data=data, made_at=now)


def offered_papers(pledge: Pledge) -> list[str]:
    """Which other papers there are for a registration now, by the name of their file.

    The card once it is issued, before that an acknowledgement; the official form to sign where
    there is one and it is not signed yet.
    """
    if shown_state(pledge.state) not in ACTIVE_STATES:
        return []
    if valid_card_of(pledge):
        return ["card.pdf", "card-a4.pdf", "card.png"]
    taken = {row.kind for row in steps_taken(pledge)}
    is_unsigned = has_form(pledge) and StepKind.FORM_SIGNED not in taken
    return ["acknowledgement.pdf", *(["form.pdf"] if is_unsigned else [])]


def offered_paper(pledge: Pledge, name: str) -> bytes:
    """One of ``offered_papers``; ``paper_unknown`` if it is not offered now."""
    card = valid_card_of(pledge)
    if name not in offered_papers(pledge):
        raise RuleBroken("paper_unknown", _("This paper is not offered for this registration."))
    if name == "form.pdf":
        return application_form(pledge)
    if card is None:
        return acknowledgement_pdf(pledge)
    return card_png(card) if name == "card.png" else card_pdf(card, name == "card-a4.pdf")


def withdrawal_paper(pledge: Pledge, *, now: datetime) -> bytes:
    """The proof that a registration was withdrawn, as a PDF."""
    with translation.override(pledge.language):
        write = Writer(pledge, pledge.language)
        rows = [
            {"label": _("Full name"), "value": pledge.particulars.full_name},
            {"label": _("Reference"), "value": pledge.reference},
            {"label": _("Received at"), "value": write.moment(pledge.received_at)},
            {"label": _("Withdrawn"), "value": write.moment(pledge.ended_at or now)},
            {"label": _("Department"), "value": pledge.department.name},
        ]
        data = {
            **_frame(pledge, _("Proof of withdrawal"), now),
            "lead": withdrawal_means(pledge),
            "sections": [{"title": _("The registration"), "rows": rows, "empty": ""}],
        }
    return typeset(TEMPLATE, data=data, made_at=now)


def withdrawal_means(pledge: Pledge) -> list[str]:
    """What the withdrawal of this kind of registration does, and what it does not do."""
    stopped = _("The registration has had no effect since the moment of the withdrawal.")
    return [stopped, str(LEFT_TO_DO[pledge.kind])]


def _frame(pledge: Pledge, title: str, now: datetime) -> dict[str, Any]:
    made = Writer(pledge, pledge.language).moment(now)
    return {
        "demo": _("DEMONSTRATION DATA") if pledge.is_demo else "",
        "language": pledge.language,
        "region": pledge.jurisdiction_id,
        "title": title,
        "reference": pledge.reference,
        "department": pledge.department.name,
        "foot": _("Made on %(moment)s.") % {"moment": made},
    }


def export_json(visit: Visit, *, now: datetime) -> str:
    """Everything that is kept about the registrations that are shown here, for machines.

    Not all of the person's: another contact may have confirmed those, and who they are of is for
    a desk to say.
    """
    pledge = visit.pledge
    own = [pledge, *earlier_own(pledge, used=visit.contact)]
    records = export_registrations([row.pk for row in own])
    _tell_only_own(records, own)
    if pledge.state == PledgeState.WAITING:
        _hide_waiting(records, pledge)
    content = {"exported_at": now, "reference": pledge.reference, "records": records}
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _tell_only_own(records: dict[str, Any], own: list[Pledge]) -> None:
    """Tell of the person only what these registrations show by themselves."""
    for row in records["persons"]:
        row["created_at"] = min(pledge.received_at for pledge in own)
        row["identity_tier"] = _tier_of(own)
        for name in ("restricted_at", "merged_into"):
            row.pop(name, None)
    before = {str(row.pk): str(earlier.pk) for row, earlier in pairwise(own)}
    for row in records["registrations"]:
        row["replaces"] = before.get(row["id"])


def _tier_of(own: list[Pledge]) -> IdentityTier:
    seen = PledgeStep.objects.filter(pledge__in=own, kind=StepKind.PAPER_SEEN, undone_at=None)
    if seen.exists():
        return IdentityTier.IDENTITY_SEEN
    contacts = [contact for row in own for contact in row.particulars.contacts.all()]
    is_confirmed = any(contact.confirmed_at for contact in contacts)
    return IdentityTier.CONTACT_CONFIRMED if is_confirmed else IdentityTier.UNCONFIRMED


def _hide_waiting(records: dict[str, Any], pledge: Pledge) -> None:
    """Tell nothing by which a number's owner is known to be registered (see ``shown_state``)."""
    shown = {
        "state": shown_state(pledge.state),
        "next_step": next_step(pledge.kind, []),
        "waiting_since": pledge.confirmed_at,
    }
    for row in records["registrations"]:
        if row["id"] == str(pledge.pk):
            row |= shown
