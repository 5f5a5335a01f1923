from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cards", "0002_free_number_of_undone_card")]

    operations = [
        migrations.RemoveConstraint(model_name="transferline", name="card_told_once"),
        migrations.AddField(
            model_name="transferline",
            name="tells",
            field=models.CharField(
                choices=[("issued", "Issued"), ("ended", "No longer valid")],
                default="issued",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="transferline",
            constraint=models.UniqueConstraint(
                fields=["receiver", "card", "tells"], name="card_told_once"
            ),
        ),
    ]
