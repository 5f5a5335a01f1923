"""The messages of this room, each in the language of the registration."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from registration.common.dates import date_time
from registration.outbox.services import queue_email, queue_sms
from registration.people.choices import ContactKind
from registration.people.models import Contact
from registration.people.services import LINK_LIFE
from registration.pledges.answers import stored_answers
from registration.pledges.models import Pledge
from registration.pledges.organs import organs_offered
from registration.pledges.summary import summary_groups


def confirm_address(token: str, *, language: str) -> str:
    with translation.override(language):
        return settings.BASE_URL + reverse("pledges:confirm", args=[token])


def _frame(pledge: Pledge) -> dict[str, Any]:
    """What every message about a registration says. Call it under the message's language."""
    return {
        "reference": pledge.reference,
        "kind": pledge.kind,
        "legal_weight": pledge.jurisdiction.legal_weight,
        "department": pledge.department.name,
        "received": date_time(
            pledge.received_at, pledge.language, zone=pledge.jurisdiction.time_zone
        ),
    }


def send_receipt(
    pledge: Pledge, *, contact: Contact, token: str, known: Pledge | None, now: datetime
) -> None:
    """Queue the receipt: a copy of what was stored, and the button that confirms.

    ``known`` is an active pledge confirmed from this very contact; then the message says so.
    """
    language = pledge.language
    with translation.override(language):
        answers = stored_answers(pledge)
        names = organs_offered(pledge.jurisdiction, also=answers.organs).names
        context = {
            **_frame(pledge),
            "groups": summary_groups(
                answers, kind=pledge.kind, organ_names=names, language=language, hides_number=True
            ),
            "confirm_url": confirm_address(token, language=language),
            "hours": int(LINK_LIFE.total_seconds() // 3600),
            "known_reference": known.reference if known else "",
        }
    queue = queue_email if contact.kind == ContactKind.EMAIL else queue_sms
    queue(
        "pledges/receipt",
        to=contact.value,
        language=language,
        context=context,
        about=pledge.pk,
        dedupe_key=f"pledges/receipt:{pledge.pk}",
        now=now,
    )


def tell_earlier_contact(earlier: Pledge, *, replaced_by: Contact, now: datetime) -> None:
    """Tell the confirmed contact of a replaced pledge, unless it is the one that just confirmed."""
    confirmed = earlier.particulars.contacts.filter(confirmed_at__isnull=False)
    contact = confirmed.exclude(value_hash=replaced_by.value_hash).first()
    if contact is None:
        return
    with translation.override(earlier.language):
        context = _frame(earlier)
    queue = queue_email if contact.kind == ContactKind.EMAIL else queue_sms
    queue(
        "pledges/replaced",
        to=contact.value,
        language=earlier.language,
        context=context,
        about=earlier.pk,
        dedupe_key=f"pledges/replaced:{earlier.pk}",
        now=now,
    )
