"""What is kept about a person is told whole, and no new field can be forgotten."""

import json
from typing import Any

from django.apps import apps
from django.db.models import ForeignKey, Model

from registration.cards.models import Transfer
from registration.common.sealing import SealedField
from registration.outbox.models import MailboxItem, Message
from registration.people.models import Contact, Particulars, Person
from registration.pledges.models import Pledge
from registration.privacy.holders import (
    export_person,
    export_registrations,
    holders,
    persons_behind,
    scope_of,
)
from registration.privacy.services import log_view
from tests.pledges.registering import NOW, answers, contact_of, register, turkish
from tests.privacy.people_kept import VALUES, found, keep_everything

PERSONAL = (Person, Particulars, Contact, Pledge)
# Staff, not donors: their keys are opened by the second factor alone.
NOT_ABOUT_DONORS: set[type[Model]] = set()


def knows_people(model: type[Model]) -> bool:
    return any(
        isinstance(field, SealedField)
        or (isinstance(field, ForeignKey) and field.related_model in PERSONAL)
        for field in model._meta.concrete_fields
    )


def test_every_field_of_every_table_that_knows_people_is_told_or_left_out_for_a_reason() -> None:
    covered: dict[type[Model], set[str]] = {}
    whole: set[type[Model]] = set()
    for holder in holders():
        whole |= set(holder.not_told)
        for kept in holder.kept:
            names = {*kept.told, *kept.left_out}
            fields = {field.name for field in kept.model._meta.concrete_fields}
            covered.setdefault(kept.model, set()).update(fields if kept.is_counted else names)
            assert names <= fields, kept.name
            assert not set(kept.told) & set(kept.left_out), kept.name

    missing = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if knows_people(model) and model not in whole | NOT_ABOUT_DONORS
        for field in model._meta.concrete_fields
        if field.name not in covered.get(model, set())
    }

    assert missing == set()


def test_export_tells_everything_and_is_ready_for_json(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)

    told = export_person(pledge.person)

    assert found(VALUES, json.dumps(told, ensure_ascii=False)) == list(VALUES)
    assert {name: len(rows) for name, rows in told.items() if isinstance(rows, list)} == {
        "messages": 2,
        "stopped_messages": 1,
        "persons": 2,
        "particulars": 2,
        "contacts": 4,
        "consents": 6,
        "views": 1,
        "registrations": 2,
        "steps": 1,
        "relatives": 1,
        "merges": 1,
        "cards": 1,
        "card_lists": 1,
        "requests": 1,
        "request_acts": 0,
        "look_ups": 1,
        "desk_acts": 0,
        "withdrawal_requests": 0,
        "found_to_be_others": 0,
    }
    assert told["one_time_codes"] == 1
    assert told["registrations"][0]["reference"] == pledge.reference


def test_export_names_no_staff_and_opens_no_link(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)

    told = export_person(pledge.person)

    assert told["views"] == [
        {
            "seen_at": "2026-11-20T09:00:00+00:00",
            "unit_code": "steward",
            "roles": "steward",
            "page": "stewards:one",
            "subject": str(pledge.pk),
            "fields": "full_name,organs",
            "reason": "call back",
        }
    ]
    rows = [row for rows in told.values() if isinstance(rows, list) for row in rows]
    assert [row for row in rows if "staff" in row or steward.username in row.values()] == []
    assert "…" in told["messages"][0]["text"]


def test_scope_of_a_merged_person_is_that_of_the_one_that_stays(reference: Any) -> None:
    first, second, third = (
        register(reference, answers(reference, identity_number=number)).person
        for number in ("022190123456", "038301000123", "022190424242")
    )
    Person.objects.filter(pk__in=[first.pk, second.pk]).update(merged_into=third)

    scopes = [scope_of(Person.objects.get(pk=each.pk)) for each in (first, second, third)]

    assert scopes[0].persons == {first.pk, second.pk, third.pk}
    assert scopes[0] == scopes[1] == scopes[2]


def test_export_holds_nothing_of_others(reference: Any, steward: Any) -> None:
    keep_everything(reference, steward)
    other = register(reference, turkish(reference))

    told = export_person(other.person)

    assert [row["full_name"] for row in told["particulars"]] == ["Işıl Şimşek"]
    assert found(VALUES, json.dumps(told, ensure_ascii=False)) == []


def test_export_of_a_registration_leaves_out_another_of_the_same_person(reference: Any) -> None:
    first = register(reference)
    register(reference, answers(reference, email="stranger@example.org", phone=""))

    told = export_registrations([first.pk])

    assert [row["reference"] for row in told["registrations"]] == [first.reference]
    assert [row["value"] for row in told["contacts"]] == ["diem@example.org", "+84912345678"]
    assert len(told["persons"]) == 1


def test_export_asks_as_much_for_three_registrations_as_for_one(
    reference: Any, count_queries: Any
) -> None:
    person = register(reference).person
    one = count_queries(lambda: export_person(person))
    for _turn in range(2):
        register(reference)

    assert count_queries(lambda: export_person(person)) == one


def test_whatever_was_seen_leads_to_its_person(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)
    message = Message.objects.filter(about=pledge.pk).first()
    copy = MailboxItem.objects.filter(message_id__contains=str(message.pk)).get()
    things = [
        pledge.pk,
        message.pk,
        copy.pk,
        contact_of(pledge).pk,
        pledge.particulars_id,
        pledge.relatives.get().pk,
        pledge.cards.get().pk,
        pledge.person.data_requests.get().pk,
        pledge.person_id,
    ]

    assert persons_behind(things) == {thing: {pledge.person_id} for thing in things}
    assert set(things) - {copy.pk} <= scope_of(pledge.person).subjects


def test_list_that_was_fetched_leads_to_everybody_in_it(reference: Any, steward: Any) -> None:
    pledge = keep_everything(reference, steward)
    transfer = Transfer.objects.get()
    log_view(steward, subject=transfer.pk, page="cards:fetch", fields=["full_name"], now=NOW)

    assert persons_behind([transfer.pk]) == {transfer.pk: {pledge.person_id}}
    assert [view["page"] for view in export_person(pledge.person)["views"]] == [
        "stewards:one",
        "cards:fetch",
    ]
