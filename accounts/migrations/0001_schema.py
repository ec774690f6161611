import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.time_zones
from accounts.first_migrations import AtOnce, sql


class Migration(migrations.Migration):

    replaces = [
        ('accounts', '0001_user'),
        ('accounts', '0002_user_time_zone'),
        ('accounts', '0003_erasure'),
        ('accounts', '0004_two_for_an_erasure'),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                    ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                    ('full_name', models.CharField(max_length=200)),
                    ('job_title', models.CharField(blank=True, max_length=200)),
                    ('time_zone', models.CharField(choices=accounts.time_zones.choices, default='UTC', help_text='In which the staff screens ask this person for hours.', max_length=40)),
                    ('is_staff', models.BooleanField(default=True, verbose_name='may open the staff screens')),
                    ('is_active', models.BooleanField(default=True, verbose_name='may log in')),
                    ('joined_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_any_case', violation_error_message='Another user logs in with this e-mail.')],
                },
            ),
            migrations.CreateModel(
                name='Erasure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('scope', models.CharField(choices=[('person', 'a person'), ('lead', 'one request'), ('retention', 'its time was over'), ('replay', 'done again after a restore')], max_length=10)),
                    ('references', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), help_text='Requests that it reached.', size=None)),
                    ('address_digests', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), help_text='Keyed digests of the addresses: enough to know one again, not to read it.', size=None)),
                    ('because', models.CharField(help_text='Why, without names.', max_length=300)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('alone_because', models.CharField(blank=True, help_text='Why one person did it who had asked for it as well.', max_length=300)),
                    ('rows', models.JSONField(help_text='By table, the ids of the rows that were changed or deleted.')),
                    ('kept', models.JSONField(default=list, help_text='What stayed: table, how many, why, until when.')),
                    ('kept_until', models.DateField(blank=True, help_text='When the rest is due.', null=True)),
                    ('opened_xact', models.BigIntegerField(default=0, editable=False)),
                    ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'permissions': [('erase_person', "Can erase people's data"), ('erase_alone', 'Can carry out an erasure that they asked for themselves'), ('export_person', "Can make and download the copy of a person's data")],
                    'indexes': [models.Index(fields=['opened_xact'], name='erasure_opened'), models.Index(fields=['-made_at'], name='erasure_newest')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('because', ''), _negated=True), name='erasure_says_why'), models.CheckConstraint(condition=models.Q(('by__isnull', False), ('scope__in', ['retention', 'replay']), _connector='OR'), name='erasure_by_somebody'), models.CheckConstraint(condition=models.Q(('scope__in', ['retention', 'replay']), models.Q(('alone_because', ''), _negated=True), models.Q(('asked_by__isnull', False), models.Q(('asked_by', models.F('by')), _negated=True)), _connector='OR'), name='erasure_by_two')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='erasure',
                trigger=pgtrigger.compiler.Trigger(name='erasure_opens', sql=pgtrigger.compiler.UpsertTriggerSql(func="""
                    NEW.opened_xact := pg_current_xact_id()::text::bigint;
                    NEW.made_at := transaction_timestamp();
                    RETURN NEW;
                """, hash='2269a2b5edcc8b62943d7e9fb51bc8fe73a39d5c', operation='INSERT', pgid='pgtrigger_erasure_opens_88e74', table='accounts_erasure', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='erasure',
                trigger=pgtrigger.compiler.Trigger(name='erasure_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2c10c3eee52bbc969b55783e9aa2409eb49e0fd9', operation='UPDATE OR DELETE', pgid='pgtrigger_erasure_frozen_7e8ec', table='accounts_erasure', when='BEFORE')),
            ),
        ]),
        migrations.RunSQL(sql(__file__, 'erasure_admits.sql'), 'DROP FUNCTION erasure_admits(text, bigint)'),
    ]
