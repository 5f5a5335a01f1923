from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = """
CREATE TRIGGER IF NOT EXISTS privacy_legaltext_active BEFORE UPDATE ON privacy_legaltext
WHEN OLD.active_from IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a text in use is never changed'); END
"""
POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION refuse_change_of_active() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'a text in use is never changed' "
    "USING ERRCODE = 'integrity_constraint_violation'; END $$",
    "CREATE TRIGGER privacy_legaltext_active BEFORE UPDATE ON privacy_legaltext "
    "FOR EACH ROW WHEN (OLD.active_from IS NOT NULL) EXECUTE FUNCTION refuse_change_of_active()",
]


def keep(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(SQLITE)
    else:
        for statement in POSTGRESQL:
            schema_editor.execute(statement)


def free(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    table = "" if schema_editor.connection.vendor == "sqlite" else " ON privacy_legaltext"
    schema_editor.execute(f"DROP TRIGGER IF EXISTS privacy_legaltext_active{table}")


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_keep_rows")]

    operations = [migrations.RunPython(keep, free)]
