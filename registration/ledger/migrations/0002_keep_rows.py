from django.db import migrations

from registration.ledger.kept import KeepRows


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [KeepRows("ledger_event")]
