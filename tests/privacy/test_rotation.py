"""New keys while the portal works: every sealed value moves, none is lost, the old key may go."""

import base64
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import connection

from registration.accounts.adapter import SecondFactorAdapter
from registration.ledger.kept import KeptModel
from registration.people.models import Particulars, Person
from registration.privacy import rotation
from registration.privacy.rotation import count_old, old_rows, rotate, sealed_fields, sealed_models
from registration.privacy.twins import fill_twin_hashes
from tests.pledges.registering import answers, register
from tests.privacy.people_kept import keep_everything
from tests.races import needs_postgresql, run_at_once

NEW_KEY = "t2:" + base64.b64encode(b"another sealing key of 32 bytes!").decode()


def opened() -> dict[tuple[str, str, str], str]:
    """Every sealed value of every table, opened."""
    return {
        (model._meta.label, str(row.pk), field.name): getattr(row, field.name)
        for model in sealed_models()
        for row in model._base_manager.all()
        for field in sealed_fields(model)
    }


def command(*arguments: str) -> list[str]:
    told = StringIO()
    call_command("rotate_keys", *arguments, stdout=told)
    return told.getvalue().splitlines()


def test_no_row_that_is_kept_for_good_is_sealed() -> None:
    assert [model for model in sealed_models() if issubclass(model, KeptModel)] == []
    assert Person in sealed_models()


def test_everything_opens_with_the_new_key_alone(
    reference: Any, steward: Any, settings: Any
) -> None:
    keep_everything(reference, steward)
    secret = Authenticator.objects.create(
        user=steward,
        type="totp",
        data={"secret": SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")},
    )
    before = opened()
    settings.SEALING_KEYS = [NEW_KEY, *settings.SEALING_KEYS]

    told = command()

    settings.SEALING_KEYS = [NEW_KEY]
    assert opened() == before
    assert len({label for label, _pk, _field in before}) >= 10
    secret.refresh_from_db()
    assert SecondFactorAdapter().decrypt(secret.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert told[-1] == "No row is under an older key. Older keys may be removed."
    assert "people.Person: 2 of 2" in told
    assert "Second factors: 1" in told


def test_check_names_tables_with_older_keys(reference: Any, settings: Any) -> None:
    register(reference)
    settings.SEALING_KEYS = [NEW_KEY, *settings.SEALING_KEYS]

    told = command("--check")

    assert "people.Person: 1 rows under an older key." in told
    assert old_rows(Person).count() == count_old()["people.Person"] == 1


def test_key_that_differs_by_a_capital_is_another_key(reference: Any, settings: Any) -> None:
    register(reference)
    settings.SEALING_KEYS = [NEW_KEY.replace("t2:", "T1:"), *settings.SEALING_KEYS]

    assert old_rows(Person).count() == 1


def test_rotation_goes_on_where_it_was_broken_off(
    reference: Any, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    for number in range(5):
        register(reference, answers(reference, identity_number=f"02219099900{number}"))
    settings.SEALING_KEYS = [NEW_KEY, *settings.SEALING_KEYS]

    first = next(rotate(Person))
    left = old_rows(Person).count()
    rest = sum(rotate(Person))

    assert (first, left, rest, old_rows(Person).count()) == (2, 3, 3, 0)


def test_what_somebody_wrote_meanwhile_stays(
    reference: Any, settings: Any, monkeypatch: Any
) -> None:
    person = register(reference).person
    settings.SEALING_KEYS = [NEW_KEY, *settings.SEALING_KEYS]
    swap = rotation._swap

    def late(model: Any, fields: Any, found: Any) -> int:
        monkeypatch.setattr(rotation, "_swap", swap)
        person.identity_number = "022190777777"
        person.save()
        return swap(model, fields, found)

    monkeypatch.setattr(rotation, "_swap", late)

    assert sum(rotate(Person)) == 0
    assert Person.objects.get().identity_number == "022190777777"
    assert old_rows(Person).count() == 0


@pytest.mark.race
@needs_postgresql
@pytest.mark.django_db(transaction=True)
def test_writing_and_rotating_at_once_loses_nothing(reference: Any, settings: Any) -> None:
    persons = [
        register(reference, answers(reference, identity_number=f"0221909990{n:02}")).person
        for n in range(20)
    ]
    settings.SEALING_KEYS = [NEW_KEY, *settings.SEALING_KEYS]

    def write(person: Person) -> None:
        person.identity_number = f"1{person.identity_number[1:]}"
        person.save()

    results = run_at_once(
        [
            *[lambda person=person: write(person) for person in persons],
            *[lambda: sum(rotate(Person))] * 2,
        ]
    )
    sum(rotate(Person))

    assert [result for result in results if isinstance(result, Exception)] == []
    settings.SEALING_KEYS = [NEW_KEY]
    assert {person.identity_number for person in Person.objects.all()} == {
        f"1221909990{n:02}" for n in range(20)
    }
    assert connection.vendor == "postgresql"


def test_missing_twin_hashes_are_filled_in(reference: Any) -> None:
    told = register(reference).particulars
    whole = told.twin_hash
    Particulars.objects.update(twin_hash="")

    assert list(fill_twin_hashes()) == [1]

    told.refresh_from_db()
    assert (len(whole), told.twin_hash) == (64, whole)
    assert list(fill_twin_hashes()) == []
