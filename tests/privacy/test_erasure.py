"""Erasing a person: nothing of theirs is found anywhere, the figures and the log stay (INV-10)."""

import json
from typing import Any

from registration.cards.models import Transfer
from registration.ledger.models import Event
from registration.lookups.models import LookUp
from registration.outbox.models import MailboxItem, Message
from registration.outbox.services import queue_email
from registration.people.models import Person
from registration.pledges.models import Pledge
from registration.privacy.erasure import erase_person
from registration.privacy.models import Erasure, View
from registration.privacy.services import check_chain
from registration.rights.models import DataRequest
from tests.pledges.registering import NOW, register, turkish
from tests.privacy.people_kept import VALUES, found, keep_everything, whole_database


def test_nothing_of_an_erased_person_is_found_in_any_table(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)
    before = found(VALUES, whole_database())

    erase_person(pledge.person, reason="request", now=NOW)

    assert before == list(VALUES)
    assert found(VALUES, whole_database()) == []


def test_figures_and_the_log_stay_as_they_were(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)
    events = list(Event.objects.order_by("id").values())

    erase_person(pledge.person, reason="request", now=NOW)

    assert list(Event.objects.order_by("id").values()) == events
    assert [view.subject for view in View.objects.all()] == [pledge.pk]
    assert check_chain() == 1
    assert LookUp.objects.get().subject == pledge.pk


def test_messages_and_their_copies_are_gone(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)
    assert (Message.objects.count(), MailboxItem.objects.count()) == (2, 2)

    erase_person(pledge.person, reason="request", now=NOW)

    assert (Message.objects.count(), MailboxItem.objects.count()) == (0, 0)


def test_others_lose_nothing(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)
    other = register(reference, turkish(reference))

    erase_person(pledge.person, reason="request", now=NOW)

    assert list(Person.objects.all()) == [other.person]
    assert list(Pledge.objects.all()) == [other]
    assert Message.objects.get().about == other.pk


def test_each_erasure_leaves_a_trace_that_names_nobody(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)
    twin = pledge.merged_here.get().merged

    erase_person(pledge.person, reason="request", now=NOW)

    traces = set(Erasure.objects.values_list("record_class", "subject", "reason", "erased_at"))
    assert {
        ("person", pledge.person_id, "request", NOW),
        ("person", twin.person_id, "request", NOW),
        ("pledge", pledge.pk, "request", NOW),
        ("pledge", twin.pk, "request", NOW),
    } <= traces
    assert {name for name, *_rest in traces} == {"person", "pledge", "relative", "data_request"}


def test_twice_is_once(reference: Any, steward: Any) -> None:
    person = keep_everything(reference, steward).person
    key = person.pk

    erase_person(person, reason="request", now=NOW)
    number = Erasure.objects.count()
    erase_person(Person(pk=key), reason="request", now=NOW)

    assert Erasure.objects.count() == number


def test_request_that_asks_for_it_stays_until_it_was_answered(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)
    request = DataRequest.objects.get()
    queue_email(
        "pledges/replaced",
        to="ilgin.dang@example.org",
        language="vi",
        context={},
        about=request.pk,
        dedupe_key="answer",
        now=NOW,
    )

    erase_person(pledge.person, reason="request", now=NOW, spared=[request.pk])

    request.refresh_from_db()
    assert (request.full_name, request.person) == ("Đặng Thị İlgın", None)
    assert [message.about for message in Message.objects.all()] == [request.pk]


def test_list_of_cards_keeps_its_count_and_loses_the_person(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)

    erase_person(pledge.person, reason="request", now=NOW)

    told = json.loads(Transfer.objects.get().content)
    assert (told["count"], told["lines"]) == (1, [{"tells": "issued", "erased": True}])
