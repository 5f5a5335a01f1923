"""What can be done with a request about personal data: file, answer, extend, act, refuse."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registration.accounts.models import Staff
from registration.cards.choices import CardEnd
from registration.cards.models import Card
from registration.common.errors import RuleBroken
from registration.common.references import new_reference, normalise_reference
from registration.ledger.choices import Sex
from registration.people.models import Person
from registration.people.services import surviving_person
from registration.pledges.choices import PledgeState
from registration.pledges.correcting import correct_pledge
from registration.pledges.models import Pledge
from registration.pledges.rules import require_reason
from registration.pledges.services import withdraw_pledge
from registration.privacy.erasure import erase_person, erase_things, lock_persons, trace
from registration.privacy.holders import persons_of
from registration.rights import letters
from registration.rights.asked import Asked
from registration.rights.choices import ActKind, RequestKind, RequestState
from registration.rights.models import DataRequest, LegalClock, RequestAct
from registration.rights.reach import (
    Reach,
    confirmed_hashes,
    reach_of,
    require_own,
    require_whole,
    surviving,
    things_of,
)
from registration.rights.rules import (
    act_due,
    answer_due,
    end_of_day,
    require_correction,
    require_extension,
    require_known_person,
    require_open_request,
    require_words,
)
from registration.units.models import Province
from registration.units.places import holidays_between

HOLIDAYS_AHEAD = timedelta(days=60)


@transaction.atomic
def file_request(
    asked: Asked,
    *,
    province: Province,
    language: str,
    form_key: str,
    is_demo: bool = False,
    now: datetime,
) -> DataRequest:
    """Take a request in, start its legal clocks, send the acknowledgement. Twice is once.

    Nothing is looked up: the same work whether or not the person is known.
    """
    if filed := DataRequest.objects.filter(form_key=form_key).first():
        return filed
    jurisdiction = province.jurisdiction
    clock = LegalClock.objects.get(jurisdiction=jurisdiction, kind=asked.kind)
    zone = jurisdiction.zone
    today = now.astimezone(zone).date()
    answer_due_at = None
    if clock.answer_working_days:
        holidays = holidays_between(jurisdiction, today, today + HOLIDAYS_AHEAD)
        answer_due_at = end_of_day(answer_due(today, clock.answer_working_days, holidays), zone)
    request = DataRequest.objects.create(
        reference=new_reference(),
        jurisdiction=jurisdiction,
        province=province,
        kind=asked.kind,
        full_name=asked.full_name,
        email=asked.email,
        phone=asked.phone,
        address=asked.address,
        registration_reference=asked.registration_reference,
        text=asked.text,
        language=language,
        form_key=form_key,
        received_at=now,
        answer_due_at=answer_due_at,
        act_due_at=end_of_day(act_due(today, clock.act_days), zone),
        is_demo=is_demo,
    )
    letters.send(request, "received", now=now)
    return request


def registration_named(request: DataRequest, typed: str = "") -> Pledge | None:
    """The registration whose reference was written, if it is one of the request's province."""
    reference = normalise_reference(typed or request.registration_reference)
    pledges = Pledge.objects.select_related("person", "particulars", "jurisdiction")
    return pledges.filter(reference=reference, province=request.province_id).first()


def registration_of(request: DataRequest) -> Pledge | None:
    """The registration that an officer named, or what it was merged into meanwhile."""
    if request.pledge_id is None:
        return None
    pledges = Pledge.objects.select_related("person", "particulars", "jurisdiction")
    named = pledges.filter(pk=request.pledge_id).first()
    pledge = surviving(named) if named else None
    return pledge if pledge and pledge.province_id == request.province_id else None


def asks_from_own_contact(request: DataRequest, pledge: Pledge) -> bool:
    """Whether all contacts that were typed are such as confirmed this registration.

    It proves nothing of who typed them.
    """
    typed = letters.typed_hashes(request)
    return bool(typed) and typed <= confirmed_hashes(pledge)


