import uuid

import django.db.models.deletion
from django.db import migrations, models

from registration.common.sealing import SealedField


class Migration(migrations.Migration):
    dependencies = [("cards", "0003_tell_ended_cards")]

    operations = [
        migrations.CreateModel(
            name="ErasedCard",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reference", SealedField()),
                ("number", SealedField()),
                ("ended_on", models.DateField(null=True)),
                (
                    "end_reason",
                    models.CharField(
                        choices=[
                            ("withdrawn", "The registration was withdrawn"),
                            ("replaced", "A newer card or registration took its place"),
                            ("undone", "Issued by mistake"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "receiver",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cards.receiver",
                    ),
                ),
            ],
        ),
    ]
