"""Papers for a person to sign: the official form, filled in with what was registered."""

from datetime import date
from typing import Any

from django.utils import translation

from registration.common.dates import short_date
from registration.common.typeset import typeset
from registration.ledger.choices import Sex
from registration.people.answers import PersonAnswers
from registration.people.rules import show_phone
from registration.pledges.answers import stored_answers
from registration.pledges.choices import StepKind
from registration.pledges.models import Pledge
from registration.pledges.organs import organs_offered
from registration.units.places import national_centre

# An official form is in the language of its state, whatever the person reads the screens in.
FORMS = {"VN": ("application_vn.typ", "vi")}
SEX_ON_PAPER = {Sex.MALE: "Nam", Sex.FEMALE: "Nữ"}


def has_form(pledge: Pledge) -> bool:
    """Whether there is a paper form for this registration's country."""
    return pledge.jurisdiction_id in FORMS


def application_form(pledge: Pledge) -> bytes:
    """The official after-death form as a PDF to sign (Decision 07/2008/QĐ-BYT), tagged, on A4.

    It holds the form's fields in its order, opens the seals (log the view first) and leaves
    place, date and signature blank. The same registration gives the same bytes. A country without
    a paper form raises ``ValueError``.
    """
    if not has_form(pledge):
        raise ValueError(f"There is no paper form for {pledge.jurisdiction_id}.")
    template, language = FORMS[pledge.jurisdiction_id]
    with translation.override(language):
        data = _values(pledge, language)
    return typeset(f"pledges/typst/{template}", data=data, made_at=pledge.received_at)


def _values(pledge: Pledge, language: str) -> dict[str, Any]:
    answers = stored_answers(pledge)
    person = answers.person
    names = organs_offered(pledge.jurisdiction, also=answers.organs).names

    def day(value: date | None) -> str:
        return short_date(value, language) if value else ""

    return {
        "reference": pledge.reference,
        "is_demo": pledge.is_demo,
        "addressee": _addressee(pledge),
        "full_name": person.full_name,
        "birth_date": day(person.birth_date),
        "sex": SEX_ON_PAPER.get(person.sex, ""),
        "phone": show_phone(person.phone) if person.phone else "",
        "permanent_address": _permanent_address(person),
        "card_address": person.card_address,
        "occupation": person.occupation,
        "workplace": person.workplace,
        "identity_number": person.identity_number,
        "identity_issued_on": day(person.identity_issued_on),
        "identity_issued_by": person.identity_issued_by,
        "keeps_identity_secret": answers.keeps_identity_secret,
        "organs": [
            {"name": name, "is_chosen": code in answers.organs} for code, name in names.items()
        ],
    }


def _addressee(pledge: Pledge) -> str:
    """The receiver it was passed to, else the national centre; a blank line if neither is known."""
    passed = pledge.steps.filter(kind=StepKind.PASSED_ON, undone_at__isnull=True)
    step = passed.select_related("unit").first()
    if step and step.unit:
        return step.unit.name
    centre = national_centre(pledge.jurisdiction)
    return centre.name if centre else ""


def _permanent_address(person: PersonAnswers) -> str:
    """House, commune and province; the district of an old paper in brackets."""
    locality = person.locality.full_name if person.locality else ""
    parts = [person.permanent_address, locality, person.province.full_name]
    address = ", ".join(part for part in parts if part)
    return f"{address} (địa chỉ cũ: {person.old_district})" if person.old_district else address
