"""Sealed values open only in their place and with their key."""

import base64
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from registration.common.sealing import (
    CannotOpen,
    Sealed,
    lookup_hash,
    open_sealed,
    seal,
)
from registration.people.models import Person
from tests import factories

NEW_KEY = "t2:" + base64.b64encode(b"another sealing key of 32 bytes!").decode()


def test_seal_opens_in_its_place() -> None:
    token = seal("Nguyễn Thị Diễm İ", place="people.person.name:1")

    assert open_sealed(token, place="people.person.name:1") == "Nguyễn Thị Diễm İ"


def test_seal_twice_differs() -> None:
    assert seal("022190123456", place="a") != seal("022190123456", place="a")


def test_open_in_another_place_is_refused() -> None:
    token = seal("022190123456", place="people.person.identity_number:1")

    with pytest.raises(CannotOpen):
        open_sealed(token, place="people.person.identity_number:2")


@pytest.mark.parametrize("position", [0, 5, 11, 12, 20, -1])
def test_open_after_one_flipped_byte_is_refused(position: int) -> None:
    key_id, _, encoded = seal("022190123456", place="a").partition(".")
    raw = bytearray(base64.b64decode(encoded))
    raw[position] ^= 1

    with pytest.raises(CannotOpen):
        open_sealed(f"{key_id}.{base64.b64encode(raw).decode()}", place="a")


@pytest.mark.parametrize("token", ["t9.AAAA", "t1.", "t1.AAAA", "t1.no base64!", "nothing", ""])
def test_open_what_was_never_sealed_is_refused(token: str) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(token, place="a")


def test_old_key_still_opens_and_new_key_seals(settings: Any) -> None:
    old = seal("a", place="p")
    settings.SEALING_KEYS = [NEW_KEY, *settings.SEALING_KEYS]

    assert open_sealed(old, place="p") == "a"
    assert seal("a", place="p").startswith("t2.")


def test_open_without_its_key_is_refused(settings: Any) -> None:
    old = seal("a", place="p")
    settings.SEALING_KEYS = [NEW_KEY]

    with pytest.raises(CannotOpen):
        open_sealed(old, place="p")


def test_lookup_hash_differs_by_purpose_value_and_key(settings: Any) -> None:
    hashes = {
        lookup_hash("a", purpose="p"),
        lookup_hash("b", purpose="p"),
        lookup_hash("a", purpose="q"),
    }
    settings.LOOKUP_KEY = base64.b64encode(b"x" * 32).decode()
    hashes.add(lookup_hash("a", purpose="p"))

    assert len(hashes) == 4
    assert {len(value) for value in hashes} == {64}


def _person(**values: Any) -> Person:
    return Person.objects.create(
        jurisdiction=factories.JurisdictionFactory(),
        same_key=uuid.uuid4().hex,
        created_at=datetime.now(UTC),
        **values,
    )


def _stored(person: Person) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_number FROM people_person")
        return str(cursor.fetchone()[0])


@pytest.mark.django_db
def test_field_is_sealed_in_the_table_and_open_in_python() -> None:
    person = _person(identity_number="022190123456")

    assert "022190123456" not in _stored(person)
    assert Person.objects.get().identity_number == "022190123456"
    assert person.identity_number == "022190123456"


@pytest.mark.django_db
def test_field_keeps_empty_empty() -> None:
    person = _person(identity_number="")

    assert _stored(person) == ""
    assert Person.objects.get().identity_number == ""


@pytest.mark.django_db
def test_field_copied_to_another_row_does_not_open() -> None:
    _person(identity_number="022190123456")
    stored = Person.objects.values_list("identity_number", flat=True)[0]
    other = _person(identity_number="")
    other.__dict__["identity_number"] = Sealed(stored)

    with pytest.raises(CannotOpen):
        _ = other.identity_number


@pytest.mark.django_db
def test_field_unchanged_keeps_its_token_when_saved() -> None:
    person = _person(identity_number="022190123456")
    before = _stored(person)
    loaded = Person.objects.get()

    loaded.save()

    assert _stored(loaded) == before


@pytest.mark.django_db
def test_field_deferred_is_fetched_and_opened() -> None:
    _person(identity_number="022190123456")

    assert Person.objects.defer("identity_number").get().identity_number == "022190123456"


@pytest.mark.django_db
@pytest.mark.parametrize("lookup", ["identity_number", "identity_number__icontains"])
def test_field_cannot_be_searched(lookup: str) -> None:
    with pytest.raises((TypeError, Exception)) as refusal:
        list(Person.objects.filter(**{lookup: "022190123456"}))

    assert type(refusal.value).__name__ in {"TypeError", "FieldError"}


@pytest.mark.django_db
def test_field_cannot_be_updated_in_bulk() -> None:
    _person(identity_number="022190123456")

    with pytest.raises(TypeError):
        Person.objects.update(identity_number="038301000123")
