from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ("intake", "0011_skills_from_lists"),
    ]

    operations = [
        migrations.RemoveField(
            model_name='adviser',
            name='countries',
        ),
        migrations.RemoveField(
            model_name='adviser',
            name='languages',
        ),
        migrations.RemoveField(
            model_name='adviser',
            name='services',
        ),
    ]
