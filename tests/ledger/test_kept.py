"""Nobody alters what is kept: not Python, and not the database, on either engine."""

import uuid
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader

from registration.ledger.choices import EntryChannel, EventKind
from registration.ledger.kept import KeepRows, KeptModel, NoAlteration, triggers
from registration.ledger.models import Event
from registration.ledger.services import Origin, record_event


@pytest.fixture
def event(reference: SimpleNamespace) -> Event:
    # A test that flushed its tables took the triggers off; each test here has them on.
    with connection.cursor() as cursor:
        for statement in triggers(connection.vendor, "ledger_event")[0]:
            cursor.execute(statement)
    origin = Origin(
        department=reference.quang_ninh_department,
        province=reference.quang_ninh,
        channel=EntryChannel.WEB,
    )
    return record_event(EventKind.PLEDGE_RECEIVED, subject=uuid.uuid4(), origin=origin)


def test_python_refuses_to_alter_an_event(event: Event) -> None:
    with pytest.raises(NoAlteration):
        event.save()
    with pytest.raises(NoAlteration):
        event.delete()
    with pytest.raises(NoAlteration):
        Event.objects.update(is_test=True)
    with pytest.raises(NoAlteration):
        Event.objects.filter(pk=event.pk).delete()
    with pytest.raises(NoAlteration):
        Event.objects.bulk_update([event], ["is_test"])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET is_test = NOT is_test",
        "UPDATE ledger_event SET happened_at = happened_at",
        "DELETE FROM ledger_event",
        "DELETE FROM ledger_event WHERE id > 0",
    ],
)
def test_the_database_refuses_to_alter_an_event(event: Event, statement: str) -> None:
    before = Event.objects.values().get()

    with pytest.raises(DatabaseError, match="kept for good"), transaction.atomic():
        connection.cursor().execute(statement)

    assert Event.objects.values().get() == before


def test_the_database_refuses_to_replace_an_event(event: Event) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite replaces rows")
    columns = "department_id, jurisdiction_id, happened_at, kind, subject, channel, organs, reason"

    statement = (
        f"INSERT OR REPLACE INTO ledger_event (id, {columns}, sex, age_band, is_test, is_demo)"
        f" SELECT id, {columns}, sex, age_band, 1, 1 FROM ledger_event"
    )

    with pytest.raises(DatabaseError, match="kept for good"), transaction.atomic():
        connection.cursor().execute(statement)

    assert not Event.objects.get().is_test


def test_an_upsert_does_not_alter_an_event(event: Event) -> None:
    event.is_test = True

    with pytest.raises(DatabaseError, match="kept for good"), transaction.atomic():
        Event.objects.bulk_create(
            [event], update_conflicts=True, update_fields=["is_test"], unique_fields=["id"]
        )

    assert not Event.objects.get().is_test


def test_every_kept_model_has_its_triggers_in_a_migration() -> None:
    kept = {model._meta.db_table for model in apps.get_models() if issubclass(model, KeptModel)}

    guarded = {
        operation.table
        for migration in MigrationLoader(None).disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, KeepRows)
    }

    assert kept - guarded == set()
    assert {"ledger_event", "reports_summary", "reports_document"} - kept == set()
