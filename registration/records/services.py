"""What a person can do with the own record: ask, open, change, withdraw, stop, tell somebody."""

from datetime import date, datetime
from uuid import UUID

from django.core.signing import BadSignature
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.outbox.services import may_write_to, resume_messages, stop_messages
from registration.people.models import Contact, OneTimeLink, Person
from registration.people.services import find_link, require_open, use_link
from registration.pledges import services as pledges
from registration.pledges.answers import PledgeAnswers
from registration.pledges.choices import OPEN_STATES, LinkPurpose, PledgeState
from registration.pledges.events import with_origin
from registration.pledges.models import Pledge, Relative
from registration.pledges.writing import find_by_form_key, may_confirm_by_sms
from registration.privacy.choices import Act
from registration.privacy.models import Consent
from registration.records import letters, rules
from registration.records.history import all_earlier, changed_while_waiting, earlier_own
from registration.records.models import Ask
from registration.records.tasks import answer_ask

# Three in an hour, and a link lives an hour: a stranger who asks for somebody else's address can
# fill no mailbox, and locks nobody out who does not have good links by then.
PER_ADDRESS = Limit("record.address", times=3, seconds=3600)
# Wrong or right, of all links to one registration together.
FACTS = Limit("record.facts", times=20, seconds=24 * 3600)
CHANGES = Limit("record.changes", times=10, seconds=24 * 3600)
TELLINGS = Limit("record.relatives", times=6, seconds=24 * 3600)


def ask_for_link(value_hash: str, *, now: datetime) -> None:
    """Write down that a link was asked for and ring for its answer; known or not, the same."""
    if not count_use(PER_ADDRESS, value_hash, now=now):
        return
    with transaction.atomic():
        ask = Ask.objects.create(value_hash=value_hash, asked_at=now)
        answer_ask.delay_on_commit(str(ask.pk))  # type: ignore[attr-defined]


def look_at_link(token: str, *, now: datetime) -> OneTimeLink:
    """The link, if it can open something; changes nothing.

    Refuses with ``link_unknown``, or with ``link_ended`` whatever the cause.
    """
    return _usable_link(token, lock=False, now=now)


def open_record(token: str, birth_date: date, *, now: datetime) -> OneTimeLink:
    """Use a link up with the right date of birth; the confirmed contacts are told.

    A wrong date is counted, and five of them end the link. Refuses with ``fact_wrong`` or
    ``too_many_facts``, or as ``look_at_link``.
    """
    with transaction.atomic():
        link = _usable_link(token, lock=True, now=now)
        within = count_use(FACTS, str(link.about), now=now)
        fits = rules.is_same_day(birth_date, link.contact.particulars.birth_date)
        if within and fits:
            use_link(link, now=now)
            pledge = with_origin().get(pk=link.about)
            bring_along(pledge, now=now)
            letters.tell_of_opening(pledge, used=link.contact, once=str(link.pk), now=now)
        elif within:
            OneTimeLink.objects.filter(pk=link.pk).update(tries=F("tries") + 1)
    # Raised outside, so that what was counted stays counted.
    if not within:
        raise RuleBroken(
            "too_many_facts",
            _("Too many dates were tried today. Try again tomorrow, or go to a desk."),
        )
    if not fits:
        raise RuleBroken(
            "fact_wrong",
            _("This is not the date of birth of the registration. Check it and try again."),
            field="birth_date",
        )
    return link


def _usable_link(token: str, *, lock: bool, now: datetime) -> OneTimeLink:
    link = find_link(token, purpose=LinkPurpose.RECORD, lock=lock)
    try:
        require_open(link, now=now)
        rules.require_tries_left(link.tries)
        is_open = Pledge.objects.filter(pk=link.about, state__in=map(str, OPEN_STATES)).exists()
        if not is_open:
            raise RuleBroken("pledge_ended", "")
    except RuleBroken as error:
        raise RuleBroken(
            "link_ended",
            _(
                "This link has ended. It is good for one hour, for one visit and for five tries. "
                "Ask for a new one."
            ),
        ) from error
    return link


def bring_along(pledge: Pledge, *, now: datetime) -> None:
    """Let relatives and stopped messages of earlier registrations count for the one that stands.

    Twice is once. To one that waits, maybe in the name of somebody else, come only those of the
    registrations it was changed from.
    """
    is_waiting = pledge.state == PledgeState.WAITING
    rows = changed_while_waiting(pledge) if is_waiting else all_earlier(pledge)
    earlier = [row.pk for row in rows]
    Relative.objects.filter(pledge__in=earlier).update(pledge=pledge)
    for contact in pledge.particulars.contacts.all():
        if not all(may_write_to(contact.value, str(key)) for key in earlier):
            stop_messages(contact.value, str(pledge.pk), now=now)
            for key in earlier:
                resume_messages(contact.value, str(key))


