"""Seal what stands in clear. Backwards it is opened again, into rows that are free for that long."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from registration.ledger.kept import triggers

BATCH = 500


def seal(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    look_ups, words = apps.get_model("lookups", "LookUp"), apps.get_model("lookups", "CaseWords")
    rows = look_ups.objects.filter(case_words__isnull=True).order_by("pk")
    told = rows.values_list("pk", "case_number", "reason")
    for pk, case_number, reason in told.iterator(chunk_size=BATCH):
        words.objects.create(look_up_id=pk, case_number=case_number, reason=reason)


def open_again(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    look_ups, words = apps.get_model("lookups", "LookUp"), apps.get_model("lookups", "CaseWords")
    keep, free = triggers(schema_editor.connection.vendor, look_ups._meta.db_table)
    for statement in free:
        schema_editor.execute(statement, params=None)
    for row in words.objects.iterator(chunk_size=BATCH):
        look_ups.objects.filter(pk=row.pk).update(case_number=row.case_number, reason=row.reason)
    for statement in keep:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("lookups", "0003_case_words")]

    operations = [migrations.RunPython(seal, open_again)]
