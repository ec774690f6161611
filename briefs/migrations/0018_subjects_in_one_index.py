import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    # Made beside what goes on.
    atomic = False

    dependencies = [
        ('briefs', '0017_made_pages'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='brief',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['countries', 'topics'], name='brief_subjects'),
        ),
        RemoveIndexConcurrently(model_name='brief', name='brief_countries'),
        RemoveIndexConcurrently(model_name='brief', name='brief_topics'),
    ]
