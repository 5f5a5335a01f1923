"""The card as PDF and picture, and the acknowledgement that is given before there is a card."""

import io
from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from registration.cards.models import Card
from registration.cards.rules import CARD_LAW, NAMES_ON_CARD
from registration.common.dates import date_time, short_date
from registration.common.typeset import typeset
from registration.people.services import answers_of
from registration.pledges.events import with_origin
from registration.pledges.models import Pledge
from registration.pledges.organs import organs_offered
from registration.pledges.rules import shown_state

CARD = "cards/typst/card.typ"
ACKNOWLEDGEMENT = "cards/typst/acknowledgement.typ"
PHONE_PPI = 320


def card_pdf(card: Card, sheet: bool) -> bytes:
    """The card as PDF/UA-1 in its owner's language: two pages of card size, or an A4 sheet.

    Opens the seals: log the view first.
    """
    return typeset(CARD, data=_card_data(card, "sheet" if sheet else "card"), made_at=card.made_at)


def card_png(card: Card) -> bytes:
    """Both sides of the card in one picture for the telephone. Opens the seals."""
    return typeset(CARD, data=_card_data(card, "phone"), format="png", ppi=PHONE_PPI)


def acknowledgement_pdf(pledge: Pledge) -> bytes:
    """That a registration was received, and what that is worth in law. It looks like no card.

    Opens the seals: log the view first.
    """
    pledge = with_origin().get(pk=pledge.pk)
    language = pledge.particulars.language
    with translation.override(language):
        data = _acknowledgement_data(pledge, language)
    return typeset(ACKNOWLEDGEMENT, data=data, made_at=pledge.received_at)


def check_address(card: Card) -> str:
    """What the QR code holds."""
    return settings.BASE_URL + reverse("card:check", args=[card.code])


def _card_data(card: Card, layout: str) -> dict[str, Any]:
    pledge = with_origin().get(pk=card.pledge_id)
    told = answers_of(pledge.particulars)
    language = told.language
    with translation.override(language):
        names = _organ_names(pledge)
        return {
            "layout": layout,
            "language": language,
            "title": _("Donor card"),
            # Translators: below the words "Donor card"
            "subtitle": _("Donation of organs and tissues after death"),
            "name_label": _("Full name"),
            "name": told.full_name,
            "rows": _rows(card, language, told.birth_date),
            "issuer_label": _("Issuer"),
            "issuer": card.issuer.name,
            "organs_label": _("Organs and tissues"),
            "organs": _organs_on_card(pledge, names, language),
            "names": ", ".join(names),
            "law": str(CARD_LAW[pledge.kind]),
            "qr": _qr(check_address(card)),
            "qr_alt": _("QR code by which a transplant coordinator checks the card."),
            "qr_note": _("Whether this card is valid is told to transplant coordinators only."),
            "found": _("If you found this card, please hand it in at a hospital."),
            "sheet": _sheet_words(names),
        }


def _rows(card: Card, language: str, birth_date: Any) -> list[list[str]]:
    return [
        [_("Date of birth"), short_date(birth_date, language) if birth_date else "–"],
        [_("Card number"), card.number],
        [_("Issued on"), short_date(card.issued_on, language)],
    ]


def _organ_names(pledge: Pledge) -> list[str]:
    codes = pledge.organ_codes
    names = organs_offered(pledge.jurisdiction, also=codes).names
    return [name for code, name in names.items() if code in codes]


def _organs_on_card(pledge: Pledge, names: list[str], language: str) -> str:
    """Never the word "all": the names, or how many of the list as it stood that day."""
    if not names:
        return _("Not said here")
    if len(names) <= NAMES_ON_CARD:
        return ", ".join(names)
    day = pledge.received_at.astimezone(pledge.jurisdiction.zone).date()
    return _(
        "%(count)s organs and tissues of the list of %(day)s; their names are in the record."
    ) % {"count": len(names), "day": short_date(day, language)}


def _sheet_words(names: list[str]) -> dict[str, Any]:
    return {
        "heading": _("Your donor card to cut out"),
        "steps": [
            _("Print this sheet at its actual size (100 percent)."),
            _("Cut along the outer line, fold along the dashed line and glue both halves."),
            _("Carry the card with you, and tell your family of your decision."),
        ],
        "organs_heading": _("Organs and tissues of your registration"),
        "organs": ", ".join(names) or _("Not said here"),
        "change": _(
            "You can change or withdraw your decision in your record at any time. Then this card "
            "is valid no more, also on paper; a coordinator sees that at once."
        ),
    }


def _qr(address: str) -> str:
    """As SVG without a margin; the template leaves the quiet zone of four modules."""
    made = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        made, kind="svg", border=0, xmldecl=False, dark="#0d2b2a"
    )
    return made.getvalue().decode()


def _acknowledgement_data(pledge: Pledge, language: str) -> dict[str, Any]:
    told = answers_of(pledge.particulars)
    zone = pledge.jurisdiction.time_zone

    def moment(value: Any) -> str:
        return date_time(value, language, zone=zone) if value else "–"

    names = ", ".join(_organ_names(pledge)) or _("Not said here")
    return {
        "language": language,
        "title": _("Acknowledgement – not a donor card"),
        "lead": _("This paper says that a registration was received. It gives no right by itself."),
        "worth_label": _("What this is worth in law"),
        "worth": pledge.jurisdiction.legal_weight,
        "rows": [
            [_("Reference"), pledge.reference],
            [_("Kind"), pledge.get_kind_display()],
            [_("State"), str(shown_state(pledge.state).label)],
            [_("Full name"), told.full_name],
            [
                _("Date of birth"),
                short_date(told.birth_date, language) if told.birth_date else "–",
            ],
            [_("Received at"), moment(pledge.received_at)],
            [_("Confirmed at"), moment(pledge.confirmed_at)],
            [_("Ended at"), moment(pledge.ended_at)] if pledge.ended_at else [],
            [_("Organs and tissues"), names],
            [_("Department"), pledge.department.name],
        ],
        "change": _(
            "The state is that of the moment at which this paper was made. You can change or "
            "withdraw your registration in your record at any time."
        ),
    }
