from django.db import migrations

from registration.ledger.kept import KeepRows


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]

    operations = [KeepRows("reports_summary"), KeepRows("reports_document")]