@transaction.atomic
def name_person(
    request: DataRequest, *, reference: str, staff: Staff, now: datetime
) -> DataRequest:
    """An officer made sure whose data is asked about; of a merged registration, of what it became.

    Refuses ``registration_unknown`` and ``not_their_own``.
    """
    request = _locked(request)
    require_open_request(request.state)
    named = registration_named(request, reference)
    pledge = surviving(named) if named else None
    if pledge is None or pledge.province_id != request.province_id:
        raise _registration_unknown()
    require_own(pledge)
    request.pledge, request.person = pledge, surviving_person(pledge.person)
    request.staff = staff
    request.save(update_fields=["pledge", "person", "staff"])
    return request


def _registration_unknown() -> RuleBroken:
    return RuleBroken(
        "registration_unknown",
        _("There is no registration with this reference in this province."),
        field="reference",
    )


@transaction.atomic
def answer_first(request: DataRequest, *, staff: Staff, now: datetime) -> DataRequest:
    """Send the first answer that the law wants: received, by whom, until when. Twice is once."""
    request = _locked(request)
    require_open_request(request.state)
    if request.answered_at:
        return request
    request.state, request.answered_at, request.staff = RequestState.ANSWERED, now, staff
    request.save(update_fields=["state", "answered_at", "staff"])
    letters.send(request, "first_answer", now=now)
    return request


@transaction.atomic
def extend_request(
    request: DataRequest, *, reason: str, staff: Staff, now: datetime
) -> DataRequest:
    """Take the one extension that the law allows, and tell the person why."""
    request = _locked(request)
    require_open_request(request.state)
    clock = LegalClock.objects.get(jurisdiction=request.jurisdiction, kind=request.kind)
    require_extension(
        extension_days=clock.extension_days,
        extended_at=request.extended_at,
        act_due_at=request.act_due_at,
        now=now,
    )
    require_words(reason, field="reason")
    request.act_due_at += timedelta(days=clock.extension_days)
    request.extended_at, request.extension_reason, request.staff = now, reason.strip(), staff
    request.save(update_fields=["act_due_at", "extended_at", "extension_reason", "staff"])
    letters.send(request, "extended", now=now)
    return request


@transaction.atomic
def carry_out(request: DataRequest, *, answer: str, staff: Staff, now: datetime) -> DataRequest:
    """Do what was asked, answer, and end the request. Twice is once.

    It reaches what was confirmed from the contact of the named registration, and the person as a
    whole if nothing else stands. Erasing takes the data out of every room; the figures stay.
    Objecting withdraws; restricting stops steps and reminders of the person, and is refused with
    ``another_registration`` while somebody else's entry stands. What is to be learnt is handed over
    with the answer, and a correction has its own service; here both are answered.
    """
    request = _locked(request)
    if request.state == RequestState.DONE:
        return request
    require_open_request(request.state)
    require_words(answer, field="answer")
    if request.person:
        lock_persons(persons_of(request.person))
    pledge = registration_of(request)
    if pledge is None:
        require_known_person(False)
        return request
    require_own(pledge)
    reach = reach_of(pledge)
    if request.kind != RequestKind.CORRECT:
        letters.tell_owners(request, reach, now=now)
    _end(request, RequestState.DONE, answer=answer, staff=staff, now=now)
    if act := ACTS.get(RequestKind(request.kind)):
        act(request, pledge, reach, now)
    return request


def _erase(request: DataRequest, pledge: Pledge, reach: Reach, now: datetime) -> None:
    # Withdrawn first, so that the figures and whoever lists cards know that it ended.
    _object(request, pledge, reach, now)
    # The answer must still go out; the request itself is blanked by its own retention rule.
    if reach.is_whole:
        erase_person(pledge.person, reason="request", now=now, spared=[request.pk])
        return
    erase_things(things_of(reach, but_for=request))
    trace("pledge", reach.ids, reason="request", now=now)


def _object(request: DataRequest, pledge: Pledge, reach: Reach, now: datetime) -> None:
    if pledge.state == PledgeState.REPLACED:
        # What took its place from another contact would stand after all.
        require_whole(reach)
    for each in reach.pledges:
        withdraw_pledge(each, now=now)


def _restrict(request: DataRequest, pledge: Pledge, reach: Reach, now: datetime) -> None:
    require_whole(reach)
    Person.objects.filter(pk__in=reach.persons).update(restricted_at=now)


