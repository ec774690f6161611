from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0008_corrections_by_staff'),
    ]

    operations = [
        migrations.AddField(
            model_name='sanctionsfile',
            name='older_because',
            field=models.TextField(blank=True, db_default='', default='', help_text='Why it is used though it is older than what is loaded.'),
        ),
    ]
