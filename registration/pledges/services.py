"""What can be done with registrations: register, enter, change, confirm, contest, withdraw."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.ledger.choices import EventKind
from registration.people.models import Contact, Person
from registration.people.services import (
    confirm_contact,
    find_link,
    find_or_make_person,
    issue_link,
    lock_survivor,
    require_open,
    use_link,
)
from registration.pledges import letters
from registration.pledges.answers import PledgeAnswers
from registration.pledges.choices import (
    ACTIVE_STATES,
    LinkPurpose,
    PledgeState,
    StepKind,
)
from registration.pledges.events import record_pledge_event, with_origin
from registration.pledges.following import follow, lock_pledge
from registration.pledges.models import Pledge
from registration.pledges.rules import ROUTES, require_confirmable, require_contact
from registration.pledges.source import Source, source_of
from registration.pledges.steps import take_step
from registration.pledges.turns import (
    activate,
    contest,
    finish,
    is_reached_by,
    settle,
    wait_for_comparison,
)
from registration.pledges.writing import (
    contact_to_confirm,
    find_by_form_key,
    lock_form,
    may_confirm_by_sms,
    require_old_enough,
    write_pledge,
)
from registration.privacy.rules import ACTS, ALWAYS_ASKED, require_acts


def register_pledge(
    answers: PledgeAnswers,
    *,
    source: Source,
    form_key: str,
    is_held: bool,
    proof: str | None = None,
    mailbox_limit: Limit | None = None,
    sender: str = "",
    now: datetime,
) -> Pledge:
    """Register, and send the receipt with the link to confirm; the same ``form_key`` is one pledge.

    Writes person, particulars, consents, pledge, event and message in one transaction, with the
    same work whether or not the person is known. Refuses with ``under_age``, ``contact_missing``,
    ``consent_missing``, ``proof_used`` or ``too_many_for_contact``.
    """
    require_old_enough(answers, source.province.jurisdiction, now)
    _require_way_to_confirm(answers)
    given = [shown.kind for shown in answers.acts]
    require_acts([kind for kind in ACTS if kind in given], asked=ALWAYS_ASKED)
    _kind, hashed = contact_to_confirm(answers)
    form = {"form_key": form_key, "is_held": is_held, "proof": proof}
    try:
        with transaction.atomic():
            _require_room(f"{sender}:{hashed}", mailbox_limit, now=now)
            person, named = _person_of(answers, source, hashed, now)
            pledge = write_pledge(
                answers, person, registered_as=named, source=source, now=now, **form
            )
            _ask_to_confirm(pledge, answers, now=now)
    except (RuleBroken, IntegrityError):
        # Sent a second time, one after the other or at once: the database let in the first alone.
        if registered := find_by_form_key(form_key):
            return registered
        raise
    return pledge


@transaction.atomic
def enter_pledge(
    answers: PledgeAnswers,
    *,
    source: Source,
    staff: Staff,
    form_key: str,
    steps: Sequence[StepKind] = (),
    now: datetime,
) -> Pledge:
    """Enter at a desk what came on signed paper; the same ``form_key`` is one pledge.

    The signature stands for the confirmation, and ``steps`` (paper seen, form signed) are taken
    along. The person is told, with the way to say that it is not theirs. Where the person has an
    active registration from another contact this one waits: whoever types it in cannot end that.
    Refuses with ``under_age``, ``contact_missing``, or as ``require_step``.
    """
    lock_form(form_key)
    if entered := find_by_form_key(form_key):
        return entered
    require_old_enough(answers, source.province.jurisdiction, now)
    require_contact(email=answers.person.email, can_get_sms=bool(answers.person.phone))
    _kind, hashed = contact_to_confirm(answers)
    person, named = _person_of(answers, source, hashed, now)
    owner = lock_survivor((named or person).pk)
    earlier = active_pledge(owner)
    pledge = write_pledge(
        answers, person, registered_as=named, source=source, form_key=form_key, now=now
    )
    record_pledge_event(EventKind.PLEDGE_RECEIVED, pledge, now=now)
    pledge.confirmed_at = now
    if earlier and not is_reached_by(earlier, {hashed}):
        pledge = wait_for_comparison(pledge, earlier, now)
    else:
        follow(pledge, owner)
        pledge = activate(pledge, earlier, now)
        day = now.astimezone(pledge.jurisdiction.zone).date()
        for step in sorted(steps, key=ROUTES[pledge.kind].index):
            take_step(pledge, step, staff=staff, happened_on=source.signed_on or day, now=now)
    letters.tell_of_entry(pledge, now=now)
    return with_origin().get(pk=pledge.pk)


@transaction.atomic
def change_pledge(
    earlier: Pledge, answers: PledgeAnswers, *, form_key: str, language: str, now: datetime
) -> Pledge:
    """Its owner changes a registration that counts or waits: a new one that takes its place.

    At once if a contact that confirmed the earlier one stays; else when the new contact has
    confirmed, and the old contact of one that counts is told. In the place of one that waits the
    new one waits as it did. The caller has made sure who asks.
    Refuses with ``under_age``, ``contact_missing`` or ``pledge_ended``.
    """
    earlier, owner = lock_pledge(earlier.pk)
    if changed := find_by_form_key(form_key):
        return changed
    if earlier.state not in (*ACTIVE_STATES, PledgeState.WAITING):
        raise RuleBroken("pledge_ended", _("This registration has ended. You can register again."))
    require_old_enough(answers, earlier.jurisdiction, now)
    _require_way_to_confirm(answers)
    pledge = write_pledge(
        answers,
        earlier.person,
        registered_as=earlier.registered_as,
        source=source_of(earlier),
        form_key=form_key,
        replaces=earlier,
        now=now,
    )
    known = {c.value_hash for c in earlier.particulars.contacts.all() if c.confirmed_at}
    kept = [c for c in pledge.particulars.contacts.all() if c.value_hash in known]
    if not kept:
        _send_link(pledge, answers, now=now)
        return pledge
    for contact in kept:
        confirm_contact(contact, now=now)
    pledge.confirmed_at = now
    return settle(pledge, owner, {contact.value_hash for contact in kept}, now)


def _person_of(
    answers: PledgeAnswers, source: Source, hashed: str, now: datetime
) -> tuple[Person, Person | None]:
    return find_or_make_person(
        source.province.jurisdiction,
        identity_number=answers.person.identity_number,
        contact_hash=hashed,
        full_name=answers.person.full_name,
        is_demo=source.is_demo,
        now=now,
    )


def _require_way_to_confirm(answers: PledgeAnswers) -> None:
    told = answers.person
    require_contact(email=told.email, can_get_sms=may_confirm_by_sms(told.phone))


def _require_room(who: str, mailbox_limit: Limit | None, *, now: datetime) -> None:
    # Counted for each sender, so that a refusal says nothing of what others did with an address.
    if mailbox_limit and not count_use(mailbox_limit, who, now=now):
        raise RuleBroken(
            "too_many_for_contact",
            _(
                "Several registrations came for this address today. Nothing was saved. "
                "Look into your messages, or try again tomorrow."
            ),
        )


def _ask_to_confirm(pledge: Pledge, answers: PledgeAnswers, *, now: datetime) -> None:
    record_pledge_event(EventKind.PLEDGE_RECEIVED, pledge, now=now)
    _send_link(pledge, answers, now=now)


def _send_link(pledge: Pledge, answers: PledgeAnswers, *, now: datetime) -> None:
    kind, hashed = contact_to_confirm(answers)
    contact = next(c for c in pledge.particulars.contacts.all() if c.kind == kind)
    token = issue_link(contact, purpose=LinkPurpose.CONFIRM, about=pledge.pk, now=now)
    known = _confirmed_before(pledge.person, value_hash=hashed)
    letters.send_receipt(pledge, contact=contact, token=token, known=known, now=now)


def _confirmed_before(person: Person, *, value_hash: str) -> Pledge | None:
    """The person's active pledge, if it was confirmed from this same contact: then, and only then,
    may the message speak of it.
    """
    theirs = Pledge.objects.filter(
        person=person,
        state__in=ACTIVE_STATES,
        particulars__contacts__value_hash=value_hash,
        particulars__contacts__confirmed_at__isnull=False,
    )
    return theirs.only("reference").order_by().first()


@transaction.atomic
def confirm_by_link(token: str, *, now: datetime) -> Pledge:
    """Confirm the registration that a link was sent for. Twice, also at once, is once.

    Refuses with ``link_unknown``, ``link_expired`` or ``pledge_ended``.
    """
    link = find_link(token, purpose=LinkPurpose.CONFIRM, lock=True)
    if link.used_at is not None:
        return Pledge.objects.get(pk=link.about)
    require_open(link, now=now)
    pledge = _confirm(link.about, link.contact, now)
    use_link(link, now=now)
    return pledge


@transaction.atomic
def confirm_pledge(pledge: Pledge, *, contact: Contact, now: datetime) -> Pledge:
    """Its owner confirmed: it is the person's active pledge from now on.

    An earlier active one becomes replaced, and the ledger then says changed instead of confirmed.
    But if this one came from another contact than the earlier (anybody may know a number) it
    waits, outside the figures, until the owner of the earlier one or a desk agrees; who confirmed
    is told the same in both cases. If the person was merged into another meanwhile, it competes
    with what that one decided, and becomes theirs with its place. Refuses with ``pledge_ended``.
    """
    return _confirm(pledge.pk, contact, now)


def _confirm(key: UUID, contact: Contact, now: datetime) -> Pledge:
    # One at a time for each person, so that there is never a second active pledge.
    pledge, owner = lock_pledge(key)
    require_confirmable(PledgeState(pledge.state))
    if pledge.state in (PledgeState.CONFIRMED, PledgeState.WAITING):
        return pledge

    confirm_contact(contact, now=now)
    pledge.confirmed_at, pledge.is_held = now, False
    return settle(pledge, owner, {contact.value_hash}, now)


def active_pledge(person: Person) -> Pledge | None:
    """The person's one active pledge."""
    return Pledge.objects.filter(person=person, state__in=ACTIVE_STATES).first()


