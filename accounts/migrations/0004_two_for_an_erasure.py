import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_erasure'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='erasure',
            options={'permissions': [('erase_person', "Can erase people's data"), ('erase_alone', 'Can carry out an erasure that they asked for themselves'), ('export_person', "Can make and download the copy of a person's data")]},
        ),
        migrations.AddField(
            model_name='erasure',
            name='alone_because',
            # For the rows that are there: they are frozen, so no UPDATE could say it.
            field=models.CharField(blank=True, default='Made before two people were needed.', help_text='Why one person did it who had asked for it as well.', max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='erasure',
            name='asked_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(('scope__in', ['retention', 'replay']), models.Q(('alone_because', ''), _negated=True), models.Q(('asked_by__isnull', False), models.Q(('asked_by', models.F('by')), _negated=True)), _connector='OR'), name='erasure_by_two'),
        ),
    ]
