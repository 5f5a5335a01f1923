"""The list for a breach: whom somebody saw, and how they can be reached in 72 hours."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from registration.outbox.models import MailboxItem, Message
from registration.outbox.services import deliver_message
from registration.people.models import Person
from registration.pledges.services import confirm_pledge
from registration.privacy.breach import touched_by, views_of
from registration.privacy.erasure import erase_person
from registration.privacy.management.commands.breach_list import plain_cell
from registration.privacy.models import View
from registration.privacy.services import check_chain, log_view, log_views
from tests.pledges.registering import NOW, answers, contact_of, register, turkish


def look(staff: Any, subject: Any, *, minutes: int = 0, **changes: Any) -> View:
    values = {"page": "stewards:one", "fields": ["full_name"], **changes}
    return log_view(staff, subject=subject, now=NOW + timedelta(minutes=minutes), **values)


def told(*arguments: str) -> tuple[str, str]:
    out, errors = StringIO(), StringIO()
    call_command("breach_list", *arguments, stdout=out, stderr=errors)
    return out.getvalue(), errors.getvalue()


def test_list_of_a_member_of_staff_holds_whom_they_saw(
    reference: Any, steward: Any, ayse: Any
) -> None:
    first, second = register(reference), register(reference, turkish(reference))
    confirm_pledge(second, contact=contact_of(second), now=NOW)
    erased = register(reference, answers(reference, identity_number="022190999999"))
    look(steward, first.pk)
    look(steward, first.person_id, fields=["organs"])
    look(steward, erased.pk)
    look(ayse, second.pk)
    erase_person(erased.person, reason="request", now=NOW)

    out, _errors = told("--staff", "dang")

    assert out.splitlines()[:4] == [
        "Views: 3. Things seen: 3.",
        "  dang (steward): 3",
        "Persons touched: 1. No longer kept: 1.",
        "With a mailbox: 1. With a telephone: 1. Without a confirmed contact: 1.",
    ]
    found = touched_by(views_of(staff=steward))
    assert found.fields == {first.person_id: frozenset({"full_name", "organs"})}


def test_message_in_the_mailbox_leads_to_its_person(reference: Any, steward: Any) -> None:
    pledge = register(reference)
    deliver_message(Message.objects.get(about=pledge.pk).pk, now=NOW)
    look(steward, MailboxItem.objects.get().pk, page="mailbox:message")

    assert set(touched_by(views_of(staff=steward)).fields) == {pledge.person_id}


def test_period_is_half_open(reference: Any, steward: Any) -> None:
    pledges = [
        register(reference, answers(reference, identity_number=f"02219099900{n}")) for n in range(3)
    ]
    for minute, pledge in enumerate(pledges):
        look(steward, pledge.pk, minutes=minute)

    found = touched_by(views_of(since=NOW, until=NOW + timedelta(minutes=2)))

    assert set(found.fields) == {pledge.person_id for pledge in pledges[:2]}


def test_contacts_are_listed_with_a_reason_and_logged(
    reference: Any, steward: Any, administrator: Any
) -> None:
    pledge = register(reference)
    confirm_pledge(pledge, contact=contact_of(pledge), now=NOW)
    look(steward, pledge.pk)

    out, errors = told(
        "--staff", "dang", "--contacts", "--by", "isil", "--reason", "breach of 20 November"
    )

    person = str(pledge.person_id)
    assert list(csv.reader(out.splitlines())) == [
        ["person", "kind", "contact", "confirmed", "language", "fields_seen"],
        [person, "email", "diem@example.org", "yes", "vi", "full_name"],
        [person, "phone", "+84912345678", "no", "vi", "full_name"],
    ]
    assert "Persons touched: 1." in errors
    view = View.objects.get(page="privacy:breach_list")
    assert (view.staff, view.subject, view.reason) == (
        administrator,
        pledge.person_id,
        "breach of 20 November",
    )
    assert check_chain() == 2


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--staff", "nobody"],
        ["--staff", "dang", "--contacts"],
        ["--staff", "dang", "--contacts", "--by", "dang"],
        ["--staff", "dang", "--contacts", "--reason", "why"],
    ],
    ids=["all of it", "unknown", "nobody asks", "no reason", "no name"],
)
def test_list_without_a_fence_or_a_reason_is_refused(steward: Any, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        told(*arguments)

    assert View.objects.count() == 0


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+a@example.org", "'+a@example.org"),
        ("+84912345678", "+84912345678"),
        ("a@example.org", "a@example.org"),
    ],
)
def test_cell_is_no_formula(value: str, cell: str) -> None:
    assert plain_cell(value) == cell


def test_number_of_questions_does_not_grow(
    reference: Any, steward: Any, count_queries: Any
) -> None:
    counts = []
    for number in range(3):
        pledge = register(reference, answers(reference, identity_number=f"02219099900{number}"))
        look(steward, pledge.pk)
        counts.append(count_queries(lambda: touched_by(views_of(staff=steward))))

    assert len(set(counts)) == 1
    assert Person.objects.count() == 3


def test_many_views_at_once_are_chained_like_single_ones(steward: Any) -> None:
    look(steward, uuid4())
    views = log_views(
        steward,
        subjects=[uuid4() for _ in range(3)],
        page="stewards:list",
        fields=["full_name"],
        reason="afternoon",
        now=NOW,
    )
    look(steward, uuid4())

    assert len(views) == 3
    assert check_chain() == 5