@transaction.atomic
def accept_waiting(pledge: Pledge, *, now: datetime) -> Pledge:
    """Let a pledge that waits for comparison take the place of the earlier one. Twice is once.

    Called by the owner of the earlier pledge, or by a desk that saw the identity paper.
    Refuses with ``not_waiting``.
    """
    pledge, owner = lock_pledge(pledge.pk)
    if pledge.state == PledgeState.CONFIRMED:
        return pledge
    if pledge.state != PledgeState.WAITING:
        raise RuleBroken("not_waiting", _("This registration does not wait for a comparison."))
    follow(pledge, owner)
    return activate(pledge, active_pledge(owner), now)


@transaction.atomic
def accept_by_link(token: str, *, now: datetime) -> Pledge:
    """The owner of the earlier registration says that the waiting one is theirs as well.

    Refuses as ``contest_by_link``, and with ``not_waiting``.
    """
    link = find_link(token, purpose=LinkPurpose.CONTEST, lock=True)
    pledge = with_origin().get(pk=link.about)
    if link.used_at is not None:
        return pledge
    require_open(link, now=now)
    earlier = pledge.replaces
    # A stranger holds a link about the newer registration too: theirs only stops it.
    if earlier is None or earlier.particulars_id != link.contact.particulars_id:
        raise RuleBroken("not_waiting", _("This registration does not wait for a comparison."))
    pledge = accept_waiting(pledge, now=now)
    use_link(link, now=now)
    return pledge


@transaction.atomic
def contest_by_link(token: str, *, now: datetime) -> Pledge:
    """The owner of a contact says that a registration is not theirs: it ends at once.

    The one whose place it had taken, if any, is active again: nobody can end a registration by
    putting another over it. Twice, also at once, is once.
    Refuses with ``link_unknown`` or ``link_expired``.
    """
    link = find_link(token, purpose=LinkPurpose.CONTEST, lock=True)
    if link.used_at is None:
        require_open(link, now=now)
        # Of what the person decided meanwhile nothing is overtaken: read under the lock.
        contest(lock_pledge(link.about)[0], now)
        use_link(link, now=now)
    return with_origin().get(pk=link.about)


@transaction.atomic
def contest_pledge(pledge: Pledge, *, now: datetime) -> Pledge:
    """A desk found that a registration is not the person's own: it ends at once. Twice is once."""
    return contest(lock_pledge(pledge.pk)[0], now)


@transaction.atomic
def withdraw_pledge(pledge: Pledge, *, now: datetime) -> Pledge:
    """End a registration at its owner's word, at once. Twice is once."""
    return finish(lock_pledge(pledge.pk)[0], PledgeState.WITHDRAWN, now)
