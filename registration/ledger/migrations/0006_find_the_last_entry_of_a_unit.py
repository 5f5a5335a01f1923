from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0005_reasons_and_signed_days"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("unit__isnull", False)),
                fields=["unit", "kind", "happened_at"],
                name="event_of_unit",
            ),
        ),
    ]
