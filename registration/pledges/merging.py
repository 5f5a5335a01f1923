"""Two registrations of one person put together, and entries typed by mistake taken back.

Both correct the ledger: what counted twice, or never should have, counts no more. Days that were
told stay as they were told.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.ledger.choices import EntryChannel, EventKind
from registration.ledger.models import Event
from registration.people.choices import IdentityTier
from registration.people.models import Contact, Person
from registration.people.services import MERGED_FIRST, surviving_person
from registration.pledges.choices import OPEN_STATES, PledgeState, StepKind
from registration.pledges.events import (
    record_pledge_event,
    restore_events,
    take_back_events,
    with_origin,
)
from registration.pledges.letters import contacts_to_tell, tell
from registration.pledges.models import Merge, Pledge, PledgeStep
from registration.pledges.parting import part, settle_again
from registration.pledges.rules import require_reason, require_unrestricted
from registration.pledges.steps import steps_taken, undo_step
from registration.pledges.turns import bring_back, end
from registration.privacy.reasons import reason_in_words

TYPING_MISTAKE = _("Typing mistake")
MERGE_CAN_BE_TAKEN_BACK = timedelta(days=30)
# What a desk writes down together with the form it types in.
TAKEN_AT_ENTRY = frozenset({StepKind.PAPER_SEEN, StepKind.FORM_SIGNED})


@transaction.atomic
def merge_pledges(
    kept: Pledge, merged: Pledge, *, staff: Staff, reason: str, now: datetime
) -> Merge:
    """Put two registrations of one person together: ``kept`` stays, ``merged`` ends. Twice is once.

    The figures count the person once from now on: what the ledger was told of ``merged``, and of
    those whose place it had taken, is taken back. The contacts of both are told.
    Refuses with ``reason_missing``, ``restricted`` or as ``_require_mergeable``.
    """
    require_reason(reason)
    _lock_persons([kept, merged])
    kept, merged = with_origin().get(pk=kept.pk), with_origin().get(pk=merged.pk)
    if done := Merge.objects.filter(kept=kept, merged=merged, taken_back_at=None).first():
        return done
    for pledge in (kept, merged):
        require_unrestricted(pledge.person.restricted_at)
    _require_mergeable(kept, merged)

    merge = Merge.objects.create(
        kept=kept,
        merged=merged,
        state_before=merged.state,
        reason=reason.strip(),
        staff=staff,
        merged_at=now,
    )
    Person.objects.filter(pk=merged.person_id).update(merged_into=kept.person_id)
    line = _line_of(merged)
    end(merged, PledgeState.MERGED, now)
    record_pledge_event(EventKind.PLEDGE_MERGED, merged, now=now)
    take_back_events(line)
    _tell_of_merge(merge, "pledges/merged", kind_for_merged="pledges/merged_away", now=now)
    return merge


@transaction.atomic
def take_back_merge(merge: Merge, *, staff: Staff, now: datetime) -> Merge:
    """Bring the merged registration back as it was, in the figures too. Twice is once.

    What came under its person's number goes back there as well; if it was confirmed since, it takes
    its place or waits beside it, as it would have without the merge. The contacts of both are told.
    Refuses after 30 days (``too_late_to_take_back``), when the person has another confirmed
    registration by now (``another_active``), has withdrawn or disowned the one that stayed
    (``kept_ended``), or when it did not stay merged (``not_merged``).
    """
    _lock_persons([merge.kept, merge.merged])
    merge = Merge.objects.get(pk=merge.pk)
    if merge.taken_back_at is not None:
        return merge
    merged = with_origin().get(pk=merge.merged_id)
    _require_separable(merge, merged, now)
    _require_kept(merge)

    merge.taken_back_at, merge.taken_back_by = now, staff
    merge.save(update_fields=["taken_back_at", "taken_back_by"])
    left = _standing_merges(merged.person_id).order_by("merged_at").last()
    into = left.kept.person_id if left else None
    Person.objects.filter(pk=merged.person_id).update(merged_into=into)
    undecided = part(merge.kept.person_id, now)
    bring_back(merged, PledgeState(merge.state_before), now)
    restore_events(_line_of(merged), since=_last_merged_event(merged))
    settle_again(undecided, now)
    if undecided:
        _set_true_tier(merge.kept.person_id)
    kind = "pledges/merge_taken_back"
    _tell_of_merge(merge, kind, kind_for_merged=kind, now=now)
    return merge


@transaction.atomic
def take_back_entry(pledge: Pledge, *, staff: Staff, now: datetime) -> Pledge:
    """Take a mistaken entry of a batch back on the day it was typed. Twice is once.

    It ends as contested, its steps are undone and the figures forget it: it was never withdrawn by
    anybody. A registration whose place it had taken is the active one again, and whoever was told
    of the entry is told of the mistake. Refuses with ``not_an_entry``, ``too_late_to_undo``,
    ``pledge_ended``, ``owner_confirmed`` or ``steps_taken``.
    """
    _lock_persons([pledge])
    pledge = with_origin().get(pk=pledge.pk)
    if pledge.state == PledgeState.CONTESTED:
        return pledge
    steps = steps_taken(pledge)
    _require_fresh_entry(pledge, steps, now)

    for step in reversed(steps):
        reason = reason_in_words(TYPING_MISTAKE, pledge.jurisdiction)
        undo_step(step, staff=staff, reason=reason, now=now)
    if steps:
        _set_true_tier(pledge.person_id)
    pledge = with_origin().get(pk=pledge.pk)
    earlier = pledge.replaces if pledge.state == PledgeState.CONFIRMED else None
    end(pledge, PledgeState.CONTESTED, now)
    if earlier and earlier.state == PledgeState.REPLACED:
        bring_back(earlier, PledgeState.CONFIRMED, now)
    take_back_events([pledge.pk])
    # Where the message about the entry went.
    for contact in contacts_to_tell(pledge)[:1]:
        key = f"pledges/taken_back:{pledge.pk}:{contact.pk}"
        _tell(contact, "pledges/taken_back", about=pledge, dedupe_key=key, now=now)
    return with_origin().get(pk=pledge.pk)


def _lock_persons(pledges: Iterable[Pledge]) -> None:
    """In one order, so that two merges the other way round wait for each other and do not hang."""
    persons = {pledge.person_id for pledge in pledges}
    list(Person.objects.select_for_update().filter(pk__in=persons).order_by(*MERGED_FIRST))


def _require_mergeable(kept: Pledge, merged: Pledge) -> None:
    """Refuses ``already_merged``, ``pledge_ended``, ``same_person``, ``other_jurisdiction``,
    ``not_alike``, ``kept_unconfirmed``, ``card_must_stay`` and ``other_confirmed``.
    """
    states = {kept.state, merged.state}
    if PledgeState.MERGED in states:
        raise RuleBroken(
            "already_merged", _("Somebody has merged one of these registrations already.")
        )
    if not states <= set(OPEN_STATES):
        raise RuleBroken("pledge_ended", _("One of these registrations has ended."))
    if kept.person_id == merged.person_id or surviving_person(kept.person) == merged.person:
        raise RuleBroken(
            "same_person", _("Both registrations are known to be of one person already.")
        )
    if kept.jurisdiction_id != merged.jurisdiction_id:
        raise RuleBroken(
            "other_jurisdiction", _("Registrations of two countries cannot be merged.")
        )
    require_alike(kept, merged)
    if merged.state == PledgeState.CONFIRMED and kept.state != PledgeState.CONFIRMED:
        raise RuleBroken(
            "kept_unconfirmed",
            _("The registration that stays must be the confirmed one. Choose the other."),
        )
    if _has_card(merged) and not _has_card(kept):
        raise RuleBroken(
            "card_must_stay",
            _("The registration whose card was issued must stay. Choose the other."),
        )
    active = Pledge.objects.filter(person=merged.person_id, state=PledgeState.CONFIRMED)
    if active.exclude(pk=merged.pk).exists():
        raise RuleBroken(
            "other_confirmed",
            _(
                "The person of the registration that would end has confirmed another one. "
                "Merge that one instead."
            ),
        )


def require_alike(first: Pledge, second: Pledge) -> None:
    """Refuses two registrations of another name or birth date (``not_alike``)."""
    one, other = first.particulars.twin_hash, second.particulars.twin_hash
    if not one or one != other:
        raise RuleBroken(
            "not_alike",
            _("Name and date of birth of the two registrations are not the same."),
        )


def _has_card(pledge: Pledge) -> bool:
    return pledge.steps.filter(kind=StepKind.CARD_ISSUED, undone_at__isnull=True).exists()


def _require_separable(merge: Merge, merged: Pledge, now: datetime) -> None:
    if now - merge.merged_at > MERGE_CAN_BE_TAKEN_BACK:
        raise RuleBroken(
            "too_late_to_take_back", _("A merge can be taken back for 30 days, not longer.")
        )
    if merged.state != PledgeState.MERGED:
        raise RuleBroken("not_merged", _("This registration is not merged any more."))
    active = Pledge.objects.filter(person=merged.person_id, state=PledgeState.CONFIRMED)
    if merge.state_before == PledgeState.CONFIRMED and active.exists():
        raise RuleBroken(
            "another_active",
            _(
                "This person has another confirmed registration by now, "
                "so the merge cannot be taken back."
            ),
        )


def _require_kept(merge: Merge) -> None:
    """What the person ended since was both in one: the other does not come back behind it."""
    since = Pledge.objects.filter(ended_at__gte=merge.merged_at)
    withdrawn = since.filter(
        person=merge.kept.person_id, state=PledgeState.WITHDRAWN, confirmed_at__isnull=False
    )
    ended = since.filter(pk=merge.kept_id, state__in=[PledgeState.WITHDRAWN, PledgeState.CONTESTED])
    if withdrawn.exists() or ended.exists():
        raise RuleBroken(
            "kept_ended",
            _(
                "The registration that stayed was withdrawn or contested since, "
                "so the merge cannot be taken back."
            ),
        )


def _require_fresh_entry(pledge: Pledge, steps: list[PledgeStep], now: datetime) -> None:
    zone = pledge.jurisdiction.zone
    if pledge.batch_id is None:
        raise RuleBroken("not_an_entry", _("This registration was not typed in at a desk."))
    if pledge.received_at.astimezone(zone).date() != now.astimezone(zone).date():
        raise RuleBroken("too_late_to_undo", _("An entry can be taken back on the same day only."))
    if pledge.state not in OPEN_STATES:
        raise RuleBroken("pledge_ended", _("This registration has ended already."))
    if pledge.channel == EntryChannel.PHONE and pledge.state != PledgeState.RECEIVED:
        raise RuleBroken("owner_confirmed", _("Its owner has confirmed this registration by now."))
    if any(step.kind not in TAKEN_AT_ENTRY for step in steps):
        raise RuleBroken(
            "steps_taken", _("Further steps were taken with this registration: undo them first.")
        )


def _line_of(pledge: Pledge) -> list[uuid.UUID]:
    """The registration and those whose place it took: all that the figures know of it."""
    line = [pledge.pk]
    earlier = pledge.replaces
    while earlier and earlier.state == PledgeState.REPLACED:
        line.append(earlier.pk)
        earlier = earlier.replaces
    return line


def _last_merged_event(pledge: Pledge) -> Event:
    return Event.objects.filter(subject=pledge.pk, kind=EventKind.PLEDGE_MERGED).latest("id")


def _standing_merges(person_id: uuid.UUID) -> QuerySet[Merge]:
    return Merge.objects.filter(merged__person=person_id, taken_back_at__isnull=True)


def _set_true_tier(person_id: uuid.UUID) -> None:
    """What is left of a person's tier after an entry's steps were undone."""
    seen = PledgeStep.objects.filter(
        pledge__person=person_id, kind=StepKind.PAPER_SEEN, undone_at__isnull=True
    )
    confirmed = Contact.objects.filter(particulars__person=person_id, confirmed_at__isnull=False)
    tier = IdentityTier.UNCONFIRMED
    if confirmed.exists():
        tier = IdentityTier.CONTACT_CONFIRMED
    if seen.exists():
        tier = IdentityTier.IDENTITY_SEEN
    Person.objects.filter(pk=person_id).update(identity_tier=tier)


def _tell_of_merge(merge: Merge, kind: str, *, kind_for_merged: str, now: datetime) -> None:
    """Tell the owners of both; a contact that confirmed both is told once.

    Of what nobody has confirmed nobody is told: its address may be a stranger's.
    """
    kept, merged = merge.kept, merge.merged
    told: list[tuple[str, Pledge, Contact]] = []
    if kept.state != PledgeState.RECEIVED:
        told += [(kind, kept, contact) for contact in contacts_to_tell(kept)]
    if merge.state_before != PledgeState.RECEIVED:
        theirs = contacts_to_tell(merged, but_for=kept)
        told += [(kind_for_merged, merged, contact) for contact in theirs]
    for name, about, contact in told:
        _tell(
            contact,
            name,
            about=about,
            dedupe_key=f"{name}:{merge.pk}:{contact.pk}",
            now=now,
            merged_reference=merged.reference,
        )


def _tell(contact: Contact, kind: str, /, *, about: Pledge, **context: Any) -> None:
    """As ``tell``, with how the department is reached."""
    with translation.override(contact.particulars.language):
        department = about.department
        reached = ", ".join(part for part in (department.phone, department.email) if part)
        context["department_contact"] = reached or department.name
    tell(contact, kind, about=about, **context)
