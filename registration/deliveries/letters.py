"""What is told by e-mail of a change that concerns a department's deliveries, and to whom."""

import uuid
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from registration.accounts.models import Staff
from registration.deliveries.choices import Decision
from registration.deliveries.fence import keepers_of
from registration.deliveries.models import Change, Watch
from registration.outbox.services import queue_email

CONTACTS = ("first_email", "second_email", "second_phone", "ping_address", "language")


def tell_keepers(change: Change, *, now: datetime) -> None:
    """That a change waits, or how it ended; not to the one who just did it.

    Names the office and the change, never an address: that is read behind the sign-in.
    """
    waits = change.decision == Decision.WAITING
    actor = change.proposed_by if waits else change.decided_by
    told = {each.pk: each for each in keepers_of(change.department)}
    # Whoever proposed it is told the end, whatever right is left to them.
    told.setdefault(change.proposed_by_id, change.proposed_by)
    for staff in told.values():
        if staff == actor or not staff.email:
            continue
        with translation.override(staff.language):
            context = {
                "department": change.department.name,
                "office": change.wanted["after"]["office"],
                "kind": change.get_kind_display(),
                "decision": change.get_decision_display(),
                "actor": actor.shown_name if actor else "",
                "url": settings.BASE_URL + reverse("deliveries:change", args=[change.pk]),
            }
        queue_email(
            "deliveries/change_waits" if waits else "deliveries/change_decided",
            to=staff.email,
            language=staff.language,
            context=context,
            dedupe_key=f"recipient-change:{change.pk}:{change.decision}:{staff.pk}",
            now=now,
            limit=None,
        )


def tell_of_contacts(before: Watch | None, after: Watch, *, staff: Staff, now: datetime) -> None:
    """That the contacts for the due time are others: to those who were contacts until now, and to
    all who keep the list but the one who changed it.

    Shows both sides, as they are offices; of the outside watch the host alone, for whoever knows
    the whole address can keep it quiet.
    """
    told = {each.email: each.language for each in keepers_of(after.department) if each != staff}
    if before:
        told |= dict.fromkeys((before.first_email, before.second_email), before.language)
    # Of its own: contacts may be changed there and back within a moment.
    this = uuid.uuid4()
    for number, (address, language) in enumerate(told.items()):
        if not address:
            continue
        with translation.override(language):
            context = {
                "department": after.department.name,
                "actor": staff.shown_name,
                "rows": _sides(before, after),
                "url": settings.BASE_URL
                + reverse("deliveries:contacts", args=[after.department.code]),
            }
        queue_email(
            "deliveries/contacts_changed",
            to=address,
            language=language,
            context=context,
            dedupe_key=f"contacts:{after.pk}:{this}:{number}",
            now=now,
            limit=None,
        )


def _sides(before: Watch | None, after: Watch) -> list[dict[str, str]]:
    """What differs, before and after."""
    return [
        {
            "label": str(Watch._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            "before": _shown(before, name),
            "after": _shown(after, name),
        }
        for name in CONTACTS
        if getattr(before, name, "") != getattr(after, name)
    ]


def _shown(watch: Watch | None, name: str) -> str:
    if watch is None:
        return "–"
    if name == "language":
        return str(watch.get_language_display())
    value = str(getattr(watch, name))
    return (urlsplit(value).hostname or "–") if name == "ping_address" else (value or "–")
