"""What cards and the receivers' lists keep about people, for `privacy` to tell and to erase."""

import json
from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField
from django.db.models.functions import Cast

from registration.cards.choices import CardEnd, Told, TransferState
from registration.cards.listing import ended_on, sha256_of
from registration.cards.models import Card, ErasedCard, Transfer, TransferLine
from registration.cards.rules import why_ended
from registration.common.sealing import Sealed
from registration.pledges.choices import ACTIVE_STATES
from registration.privacy.choices import RetentionAct
from registration.privacy.holder import HASH, OWN_ID, STAFF
from registration.privacy.holders import Holder, Kept, Scope, register_holder
from registration.privacy.record_classes import RecordClass, register_class


def _cards(scope: Scope) -> QuerySet[Card]:
    theirs = Q(pledge__person__in=scope.persons) | Q(pledge__in=scope.subjects)
    return Card.objects.filter(theirs).order_by("made_at")


def _lines(scope: Scope) -> QuerySet[TransferLine]:
    return TransferLine.objects.filter(card__in=_cards(scope)).order_by("transfer__made_at", "pk")


def _leads(ids: Collection[UUID]) -> Iterator[tuple[UUID, UUID]]:
    yield from Card.objects.filter(pk__in=ids).values_list("pk", "pledge")
    yield from TransferLine.objects.filter(transfer__in=ids).values_list("transfer", "card__pledge")


def _erase(scope: Scope) -> None:
    references = set(_cards(scope).values_list("pledge__reference", flat=True))
    lists = set(_lines(scope).values_list("transfer", flat=True))
    for transfer in Transfer.objects.select_for_update().filter(pk__in=lists).order_by("pk"):
        _blank_lines(transfer, references)
    _leave_numbers(scope)
    _cards(scope).delete()


def _leave_numbers(scope: Scope) -> None:
    """Leave a receiver that has fetched a card's issue, and not its end, something to be told."""
    seen = _lines(scope).exclude(transfer__state=TransferState.MADE)
    ended = seen.filter(tells=Told.ENDED, receiver=OuterRef("receiver"), card=OuterRef("card"))
    valid = seen.filter(~Exists(ended.order_by()), tells=Told.ISSUED)
    ErasedCard.objects.bulk_create(
        ErasedCard(
            receiver_id=line.receiver_id,
            reference=line.card.pledge.reference,
            number=line.card.number,
            ended_on=ended_on(line.card),
            end_reason=_end_of(line.card),
        )
        for line in valid.select_related("card__pledge", "card__jurisdiction")
    )


def _end_of(card: Card) -> CardEnd:
    if card.ended_at is None and card.pledge.state in ACTIVE_STATES:
        return CardEnd.WITHDRAWN
    return why_ended(card.end_reason, card.pledge.state)


def _blank_lines(transfer: Transfer, references: Collection[str]) -> None:
    """Take persons out of a kept list. Its count stays, and its hash once it was fetched: that is
    what the receiver holds.
    """
    if not transfer.content:
        return
    told = json.loads(transfer.content)
    told["lines"] = [
        {"tells": line["tells"], "erased": True} if line.get("reference") in references else line
        for line in told["lines"]
    ]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    transfer.content = text
    if transfer.state == TransferState.MADE:
        transfer.sha256 = sha256_of(text)
    transfer.save(update_fields=["content", "sha256"])


HOLDER = Holder(
    name="cards",
    kept=[
        Kept(
            name="cards",
            model=Card,
            of=_cards,
            told=[
                "pledge",
                "jurisdiction",
                "number",
                "issuer",
                "issued_on",
                "made_at",
                "ended_at",
                "end_reason",
            ],
            left_out={
                "id": OWN_ID,
                "staff": STAFF,
                "number_hash": HASH,
                "code": "The secret of the card itself; it is printed there.",
                "code_hash": HASH,
            },
        ),
        Kept(
            name="card_lists",
            model=TransferLine,
            of=_lines,
            told=["receiver", "transfer", "tells"],
            left_out={"id": OWN_ID, "card": "Told in the list of cards."},
        ),
    ],
    find=lambda scope: _cards(scope).values_list("pk", flat=True),
    lists=lambda scope: _lines(scope).values_list("transfer", flat=True),
    leads=_leads,
    erase=_erase,
    not_told={
        Transfer: "The file of a list: what it says of the person is told with the card.",
        ErasedCard: "The numbers of a card whose person is erased, until the next list.",
    },
)


def _acknowledged(jurisdiction: str) -> QuerySet[Transfer]:
    rows = Transfer.objects.filter(
        receiver__jurisdiction=jurisdiction, state=TransferState.ACKNOWLEDGED
    )
    return rows.annotate(
        since=F("acknowledged_at"), content_kept=Cast("content", TextField())
    ).exclude(content_kept="")


LISTS = RecordClass(
    name="card_list",
    model=Transfer,
    states={TransferState.ACKNOWLEDGED.value: _acknowledged},
    act=RetentionAct.ANONYMISE,
    apply=lambda ids: Transfer.objects.filter(pk__in=ids).update(content=Sealed("")),
    is_traced=True,
)


def register() -> None:
    register_holder(HOLDER)
    register_class(LISTS)
