import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import registration.common.sealing
from registration.lookups.keeping import word_triggers


def keep(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in word_triggers(schema_editor.connection.vendor)[0]:
        schema_editor.execute(statement, params=None)


def free(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in word_triggers(schema_editor.connection.vendor)[1]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("lookups", "0002_keep_rows")]

    operations = [
        migrations.CreateModel(
            name="CaseWords",
            fields=[
                (
                    "look_up",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="case_words",
                        serialize=False,
                        to="lookups.lookup",
                    ),
                ),
                ("case_number", registration.common.sealing.SealedField()),
                ("reason", registration.common.sealing.SealedField()),
            ],
        ),
        migrations.RunPython(keep, free),
    ]
