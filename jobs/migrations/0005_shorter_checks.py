from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


# The same checks in fewer words. Rows from before keep the old ones; the next migration looks at them again, while others
# write.
class Migration(migrations.Migration):

    dependencies = [
        ('jobs', '0004_one_index_of_pending'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='job',
            name='job_lease_exactly_while_leased',
        ),
        migrations.RemoveConstraint(
            model_name='job',
            name='job_done_at_exactly_when_done',
        ),
        migrations.RemoveConstraint(
            model_name='job',
            name='job_state_known',
        ),
        AddConstraintNotValid(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Func(models.Q(models.Func(models.F('lease_token'), output_field=models.BooleanField(), template='%(expressions)s IS NOT NULL')), models.Q(models.Func(models.F('lease_until'), output_field=models.BooleanField(), template='%(expressions)s IS NOT NULL')), arg_joiner=') = (', output_field=models.BooleanField(), template='((%(expressions)s))'), models.Func(models.Q(models.Func(models.F('lease_until'), output_field=models.BooleanField(), template='%(expressions)s IS NOT NULL')), models.Q(('state', 'leased')), arg_joiner=') = (', output_field=models.BooleanField(), template='((%(expressions)s))')), name='job_lease_exactly_while_leased'),
        ),
        AddConstraintNotValid(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Func(models.Q(models.Func(models.F('done_at'), output_field=models.BooleanField(), template='%(expressions)s IS NOT NULL')), models.Q(('state', 'done')), arg_joiner=') = (', output_field=models.BooleanField(), template='((%(expressions)s))')), name='job_done_at_exactly_when_done'),
        ),
        AddConstraintNotValid(
            model_name='job',
            constraint=models.CheckConstraint(condition=models.Q(models.Func(models.F('state'), models.Value('{pending,leased,done,dead}'), arg_joiner='::text = ANY(', output_field=models.BooleanField(), template='%(expressions)s::text[])')), name='job_state_known'),
        ),
    ]
