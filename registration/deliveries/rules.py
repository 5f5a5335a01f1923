"""How far a window and a message have got, and what a recipient may look like. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.deliveries.choices import AlarmKind, Receipt, Way, WindowState
from registration.outbox.choices import State
from registration.outbox.rules import require_one_address

WARN_BEFORE = timedelta(minutes=10)
# Where the due time follows the cut-off closely, the summary has this long to get out first.
AFTER_CUT_OFF = timedelta(minutes=2)
ALARM_FOR = timedelta(days=1)

# Why a message was called back that had not gone out: it no longer counts for its day.
RECIPIENT_STOPPED = "recipient_stopped"
RECIPIENT_CHANGED = "recipient_changed"
CALLED_BACK = (RECIPIENT_STOPPED, RECIPIENT_CHANGED)
# A change of these makes what still waits go to the wrong place, or in the wrong edition.
PLACE = ("way", "email", "address", "is_outside")

# Set aside so that nobody can ever have them (RFC 2606, RFC 6761).
NOBODYS = frozenset({"example", "invalid", "localhost", "test"})


def state_of(
    *,
    is_frozen: bool,
    is_finished: bool,
    waiting: int,
    sent: int,
    failed: int,
    is_quiet: bool = False,
) -> WindowState:
    """How far a window has got, from its summary and the numbers of its messages.

    Those that came back later are among ``failed``.
    """
    if not is_frozen:
        return WindowState.WAITING
    if not is_finished:
        return WindowState.FROZEN
    if failed:
        return WindowState.FAILED
    if waiting:
        return WindowState.QUEUED
    if sent:
        return WindowState.SENT
    return WindowState.KEPT if is_quiet else WindowState.UNADDRESSED


def receipt_of(
    message: str,
    *,
    bounced_at: datetime | None,
    opened_at: datetime | None,
    acknowledged_at: datetime | None,
) -> Receipt:
    """How far one delivery has got. What somebody confirmed has arrived, whatever was refused."""
    if acknowledged_at:
        return Receipt.ACKNOWLEDGED
    if bounced_at:
        return Receipt.BOUNCED
    if message == State.FAILED:
        return Receipt.FAILED
    if opened_at:
        return Receipt.OPENED
    return Receipt.ACCEPTED if message == State.SENT else Receipt.WAITING


def is_late(
    *,
    due_at: datetime,
    finished_at: datetime | None,
    first_sent_at: datetime | None,
    is_addressed: bool,
    is_quiet: bool,
    now: datetime | None = None,
) -> bool:
    """Whether a day was told after its due time; with ``now`` also whether it is untold though due.

    It is told when the first office has it, however early it was written; where nobody is on the
    list, when it is finished. Nobody waits for a quiet holiday.
    """
    told_at = (first_sent_at if is_addressed else finished_at) or now
    return not is_quiet and told_at is not None and told_at > due_at


def require_office_address(address: str) -> str:
    """The address, if it is one that mail could reach; else ``not_one_address``.

    Nothing is looked up: a name that nobody has yet may be entered today and work tomorrow.
    """
    cleaned = require_one_address(address)
    domain = cleaned.rpartition("@")[2].lower().rstrip(".")
    last = domain.rpartition(".")[2]
    if "." not in domain or last in NOBODYS or last.isdigit():
        raise RuleBroken(
            "not_one_address",
            _("No mail reaches this address: look at what stands after the @."),
            field="email",
        )
    # Letters of another alphabet look like these ones; as the network writes them they do not.
    return f"{cleaned.rpartition('@')[0]}@{domain.encode('idna').decode()}"


def require_whole(wanted: Mapping[str, Any]) -> None:
    """Refuse a recipient without what its way needs: ``no_office``, ``no_address``,
    ``no_documents``.
    """
    if not wanted["office"]:
        raise RuleBroken("no_office", _("Write the name of the office."), field="office")
    if wanted["way"] == Way.WEBHOOK:
        if not wanted["address"]:
            raise RuleBroken(
                "no_address", _("Write the address of the recipient's system."), field="address"
            )
    elif not wanted["email"]:
        raise RuleBroken("no_address", _("Write the office's e-mail address."), field="email")
    if wanted["way"] == Way.EMAIL and not wanted["formats"]:
        raise RuleBroken(
            "no_documents", _("Choose at least one document to send."), field="formats"
        )


def require_difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Refuse a change that changes nothing (``nothing_changed``)."""
    if dict(before) == dict(after):
        raise RuleBroken("nothing_changed", _("Nothing is different from what stands now."))


def has_moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether what was written for a recipient before the change must not reach it so any more."""
    return any(before[name] != after[name] for name in PLACE)


def require_another(proposed_by: int, decided_by: int) -> None:
    """Refuse that one person both proposes and agrees (``own_change``)."""
    if proposed_by == decided_by:
        raise RuleBroken(
            "own_change",
            _("You proposed this change yourself: a second person has to agree."),
        )


def alarm_of(*, ends_at: datetime, due_at: datetime, now: datetime) -> AlarmKind | None:
    """Which alarm it is time for when a window is not delivered; after a day the digest tells."""
    if now >= due_at:
        return AlarmKind.OVERDUE if now < due_at + ALARM_FOR else None
    warn_at = max(due_at - WARN_BEFORE, ends_at + AFTER_CUT_OFF)
    return AlarmKind.WARNING if now >= warn_at else None
