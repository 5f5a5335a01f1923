"""Whom to tell of a registration, and the one way to write to a contact."""

from datetime import timedelta
from typing import Any

import pytest

from registration.outbox.models import Message
from registration.people.choices import ContactKind
from registration.people.models import Contact
from registration.pledges.letters import contacts_to_tell, tell, tell_of_contest
from registration.pledges.models import Pledge
from registration.pledges.services import accept_waiting, confirm_pledge, contest_pledge
from tests.pledges.registering import NOW, answers, contact_of, register

MAIL, PHONE = ContactKind.EMAIL, ContactKind.PHONE


def confirm(pledge: Pledge, *kinds: ContactKind) -> Pledge:
    pledge.particulars.contacts.filter(kind__in=kinds).update(confirmed_at=NOW)
    return pledge


def kinds_of(contacts: list[Contact]) -> list[str]:
    return [contact.kind for contact in contacts]


@pytest.mark.parametrize(
    ("confirmed", "told"),
    [
        ([], [MAIL, PHONE]),
        ([MAIL], [MAIL]),
        ([PHONE], [PHONE]),
        ([PHONE, MAIL], [MAIL, PHONE]),
    ],
    ids=["on paper", "mailbox", "telephone", "both"],
)
def test_confirmed_contacts_are_told_else_all(
    reference: Any, confirmed: list[ContactKind], told: list[str]
) -> None:
    pledge = confirm(register(reference), *confirmed)

    assert kinds_of(contacts_to_tell(pledge)) == told


@pytest.mark.parametrize("way", ["no SMS here", "land line"])
def test_telephone_that_no_message_reaches_is_left_out(
    reference: Any, settings: Any, way: str
) -> None:
    phone = "+842033825499" if way == "land line" else "+84912345678"
    settings.SMS_URL = "" if way == "no SMS here" else settings.SMS_URL
    both = register(reference, answers(reference, phone=phone))

    assert kinds_of(contacts_to_tell(both)) == [MAIL]
    assert contacts_to_tell(confirm(both, PHONE)) == []


def test_contacts_that_confirmed_the_newer_are_left_out(reference: Any) -> None:
    earlier = confirm(register(reference), MAIL, PHONE)
    newer = register(reference, answers(reference, email="khac@example.org"))
    confirm(newer, PHONE)

    assert kinds_of(contacts_to_tell(earlier, but_for=newer)) == [MAIL]
    assert kinds_of(contacts_to_tell(confirm(earlier, MAIL), but_for=earlier)) == []


def test_contact_is_told_once_in_its_own_language(reference: Any) -> None:
    pledge = register(reference, answers(reference, language="tr"))
    (contact, _phone) = contacts_to_tell(pledge)

    for _turn in range(2):
        message = tell(contact, "stewards/withdrawn", about=pledge, dedupe_key="once", now=NOW)

    assert Message.objects.filter(kind="stewards/withdrawn").count() == 1
    assert (message.recipient, message.language, message.about) == (
        "diem@example.org",
        "tr",
        pledge.pk,
    )
    assert pledge.reference in message.text


def taken_over(reference: Any) -> tuple[Pledge, Pledge]:
    """A confirmed registration, and one from another address that took its place."""
    earlier = register(reference)
    confirm_pledge(earlier, contact=contact_of(earlier), now=NOW)
    newer = register(reference, answers(reference, email="khac@example.org", phone=""))
    newer = accept_waiting(confirm_pledge(newer, contact=contact_of(newer), now=NOW), now=NOW)
    earlier.refresh_from_db()
    return earlier, newer


def test_contest_tells_the_contacts_of_what_was_stopped_and_of_what_counts_again(
    reference: Any,
) -> None:
    earlier, newer = taken_over(reference)

    for _turn in range(2):
        contest_pledge(newer, now=NOW)

    told = {row.recipient: row for row in Message.objects.filter(kind="pledges/contested")}
    assert {to: row.about for to, row in told.items()} == {
        "diem@example.org": earlier.pk,
        "khac@example.org": newer.pk,
    }
    assert {row.language for row in told.values()} == {"vi"}
    assert newer.reference not in told["diem@example.org"].text
    assert earlier.reference not in told["khac@example.org"].text
    assert {row.state for row in told.values()} == {"waiting"}


def test_contest_of_what_nobody_confirmed_is_not_spoken_of(reference: Any) -> None:
    contest_pledge(register(reference), now=NOW)

    assert Message.objects.filter(kind="pledges/contested").count() == 0


def test_contest_is_told_by_sms_and_a_shared_contact_hears_of_what_counts(reference: Any) -> None:
    earlier, newer = taken_over(reference)
    confirm(earlier, MAIL, PHONE)
    newer.particulars.contacts.create(
        kind=PHONE,
        value="+84912345678",
        value_hash=earlier.particulars.contacts.get(kind=PHONE).value_hash,
        confirmed_at=NOW,
    )

    tell_of_contest(newer, earlier, NOW)

    sms = Message.objects.get(kind="pledges/contested", channel="sms")
    assert (sms.recipient, sms.about) == ("+84912345678", earlier.pk)


def test_owner_is_asked_once_a_day_however_many_register(reference: Any) -> None:
    earlier = register(reference)
    confirm_pledge(earlier, contact=contact_of(earlier), now=NOW)
    counts = []

    for number, moment in enumerate([NOW, NOW, NOW + timedelta(days=1)]):
        told = answers(reference, email=f"x{number}@example.org", phone="")
        stranger = register(reference, told)
        confirm_pledge(stranger, contact=contact_of(stranger), now=moment)
        counts.append(Message.objects.filter(kind="pledges/compare").count())

    assert counts == [1, 1, 2]
