"""Let the words go that stood in clear. SQLite makes the table anew and loses its triggers, so they
are put on again; backwards the columns come empty, for 0004 to fill.
"""

from django.db import migrations, models

from registration.ledger.kept import KeepRows


class Migration(migrations.Migration):
    dependencies = [("lookups", "0004_seal_case_words")]

    operations = [
        migrations.AlterField("lookup", "case_number", models.CharField(max_length=60, default="")),
        migrations.AlterField("lookup", "reason", models.CharField(max_length=200, default="")),
        migrations.RemoveField("lookup", "case_number"),
        migrations.RemoveField("lookup", "reason"),
        KeepRows("lookups_lookup"),
    ]
