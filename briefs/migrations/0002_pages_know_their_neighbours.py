from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("briefs", "0001_schema"),
    ]

    operations = [
        migrations.AddField(
            model_name="madepage",
            name="token",
            field=models.CharField(default="", max_length=32),
        ),
    ]
