"""The answers in words, for the page that checks them, the message that copies them, the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from registration.common.dates import short_date
from registration.ledger.choices import Sex
from registration.people.rules import masked_number, show_phone
from registration.pledges.answers import PledgeAnswers
from registration.units.choices import PledgeKind


@dataclass(frozen=True)
class Group:
    """Rows under one heading; ``field`` is where a change of them begins."""

    title: str
    field: str
    rows: list[dict[str, str]]


def _row(label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value}


def summary_groups(
    answers: PledgeAnswers,
    *,
    kind: PledgeKind | str,
    organ_names: Mapping[str, str],
    language: str,
    hides_number: bool = False,
) -> list[Group]:
    """Every answer of this kind of registration, also those left empty."""
    person = answers.person

    def day(value: date | None) -> str:
        return short_date(value, language) if value else ""

    about = [
        _row(_("Full name"), person.full_name),
        _row(_("Date of birth"), day(person.birth_date)),
    ]
    place = [_row(_("Province"), person.province.name)]
    locality = str(person.locality) if person.locality else ""
    groups = [
        Group(_("About you"), "full_name", about),
        Group(
            _("How to reach you"),
            "email",
            [
                _row(_("E-mail"), person.email),
                _row(_("Telephone"), show_phone(person.phone) if person.phone else ""),
            ],
        ),
    ]
    if kind == PledgeKind.APPLICATION:
        number = person.identity_number
        about += [
            _row(_("Sex"), str(Sex(person.sex).label)),
            _row(_("Occupation"), person.occupation),
            _row(_("Workplace"), person.workplace),
        ]
        papers = [
            _row(_("Identity number"), masked_number(number) if hides_number else number),
            _row(_("Date of issue"), day(person.identity_issued_on)),
            _row(_("Place of issue"), person.identity_issued_by),
        ]
        place += [
            _row(_("Ward or commune"), locality),
            _row(_("House number and street"), person.permanent_address),
            _row(_("Old district"), person.old_district),
            _row(_("Address to post the card to"), person.card_address),
        ]
        groups += [
            Group(_("Identity paper"), "identity_number", papers),
            Group(_("Addresses"), "permanent_address", place),
        ]
    else:
        place.append(_row(_("District"), locality))
        groups.append(Group(_("Where you live"), "locality", place))
    groups.append(_choice(answers, organ_names))
    return groups


def _choice(answers: PledgeAnswers, organ_names: Mapping[str, str]) -> Group:
    names = ", ".join(name for code, name in organ_names.items() if code in answers.organs)
    # Translators: the organs were not said on this form
    rows = [_row(_("Organs and tissues"), names or _("Not said here"))]
    if answers.keeps_identity_secret is not None:
        secret = (
            _("Keep my identity secret from the recipient")
            if answers.keeps_identity_secret
            else _("My identity need not be kept secret from the recipient")
        )
        rows.append(_row(_("Your identity"), secret))
    # Translators: heading above the organs that a person chose
    return Group(pgettext("registration", "Your choice"), "organ_choice", rows)
