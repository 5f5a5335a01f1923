"""Rows that are kept for good: refused by Python at once and by the database in any case."""

from typing import Any, NoReturn

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class NoAlteration(TypeError):
    """Somebody tried to change or delete what is kept for good."""


class KeptQuerySet(models.QuerySet[Any]):
    """The database refuses too; this says it sooner."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise NoAlteration("Rows of this table are never updated.")

    def delete(self) -> NoReturn:
        raise NoAlteration("Rows of this table are never deleted.")


class KeptModel(models.Model):
    """A model whose rows are written once."""

    # Wagtail would read and write its index of references with each new row.
    wagtail_reference_index_ignore = True

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NoAlteration("Rows of this table are never updated.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NoAlteration("Rows of this table are never deleted.")


def triggers(vendor: str, table: str) -> tuple[list[str], list[str]]:
    """The statements that make the database refuse changes of ``table``, and those that undo it."""
    if vendor == "sqlite":
        make = [
            f"CREATE TRIGGER IF NOT EXISTS {table}_kept_{act} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are kept for good'); END"
            for act in ("UPDATE", "DELETE")
        ]
        return make, [f"DROP TRIGGER IF EXISTS {table}_kept_{act}" for act in ("UPDATE", "DELETE")]
    make = [
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of % are kept for good', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$",
        f"DROP TRIGGER IF EXISTS {table}_kept ON {table}",
        f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ]
    return make, [f"DROP TRIGGER IF EXISTS {table}_kept ON {table}"]


class KeepRows(Operation):
    """A migration that puts the triggers on a table, and takes them off again when reversed."""

    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in triggers(schema_editor.connection.vendor, self.table)[0]:
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for statement in triggers(schema_editor.connection.vendor, self.table)[1]:
            schema_editor.execute(statement, params=None)

    def describe(self) -> str:
        return f"Refuse updates and deletes on {self.table}"
