from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("banners", "0003_looks_prompts_and_visitors")]

    operations = [
        migrations.AddField("referrer", "networks", models.PositiveIntegerField(default=0)),
        migrations.AddField("referrer", "believed_on", models.DateField(editable=False, null=True)),
    ]
