from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


# Rows from before keep the old words; the next migration looks at them, while others write.
class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0021_never_truncated'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='needsuggestion',
            name='suggestion_words_known',
        ),
        migrations.AlterField(
            model_name='needsuggestion',
            name='certainty',
            field=models.CharField(choices=[('clear', 'clear'), ('possible', 'possible'), ('ambiguous', 'one of several'), ('negated', 'named, but not meant')], max_length=10),
        ),
        AddConstraintNotValid(
            model_name='needsuggestion',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['urgency', 'country', 'service', 'language', 'timeframe', 'actor', 'place']), ('certainty__in', ['clear', 'possible', 'ambiguous', 'negated']), ('state__in', ['open', 'accepted', 'dropped'])), name='suggestion_words_known'),
        ),
    ]
