"""What can be done with registrations: register, confirm, withdraw."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registration.banners.models import Placement
from registration.campaigns.models import Campaign
from registration.common.errors import RuleBroken
from registration.common.limits import Limit, count_use
from registration.common.references import new_reference
from registration.ledger.choices import AgeBand, EntryChannel, EventKind, Sex
from registration.ledger.rules import age_band
from registration.ledger.services import Origin, record_event
from registration.people.choices import ContactKind
from registration.people.keys import contact_hash
from registration.people.models import Contact, Person
from registration.people.rules import can_get_sms, require_age
from registration.people.services import (
    add_particulars,
    confirm_contact,
    find_link,
    find_or_make_person,
    issue_link,
    require_open,
    use_link,
)
from registration.pledges import letters
from registration.pledges.answers import PledgeAnswers, stored_answers
from registration.pledges.choices import LinkPurpose, PledgeState
from registration.pledges.models import Pledge
from registration.pledges.rules import require_confirmable, require_contact
from registration.privacy.rules import ACTS, ALWAYS_ASKED, require_acts
from registration.privacy.services import record_consents
from registration.units.models import Province, Unit, department_of

FORM_VERSION = "2026-11"


def find_by_form_key(form_key: str) -> Pledge | None:
    """The registration that this form already became."""
    return Pledge.objects.filter(form_key=form_key).first()


@transaction.atomic
def register_pledge(
    answers: PledgeAnswers,
    *,
    province: Province,
    channel: EntryChannel,
    campaign: Campaign | None,
    placement: Placement | None,
    language: str,
    form_key: str,
    is_held: bool,
    is_demo: bool = False,
    proof: str | None = None,
    mailbox_limit: Limit | None = None,
    sender: str = "",
    department: Unit | None = None,
    now: datetime,
) -> Pledge:
    """Register, and send the receipt with the link to confirm; the same ``form_key`` is one pledge.

    Writes person, particulars, consents, pledge, event and message in one transaction, with the
    same work whether or not the person is known. Refuses with ``under_age``, ``contact_missing``,
    ``consent_missing``, ``proof_used``, ``too_many_for_contact`` or ``no_department``.
    """
    _lock_form(form_key)
    if registered := find_by_form_key(form_key):
        return registered
    department = department or _department_of(province)
    _require_complete(answers, province, now)
    kind, hashed = _contact_to_confirm(answers)
    _require_room(f"{sender}:{hashed}", proof=proof, mailbox_limit=mailbox_limit, now=now)

    person = find_or_make_person(
        province.jurisdiction,
        identity_number=answers.person.identity_number,
        contact_hash=hashed,
        full_name=answers.person.full_name,
        is_demo=is_demo,
        now=now,
    )
    pledge = _write(
        answers,
        person,
        province=province,
        department=department,
        campaign=campaign,
        placement=placement,
        channel=channel,
        is_held=is_held,
        form_key=form_key,
        proof=proof,
        language=language,
        received_at=now,
        is_demo=is_demo,
    )
    contact = next(c for c in pledge.particulars.contacts.all() if c.kind == kind)
    token = issue_link(contact, purpose=LinkPurpose.CONFIRM, about=pledge.pk, now=now)
    _record(EventKind.PLEDGE_RECEIVED, pledge, now)
    known = _confirmed_before(person, value_hash=hashed)
    letters.send_receipt(pledge, contact=contact, token=token, known=known, now=now)
    return pledge


def _department_of(province: Province) -> Unit:
    department = department_of(province)
    if department is None:
        raise RuleBroken("no_department", _("Registration is not open in this province yet."))
    return department


def _write(answers: PledgeAnswers, person: Person, **fields: Any) -> Pledge:
    now, jurisdiction = fields["received_at"], fields["province"].jurisdiction
    pledge = Pledge.objects.create(
        reference=_free_reference(),
        kind=jurisdiction.pledge_kind,
        jurisdiction=jurisdiction,
        person=person,
        particulars=add_particulars(person, answers.person, now=now),
        organs=";".join(sorted(answers.organs)),
        keeps_identity_secret=answers.keeps_identity_secret,
        **fields,
    )
    record_consents(person, about=pledge.pk, acts=answers.acts, form_version=FORM_VERSION, now=now)
    # Read back, so that the receipt repeats what is stored and not what was sent.
    return _with_origin().get(pk=pledge.pk)


def _free_reference() -> str:
    while True:
        reference = new_reference()
        if not Pledge.objects.filter(reference=reference).exists():
            return reference


def _require_room(
    who: str, *, proof: str | None, mailbox_limit: Limit | None, now: datetime
) -> None:
    if proof and Pledge.objects.filter(proof=proof).exists():
        raise RuleBroken("proof_used", _("The check has ended. Press the button again."))
    # Counted for each sender, so that a refusal says nothing of what others did with an address.
    if mailbox_limit and not count_use(mailbox_limit, who, now=now):
        raise RuleBroken(
            "too_many_for_contact",
            _(
                "Several registrations came for this address today. Nothing was saved. "
                "Look into your messages, or try again tomorrow."
            ),
        )


def _lock_form(form_key: str) -> None:
    """Let two sendings of one form pass one after the other. SQLite does so in any case."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [form_key])


