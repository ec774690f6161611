import datetime
import django.core.validators
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0006_fewer_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='absence',
            name='revision',
            field=models.PositiveIntegerField(db_default=0, editable=False, help_text='How often it changed: for programs that keep it.'),
        ),
        migrations.AlterField(
            model_name='deadlinepolicy',
            name='escalate_every',
            field=models.PositiveIntegerField(default=60, help_text='Minutes between two steps once it is missed: owner, cover, desk, desk leads.', validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(43200)], verbose_name='a step every'),
        ),
        migrations.AlterField(
            model_name='deadlinepolicy',
            name='minutes',
            field=models.PositiveIntegerField(help_text='Minutes that count by the clock below; 480 are a working day of eight hours.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(525600)]),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='absence',
            trigger=pgtrigger.compiler.Trigger(name='absence_revised', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.revision := OLD.revision + 1; RETURN NEW;', hash='c99a67fcf25e5c942ce947d607322e2205d4f874', operation='UPDATE', pgid='pgtrigger_absence_revised_3a2f8', table='intake_absence', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='adviser',
            trigger=pgtrigger.compiler.Trigger(name='adviser_moves_absences', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."time_zone" IS DISTINCT FROM (NEW."time_zone"))', func='UPDATE intake_absence SET revision = revision WHERE adviser_id = NEW.id; RETURN NULL;', hash='17c00928bce0893b4546c97ceb93d62b57f261fe', operation='UPDATE OF "time_zone"', pgid='pgtrigger_adviser_moves_absences_6bb0d', table='intake_adviser', when='AFTER')),
        ),
        # Who was to be away for ever is away for as long as can be told.
        migrations.RunSQL(
            """
            UPDATE intake_absence SET
                starts_on = least(greatest(starts_on, date '1900-01-01'), date '2999-12-31'),
                ends_on = least(greatest(ends_on, date '1900-01-01'), date '2999-12-31')
            WHERE starts_on < '1900-01-01' OR ends_on > '2999-12-31'
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name='absence',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__lt', datetime.date(3000, 1, 1)), ('starts_on__gte', datetime.date(1900, 1, 1))), name='absence_within_known_years', violation_error_message='Choose days between 1900 and 2999.'),
        ),
    ]
