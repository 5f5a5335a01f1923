"""What a registration says of its owner was wrong and is put right: as new particulars."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.common.errors import RuleBroken
from registration.ledger.choices import Sex
from registration.ledger.services import take_back
from registration.people.answers import PersonAnswers
from registration.people.keys import same_person_key
from registration.people.models import OneTimeCode, OneTimeLink, Particulars, Person
from registration.people.services import add_particulars
from registration.pledges.answers import PledgeAnswers, stored_answers
from registration.pledges.choices import OPEN_STATES, StepKind
from registration.pledges.events import with_origin
from registration.pledges.letters import contacts_to_tell, contest_address, tell
from registration.pledges.models import Pledge
from registration.pledges.rules import require_reason
from registration.pledges.steps import set_next_step, steps_taken
from registration.pledges.writing import contact_to_confirm, require_old_enough

CORRECTED: dict[str, str | Promise] = {
    "full_name": _("Full name"),
    "birth_date": _("Date of birth"),
    "sex": _("Sex"),
    "identity_number": _("Identity number"),
}
# What was done with a card that shows the earlier particulars.
FROM_CARD_ON = (StepKind.CARD_ISSUED, StepKind.CARD_POSTED, StepKind.LISTED)


@transaction.atomic
def correct_pledge(
    pledge: Pledge,
    *,
    full_name: str,
    birth_date: date,
    sex: Sex,
    identity_number: str,
    staff: Staff,
    reason: str,
    now: datetime,
) -> Pledge:
    """Put right what a registration says of its owner, and tell the confirmed contacts.

    The earlier particulars stay as they were given, and events keep what was told. A card is to be
    issued anew: the steps from the card on are undone; the caller ends the card itself, which is
    kept in a room above. The same values once more change nothing. Refuses with
    ``reason_missing``, ``pledge_ended``, ``under_age`` or ``number_taken``.
    """
    require_reason(reason)
    Person.objects.select_for_update().get(pk=pledge.person_id)
    pledge = with_origin().get(pk=pledge.pk)
    if pledge.state not in OPEN_STATES:
        raise RuleBroken("pledge_ended", _("This registration has ended already."))
    before = stored_answers(pledge)
    told = replace(
        before.person,
        full_name=full_name,
        birth_date=birth_date,
        sex=sex,
        identity_number=identity_number,
    )
    after = replace(before, person=told)
    changed = [name for name in CORRECTED if getattr(told, name) != getattr(before.person, name)]
    if not changed:
        return pledge
    require_old_enough(after, pledge.jurisdiction, now)
    _rename(pledge.person, before, after)
    _put_in_place(pledge, told, now)
    has_card = _reopen_card(pledge, staff, reason, now)
    pledge = with_origin().get(pk=pledge.pk)
    _tell(pledge, changed, has_card=has_card, now=now)
    return pledge


def _rename(person: Person, before: PledgeAnswers, after: PledgeAnswers) -> None:
    """Let the person be found by the corrected number, or where there is none by the name."""
    key = _key(after)
    if key == _key(before):
        return
    person.identity_number, person.same_key = after.person.identity_number, key
    try:
        with transaction.atomic():
            person.save(update_fields=["identity_number", "same_key"])
    except IntegrityError as error:
        raise RuleBroken(
            "number_taken",
            _(
                "Another registration is kept of a person with these values. If both are of one "
                "person, merge the two registrations instead."
            ),
            field="identity_number" if after.person.identity_number else "full_name",
        ) from error


def _key(answers: PledgeAnswers) -> str:
    _kind, contact = contact_to_confirm(answers)
    return same_person_key(
        identity_number=answers.person.identity_number,
        contact=contact,
        full_name=answers.person.full_name,
    )


def _put_in_place(pledge: Pledge, told: PersonAnswers, now: datetime) -> None:
    """New particulars with the same contacts. What was confirmed stays so, and the links and codes
    that were sent go on working.
    """
    earlier = list(pledge.particulars.contacts.all())
    particulars = add_particulars(pledge.person, told, now=now)
    copies = {copy.kind: copy for copy in particulars.contacts.all()}
    for contact in earlier:
        copy = copies[contact.kind]
        copy.confirmed_at = contact.confirmed_at
        copy.save(update_fields=["confirmed_at"])
        OneTimeLink.objects.filter(contact=contact).update(contact=copy)
        OneTimeCode.objects.filter(contact=contact).update(contact=copy)
    pledge.particulars = particulars
    pledge.save(update_fields=["particulars"])


def superseded(pledges: Collection[UUID]) -> QuerySet[Particulars]:
    """What corrections left behind of people of whom no other registration is kept than these."""
    owners = set(Pledge.objects.filter(pk__in=pledges).values_list("person", flat=True))
    others = Pledge.objects.filter(person__in=owners).exclude(pk__in=pledges)
    staying = set(others.values_list("person", flat=True))
    return Particulars.objects.filter(person__in=owners - staying, pledge__isnull=True)


def _reopen_card(pledge: Pledge, staff: Staff, reason: str, now: datetime) -> bool:
    """Whether there was a card; then the next step is to issue one again."""
    taken = steps_taken(pledge)
    stale = [row for row in taken if row.kind in FROM_CARD_ON]
    for row in stale:
        row.undone_at, row.undone_by, row.undo_reason = now, staff, reason.strip()
        row.save(update_fields=["undone_at", "undone_by", "undo_reason"])
        if row.event:
            take_back(row.event)
    if stale:
        set_next_step(pledge, [row.kind for row in taken if row not in stale], now=now)
    return bool(stale)


def _tell(pledge: Pledge, changed: list[str], *, has_card: bool, now: datetime) -> None:
    for contact in contacts_to_tell(pledge):
        # What nobody has confirmed or signed is told to nobody.
        if not (contact.confirmed_at or pledge.confirmed_at):
            continue
        with translation.override(contact.particulars.language):
            fields = ", ".join(str(CORRECTED[name]) for name in changed)
        tell(
            contact,
            "pledges/corrected",
            about=pledge,
            dedupe_key=f"pledges/corrected:{contact.pk}",
            now=now,
            fields=fields,
            has_card=has_card,
            contest_url=contest_address(pledge, contact, now=now),
        )
