import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("banners", "0001_initial")]

    operations = [
        migrations.RenameModel("DayClicks", "DayCount"),
        migrations.RenameField("daycount", "count", "clicks"),
        migrations.AddField("daycount", "views", models.PositiveIntegerField(default=0)),
        migrations.AlterField(
            "daycount",
            "placement",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="counts",
                to="banners.placement",
            ),
        ),
        migrations.RemoveConstraint("daycount", "day_clicks_once"),
        migrations.AddConstraint(
            "daycount",
            models.UniqueConstraint(fields=["placement", "day"], name="day_count_once"),
        ),
    ]
