from django.db import migrations

from registration.ledger.kept import KeepRows


class Migration(migrations.Migration):
    dependencies = [("privacy", "0004_retention")]

    operations = [KeepRows("privacy_retentionrun"), KeepRows("privacy_erasure")]
