"""Refuse to change and to delete a text in use.

0004 added a column to the table: SQLite makes such a table anew and loses its triggers, so the one
against changes is written again here.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from registration.privacy.keeping import text_triggers


def keep(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in text_triggers(schema_editor.connection.vendor)[0]:
        schema_editor.execute(statement, params=None)


def free(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in text_triggers(schema_editor.connection.vendor)[1]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("privacy", "0005_keep_retention")]

    operations = [migrations.RunPython(keep, free)]
