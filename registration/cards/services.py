"""What can be done with cards: issue, undo within the day, ask whether one is valid."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.cards import letters
from registration.cards.choices import CardEnd
from registration.cards.keys import code_hash, number_hash
from registration.cards.models import Card
from registration.cards.rules import require_card_number, require_same_number
from registration.common.errors import RuleBroken
from registration.common.references import new_code
from registration.people.models import Person
from registration.pledges.choices import ACTIVE_STATES, StepKind
from registration.pledges.models import Pledge
from registration.pledges.steps import take_step, undo_step
from registration.units.models import Unit

# 29 letters: 16 of them are 77 bits.
CODE_LETTERS = 16
TAKEN = _("Another card has this number already.")


@dataclass(frozen=True)
class Validity:
    """Whether a card counts now; ``until`` is when it ceased to."""

    is_valid: bool
    until: datetime | None = None


def _cards() -> QuerySet[Card]:
    return Card.objects.select_related("issuer", "jurisdiction", "pledge")


def valid_card_of(pledge: Pledge) -> Card | None:
    """The card that counts now. A withdrawal or a newer registration ends that at once."""
    return valid_cards_of([pledge]).get(pledge.pk)


def valid_cards_of(pledges: Iterable[Pledge]) -> dict[uuid.UUID, Card]:
    """The card that counts now of each registration that has one, in one query."""
    found = _cards().filter(
        pledge__in=list(pledges), ended_at__isnull=True, pledge__state__in=list(ACTIVE_STATES)
    )
    return {card.pledge_id: card for card in found}


def taken_numbers(hashes: Iterable[str], *, countries: Iterable[str]) -> set[tuple[str, str]]:
    """Those of the numbers that a card has, as pairs of jurisdiction and hash, in one query."""
    found = Card.objects.filter(jurisdiction__in=set(countries), number_hash__in=list(hashes))
    return set(
        found.exclude(end_reason=CardEnd.UNDONE).values_list("jurisdiction_id", "number_hash")
    )


def move_card(earlier: Pledge, newer: Pledge) -> None:
    """Let the card go along to a registration that says the same of person and organs."""
    Card.objects.filter(pledge=earlier, ended_at__isnull=True).update(pledge=newer)


def find_card(code: str, *, asked_by: Unit | None) -> Card | None:
    """The card with this code, valid or not, of the country of the unit that asks."""
    country = asked_by.jurisdiction_id if asked_by else None
    return _cards().filter(code_hash=code_hash(code), jurisdiction=country).first()


def validity_of(card: Card) -> Validity:
    if card.ended_at is not None:
        return Validity(is_valid=False, until=card.ended_at)
    if card.pledge.state not in ACTIVE_STATES:
        return Validity(is_valid=False, until=card.pledge.ended_at)
    return Validity(is_valid=True)


@transaction.atomic
def issue_card(
    pledge: Pledge,
    *,
    number: str,
    issuer: Unit,
    issued_on: date,
    staff: Staff,
    key: uuid.UUID | None = None,
    now: datetime,
) -> Card:
    """Write down that the card was issued: from that day the registration counts.

    Takes the step, tells the ledger and the person. The same number once more is the same card;
    so is the same ``key``, made with the form, also when the card was taken back since.
    Refuses as ``take_step``, and with ``card_number_shape``, ``card_number_taken``,
    ``card_issued_before`` or ``issuer_elsewhere``.
    """
    number = require_card_number(number)
    if issuer.jurisdiction_id != pledge.jurisdiction_id:
        raise RuleBroken(
            "issuer_elsewhere", _("Choose an issuer in the same country."), field="issuer"
        )
    Person.objects.select_for_update().get(pk=pledge.person_id)
    if key and (made := _cards().filter(pk=key).first()):
        return made
    if issued := valid_card_of(pledge):
        require_same_number(number, issued=issued.number)
        return issued
    take_step(
        pledge, StepKind.CARD_ISSUED, staff=staff, happened_on=issued_on, unit=issuer, now=now
    )
    card = Card(
        pk=key or uuid.uuid4(),
        pledge=pledge,
        jurisdiction=pledge.jurisdiction,
        number=number,
        number_hash=number_hash(number),
        issuer=issuer,
        issued_on=issued_on,
        staff=staff,
        made_at=now,
    )
    _write_card(card)
    letters.tell_of_card(card, now=now)
    return card


def _write_card(card: Card) -> None:
    card.code = new_code(CODE_LETTERS)
    card.code_hash = code_hash(card.code)
    try:
        with transaction.atomic():
            card.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken("card_number_taken", TAKEN, field="number") from error


@transaction.atomic
def undo_card(card: Card, *, staff: Staff, reason: str, now: datetime) -> Card:
    """Take back, on the same day, a card that was issued by mistake; the rows stay.

    Its number is free again; the person is told, and so is a receiver that was told of it, with
    its next list. Twice is once. Refuses as ``undo_step``.
    """
    Person.objects.select_for_update().get(pk=card.pledge.person_id)
    card = _cards().get(pk=card.pk)
    if card.ended_at is not None:
        return card
    step = card.pledge.steps.select_related("pledge").get(
        kind=StepKind.CARD_ISSUED, undone_at__isnull=True
    )
    undo_step(step, staff=staff, reason=reason, now=now)
    card.ended_at, card.end_reason = now, CardEnd.UNDONE
    card.save(update_fields=["ended_at", "end_reason"])
    letters.tell_of_undoing(card, now=now)
    return card
