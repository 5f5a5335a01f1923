"""The file of a list: canonical JSON, whose bytes are hashed, and a table of it for people."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from registration.cards.choices import Told
from registration.cards.models import Card, ErasedCard, Transfer
from registration.cards.rules import why_ended
from registration.common.spreadsheets import csv_bytes

SCHEMA = "card-list/1"
COLUMNS = (
    "tells",
    "reference",
    "card_number",
    "full_name",
    "birth_date",
    "sex",
    "identity_number",
    "province",
    "locality",
    "organs",
    "keeps_identity_secret",
    "issuer",
    "issued_on",
    "ended_on",
    "end_reason",
)


def issued_line(card: Card) -> dict[str, Any]:
    """What the national centre registers of a card holder. Opens the seals."""
    pledge = card.pledge
    told = pledge.particulars
    return {
        "tells": Told.ISSUED.value,
        "reference": pledge.reference,
        "card_number": card.number,
        "full_name": told.full_name,
        "birth_date": told.birth_date,
        "sex": told.sex,
        "identity_number": told.person.identity_number,
        "province": told.province.code,
        "locality": told.locality.code if told.locality else "",
        "organs": list(pledge.organ_codes),
        "keeps_identity_secret": pledge.keeps_identity_secret,
        "issuer": card.issuer.code,
        "issued_on": card.issued_on.isoformat(),
    }


def ended_line(card: Card) -> dict[str, Any]:
    """That a card told before is valid no more: by its numbers, without the person."""
    return _ended(
        card.pledge.reference,
        card.number,
        ended_on(card),
        why_ended(card.end_reason, card.pledge.state),
    )


def erased_line(gone: ErasedCard, *, day: date) -> dict[str, Any]:
    """The same of a card whose person was erased since."""
    return _ended(gone.reference, gone.number, gone.ended_on or day, gone.end_reason)


def _ended(reference: str, number: str, day: date | None, reason: str) -> dict[str, Any]:
    return {
        "tells": Told.ENDED.value,
        "reference": reference,
        "card_number": number,
        "ended_on": day.isoformat() if day else "",
        "end_reason": str(reason),
    }


def ended_on(card: Card) -> date | None:
    """The day on which it, or its registration, ended."""
    ended_at = card.ended_at or card.pledge.ended_at
    return ended_at.astimezone(card.jurisdiction.zone).date() if ended_at else None


def list_text(transfer: Transfer, lines: Iterable[dict[str, Any]]) -> str:
    """The same list always gives the same bytes: sorted keys, no blanks, UTF-8, one newline."""
    lines = list(lines)
    told = {
        "schema": SCHEMA,
        "receiver": transfer.receiver.unit.code,
        "serial": transfer.serial,
        "day": transfer.day.isoformat(),
        "made_at": transfer.made_at.isoformat(),
        "count": len(lines),
        "lines": lines,
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def table_of(text: str) -> bytes:
    """The list as CSV for a spreadsheet: UTF-8 with its mark, headings in the active language."""
    headings = _headings()
    rows = [[headings[column] for column in COLUMNS]]
    for line in json.loads(text)["lines"]:
        rows.append([_cell(line.get(column, "")) for column in COLUMNS])
    return csv_bytes(rows, quotes_all=True)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(value)
    if isinstance(value, bool):
        return pgettext("answer", "yes") if value else pgettext("answer", "no")
    return "" if value is None else str(value)


def _headings() -> dict[str, str]:
    return {
        # Translators: column of a list of donor cards: whether the line tells of issue or end
        "tells": _("Line tells"),
        "reference": _("Reference"),
        "card_number": _("Card number"),
        "full_name": _("Full name"),
        "birth_date": _("Date of birth"),
        "sex": _("Sex"),
        "identity_number": _("Identity number"),
        "province": _("Province"),
        "locality": _("Ward or commune"),
        "organs": _("Organs and tissues"),
        "keeps_identity_secret": _("Identity kept secret"),
        "issuer": _("Issuer"),
        "issued_on": _("Issued on"),
        "ended_on": _("Ended on"),
        "end_reason": _("Reason of the end"),
    }
