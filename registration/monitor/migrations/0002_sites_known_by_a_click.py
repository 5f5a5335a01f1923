from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("monitor", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="site",
            name="by_click",
            field=models.BooleanField(default=False),
        ),
    ]