ACTS: dict[RequestKind, Callable[[DataRequest, Pledge, Reach, datetime], None]] = {
    RequestKind.ERASE: _erase,
    RequestKind.OBJECT: _object,
    RequestKind.RESTRICT: _restrict,
}


@transaction.atomic
def refuse_request(
    request: DataRequest, *, answer: str, staff: Staff, now: datetime
) -> DataRequest:
    """End a request without doing what it asks; the answer says why and where to complain."""
    request = _locked(request)
    if request.state == RequestState.REFUSED:
        return request
    require_open_request(request.state)
    require_words(answer, field="answer")
    _end(request, RequestState.REFUSED, answer=answer, staff=staff, now=now)
    return request


def _end(
    request: DataRequest, state: RequestState, *, answer: str, staff: Staff, now: datetime
) -> None:
    request.state, request.ended_at, request.staff = state, now, staff
    request.answer = answer.strip()
    request.answered_at = request.answered_at or now
    request.save(update_fields=["state", "ended_at", "staff", "answer", "answered_at"])
    letters.send(request, "ended", now=now, has_record=_has_record(request))


def _has_record(request: DataRequest) -> bool:
    """Whether who asked to learn holds the registration's contact, and so sees all at once."""
    if request.kind != RequestKind.LEARN or request.state != RequestState.DONE:
        return False
    pledge = registration_of(request)
    return pledge is not None and asks_from_own_contact(request, pledge)


@transaction.atomic
def correct_registration(
    request: DataRequest,
    *,
    full_name: str,
    birth_date: date,
    sex: Sex,
    identity_number: str,
    reason: str,
    staff: Staff,
    now: datetime,
) -> bool:
    """Correct the registration of the person who asks; a card that shows the earlier data ends.

    False if nothing was different. The request stays open until it is answered. Refuses with
    ``request_ended``, ``not_a_correction``, ``person_unknown``, ``registration_unknown``,
    ``not_their_own``, ``another_registration`` (a number is of the whole person) or as
    ``correct_pledge``.
    """
    request = _locked(request)
    require_open_request(request.state)
    require_correction(request.kind)
    require_known_person(request.person_id is not None)
    pledge = registration_of(request)
    if pledge is None:
        raise _registration_unknown()
    require_own(pledge)
    if identity_number != pledge.person.identity_number:
        require_whole(reach_of(pledge))
    corrected = correct_pledge(
        pledge,
        full_name=full_name,
        birth_date=birth_date,
        sex=sex,
        identity_number=identity_number,
        staff=staff,
        reason=reason,
        now=now,
    )
    if corrected.particulars_id == pledge.particulars_id:
        return False
    Card.objects.filter(pledge=corrected, ended_at__isnull=True).update(
        ended_at=now, end_reason=CardEnd.REPLACED
    )
    _record(request, ActKind.CORRECTED, reason=reason, staff=staff, now=now)
    return True


@transaction.atomic
def lift_restriction(
    request: DataRequest, *, reason: str, staff: Staff, now: datetime
) -> DataRequest:
    """Let work on a person's registrations go on, and tell them. Twice is once.

    Also after the request has ended: that is when a restriction stands. Refuses with
    ``reason_missing`` or ``person_unknown``.
    """
    require_reason(reason)
    request = _locked(request)
    if request.person is None:
        require_known_person(False)
        return request
    theirs = Person.objects.filter(pk__in=persons_of(request.person))
    restricted = theirs.filter(restricted_at__isnull=False)
    if not restricted.update(restricted_at=None):
        return request
    _record(request, ActKind.LIFTED, reason=reason, staff=staff, now=now)
    letters.send(request, "lifted", now=now)
    return request


def _record(
    request: DataRequest, kind: ActKind, *, reason: str, staff: Staff, now: datetime
) -> None:
    RequestAct.objects.create(
        request=request, kind=kind, reason=reason.strip(), staff=staff, done_at=now
    )


def _locked(request: DataRequest) -> DataRequest:
    rows = DataRequest.objects.select_for_update(of=("self",))
    return rows.select_related("jurisdiction", "province", "person").get(pk=request.pk)