@transaction.atomic
def change_record(
    pledge: Pledge, answers: PledgeAnswers, *, form_key: str, language: str, now: datetime
) -> Pledge:
    """Change a registration at its owner's word; the same ``form_key`` is one change.

    Confirmed at once if a confirmed contact stays, and that contact is told; else it waits for
    the new contact. Refuses as ``change_pledge``, and with ``too_many_changes``.
    """
    if changed := find_changed(pledge, form_key):
        return changed
    if not count_use(CHANGES, _owner_of(pledge), now=now):
        raise RuleBroken(
            "too_many_changes",
            _("This registration was changed many times today. Try again tomorrow."),
        )
    changed = pledges.change_pledge(pledge, answers, form_key=form_key, language=language, now=now)
    if changed.state != PledgeState.RECEIVED:
        bring_along(changed, now=now)
        letters.tell_of_change(pledge, newer=changed, now=now)
    return changed


def _owner_of(pledge: Pledge) -> str:
    """Who acts on a record: whoever else waits with the same number counts apart."""
    confirmed = [c for c in pledge.particulars.contacts.all() if c.confirmed_at]
    by_kind = sorted(confirmed, key=lambda contact: contact.kind)
    return f"{pledge.person_id}:{by_kind[0].value_hash if by_kind else pledge.pk}"


def find_changed(pledge: Pledge, form_key: str) -> Pledge | None:
    """The registration that this form already became, if it is of the same person."""
    found = find_by_form_key(form_key)
    return found if found and found.person_id == pledge.person_id else None


@transaction.atomic
def withdraw_record(pledge: Pledge, *, used: Contact | None, now: datetime) -> Pledge:
    """Withdraw a registration at once and send the proof. Twice is once."""
    pledge = pledges.withdraw_pledge(pledge, now=now)
    if pledge.state == PledgeState.WITHDRAWN:
        letters.tell_of_withdrawal(pledge, used=used, now=now)
    return pledge


@transaction.atomic
def withdraw_consent(pledge: Pledge, *, used: Contact | None, now: datetime) -> Pledge:
    """Withdraw the consent to data, with which the registration ends too. Twice is once.

    Also for earlier registrations that are the person's own. What is erased when is a rule of
    retention.
    """
    pledge = pledges.withdraw_pledge(pledge, now=now)
    theirs = [pledge.pk, *(row.pk for row in earlier_own(pledge, used=used))]
    given = Consent.objects.filter(about__in=theirs, act=Act.AGREED, withdrawn_at__isnull=True)
    given.update(withdrawn_at=now)
    letters.tell_of_consent_withdrawn(pledge, used=used, now=now)
    return pledge


def has_withdrawn_consent(pledge: Pledge) -> bool:
    return Consent.objects.filter(about=pledge.pk, withdrawn_at__isnull=False).exists()


@transaction.atomic
def stop_reminders(pledge: Pledge, *, now: datetime) -> None:
    """Send nothing more about a registration but answers and what its owner must know."""
    for contact in pledge.particulars.contacts.all():
        stop_messages(contact.value, str(pledge.pk), now=now)


@transaction.atomic
def resume_reminders(pledge: Pledge) -> None:
    for contact in pledge.particulars.contacts.all():
        resume_messages(contact.value, str(pledge.pk))


def has_stopped(pledge: Pledge) -> bool:
    contacts = pledge.particulars.contacts.all()
    return any(not may_write_to(contact.value, str(pledge.pk)) for contact in contacts)


@transaction.atomic
def name_relative(
    pledge: Pledge, *, full_name: str, email: str, phone: str, now: datetime
) -> Relative:
    """Name somebody close, who is told a little later (``tell_due_relatives``).

    The same address again is the same relative.

    Refuses with ``pledge_not_active``, ``relatives_full``, ``relative_unreachable`` or
    ``too_many_relatives``.
    """
    Person.objects.select_for_update().get(pk=pledge.person_id)
    pledge = with_origin().get(pk=pledge.pk)
    rules.require_active(pledge.state)
    rules.require_way_to_tell(email=email, can_get_sms=may_confirm_by_sms(phone))
    named = list(pledge.relatives.all())
    for relative in named:
        if (relative.email, relative.phone) == (email, phone):
            return relative
    rules.require_room_for_relative(len(named))
    if not count_use(TELLINGS, _owner_of(pledge), now=now):
        raise RuleBroken(
            "too_many_relatives", _("You named several people today. Try again tomorrow.")
        )
    return Relative.objects.create(pledge=pledge, full_name=full_name, email=email, phone=phone)


def remove_relative(pledge: Pledge, relative_id: UUID) -> None:
    """Take a relative off the list; nobody is told. Twice is once."""
    Relative.objects.filter(pledge=pledge, pk=relative_id).delete()


def find_relative(token: str) -> Relative:
    """The relative of a link in a message, or ``link_unknown``."""
    try:
        key = UUID(hex=letters.RELATIVE_SIGNER.unsign(token))
        return Relative.objects.get(pk=key)
    except (BadSignature, ValueError, Relative.DoesNotExist) as error:
        raise RuleBroken(
            "link_unknown",
            _("This link has ended: nothing more is sent to you because of it."),
        ) from error


@transaction.atomic
def decline_messages(token: str, *, now: datetime) -> None:
    """A relative wants no more messages, from nobody who names them. Twice is once."""
    relative = find_relative(token)
    if relative.declined_at is None:
        relative.declined_at = now
        relative.save(update_fields=["declined_at"])
    for recipient in filter(None, (relative.email, relative.phone)):
        stop_messages(recipient, letters.RELATIVES, now=now)
