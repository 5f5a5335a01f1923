"""The answers in words, for the page that checks them, the message that copies them, the desk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

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


@dataclass(frozen=True)
class Words:
    """Where the summary speaks to the person or, on the desk, of the person."""

    person: str | Promise
    reach: str | Promise
    home: str | Promise
    choice: str | Promise
    identity: str | Promise
    secret: str | Promise
    not_secret: str | Promise


TO_THE_PERSON = Words(
    person=gettext_lazy("About you"),
    reach=gettext_lazy("How to reach you"),
    home=gettext_lazy("Where you live"),
    # Translators: heading above the organs that a person chose
    choice=pgettext_lazy("registration", "Your choice"),
    identity=gettext_lazy("Your identity"),
    secret=gettext_lazy("Keep my identity secret from the recipient"),
    not_secret=gettext_lazy("My identity need not be kept secret from the recipient"),
)
OF_THE_PERSON = Words(
    # Translators: heading above name and date of birth of the person who registered
    person=pgettext_lazy("registration", "The person"),
    reach=gettext_lazy("How to reach the person"),
    home=gettext_lazy("Where the person lives"),
    # Translators: heading above the organs that a person chose
    choice=gettext_lazy("The person’s choice"),
    identity=gettext_lazy("Identity towards the recipient"),
    # Translators: of the donor's identity
    secret=pgettext_lazy("identity", "To be kept secret"),
    # Translators: of the donor's identity
    not_secret=pgettext_lazy("identity", "Need not be kept secret"),
)


def _row(label: str, value: str) -> dict[str, str]:
    return {"label": label, "value": value}


def summary_groups(
    answers: PledgeAnswers,
    *,
    kind: PledgeKind | str,
    organ_names: Mapping[str, str],
    language: str,
    hides_number: bool = False,
    words: Words = TO_THE_PERSON,
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
        Group(str(words.person), "full_name", about),
        Group(
            str(words.reach),
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
        groups.append(Group(str(words.home), "locality", place))
    groups.append(_choice(answers, organ_names, words))
    return groups


def _choice(answers: PledgeAnswers, organ_names: Mapping[str, str], words: Words) -> Group:
    names = ", ".join(name for code, name in organ_names.items() if code in answers.organs)
    # Translators: the organs were not said on this form
    rows = [_row(_("Organs and tissues"), names or _("Not said here"))]
    if answers.keeps_identity_secret is not None:
        secret = words.secret if answers.keeps_identity_secret else words.not_secret
        rows.append(_row(str(words.identity), str(secret)))
    return Group(str(words.choice), "organ_choice", rows)
