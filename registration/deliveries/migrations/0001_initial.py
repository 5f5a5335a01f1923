"""What ``reports`` held before: the tables are there under their new names."""

import django.db.models.deletion
from django.db import migrations, models

import registration.units.choices


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("outbox", "0001_initial"),
        ("reports", "0003_recipients_move_out"),
        ("units", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[],
            state_operations=[
                migrations.CreateModel(
                    name="Recipient",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("office", models.CharField(max_length=120, verbose_name="office")),
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                        (
                            "language",
                            models.CharField(
                                choices=registration.units.choices.active_languages,
                                max_length=8,
                                verbose_name="language",
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("action", "For action"),
                                    ("information", "For information"),
                                ],
                                default="action",
                                max_length=12,
                                verbose_name="purpose",
                            ),
                        ),
                        ("is_active", models.BooleanField(default=True, verbose_name="receives")),
                        (
                            "department",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="recipients",
                                to="units.unit",
                                verbose_name="department",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "recipient of the summary",
                        "verbose_name_plural": "recipients of the summary",
                        "ordering": ["department", "office"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("department", "email"), name="recipient_once"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        (
                            "message",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="outbox.message",
                            ),
                        ),
                        (
                            "recipient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="deliveries.recipient",
                            ),
                        ),
                        (
                            "summary",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="reports.summary",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("summary", "recipient"), name="delivery_once"
                            )
                        ],
                    },
                ),
            ],
        )
    ]
