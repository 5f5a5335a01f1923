"""The receivers' lists: made by the clock, fetched, acknowledged, or chased until they are."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from registration.accounts.models import Staff
from registration.cards import letters, listing
from registration.cards.choices import Told, TransferState
from registration.cards.models import Card, ErasedCard, Receiver, Transfer, TransferLine
from registration.cards.rules import (
    is_chase_due,
    is_list_due,
    last_cut,
    require_fetched,
    require_same_count,
)
from registration.common.errors import RuleBroken
from registration.pledges.choices import ACTIVE_STATES, StepKind
from registration.pledges.steps import take_step


def make_transfers(*, now: datetime) -> list[Transfer]:
    """Make the lists whose time has come; two clocks at once make one.

    A list holds the cards issued before its cut that the receiver was not told of, and those told
    of before that are valid no more, also where the person was erased. A daily receiver gets none
    on a day without either; a weekly one gets an empty list, as a sign of life.
    """
    receivers = Receiver.objects.filter(is_active=True).order_by("pk")
    made = [_make_transfer(receiver, now) for receiver in receivers]
    return [transfer for transfer in made if transfer]


@transaction.atomic
def _make_transfer(receiver: Receiver, now: datetime) -> Transfer | None:
    receiver = _lock_receiver(receiver)
    local = now.astimezone(receiver.jurisdiction.zone)
    cut = last_cut(weekday=receiver.weekday, hour=receiver.hour, local=local)
    newest = receiver.transfers.only("serial", "day").first()
    if not is_list_due(cut, newest=newest.day if newest else None, today=local.date()):
        return None
    issued, ended = list(_newly_issued(receiver, cut)), list(_newly_ended(receiver))
    erased = list(ErasedCard.objects.filter(receiver=receiver).order_by("pk"))
    if not (issued or ended or erased) and receiver.weekday is None:
        return None
    transfer = Transfer(
        receiver=receiver,
        serial=newest.serial + 1 if newest else 1,
        day=cut.date(),
        made_at=now,
        count=len(issued) + len(ended) + len(erased),
    )
    lines = [*map(listing.issued_line, issued), *map(listing.ended_line, ended)]
    lines += [listing.erased_line(gone, day=transfer.day) for gone in erased]
    transfer.content = listing.list_text(transfer, lines)
    transfer.sha256 = listing.sha256_of(transfer.content)
    transfer.save(force_insert=True)
    told = [(card, Told.ISSUED) for card in issued] + [(card, Told.ENDED) for card in ended]
    TransferLine.objects.bulk_create(
        TransferLine(transfer=transfer, receiver=receiver, card=card, tells=tells)
        for card, tells in told
    )
    ErasedCard.objects.filter(pk__in=[gone.pk for gone in erased]).delete()
    letters.announce_transfer(transfer, now=now)
    return transfer


def _lock_receiver(receiver: Receiver) -> Receiver:
    receivers = Receiver.objects.select_for_update(of=("self",))
    return receivers.select_related("jurisdiction", "unit").get(pk=receiver.pk)


def _told(receiver: Receiver, tells: Told) -> Exists:
    return Exists(TransferLine.objects.filter(receiver=receiver, tells=tells, card=OuterRef("pk")))


def _cards_of(receiver: Receiver) -> QuerySet[Card]:
    cards = Card.objects.filter(jurisdiction=receiver.jurisdiction)
    # Invented people never reach an office that is not invented itself.
    if not receiver.unit.is_demo_contact:
        cards = cards.filter(pledge__is_demo=False)
    return cards.order_by("made_at", "pk")


def _newly_issued(receiver: Receiver, cut: datetime) -> QuerySet[Card]:
    valid = _cards_of(receiver).filter(
        ended_at__isnull=True, pledge__state__in=list(ACTIVE_STATES), made_at__lt=cut
    )
    return valid.exclude(_told(receiver, Told.ISSUED)).select_related(
        "issuer",
        "pledge__particulars__person",
        "pledge__particulars__province",
        "pledge__particulars__locality",
    )


def _newly_ended(receiver: Receiver) -> QuerySet[Card]:
    over = Q(ended_at__isnull=False) | ~Q(pledge__state__in=list(ACTIVE_STATES))
    told = _cards_of(receiver).filter(over, _told(receiver, Told.ISSUED))
    return told.exclude(_told(receiver, Told.ENDED)).select_related("jurisdiction", "pledge")


@transaction.atomic
def fetch_transfer(transfer: Transfer, *, now: datetime) -> Transfer:
    """Note that the list was fetched; the first time counts."""
    transfer = _locked(transfer)
    if transfer.state == TransferState.MADE:
        transfer.state, transfer.fetched_at = TransferState.FETCHED, now
        transfer.save(update_fields=["state", "fetched_at"])
    return transfer


@transaction.atomic
def acknowledge_transfer(
    transfer: Transfer, *, counted: int, staff: Staff, now: datetime
) -> Transfer:
    """The receiver has the whole list: each card in it that is still valid is now listed.

    Registrations that have moved on meanwhile are passed over. Twice is once. Refuses with
    ``list_not_fetched`` or ``count_differs``.
    """
    transfer = _locked(transfer)
    if transfer.state == TransferState.ACKNOWLEDGED:
        return transfer
    require_fetched(transfer.state)
    require_same_count(counted, count=transfer.count)
    transfer.state = TransferState.ACKNOWLEDGED
    transfer.acknowledged_at, transfer.acknowledged_by = now, staff
    transfer.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    day = now.astimezone(transfer.receiver.jurisdiction.zone).date()
    lines = transfer.lines.filter(tells=Told.ISSUED, card__ended_at__isnull=True)
    for line in lines.select_related("card__pledge").order_by("card__pledge__person_id"):
        try:
            take_step(
                line.card.pledge,
                StepKind.LISTED,
                staff=staff,
                happened_on=day,
                unit=transfer.receiver.unit,
                now=now,
            )
        except RuleBroken:
            continue
    return transfer


def _locked(transfer: Transfer) -> Transfer:
    return (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("receiver__jurisdiction", "receiver__unit")
        .get(pk=transfer.pk)
    )


def chase_transfers(*, now: datetime) -> int:
    """Remind of lists that nobody acknowledged in time, then weekly; how many were chased."""
    waiting = unacknowledged().filter(receiver__is_active=True).values_list("pk", flat=True)
    return sum(_chase(Transfer(pk=pk), now) for pk in list(waiting))


@transaction.atomic
def _chase(transfer: Transfer, now: datetime) -> bool:
    transfer = _locked(transfer)
    if transfer.state == TransferState.ACKNOWLEDGED or not is_chase_due(
        made_at=transfer.made_at,
        chased_at=transfer.chased_at,
        after_days=transfer.receiver.chase_after_days,
        now=now,
    ):
        return False
    transfer.chased_at, transfer.chases = now, transfer.chases + 1
    transfer.save(update_fields=["chased_at", "chases"])
    letters.chase_transfer(transfer, now=now)
    return True


def unacknowledged() -> QuerySet[Transfer]:
    """Lists whose receipt is outstanding."""
    return Transfer.objects.exclude(state=TransferState.ACKNOWLEDGED)
