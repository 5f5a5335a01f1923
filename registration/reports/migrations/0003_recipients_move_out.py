"""Recipients and deliveries have a room of their own: their tables are renamed, no row is touched."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_keep_rows")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AlterModelTable("Recipient", "deliveries_recipient"),
                migrations.AlterModelTable("Delivery", "deliveries_delivery"),
            ],
            state_operations=[
                migrations.DeleteModel("Delivery"),
                migrations.DeleteModel("Recipient"),
            ],
        )
    ]
