"""The messages of this room: to the person in their language, to a receiver in its own."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from registration.cards.models import Card, Transfer
from registration.common.dates import short_date
from registration.outbox.services import queue_email
from registration.pledges.letters import contacts_to_tell, tell


def tell_of_card(card: Card, *, now: datetime) -> None:
    """Tell the person that the card was issued and from which day the registration counts."""
    _tell(card, "cards/issued", now)


def tell_of_undoing(card: Card, *, now: datetime) -> None:
    """Tell the person that the card was entered by mistake and does not count."""
    _tell(card, "cards/undone", now)


def _tell(card: Card, kind: str, now: datetime) -> None:
    for contact in contacts_to_tell(card.pledge)[:1]:
        language = contact.particulars.language
        with translation.override(language):
            context: dict[str, Any] = {
                "issued_on": short_date(card.issued_on, language),
                "issuer": card.issuer.name,
                "record_url": settings.BASE_URL + reverse("records:show"),
            }
        key = f"{kind}:{card.pk}"
        tell(contact, kind, about=card.pledge, dedupe_key=key, now=now, **context)


def announce_transfer(transfer: Transfer, *, now: datetime) -> None:
    """Tell the receiver that a list lies ready: its number, count and hash, and no person."""
    _write_to_receiver(transfer, "cards/transfer", f"cards/transfer:{transfer.pk}", now)


def chase_transfer(transfer: Transfer, *, now: datetime) -> None:
    """Remind the receiver of a list whose receipt nobody acknowledged."""
    key = f"cards/chase:{transfer.pk}:{transfer.chases}"
    _write_to_receiver(transfer, "cards/chase", key, now)


def _write_to_receiver(transfer: Transfer, kind: str, dedupe_key: str, now: datetime) -> None:
    receiver = transfer.receiver
    with translation.override(receiver.language):
        context: dict[str, Any] = {
            "receiver": receiver.unit.name,
            "serial": transfer.serial,
            "day": short_date(transfer.day, receiver.language),
            "count": transfer.count,
            "sha256": transfer.sha256,
            "url": settings.BASE_URL + reverse("cards:list", args=[transfer.pk]),
        }
    queue_email(
        kind,
        to=receiver.email,
        language=receiver.language,
        context=context,
        about=transfer.pk,
        dedupe_key=dedupe_key,
        now=now,
        limit=None,
    )
