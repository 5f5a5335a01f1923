"""The messages and the letter about a request, each in the language it was written in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from registration.common.dates import long_date, short_date
from registration.common.typeset import typeset
from registration.outbox.services import queue_email, queue_sms
from registration.people.choices import ContactKind
from registration.people.keys import contact_hash
from registration.people.models import Contact
from registration.people.rules import can_get_sms
from registration.pledges.choices import PledgeState
from registration.pledges.letters import contacts_to_tell
from registration.pledges.models import Pledge
from registration.rights.choices import RequestKind, RequestState
from registration.rights.models import DataRequest
from registration.rights.reach import Reach
from registration.rights.rules import REMIND_BEFORE
from registration.units.letterhead import turkish_head, vietnamese_head
from registration.units.models import Unit
from registration.units.places import department_of

# Whom to turn to when an answer does not satisfy; said in every final answer.
COMPLAINTS = {
    # Law 6698 art. 14: within 30 days of the answer, 60 of the request.
    "TR": "Kişisel Verileri Koruma Kurulu (kvkk.gov.tr)",
    # Law 91/2025/QH15: the specialised unit of the Ministry of Public Security.
    "VN": "Cục An ninh mạng và phòng, chống tội phạm sử dụng công nghệ cao (A05), Bộ Công an",
}


def due_date(moment: datetime, request: DataRequest) -> str:
    """The last day on which something may still be done, as the reader's office writes it."""
    last = (moment - timedelta(seconds=1)).astimezone(request.jurisdiction.zone).date()
    return short_date(last, translation.get_language())


def words_of(request: DataRequest) -> dict[str, Any]:
    """What messages and letter say of a request. Call it under the reader's language."""
    zone = request.jurisdiction.zone
    department = department_of(request.province)
    return {
        "reference": request.reference,
        "kind": str(RequestKind(request.kind).label),
        "received": short_date(
            request.received_at.astimezone(zone).date(), translation.get_language()
        ),
        "act_due": due_date(request.act_due_at, request),
        "department": department.name if department else request.province.name,
        "extension_reason": request.extension_reason,
        "answer": request.answer,
        "is_done": request.state == RequestState.DONE,
        "complaints": COMPLAINTS.get(request.jurisdiction_id, ""),
    }


def send(request: DataRequest, name: str, *, now: datetime, has_record: bool = False) -> None:
    """Tell the person who asked, at the address they wrote. The letter is printed by the office:
    on the way to a mailbox that somebody typed it would lie open.

    ``has_record``: they can see everything at once on their own record, and are told where.
    """
    with translation.override(request.language):
        context = words_of(request)
        if has_record:
            context["record_url"] = settings.BASE_URL + reverse("records:ask")
    dedupe_key = f"rights/{name}:{request.pk}"
    if request.email:
        queue_email(
            f"rights/{name}",
            to=request.email,
            language=request.language,
            context=context,
            about=request.pk,
            dedupe_key=dedupe_key,
            now=now,
        )
    elif request.phone and can_get_sms(request.phone):
        queue_sms(
            f"rights/{name}",
            to=request.phone,
            language=request.language,
            context=context,
            about=request.pk,
            dedupe_key=dedupe_key,
            now=now,
        )


def typed_hashes(request: DataRequest) -> set[str]:
    """The contacts that were typed, as hashes."""
    typed = [(ContactKind.EMAIL, request.email), (ContactKind.PHONE, request.phone)]
    return {contact_hash(kind, value) for kind, value in typed if value}


def tell_owners(request: DataRequest, reach: Reach, *, now: datetime) -> None:
    """Tell the contacts that confirmed what is acted on, but for the one that gets the answer.

    Not those who were asked and said that it is not theirs. Call it before the act: afterwards
    they may be erased.
    """
    told = _answered_hash(request)
    for pledge in reach.pledges:
        if pledge.confirmed_at is None or pledge.state == PledgeState.CONTESTED:
            continue
        for contact in contacts_to_tell(pledge):
            if contact.value_hash not in told:
                told.add(contact.value_hash)
                _tell_owner(request, pledge, contact, now)


def _answered_hash(request: DataRequest) -> set[str]:
    if request.email:
        return {contact_hash(ContactKind.EMAIL, request.email)}
    return typed_hashes(request) if can_get_sms(request.phone) else set()


def _tell_owner(request: DataRequest, pledge: Pledge, contact: Contact, now: datetime) -> None:
    language = pledge.language
    with translation.override(language):
        context = {**words_of(request), "registration": pledge.reference}
    queue = queue_email if contact.kind == ContactKind.EMAIL else queue_sms
    queue(
        "rights/acted",
        to=contact.value,
        language=language,
        context=context,
        about=request.pk,
        dedupe_key=f"rights/acted:{request.pk}:{contact.pk}",
        now=now,
    )


def answer_letter(request: DataRequest) -> bytes:
    """The answer as a letter (PDF/UA-1); number, date and signature are left to the clerk."""
    with translation.override(request.language):
        data = {
            **words_of(request),
            "language": request.language,
            "country": request.jurisdiction_id,
            "head": _head(request),
            "name": request.full_name,
            "address": request.address,
            # Translators: before the name of the person to whom a letter goes
            "to": _("To:"),
            "title": _("Answer to a request about personal data"),
            "opening": _(
                "On %(day)s you asked: %(kind)s. The reference of your request is %(reference)s."
            )
            % {
                "day": long_date(
                    request.received_at.astimezone(request.jurisdiction.zone).date(),
                    request.language,
                ),
                "kind": RequestKind(request.kind).label,
                "reference": request.reference,
            },
            "result": _("We have carried it out.")
            if request.state == RequestState.DONE
            else _("We could not carry it out, for the reason written below."),
            "complaint": _("If this answer does not satisfy you, you can complain to: %(office)s.")
            % {"office": COMPLAINTS.get(request.jurisdiction_id, "")},
            "signature": _("Signature and stamp"),
        }
    return typeset("rights/typst/answer.typ", data=data, made_at=request.ended_at)


def _head(request: DataRequest) -> dict[str, str]:
    """The official head, in the language of the state whatever the person reads."""
    country, province = request.jurisdiction, request.province
    now = request.ended_at or request.received_at
    day = now.astimezone(country.zone).date()
    with translation.override(country.language):
        department = department_of(province)
        if country.code != "VN":
            return turkish_head(province.name, day=day)
        return vietnamese_head(
            department.name if department else "",
            province=province.name,
            province_code=province.code,
            day=day,
        )


def is_urgent(request: DataRequest, *, now: datetime) -> bool:
    """Whether a clock of an open request ends within two days, or has ended."""
    soon = now + REMIND_BEFORE
    waits_for_answer = request.answered_at is None and request.answer_due_at is not None
    first = request.answer_due_at if waits_for_answer else None
    return request.act_due_at <= soon or (first is not None and first <= soon)


def remind(requests: Sequence[DataRequest], *, now: datetime) -> bool:
    """Remind the department of requests that are due; False if it has no address."""
    department: Unit | None = department_of(requests[0].province)
    if department is None or not department.email:
        return False
    language = department.language
    day = now.astimezone(department.jurisdiction.zone).date()
    with translation.override(language):
        rows = [
            {"reference": each.reference, "due": due_date(each.act_due_at, each)}
            for each in requests
        ]
    queue_email(
        "rights/due",
        to=department.email,
        language=language,
        context={
            "requests": rows,
            "department": department.name,
            "url": settings.BASE_URL + reverse("rights_desk:work_list"),
        },
        dedupe_key=f"rights/due:{department.pk}:{day}",
        now=now,
        limit=None,
    )
    return True
