from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


# The same checks in fewer words. Rows from before keep the old ones; the next migration looks at them again, while others
# write.
class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0016_indexes_held_twice'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='lead',
            name='lead_past_new_has_an_owner',
        ),
        migrations.RemoveConstraint(
            model_name='lead',
            name='lead_closed_at_exactly_when_closed',
        ),
        migrations.RemoveConstraint(
            model_name='lead',
            name='lead_status_known',
        ),
        migrations.RemoveConstraint(
            model_name='lead',
            name='lead_urgent_for_a_reason',
        ),
        AddConstraintNotValid(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('owner__isnull', False), models.Func(models.F('status'), models.Value('{new,quarantined,disqualified}'), arg_joiner='::text = ANY(', output_field=models.BooleanField(), template='%(expressions)s::text[])'), _connector='OR'), name='lead_past_new_has_an_owner'),
        ),
        AddConstraintNotValid(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(models.Func(models.Q(models.Func(models.F('closed_at'), output_field=models.BooleanField(), template='%(expressions)s IS NOT NULL')), models.Q(models.Func(models.F('status'), models.Value('{won,lost,disqualified}'), arg_joiner='::text = ANY(', output_field=models.BooleanField(), template='%(expressions)s::text[])')), arg_joiner=') = (', output_field=models.BooleanField(), template='((%(expressions)s))')), name='lead_closed_at_exactly_when_closed'),
        ),
        AddConstraintNotValid(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(models.Func(models.F('status'), models.Value('{new,quarantined,routed,contacted,qualified,proposal,won,lost,disqualified}'), arg_joiner='::text = ANY(', output_field=models.BooleanField(), template='%(expressions)s::text[])')), name='lead_status_known'),
        ),
        AddConstraintNotValid(
            model_name='lead',
            constraint=models.CheckConstraint(condition=models.Q(('priority', models.Case(models.When(priority_reason='', then=models.Value('normal')), default=models.Value('urgent')))), name='lead_urgent_for_a_reason'),
        ),
    ]
