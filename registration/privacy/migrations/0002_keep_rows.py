from django.db import migrations

from registration.ledger.kept import KeepRows


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial")]

    operations = [KeepRows("privacy_view")]
