from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cards", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="card", name="card_number_once"),
        migrations.AddConstraint(
            model_name="card",
            constraint=models.UniqueConstraint(
                fields=["jurisdiction", "number_hash"],
                condition=models.Q(("end_reason", "undone"), _negated=True),
                name="card_number_once",
            ),
        ),
    ]