def _require_complete(answers: PledgeAnswers, province: Province, now: datetime) -> None:
    person, jurisdiction = answers.person, province.jurisdiction
    day = now.astimezone(jurisdiction.zone).date()
    if person.birth_date is None:
        raise RuleBroken("birth_date_missing", _("Write your date of birth."), field="birth_date")
    require_age(person.birth_date, minimum=jurisdiction.minimum_age, day=day)
    require_contact(email=person.email, can_get_sms=_may_confirm_by_sms(person.phone))
    given = [shown.kind for shown in answers.acts]
    require_acts([kind for kind in ACTS if kind in given], asked=ALWAYS_ASKED)


def _may_confirm_by_sms(phone: str) -> bool:
    return bool(phone and settings.SMS_URL and can_get_sms(phone))


def _contact_to_confirm(answers: PledgeAnswers) -> tuple[ContactKind, str]:
    """The contact that gets the link, and its hash."""
    told = answers.person
    kind = ContactKind.EMAIL if told.email else ContactKind.PHONE
    return kind, contact_hash(kind, told.email or told.phone)


def _confirmed_before(person: Person, *, value_hash: str) -> Pledge | None:
    """The person's active pledge, if it was confirmed from this same contact: then, and only then,
    may the message speak of it.
    """
    return Pledge.objects.filter(
        person=person,
        state=PledgeState.CONFIRMED,
        particulars__contacts__value_hash=value_hash,
        particulars__contacts__confirmed_at__isnull=False,
    ).first()


def _record(kind: EventKind, pledge: Pledge, now: datetime) -> None:
    birth_date = stored_answers(pledge).person.birth_date
    band = age_band(birth_date, now.astimezone(pledge.jurisdiction.zone).date())
    origin = Origin(
        department=pledge.department,
        province=pledge.province,
        channel=EntryChannel(pledge.channel),
        locality=pledge.particulars.locality,
        campaign=pledge.campaign,
        placement=pledge.placement,
        is_demo=pledge.is_demo,
    )
    record_event(
        kind,
        subject=pledge.pk,
        origin=origin,
        organs=pledge.organ_codes,
        sex=Sex(pledge.particulars.sex),
        age_band=AgeBand(band),
    )


@transaction.atomic
def confirm_by_link(token: str, *, now: datetime) -> Pledge:
    """Confirm the registration that a link was sent for. Twice, also at once, is once.

    Refuses with ``link_unknown``, ``link_expired`` or ``pledge_ended``.
    """
    link = find_link(token, purpose=LinkPurpose.CONFIRM, lock=True)
    pledge = Pledge.objects.get(pk=link.about)
    if link.used_at is not None:
        return pledge
    require_open(link, now=now)
    pledge = confirm_pledge(pledge, contact=link.contact, now=now)
    use_link(link, now=now)
    return pledge


@transaction.atomic
def confirm_pledge(pledge: Pledge, *, contact: Contact, now: datetime) -> Pledge:
    """Its owner confirmed: it is the person's active pledge from now on.

    An earlier active one becomes replaced, the ledger then says changed instead of confirmed, and
    the earlier contact is told. Refuses with ``pledge_ended``.
    """
    # One at a time for each person, so that there is never a second active pledge.
    Person.objects.select_for_update().get(pk=pledge.person_id)
    pledge = _with_origin().get(pk=pledge.pk)
    require_confirmable(PledgeState(pledge.state))
    if pledge.state == PledgeState.CONFIRMED:
        return pledge

    earlier = Pledge.objects.filter(person=pledge.person_id, state=PledgeState.CONFIRMED).first()
    if earlier:
        _end(earlier, PledgeState.REPLACED, now)
    pledge.state, pledge.confirmed_at, pledge.is_held = PledgeState.CONFIRMED, now, False
    pledge.save(update_fields=["state", "confirmed_at", "is_held"])
    confirm_contact(contact, now=now)
    kind = EventKind.PLEDGE_CHANGED if earlier else EventKind.PLEDGE_CONFIRMED
    _record(kind, pledge, now)
    if earlier:
        letters.tell_earlier_contact(earlier, replaced_by=contact, now=now)
    return pledge


@transaction.atomic
def withdraw_pledge(pledge: Pledge, *, now: datetime) -> Pledge:
    """End a registration at its owner's word, at once. Twice is once."""
    Person.objects.select_for_update().get(pk=pledge.person_id)
    pledge = _with_origin().get(pk=pledge.pk)
    if pledge.state in (PledgeState.WITHDRAWN, PledgeState.REPLACED):
        return pledge
    _end(pledge, PledgeState.WITHDRAWN, now)
    _record(EventKind.PLEDGE_WITHDRAWN, pledge, now)
    return pledge


def _end(pledge: Pledge, state: PledgeState, now: datetime) -> None:
    pledge.state, pledge.ended_at = state, now
    pledge.save(update_fields=["state", "ended_at"])


def _with_origin() -> QuerySet[Pledge]:
    return Pledge.objects.select_related(
        "jurisdiction",
        "province__jurisdiction",
        "department",
        "campaign",
        "placement__unit",
        "person",
        "particulars__person",
        "particulars__province",
        "particulars__locality",
    ).prefetch_related("particulars__contacts")
