"""What people do with the list of recipients: one proposes, another agrees."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, require_few
from registration.deliveries.choices import ChangeKind, Decision, Purpose, Way
from registration.deliveries.fence import kept_by
from registration.deliveries.letters import tell_keepers
from registration.deliveries.models import Change, Recipient
from registration.deliveries.rules import (
    RECIPIENT_CHANGED,
    RECIPIENT_STOPPED,
    has_moved,
    require_another,
    require_difference,
    require_office_address,
    require_whole,
)
from registration.deliveries.sending import call_back_from
from registration.outbox.services import make_endpoint, replace_secret, resume_endpoint
from registration.outbox.webhooks import end_endpoint, end_previous_secret
from registration.outside.addresses import read_address
from registration.outside.post import require_public_https
from registration.units.models import Unit

logger = logging.getLogger(__name__)

# Why an endpoint ended that its recipient no longer has.
REPLACED = "replaced"
# By one person: each proposal writes to all who keep the list.
PROPOSALS = Limit("deliveries.proposals", times=60, seconds=3600)
COLUMNS = ("office", "way", "email", "language", "purpose", "formats", "is_outside")
Facts = dict[str, Any]


def add_recipient(
    department: Unit,
    *,
    office: str,
    email: str,
    language: str,
    purpose: Purpose = Purpose.ACTION,
    way: Way = Way.EMAIL,
    is_outside: bool = False,
) -> Recipient:
    """Put an office on a list that is still being set up, when nobody is there to agree.

    It receives the summaries from the next one on. Refuses with ``list_is_kept`` once somebody
    has changed the list on the desk: from then on two people do.
    """
    if Change.objects.filter(department=department).exists():
        raise RuleBroken(
            "list_is_kept", _("The list is kept by two people on the desk: propose a change there.")
        )
    return Recipient.objects.update_or_create(
        department=department,
        email=require_office_address(email),
        defaults={
            "office": office,
            "language": language,
            "purpose": purpose,
            "way": way,
            "is_outside": is_outside,
            "is_active": True,
        },
    )[0]


def facts_of(recipient: Recipient) -> Facts:
    """The recipient as a change tells of it."""
    facts: Facts = {name: getattr(recipient, name) for name in COLUMNS}
    return facts | {"address": recipient.endpoint.address if recipient.endpoint else ""}


@transaction.atomic
def propose_addition(department: Unit, *, wanted: Facts, staff: Staff, now: datetime) -> Change:
    """Propose a new recipient; those who may agree are told by e-mail.

    Refuses what could not be delivered to (``not_one_address``, ``not_https``, …) and an address
    that is on the list (``address_known``).
    """
    after = _checked(wanted)
    _require_new_address(department, after["email"])
    wanted = {"before": {}, "after": after}
    return _propose(department, None, ChangeKind.ADD, wanted, staff=staff, now=now)


@transaction.atomic
def propose_edit(
    recipient: Recipient,
    *,
    wanted: Facts,
    new_secret: bool = False,
    staff: Staff,
    now: datetime,
) -> Change:
    """Propose other facts, or a new secret for its webhook. Refuses as ``propose_addition``
    does, a change that changes nothing (``nothing_changed``) and a second one that would wait
    (``change_waits``).
    """
    before, after = facts_of(recipient), _checked(wanted)
    if new_secret and after["way"] == Way.WEBHOOK:
        after["new_secret"] = True
    require_difference(before, after)
    _require_new_address(recipient.department, after["email"], but=recipient)
    wanted = {"before": before, "after": after}
    return _propose(recipient.department, recipient, ChangeKind.EDIT, wanted, staff=staff, now=now)


@transaction.atomic
def propose_switch(
    recipient: Recipient, *, kind: ChangeKind, staff: Staff, now: datetime
) -> Change:
    """Propose that nothing more is sent to it (``STOP``), or something again (``RESUME``).

    Refuses what is so already (``nothing_changed``) and a second change (``change_waits``).
    """
    receives = recipient.is_active and not (recipient.endpoint and recipient.endpoint.ended_at)
    require_difference({"receives": receives}, {"receives": kind == ChangeKind.RESUME})
    facts = facts_of(recipient)
    wanted = {"before": facts, "after": facts}
    return _propose(recipient.department, recipient, kind, wanted, staff=staff, now=now)


def _checked(wanted: Facts) -> Facts:
    """The facts as they are kept: nothing is left of a way that was not chosen."""
    require_whole(wanted)
    after = {name: wanted[name] for name in (*COLUMNS, "address")}
    if after["way"] == Way.WEBHOOK:
        require_public_https(after["address"], field="address")
        # As it will be called: two that look alike on a page do not look alike in these letters.
        address = str(read_address(after["address"]))
        return after | {"address": address, "email": "", "formats": ""}
    return after | {"email": require_office_address(after["email"]), "address": ""}


def _require_new_address(department: Unit, email: str, *, but: Recipient | None = None) -> None:
    known = Recipient.objects.filter(department=department, email__iexact=email)
    if but:
        known = known.exclude(pk=but.pk)
    if email and known.exists():
        raise RuleBroken(
            "address_known",
            _("An office with this address is on the list: change that one or resume it."),
            field="email",
        )


def _propose(
    department: Unit,
    recipient: Recipient | None,
    kind: ChangeKind,
    wanted: Facts,
    *,
    staff: Staff,
    now: datetime,
) -> Change:
    require_few(PROPOSALS, str(staff.pk), now=now)
    try:
        with transaction.atomic():
            change = Change.objects.create(
                department=department,
                recipient=recipient,
                kind=kind,
                wanted=wanted,
                proposed_by=staff,
                proposed_at=now,
            )
    except IntegrityError as error:
        raise RuleBroken(
            "change_waits", _("A change of this recipient already waits for a second person.")
        ) from error
    tell_keepers(change, now=now)
    return change


@dataclass(frozen=True)
class Decided:
    """A decided change; the secret of a webhook is known here and never shown again."""

    change: Change
    secret: str = ""


@transaction.atomic
def decide_change(change: Change, *, agrees: bool, staff: Staff, now: datetime) -> Decided:
    """Agree to a waiting change, which then holds at once, or decline it; who proposed it is told.

    Twice by the same person is once. Refuses the proposer (``own_change``), what has been decided
    otherwise (``change_decided``) and an address that came onto the list since (``address_known``).
    Only to be declined are what somebody proposed who may not any more (``proposer_left``) and
    what was proposed of a recipient that has changed since (``changed_since``).
    """
    locked = Change.objects.select_for_update(of=["self"]).get(pk=change.pk)
    decision = Decision.AGREED if agrees else Decision.DECLINED
    require_another(locked.proposed_by_id, staff.pk)
    if (locked.decision, locked.decided_by_id) == (decision, staff.pk):
        return Decided(locked)
    _require_waiting(locked)
    if agrees:
        _require_as_proposed(locked)
    secret = _apply(locked, staff=staff, now=now) if agrees else ""
    return Decided(_close(locked, decision, staff=staff, now=now), secret)


@transaction.atomic
def take_back_change(change: Change, *, staff: Staff, now: datetime) -> Change:
    """Take back a proposal of one's own; refuses others' (``not_own_change``)."""
    locked = Change.objects.select_for_update(of=["self"]).get(pk=change.pk)
    if locked.proposed_by_id != staff.pk:
        raise RuleBroken("not_own_change", _("Only who proposed a change can take it back."))
    if locked.decision == Decision.TAKEN_BACK:
        return locked
    _require_waiting(locked)
    return _close(locked, Decision.TAKEN_BACK, staff=staff, now=now)


def _require_waiting(change: Change) -> None:
    if change.decision != Decision.WAITING:
        raise RuleBroken("change_decided", _("This change has been decided on already."))


def _require_as_proposed(change: Change) -> None:
    if not kept_by(change.proposed_by).filter(pk=change.department_id).exists():
        raise RuleBroken(
            "proposer_left",
            _("Whoever proposed this may not change the list any more. Decline it."),
        )
    if change.recipient and facts_of(change.recipient) != change.wanted["before"]:
        raise RuleBroken(
            "changed_since", _("The recipient has changed since this was proposed. Decline it.")
        )


def _close(change: Change, decision: Decision, *, staff: Staff, now: datetime) -> Change:
    change.decision, change.decided_by, change.decided_at = decision, staff, now
    change.save(update_fields=["decision", "decided_by", "decided_at", "recipient"])
    tell_keepers(change, now=now)
    return change


def _apply(change: Change, *, staff: Staff, now: datetime) -> str:
    """Let the change hold, also for what still waits; the new secret of a webhook, if any."""
    after = change.wanted["after"]
    recipient = change.recipient or Recipient(department=change.department)
    if change.kind == ChangeKind.STOP:
        recipient.is_active = False
    elif change.kind == ChangeKind.RESUME:
        recipient.is_active = True
        if recipient.endpoint:
            resume_endpoint(recipient.endpoint)
    else:
        for name in COLUMNS:
            setattr(recipient, name, after[name])
    secret = _settle_endpoint(recipient, after, now=now)
    try:
        with transaction.atomic():
            recipient.save()
    except IntegrityError as error:
        raise RuleBroken(
            "address_known", _("An office with this address came onto the list since.")
        ) from error
    change.recipient = recipient
    _call_back(change, recipient, staff=staff, now=now)
    return secret


def _call_back(change: Change, recipient: Recipient, *, staff: Staff, now: datetime) -> None:
    """What waits for a stopped office never leaves; for one that moved it is written anew."""
    key, after = f"change-{change.pk}", change.wanted["after"]
    if change.kind == ChangeKind.STOP:
        if recipient.endpoint:
            end_endpoint(recipient.endpoint, RECIPIENT_STOPPED, now)
        call_back_from(recipient, RECIPIENT_STOPPED, anew_by=None, key=key, now=now)
    elif change.kind == ChangeKind.EDIT and has_moved(change.wanted["before"], after):
        anew_by = staff if recipient.is_active else None
        call_back_from(recipient, RECIPIENT_CHANGED, anew_by=anew_by, key=key, now=now)


@transaction.atomic
def end_old_secret(recipient: Recipient, *, staff: Staff) -> None:
    """Let a webhook's old secret sign no more, as after a leak: one person is enough for less."""
    if recipient.endpoint:
        end_previous_secret(recipient.endpoint)
        logger.info("The old secret of recipient %s was ended by staff %s.", recipient.pk, staff.pk)


def _settle_endpoint(recipient: Recipient, after: Facts, *, now: datetime) -> str:
    """Give the recipient the endpoint it needs; a new address gets a new secret with it."""
    old = recipient.endpoint
    if recipient.way == Way.WEBHOOK and old and old.address == after["address"]:
        return replace_secret(old, now) if after.get("new_secret") else ""
    if old:
        end_endpoint(old, REPLACED, now)
        recipient.endpoint = None
    if recipient.way != Way.WEBHOOK:
        return ""
    recipient.endpoint, secret = make_endpoint(after["address"], now)
    return secret
