import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """An overdue day calls the outside watch too, and again once it is delivered after all."""

    dependencies = [("deliveries", "0002_ways_changes_receipts")]

    operations = [
        migrations.AlterField(
            model_name="ping",
            name="window",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="pings",
                to="reports.window",
            ),
        ),
        migrations.AddField(
            model_name="ping",
            name="is_failure",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="ping",
            constraint=models.UniqueConstraint(fields=("window", "is_failure"), name="ping_once"),
        ),
    ]
