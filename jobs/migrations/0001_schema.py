import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('jobs', '0001_job'),
        ('jobs', '0002_interruptions'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('name', models.CharField(max_length=60, primary_key=True, serialize=False)),
                ('beaten_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(help_text='What is to be done, such as intake.route_lead.', max_length=60)),
                ('key', models.CharField(help_text='The same work asked for twice has the same key.', max_length=200)),
                ('subject_id', models.BigIntegerField(help_text='The row that the work is about.')),
                ('state', models.CharField(choices=[('pending', 'waiting'), ('leased', 'being worked on'), ('done', 'done'), ('dead', 'failed for good')], default='pending', max_length=10)),
                ('run_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='Not before this time.')),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('interruptions', models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Attempts that ended with their worker or their connection, not by what they did.')),
                ('max_attempts', models.PositiveSmallIntegerField(default=8)),
                ('lease_token', models.UUIDField(blank=True, help_text='Whoever holds it may finish the job.', null=True)),
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('hinted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('last_error', models.CharField(blank=True, max_length=500)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('done_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'permissions': [('retry_job', 'Can retry a dead job')],
                'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['run_at'], name='job_pending'), models.Index(condition=models.Q(('state', 'leased')), fields=['lease_until'], name='job_leased'), models.Index(condition=models.Q(('state', 'dead')), fields=['-created_at'], name='job_dead')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'key'), name='job_once_per_key'), models.CheckConstraint(condition=models.Q(models.Q(('lease_token__isnull', False), ('lease_until__isnull', False), ('state', 'leased')), models.Q(models.Q(('state', 'leased'), _negated=True), ('lease_token__isnull', True), ('lease_until__isnull', True)), _connector='OR'), name='job_lease_exactly_while_leased'), models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('done_at__isnull', True)), _connector='OR'), name='job_done_at_exactly_when_done'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'leased', 'done', 'dead'])), name='job_state_known')],
            },
        ),
    ]
