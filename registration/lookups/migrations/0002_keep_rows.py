from django.db import migrations

from registration.ledger.kept import KeepRows


class Migration(migrations.Migration):
    dependencies = [("lookups", "0001_initial")]

    operations = [KeepRows("lookups_lookup")]
