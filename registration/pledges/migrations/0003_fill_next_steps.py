from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def fill(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The column's default is right for what nobody confirmed yet."""
    pledges = apps.get_model("pledges", "Pledge").objects
    pledges.filter(state__in=["replaced", "withdrawn"]).update(next_step="")
    confirmed = pledges.filter(state="confirmed")
    confirmed.filter(kind="application").update(next_step="contacted")
    confirmed.filter(kind="intent").update(next_step="handed_over")


class Migration(migrations.Migration):
    dependencies = [("pledges", "0002_steps")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
