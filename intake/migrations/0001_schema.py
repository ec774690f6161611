import uuid
from decimal import Decimal

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import accounts.time_zones
import intake.models.adviser
from accounts.first_migrations import AtOnce, sql


class Migration(migrations.Migration):

    replaces = [
        ('intake', '0001_intake'),
        ('intake', '0002_attachments'),
        ('intake', '0003_reassign_permission'),
        ('intake', '0004_needs'),
        ('intake', '0005_consent_and_actors'),
        ('intake', '0006_after_sending'),
        ('intake', '0007_scanning'),
        ('intake', '0008_mail_failed'),
        ('intake', '0009_erasing'),
        ('intake', '0010_advisers_and_rules'),
        ('intake', '0011_skills_from_lists'),
        ('intake', '0012_lists_gone'),
        ('intake', '0013_spam'),
        ('intake', '0014_deadlines'),
        ('intake', '0015_data_copies_and_retention'),
        ('intake', '0016_api_keys'),
        ('intake', '0017_attribution'),
        ('intake', '0018_words_of_policies'),
        ('intake', '0019_merging'),
        ('intake', '0020_people_keys'),
        ('intake', '0021_holds'),
        ('intake', '0022_erasure_orders'),
        ('intake', '0023_sanctions_lists'),
        ('intake', '0024_hand_over'),
        ('intake', '0025_register_and_walls'),
    ]

    initial = True

    dependencies = [('accounts', '0001_schema'), ('briefs', '0001_schema')]

    operations = [
        BtreeGistExtension(),
        AtOnce([
            migrations.CreateModel(
                name='Adviser',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='adviser', to=settings.AUTH_USER_MODEL)),
                    ('capacity', models.PositiveSmallIntegerField(default=10, help_text='Open leads at one time, at most.')),
                    ('weight', models.DecimalField(decimal_places=2, default=Decimal('1'), help_text='Share of new leads while at work: 1 is full, 0.5 half. Days off need no lower share.', max_digits=4, validators=[django.core.validators.MinValueValidator(Decimal('0.01'))])),
                    ('credit', models.DecimalField(decimal_places=2, default=Decimal('0'), editable=False, max_digits=12)),
                    ('is_taking_leads', models.BooleanField(default=True)),
                    ('time_zone', models.CharField(choices=accounts.time_zones.choices, default='UTC', help_text='In which the hours and absences are told.', max_length=40)),
                    ('hours', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(blank=True, max_length=80), default=intake.models.adviser.usual_hours, help_text='Working hours of each weekday, Monday first; empty: a day off.', size=None, validators=[intake.models.adviser.check_hours])),
                    ('holidays_country', models.CharField(blank=True, default='', help_text='Country whose public holidays are days off.', max_length=2, verbose_name='public holidays of')),
                    ('calendar_seed', models.UUIDField(editable=False, null=True)),
                    ('calendar_digest', models.CharField(editable=False, max_length=64, null=True, unique=True)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('weight__gt', 0)), name='adviser_weight_positive'), models.CheckConstraint(condition=models.Q(('hours__len', 7)), name='adviser_hours_of_seven_days'), models.CheckConstraint(condition=models.Q(models.Q(('calendar_digest__isnull', True), ('calendar_seed__isnull', True)), models.Q(('calendar_digest__isnull', False), ('calendar_seed__isnull', False)), _connector='OR'), name='adviser_calendar_link_whole')],
                },
            ),
            migrations.CreateModel(
                name='Absence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('adviser', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to='intake.adviser')),
                    ('starts_on', models.DateField(verbose_name='first day')),
                    ('from_hour', models.TimeField(blank=True, help_text='Empty: from the start of the day.', null=True, verbose_name='from')),
                    ('ends_on', models.DateField(verbose_name='last day')),
                    ('to_hour', models.TimeField(blank=True, help_text='Empty: to the end of the day.', null=True, verbose_name='until')),
                    ('delegate', models.ForeignKey(blank=True, help_text='Who stands in, wherever this adviser is named.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='stands_in_for', to='intake.adviser')),
                    ('policy', models.CharField(choices=[('keep', 'keep: they wait for them'), ('cover', 'cover: the delegate works them meanwhile'), ('release', 'release: they are given to others')], default='keep', help_text='What becomes of them meanwhile.', max_length=7, verbose_name='leads they own')),
                    ('note', models.CharField(blank=True, max_length=200)),
                ],
                options={
                    'permissions': [('edit_own_absences', 'Can enter, change and remove their own absences')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on')), models.Q(('ends_on', models.F('starts_on')), models.Q(('from_hour__isnull', True), ('to_hour__isnull', True), ('to_hour__gt', models.F('from_hour')), _connector='OR')), _connector='OR'), name='absence_ends_after_it_starts', violation_error_message='The end lies before the start.'), models.CheckConstraint(condition=models.Q(models.Q(('policy', 'cover'), _negated=True), ('delegate__isnull', False), _connector='OR'), name='absence_cover_needs_delegate', violation_error_message='Name the delegate who covers the leads.'), models.CheckConstraint(condition=models.Q(('delegate__isnull', True), models.Q(('delegate', models.F('adviser')), _negated=True), _connector='OR'), name='absence_delegate_is_another', violation_error_message='Nobody stands in for themselves: name another delegate.')],
                },
            ),
            migrations.CreateModel(
                name='Alert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('condition', models.CharField(max_length=40)),
                    ('text', models.CharField(help_text='What was found first, in words.', max_length=300)),
                    ('began_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('seen_at', models.DateTimeField(help_text='When it was found last.')),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['-began_at', '-id'], name='alert_newest')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('condition',), name='alert_one_at_a_time')],
                },
            ),
            migrations.CreateModel(
                name='ApiKey',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(help_text='Whose website; staff read it on each lead.', max_length=100)),
                    ('public_id', models.CharField(editable=False, max_length=16, unique=True)),
                    ('secret_digest', models.CharField(editable=False, help_text='SHA-256 of the secret, which is not kept.', max_length=64)),
                    ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('enquiries:write', 'send enquiries')], max_length=30), default=list, size=None)),
                    ('origins', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=255), blank=True, default=list, help_text='Websites that may frame the form and call from a browser, like https://www.example.org.', size=None)),
                    ('per_minute', models.PositiveSmallIntegerField(default=60, help_text='Requests a minute for each web process; more are told to wait.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(600)])),
                    ('language', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], help_text='Of the answer, where the client names none.', max_length=2)),
                    ('services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('route-assessment', 'Route and journey assessment'), ('daily-monitoring', 'Daily monitoring'), ('country-briefing', 'Country briefing'), ('due-diligence', 'Due diligence on partners'), ('site-security', 'Security review of a site or project'), ('crisis-planning', 'Crisis and evacuation planning'), ('not-sure', 'Not sure yet')], max_length=30), blank=True, default=list, help_text='For the lead, where the client names none.', size=None)),
                    ('brief', models.ForeignKey(blank=True, help_text='That requests are about, where they name none.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to='briefs.brief')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='api_keys', to=settings.AUTH_USER_MODEL)),
                    ('expires_on', models.DateField(blank=True, help_text='The last day on which it works, in UTC. Empty: it stays.', null=True)),
                    ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('revoked_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revoked_api_keys', to=settings.AUTH_USER_MODEL)),
                    ('last_used_at', models.DateTimeField(blank=True, editable=False, help_text='To the minute.', null=True)),
                ],
                options={
                    'verbose_name': 'API key',
                    'permissions': [('revoke_apikey', 'Can revoke a key of another website')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='api_key_has_a_name'), models.CheckConstraint(condition=models.Q(('per_minute__gte', 1), ('per_minute__lte', 600)), name='api_key_rate_in_bounds'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='api_key_revoked_by_somebody')],
                },
            ),
            migrations.CreateModel(
                name='DataCopy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address', models.EmailField(max_length=254, verbose_name='e-mail')),
                    ('because', models.CharField(help_text='Such as the letter that asked for it.', max_length=300)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('made_at', models.DateTimeField(blank=True, null=True)),
                    ('expires_at', models.DateTimeField(blank=True, null=True)),
                    ('archive', models.BinaryField(blank=True, help_text='Empty again once it expired.', null=True)),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                    ('counts', models.JSONField(default=dict, help_text='Rows by table.')),
                ],
                options={
                    'verbose_name': 'copy of data',
                    'verbose_name_plural': 'copies of data',
                    'indexes': [models.Index(condition=models.Q(('archive__isnull', False)), fields=['expires_at'], name='data_copy_there')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('archive__isnull', True), models.Q(('expires_at__isnull', False), ('made_at__isnull', False)), _connector='OR'), name='data_copy_expires')],
                },
            ),
            migrations.CreateModel(
                name='DataCopyDownload',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('copy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='downloads', to='intake.datacopy')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='datacopydownload',
                trigger=pgtrigger.compiler.Trigger(name='download_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_datacopydownload', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1a8e39713da52c22ea72fd565465aa47a4384d22', operation='UPDATE OR DELETE', pgid='pgtrigger_download_frozen_de90b', table='intake_datacopydownload', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='DeadlinePolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('priority', models.CharField(choices=[('normal', 'normal'), ('urgent', 'urgent')], max_length=6)),
                    ('stage', models.CharField(choices=[('first_answer', 'first answer'), ('follow_up', 'follow-up'), ('proposal', 'proposal')], max_length=12)),
                    ('minutes', models.PositiveIntegerField(help_text='Minutes that count by the clock below; 480 are a working day of eight hours.', validators=[django.core.validators.MinValueValidator(1)])),
                    ('clock', models.CharField(choices=[('working', 'working hours of the adviser and the client'), ('always', 'round the clock')], default='working', max_length=7)),
                    ('warn_before', models.PositiveIntegerField(help_text="Minutes of the owner's working time before the end, at which the owner is reminded.", verbose_name='remind before')),
                    ('escalate_every', models.PositiveIntegerField(default=60, help_text='Minutes between two steps once it is missed: owner, cover, desk, desk leads.', validators=[django.core.validators.MinValueValidator(5)], verbose_name='a step every')),
                    ('is_promised', models.BooleanField(default=True, help_text='The client is told the time, by mail and on the status page.', verbose_name='told to the client')),
                    ('is_active', models.BooleanField(default=True, help_text='Off: such leads get no deadline.', verbose_name='in force')),
                ],
                options={
                    'verbose_name_plural': 'deadline policies',
                    'constraints': [models.UniqueConstraint(fields=('priority', 'stage'), name='policy_one_per_stage'), models.CheckConstraint(condition=models.Q(('minutes__gt', models.F('warn_before'))), name='policy_warns_within_its_time', violation_error_message='The reminder comes after the start: it needs fewer minutes than the stage.'), models.CheckConstraint(condition=models.Q(('escalate_every__gte', 5)), name='policy_steps_are_minutes_apart')],
                },
            ),
            migrations.CreateModel(
                name='Desk',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=100, unique=True)),
                    ('members', models.ManyToManyField(blank=True, help_text="Who gets this desk's leads. Nobody chosen: every adviser.", related_name='desks', to='intake.adviser')),
                    ('fallback_owner', models.ForeignKey(help_text='Who takes what no member can take; while they are away their delegate does.', on_delete=django.db.models.deletion.PROTECT, related_name='fallback_desks', to='intake.adviser')),
                    ('is_default', models.BooleanField(default=False, help_text='Leads that no rule matches go through this desk.')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='desk_one_default', violation_error_message='Another desk is the default already.')],
                },
            ),
            migrations.CreateModel(
                name='Enquiry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('full_name', models.CharField(max_length=200)),
                    ('email', models.EmailField(max_length=254)),
                    ('organisation', models.CharField(blank=True, max_length=200)),
                    ('job_title', models.CharField(blank=True, max_length=200)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('country', models.CharField(blank=True, help_text='Where the client is, ISO 3166 alpha-2.', max_length=2)),
                    ('countries_of_interest', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                    ('services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None)),
                    ('actors', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, db_default=[], default=list, help_text='Slugs of actors that the brief named and the client left chosen.', size=None)),
                    ('timeframe', models.CharField(blank=True, choices=[('days', 'Within days'), ('weeks', 'Within weeks'), ('months', 'Within months'), ('open', 'No fixed date')], max_length=10)),
                    ('budget', models.CharField(blank=True, choices=[('under-5k', 'Under EUR 5,000'), ('5k-20k', 'EUR 5,000 to 20,000'), ('20k-100k', 'EUR 20,000 to 100,000'), ('over-100k', 'Over EUR 100,000'), ('undecided', 'Not decided')], max_length=10)),
                    ('language', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], help_text='Empty: the client named none.', max_length=2)),
                    ('needs', models.TextField()),
                    ('consent_text', models.TextField(help_text='What the client agreed to, word for word.')),
                    ('consent_version', models.PositiveSmallIntegerField(db_default=1)),
                    ('consent_language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], db_default='en', help_text='Of the page, and so of what the client agreed to.', max_length=2)),
                    ('brief', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enquiries', to='briefs.brief')),
                    ('channel', models.CharField(choices=[('form', 'form'), ('api', 'API')], max_length=4)),
                    ('idempotency_key', models.CharField(blank=True, max_length=330, null=True, unique=True)),
                    ('content_digest', models.CharField(help_text='SHA-256 of the fields, to know a repeat.', max_length=64)),
                    ('arrival', models.JSONField(db_default={}, default=dict, help_text='How it came, for the screening: facts, no points.')),
                    ('api_key', models.ForeignKey(blank=True, db_index=False, help_text='Of the website that it came through.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enquiries', to='intake.apikey')),
                    ('user_agent', models.CharField(blank=True, db_default='', max_length=300)),
                    ('accept_language', models.CharField(blank=True, db_default='', max_length=200)),
                    ('origin', models.CharField(blank=True, db_default='', max_length=255)),
                    ('network', models.CharField(blank=True, db_default='', help_text='Of the sender: a /24 or a /48, no address.', max_length=50)),
                    ('as_sent', models.TextField(blank=True, db_default='', help_text='JSON of what arrived otherwise than it is stored in the other fields.')),
                    ('first_brief', models.ForeignKey(blank=True, db_index=False, help_text='The first that the reader saw on the way here.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='briefs.brief')),
                    ('first_version', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('first_section', models.CharField(blank=True, choices=[('head', 'top of the page'), ('end', 'end of the text'), ('related', 'Discover more'), ('feed', 'feed')], db_default='', max_length=10)),
                    ('first_language', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], db_default='', max_length=2)),
                    ('last_brief', models.ForeignKey(blank=True, db_index=False, help_text='Whose link opened the form.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='briefs.brief')),
                    ('last_version', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('last_section', models.CharField(blank=True, choices=[('head', 'top of the page'), ('end', 'end of the text'), ('related', 'Discover more'), ('feed', 'feed')], db_default='', max_length=10)),
                    ('last_language', models.CharField(blank=True, choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], db_default='', max_length=2)),
                    ('utm_source', models.CharField(blank=True, db_default='', max_length=100)),
                    ('utm_medium', models.CharField(blank=True, db_default='', max_length=100)),
                    ('utm_campaign', models.CharField(blank=True, db_default='', max_length=100)),
                    ('utm_term', models.CharField(blank=True, db_default='', max_length=100)),
                    ('utm_content', models.CharField(blank=True, db_default='', max_length=100)),
                    ('referrer_host', models.CharField(blank=True, db_default='', help_text='Whose page led here; never the address.', max_length=253)),
                    ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'verbose_name_plural': 'enquiries',
                    'indexes': [models.Index(condition=models.Q(('api_key__isnull', False)), fields=['api_key'], name='enquiry_of_api_key')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('full_name', ''), _negated=True), models.Q(('email', ''), _negated=True), models.Q(('needs', ''), _negated=True)), name='enquiry_complete'), models.CheckConstraint(condition=models.Q(('consent_text', ''), _negated=True), name='enquiry_has_consent')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='enquiry',
                trigger=pgtrigger.compiler.Trigger(name='enquiry_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_enquiry', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e8bc9af6848bbb314ab0ab6007bb2f5a127cb4f2', operation='UPDATE OR DELETE', pgid='pgtrigger_enquiry_frozen_b5d26', table='intake_enquiry', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Likeness',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('organisation', 'organisation'), ('contact', 'contact'), ('lead', 'lead')], max_length=12)),
                    ('older_pk', models.BigIntegerField()),
                    ('newer_pk', models.BigIntegerField()),
                    ('reasons', models.JSONField(default=list, help_text='Pairs of a reason and its measure; no words of the client.')),
                    ('score', models.PositiveSmallIntegerField(default=0, help_text='0 to 100; orders what is shown, decides nothing.')),
                    ('state', models.CharField(choices=[('open', 'open'), ('same', 'merged'), ('different', 'not the same')], default='open', max_length=9)),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('found_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'verbose_name_plural': 'likenesses',
                    'indexes': [models.Index(fields=['kind', 'newer_pk'], name='likeness_newer')],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'older_pk', 'newer_pk'), name='likeness_once'), models.CheckConstraint(condition=models.Q(('older_pk__lt', models.F('newer_pk'))), name='likeness_of_two_in_order'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('state__in', ['same', 'different'])), _connector='OR'), name='likeness_decided_by_somebody')],
                },
            ),
            migrations.CreateModel(
                name='Merge',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(choices=[('organisation', 'organisation'), ('contact', 'contact'), ('lead', 'lead')], max_length=12)),
                    ('source_pk', models.BigIntegerField()),
                    ('target_pk', models.BigIntegerField()),
                    ('moved', models.JSONField(default=dict, help_text='Numbers of the rows that now point to the target, by relation.')),
                    ('before', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Values of both before; personal data.')),
                    ('after', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, help_text='Values of the target that changed; personal data.')),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('merged_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('undone_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('undone_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'indexes': [models.Index(fields=['kind', 'target_pk'], name='merge_target')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('kind', 'source_pk'), name='merge_once_at_a_time'), models.CheckConstraint(condition=models.Q(('source_pk', models.F('target_pk')), _negated=True), name='merge_of_two_records'), models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by__isnull', True)), models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), _connector='OR'), name='merge_undone_by_somebody')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='merge',
                trigger=pgtrigger.compiler.Trigger(name='merge_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."source_pk" IS DISTINCT FROM (NEW."source_pk") OR OLD."target_pk" IS DISTINCT FROM (NEW."target_pk") OR OLD."moved" IS DISTINCT FROM (NEW."moved") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."merged_at" IS DISTINCT FROM (NEW."merged_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='342e56166b58f2877dea7053fd47e012c5bd69da', operation='UPDATE', pgid='pgtrigger_merge_frozen_3f1b3', table='intake_merge', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='merge',
                trigger=pgtrigger.compiler.Trigger(name='merge_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='61f138e74a6a3fdf0a62aa51fb6d35637735704f', operation='DELETE', pgid='pgtrigger_merge_kept_0329a', table='intake_merge', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Organisation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=200)),
                    ('name_key', models.CharField(editable=False, help_text='The name, normalised.', max_length=200, unique=True)),
                    ('latin_key', models.CharField(db_default='', editable=False, help_text='The name in ASCII, without legal form.', max_length=200)),
                    ('sound_key', models.CharField(db_default='', editable=False, help_text='Its consonants.', max_length=200)),
                    ('merged_into', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_here', to='intake.organisation')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'permissions': [('merge_organisation', 'Can merge organisations and undo it')],
                    'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('latin_key', 'gin_trgm_ops'), name='organisation_latin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('sound_key', 'gin_trgm_ops'), name='organisation_sound'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='organisation_merged_into')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('pk')), _negated=True), _connector='OR'), name='organisation_not_merged_into_itself')],
                },
            ),
            migrations.CreateModel(
                name='Contact',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('full_name', models.CharField(max_length=200)),
                    ('email', models.EmailField(max_length=254)),
                    ('email_key', models.CharField(editable=False, help_text='The address, normalised.', max_length=254, unique=True)),
                    ('mailbox_key', models.CharField(db_default='', db_index=True, editable=False, help_text='Where the address leads, without a plus part.', max_length=254)),
                    ('domain', models.CharField(db_default='', db_index=True, editable=False, help_text='Of the address, unless anybody can have one there.', max_length=254)),
                    ('latin_key', models.CharField(db_default='', editable=False, help_text='The name in ASCII, without title.', max_length=200)),
                    ('sound_key', models.CharField(db_default='', editable=False, help_text='Its consonants.', max_length=200)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('job_title', models.CharField(blank=True, max_length=200)),
                    ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='intake.organisation')),
                    ('merged_into', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_here', to='intake.contact')),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'permissions': [('merge_contact', 'Can merge contacts and undo it')],
                    'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('latin_key', 'gin_trgm_ops'), name='contact_latin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('sound_key', 'gin_trgm_ops'), name='contact_sound'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='contact_merged_into')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('email_key', ''), _negated=True), name='contact_has_email'), models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('pk')), _negated=True), _connector='OR'), name='contact_not_merged_into_itself')],
                },
            ),
            migrations.CreateModel(
                name='Lead',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(max_length=20, unique=True)),
                    ('enquiry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='lead', to='intake.enquiry')),
                    ('status', models.CharField(choices=[('new', 'new'), ('quarantined', 'quarantined'), ('routed', 'with an adviser'), ('contacted', 'contacted'), ('qualified', 'qualified'), ('proposal', 'proposal'), ('won', 'won'), ('lost', 'lost'), ('disqualified', 'disqualified')], default='new', max_length=12)),
                    ('priority', models.CharField(choices=[('normal', 'normal'), ('urgent', 'urgent')], default='normal', max_length=6)),
                    ('priority_reason', models.CharField(blank=True, help_text='Why it is urgent.', max_length=200)),
                    ('needs_read_by', models.PositiveSmallIntegerField(default=0, editable=False, help_text='Version of the rules that read the text; 0: none yet.')),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], max_length=2)),
                    ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                    ('services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, size=None)),
                    ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='intake.adviser')),
                    ('cover', models.ForeignKey(blank=True, db_index=False, editable=False, help_text='Who works it while its owner is away; a trigger on stand-ins keeps it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='covered_leads', to='intake.adviser')),
                    ('pool', models.ForeignKey(blank=True, db_index=False, editable=False, help_text='The desk whose advisers may take it: nobody of it could when it was routed.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pooled_leads', to='intake.desk')),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='intake.contact')),
                    ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='intake.organisation')),
                    ('merged_into', models.ForeignKey(blank=True, db_index=False, help_text='The lead that does the work of this one too.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged_here', to='intake.lead')),
                    ('link_seed', models.UUIDField(default=uuid.uuid4, editable=False)),
                    ('link_digest', models.CharField(editable=False, max_length=64, unique=True)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('due_at', models.DateTimeField(blank=True, editable=False, help_text='Of its next deadline; a trigger on deadlines keeps it.', null=True, verbose_name='due')),
                    ('closed_at', models.DateTimeField(blank=True, null=True)),
                    ('closing_reason', models.TextField(blank=True)),
                    ('erased_at', models.DateTimeField(blank=True, editable=False, help_text='Since when nothing of the client is in it.', null=True)),
                ],
                options={
                    'permissions': [('view_all_leads', 'Can see every lead, not only their own'), ('reassign_lead', 'Can give a lead to another adviser'), ('merge_lead', 'Can merge leads and undo it')],
                    'indexes': [models.Index(fields=['-created_at', '-id'], name='lead_newest'), models.Index(fields=['owner', '-created_at', '-id'], name='lead_owner_newest'), models.Index(fields=['due_at', '-id'], name='lead_next_due'), models.Index(condition=models.Q(('status__in', ['new', 'quarantined'])), fields=['status', 'created_at'], name='lead_unrouted'), models.Index(condition=models.Q(('cover__isnull', False)), fields=['cover'], name='lead_covered_by'), models.Index(condition=models.Q(('pool__isnull', False)), fields=['pool'], name='lead_pooled'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='lead_merged_into')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['new', 'quarantined']), ('owner__isnull', False), ('status', 'disqualified'), _connector='OR'), name='lead_past_new_has_an_owner'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('status__in', ['won', 'lost', 'disqualified'])), models.Q(models.Q(('status__in', ['won', 'lost', 'disqualified']), _negated=True), ('closed_at__isnull', True)), _connector='OR'), name='lead_closed_at_exactly_when_closed'), models.CheckConstraint(condition=models.Q(('status__in', ['new', 'quarantined', 'routed', 'contacted', 'qualified', 'proposal', 'won', 'lost', 'disqualified'])), name='lead_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('priority', 'normal'), ('priority_reason', '')), models.Q(('priority', 'urgent'), models.Q(('priority_reason', ''), _negated=True)), _connector='OR'), name='lead_urgent_for_a_reason'), models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(models.Q(('merged_into', models.F('pk')), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='lead_merged_is_closed'), models.CheckConstraint(condition=models.Q(('pool__isnull', True), ('status', 'routed'), _connector='OR'), name='lead_in_pool_is_untouched')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='lead',
                trigger=pgtrigger.compiler.Trigger(name='lead_moves', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (OLD.merged_into_id IS NOT NULL AND NEW.merged_into_id IS NULL))', declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{new:quarantined,new:routed,new:disqualified,quarantined:new,quarantined:disqualified,routed:contacted,routed:qualified,routed:proposal,routed:lost,routed:disqualified,contacted:qualified,contacted:proposal,contacted:lost,contacted:disqualified,qualified:proposal,qualified:lost,qualified:disqualified,proposal:won,proposal:lost,lost:proposal,disqualified:new}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='977c2bc80836a89563dcaa302dd776cb5567a0ae', operation='UPDATE', pgid='pgtrigger_lead_moves_235f0', table='intake_lead', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='lead',
                trigger=pgtrigger.compiler.Trigger(name='lead_owner_not_walled', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.owner_id IS NOT NULL)', func="""
                    IF EXISTS (SELECT FROM walls_of(ARRAY[NEW.id]) w JOIN intake_adviser a ON a.user_id = w.user_id
                        WHERE a.id = NEW.owner_id) THEN
                        RAISE EXCEPTION 'Nobody owns a lead that they are walled from.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'lead_owner_not_walled';
                    END IF;
                    RETURN NEW;
                """, hash='9a38af82dfa2ac46afaadbdf13505c0fbce298e3', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_lead_owner_not_walled_4bd7a', table='intake_lead', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='lead',
                trigger=pgtrigger.compiler.Trigger(name='lead_held_is_not_routed', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.status = 'new' AND NEW.status = 'routed')", func="""
                    IF EXISTS (SELECT FROM intake_hold WHERE lead_id = NEW.id AND decision = 'open') THEN
                        RAISE EXCEPTION 'A lead that is held is not routed.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'lead_held_is_not_routed';
                    END IF;
                    RETURN NEW;
                """, hash='1f9856216eb8aeac8d2293d4aa5b6b2d3962ad96', operation='UPDATE OF "status"', pgid='pgtrigger_lead_held_is_not_routed_eba3c', table='intake_lead', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Activity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='activities', to='intake.lead')),
                    ('kind', models.CharField(choices=[('matched', 'Client recognised'), ('routed', 'Given to an adviser'), ('reassigned', 'Given to another adviser'), ('claimed', 'Taken from the pool'), ('given_back', 'Given back to the desk'), ('covered', 'Covered during leave'), ('cover_ended', 'Cover ended'), ('lent', 'Given to another during leave'), ('handed_back', 'Handed back after leave'), ('kept', 'Stays with another after leave'), ('moved', 'Moved on'), ('quarantined', 'Held back'), ('released', 'Released'), ('engaged', 'Entered in the register of engagements'), ('wall_raised', 'Wall raised'), ('wall_lifted', 'Wall lifted'), ('held', 'Held for a decision'), ('hold_decided', 'Decided about the hold'), ('merged', 'Merged'), ('unmerged', 'Merge undone'), ('suggestion_accepted', 'Suggestion accepted'), ('suggestion_dropped', 'Suggestion dropped'), ('priority', 'Priority changed'), ('note', 'Note'), ('client_added', 'Client added something'), ('client_corrected', 'Client corrected their details'), ('client_withdrew', 'Client withdrew the request'), ('file_held_back', 'File held back'), ('client_erasure', 'Client asked for erasure'), ('mail_failed', 'Mail to the client did not arrive'), ('erasure_asked', 'Erasure asked for'), ('erased', 'Erased'), ('erasure_refused', 'Erasure refused'), ('data_copied', 'Copy of their data made'), ('deadline_moved', 'Deadline moved'), ('deadline_paused', 'Waiting for the client'), ('deadline_resumed', 'The clock runs again'), ('deadline_missed', 'Deadline missed'), ('proposal_drafted', 'Proposal drafted'), ('proposal_sent', 'Proposal sent'), ('proposal_accepted', 'Proposal accepted'), ('proposal_declined', 'Proposal declined'), ('proposal_expired', 'Proposal expired')], max_length=20)),
                    ('text', models.TextField(blank=True)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to=settings.AUTH_USER_MODEL)),
                    ('happened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'verbose_name_plural': 'activities',
                    'indexes': [models.Index(fields=['lead', 'happened_at', 'id'], name='activity_of_lead')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='activity',
                trigger=pgtrigger.compiler.Trigger(name='activity_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_activity', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1bb02ba17b6a544138bf4ad76702038412723efe', operation='UPDATE OR DELETE', pgid='pgtrigger_activity_frozen_54603', table='intake_activity', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Addition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='additions', to='intake.lead')),
                    ('text', models.TextField(blank=True)),
                    ('form_id', models.UUIDField(help_text='The same form sent twice adds once.')),
                    ('added_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('lead', 'form_id'), name='addition_once')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='addition',
                trigger=pgtrigger.compiler.Trigger(name='addition_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_addition', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='df8368cb10099a7e4d7b91c1b81d7d6d39669328', operation='UPDATE OR DELETE', pgid='pgtrigger_addition_frozen_6ed5b', table='intake_addition', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Attachment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('enquiry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='intake.enquiry')),
                    ('addition', models.ForeignKey(blank=True, help_text='With which it came, when it came later.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='intake.addition')),
                    ('name', models.CharField(help_text='As the sender called it; never used as a path.', max_length=200)),
                    ('content_type', models.CharField(help_text='What the bytes are.', max_length=100)),
                    ('sha256', models.CharField(max_length=64)),
                    ('body', models.BinaryField()),
                ],
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='attachment',
                trigger=pgtrigger.compiler.Trigger(name='attachment_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_attachment', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='059e145306ec61a8f11b83fde67dfa50cbd5add9', operation='UPDATE OR DELETE', pgid='pgtrigger_attachment_frozen_d89f3', table='intake_attachment', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='AttachmentScan',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('attachment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='scan', to='intake.attachment')),
                    ('is_clean', models.BooleanField()),
                    ('signature', models.CharField(blank=True, help_text='What was found.', max_length=200)),
                    ('scanned_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('is_clean', True), ('signature', '')), models.Q(('is_clean', False), models.Q(('signature', ''), _negated=True)), _connector='OR'), name='scan_names_what_it_found')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='attachmentscan',
                trigger=pgtrigger.compiler.Trigger(name='scan_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_attachmentscan', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b93281d4f70529d5d60f0b2236cc56ab9de25363', operation='UPDATE OR DELETE', pgid='pgtrigger_scan_frozen_b0804', table='intake_attachmentscan', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='ConflictCheck',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='conflict_check', to='intake.lead')),
                    ('checked_at', models.DateTimeField()),
                    ('near', models.JSONField(default=list, help_text='What came near without holding the lead, the nearest first.')),
                ],
            ),
            migrations.CreateModel(
                name='ContactCorrection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='intake.lead')),
                    ('full_name', models.CharField(max_length=200)),
                    ('email', models.EmailField(max_length=254)),
                    ('phone', models.CharField(blank=True, max_length=40)),
                    ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('full_name', ''), _negated=True), models.Q(('email', ''), _negated=True)), name='correction_complete')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='contactcorrection',
                trigger=pgtrigger.compiler.Trigger(name='correction_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_contactcorrection', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='67a6fc6c39dce82f191f4c6e3a4af5d66d6bb375', operation='UPDATE OR DELETE', pgid='pgtrigger_correction_frozen_71494', table='intake_contactcorrection', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Deadline',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='intake.lead')),
                    ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='intake.deadlinepolicy')),
                    ('stage', models.CharField(choices=[('first_answer', 'first answer'), ('follow_up', 'follow-up'), ('proposal', 'proposal')], max_length=12)),
                    ('state', models.CharField(choices=[('open', 'open'), ('warned', 'due soon'), ('met', 'met'), ('missed', 'missed'), ('cancelled', 'not needed any more')], default='open', max_length=9)),
                    ('adviser', models.ForeignKey(blank=True, help_text="Whose calendar counted; nobody's: the house's own.", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='intake.adviser')),
                    ('started_at', models.DateTimeField(help_text='From when the time is counted.')),
                    ('due_at', models.DateTimeField(help_text='The promised time.')),
                    ('warn_at', models.DateTimeField()),
                    ('step', models.PositiveSmallIntegerField(default=0, help_text='How far up it was told since it was missed.')),
                    ('next_look_at', models.DateTimeField(blank=True, help_text='When the sweep has something to do; empty: nothing more.', null=True)),
                    ('paused_at', models.DateTimeField(blank=True, help_text='We wait for the client.', null=True)),
                    ('time_left', models.DurationField(blank=True, help_text="What was left, by the policy's clock, when it was paused.", null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('next_look_at__isnull', False)), fields=['next_look_at'], name='deadline_to_look_at'), models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['due_at'], name='deadline_running'), models.Index(condition=models.Q(('state', 'missed')), fields=['ended_at'], name='deadline_missed')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('lead', 'stage'), name='deadline_one_running_per_stage'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('state__in', ['open', 'warned'])), models.Q(('ended_at__isnull', False), ('state__in', ['met', 'cancelled'])), ('state', 'missed'), _connector='OR'), name='deadline_ended_as_its_state_says'), models.CheckConstraint(condition=models.Q(models.Q(('paused_at__isnull', True), ('time_left__isnull', True)), models.Q(('ended_at__isnull', True), ('paused_at__isnull', False), ('time_left__isnull', False)), _connector='OR'), name='deadline_paused_with_time_left'), models.CheckConstraint(condition=models.Q(('next_look_at__isnull', True), models.Q(('ended_at__isnull', True), ('paused_at__isnull', True)), _connector='OR'), name='deadline_looked_at_while_it_ticks')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='deadline',
                trigger=pgtrigger.compiler.Trigger(name='deadline_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{open:warned,open:met,open:missed,open:cancelled,warned:met,warned:missed,warned:cancelled,warned:open,missed:open}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='f6ad7abf360a321937893c8c30aba9422dc69f09', operation='UPDATE', pgid='pgtrigger_deadline_moves_cafbd', table='intake_deadline', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='deadline',
                trigger=pgtrigger.compiler.Trigger(name='deadline_on_lead', sql=pgtrigger.compiler.UpsertTriggerSql(func="""
                    UPDATE intake_lead SET due_at = (
                        SELECT min(due_at) FROM intake_deadline
                        WHERE lead_id = NEW.lead_id AND ended_at IS NULL AND paused_at IS NULL
                    ) WHERE id = NEW.lead_id;
                    RETURN NULL;
                """, hash='729bfac5a06678f6e132400272a668e7efe3704a', operation='INSERT OR UPDATE OF "due_at", "ended_at", "paused_at"', pgid='pgtrigger_deadline_on_lead_c7f9e', table='intake_deadline', when='AFTER')),
            ),
            migrations.CreateModel(
                name='DeadlineChange',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('deadline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='intake.deadline')),
                    ('kind', models.CharField(choices=[('set', 'set'), ('renewed', 'counted anew'), ('moved', 'moved by hand'), ('paused', 'paused'), ('resumed', 'runs again'), ('warned', 'owner reminded'), ('missed', 'missed'), ('met', 'met'), ('late', 'done late'), ('cancelled', 'not needed any more')], max_length=9)),
                    ('due_before', models.DateTimeField(blank=True, null=True)),
                    ('due_after', models.DateTimeField()),
                    ('reason', models.TextField(blank=True)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('happened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='deadlinechange',
                trigger=pgtrigger.compiler.Trigger(name='deadline_change_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_deadlinechange', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6cbbc2fff58018f3c709a767c10622894c9e845f', operation='UPDATE OR DELETE', pgid='pgtrigger_deadline_change_frozen_fa15e', table='intake_deadlinechange', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='DeadlineNotice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('deadline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='intake.deadline')),
                    ('kind', models.CharField(choices=[('warning', 'due soon'), ('missed', 'missed')], max_length=7)),
                    ('due_at', models.DateTimeField(help_text='The promise that it was about.')),
                    ('rung', models.PositiveSmallIntegerField(help_text='0 the owner, 1 the cover, 2 the desk, 3 desk leads.')),
                    ('to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deadline_notices', to=settings.AUTH_USER_MODEL)),
                    ('told_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('deadline', 'kind', 'due_at', 'to'), name='deadline_notice_once')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='deadlinenotice',
                trigger=pgtrigger.compiler.Trigger(name='deadline_notice_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_deadlinenotice', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='fcddba28b0add52e61c8fac2d752f26198556b6e', operation='UPDATE OR DELETE', pgid='pgtrigger_deadline_notice_frozen_1e398', table='intake_deadlinenotice', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Engagement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(help_text='A name that tells nobody who it is about.', max_length=100, unique=True)),
                    ('subject', models.TextField(blank=True, verbose_name='what we do')),
                    ('starts_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='from')),
                    ('ends_on', models.DateField(blank=True, help_text='Empty: it goes on.', null=True, verbose_name='to')),
                    ('people', models.ManyToManyField(blank=True, help_text='They are walled from requests of the other side, and decide about none of them.', related_name='engagements', to=settings.AUTH_USER_MODEL, verbose_name='who works on it')),
                    ('lead', models.OneToOneField(blank=True, help_text='The request that it grew from.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='engagement', to='intake.lead')),
                    ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'permissions': [('view_all_engagements', 'Can see every engagement, not only their own')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='engagement_ends_after_it_starts', violation_error_message='The end lies before the start.')],
                },
            ),
            migrations.CreateModel(
                name='ErasureOrder',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasure_orders', to='intake.lead')),
                    ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasure_orders', to='intake.contact')),
                    ('scope', models.CharField(choices=[('person', 'the person'), ('lead', 'this request alone')], max_length=6, verbose_name='what')),
                    ('because', models.CharField(help_text='Why, without names.', max_length=300)),
                    ('tells', models.BooleanField(default=True, verbose_name='the person is told')),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('state', models.CharField(choices=[('open', 'waits for a second person'), ('done', 'erased'), ('dropped', 'dropped')], default='open', max_length=7)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('erasure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='accounts.erasure')),
                ],
                options={
                    'verbose_name': 'erasure to do',
                    'verbose_name_plural': 'erasures to do',
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('contact__isnull', True), ('lead__isnull', False)), models.Q(('contact__isnull', False), ('lead__isnull', True), ('scope', 'person')), _connector='OR'), name='erasure_order_of_one_thing'), models.CheckConstraint(condition=models.Q(('because', ''), _negated=True), name='erasure_order_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('erasure__isnull', True), ('state', 'open')), models.Q(('ended_at__isnull', False), ('erasure__isnull', False), ('state', 'done')), models.Q(('ended_at__isnull', False), ('erasure__isnull', True), ('state', 'dropped')), _connector='OR'), name='erasure_order_ended'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('lead', 'scope'), name='erasure_order_of_lead'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('contact',), name='erasure_order_of_contact')],
                },
            ),
            migrations.CreateModel(
                name='ErasureRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='erasure_request', to='intake.lead')),
                    ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('state', models.CharField(choices=[('open', 'to be answered'), ('done', 'erased'), ('refused', 'refused')], db_default='open', default='open', max_length=7)),
                    ('answer', models.TextField(blank=True, db_default='', help_text='Why not, as the client reads it.')),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('erasure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='accounts.erasure')),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'open')), fields=['asked_at'], name='erasure_request_open')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answered_at__isnull', True), ('erasure__isnull', True), ('state', 'open')), models.Q(('answered_at__isnull', False), ('erasure__isnull', False), ('state', 'done')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('state', 'refused')), _connector='OR'), name='erasure_request_answered')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='erasurerequest',
                trigger=pgtrigger.compiler.Trigger(name='erasure_request_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN ((OLD.lead_id <> NEW.lead_id OR OLD.asked_at <> NEW.asked_at OR OLD.state <> 'open') AND NOT erasure_admits('intake_erasurerequest', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e700d45664384589103c845251491c694e8d0104', operation='UPDATE', pgid='pgtrigger_erasure_request_frozen_86f02', table='intake_erasurerequest', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='erasurerequest',
                trigger=pgtrigger.compiler.Trigger(name='erasure_request_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='a19c2467b4f1b907d7d92547a2672c31ab078279', operation='DELETE', pgid='pgtrigger_erasure_request_kept_aed9e', table='intake_erasurerequest', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Hold',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='intake.lead')),
                    ('kind', models.CharField(choices=[('conflict', 'possible conflict of interest'), ('sanctions', 'possible match on a sanctions list')], max_length=9)),
                    ('found', models.TextField(help_text='What was found, in words; may name clients.')),
                    ('matches', models.JSONField(default=list, help_text='What was found, one by one; each has a "key" that tells it again.')),
                    ('reviewer', models.ForeignKey(blank=True, help_text='Who was asked to decide; empty: nobody may.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds_to_decide', to=settings.AUTH_USER_MODEL)),
                    ('concerned', models.ManyToManyField(blank=True, help_text='Who is a party to it, and so does not decide it.', related_name='holds_about', to=settings.AUTH_USER_MODEL)),
                    ('opened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('decision', models.CharField(choices=[('open', 'to be decided'), ('unfounded', 'somebody else: goes on'), ('proceed', 'known and accepted: goes on'), ('without', 'goes on without some advisers'), ('refuse', 'refused'), ('over', 'closed otherwise')], default='open', max_length=9)),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('reason', models.TextField(blank=True)),
                ],
                options={
                    'permissions': [('decide_conflict', 'Can decide about possible conflicts of interest'), ('decide_sanctions', 'Can decide about possible matches on sanctions lists')],
                    'indexes': [models.Index(condition=models.Q(('decision', 'open')), fields=['opened_at'], name='hold_open_longest')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('decision', 'open')), fields=('lead', 'kind'), name='hold_one_open_per_lead_and_kind'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', None), ('decision', 'open'), ('reason', '')), models.Q(('decision__in', ['unfounded', 'proceed', 'without', 'refuse']), ('decided_at__isnull', False), ('decided_by__isnull', False), models.Q(('reason', ''), _negated=True)), models.Q(('decided_at__isnull', False), ('decision', 'over')), _connector='OR'), name='hold_decided_by_somebody_for_a_reason'), models.CheckConstraint(condition=models.Q(('kind__in', ['conflict', 'sanctions'])), name='hold_kind_known')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='hold',
                trigger=pgtrigger.compiler.Trigger(name='hold_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN ((OLD.decision <> 'open') AND NOT erasure_admits('intake_hold', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0c5a7039bc94faacd92afb30e664729b8e527dd9', operation='UPDATE', pgid='pgtrigger_hold_frozen_b8e97', table='intake_hold', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='hold',
                trigger=pgtrigger.compiler.Trigger(name='hold_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_hold', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='856bb76d04e53fb9c5b5225008d5bd3f03a60031', operation='DELETE', pgid='pgtrigger_hold_kept_f1328', table='intake_hold', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='hold',
                trigger=pgtrigger.compiler.Trigger(name='hold_is_of_one_lead', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."lead_id" IS DISTINCT FROM (NEW."lead_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='dadbd4a8330d37705bbf367e513b816833a1f7f2', operation='UPDATE', pgid='pgtrigger_hold_is_of_one_lead_6e0ed', table='intake_hold', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='NeedSuggestion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='suggestions', to='intake.lead')),
                    ('kind', models.CharField(choices=[('urgency', 'duty of care'), ('country', 'country'), ('service', 'service'), ('language', 'language'), ('timeframe', 'timeframe'), ('actor', 'actor'), ('place', 'place')], max_length=10)),
                    ('value', models.CharField(help_text='A code, a slug, or the number of a place, after its kind.', max_length=120)),
                    ('label', models.CharField(help_text='What it was called when it was found.', max_length=200)),
                    ('start', models.PositiveIntegerField(help_text="Where the passage begins in the enquiry's text.")),
                    ('end', models.PositiveIntegerField()),
                    ('passage', models.TextField(help_text='The words that show it.')),
                    ('rule', models.CharField(max_length=40)),
                    ('certainty', models.CharField(choices=[('clear', 'clear'), ('possible', 'possible'), ('ambiguous', 'one of several')], max_length=10)),
                    ('rules_version', models.PositiveSmallIntegerField()),
                    ('state', models.CharField(choices=[('open', 'open'), ('accepted', 'accepted'), ('dropped', 'dropped')], default='open', max_length=10)),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                    ('made_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('lead', 'kind', 'value'), name='suggestion_once'), models.CheckConstraint(condition=models.Q(('end__gt', models.F('start'))), name='suggestion_has_a_passage'), models.CheckConstraint(condition=models.Q(('kind__in', ['urgency', 'country', 'service', 'language', 'timeframe', 'actor', 'place']), ('certainty__in', ['clear', 'possible', 'ambiguous']), ('state__in', ['open', 'accepted', 'dropped'])), name='suggestion_words_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True), ('state', 'open')), models.Q(models.Q(('state', 'open'), _negated=True), ('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='suggestion_decided_by_somebody')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='needsuggestion',
                trigger=pgtrigger.compiler.Trigger(name='suggestion_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."lead_id" IS DISTINCT FROM (NEW."lead_id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."value" IS DISTINCT FROM (NEW."value") OR OLD."label" IS DISTINCT FROM (NEW."label") OR OLD."start" IS DISTINCT FROM (NEW."start") OR OLD."end" IS DISTINCT FROM (NEW."end") OR OLD."passage" IS DISTINCT FROM (NEW."passage") OR OLD."rule" IS DISTINCT FROM (NEW."rule") OR OLD."certainty" IS DISTINCT FROM (NEW."certainty") OR OLD."rules_version" IS DISTINCT FROM (NEW."rules_version") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f70d5568f217040fdad20d19b4172f283e6738a6', operation='UPDATE', pgid='pgtrigger_suggestion_frozen_edd8b', table='intake_needsuggestion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='needsuggestion',
                trigger=pgtrigger.compiler.Trigger(name='suggestion_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{open:accepted,open:dropped,accepted:dropped,dropped:accepted}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='b910188e251ddb832b9410d3b479a2e5df3fcf89', operation='UPDATE', pgid='pgtrigger_suggestion_moves_c1b1f', table='intake_needsuggestion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='needsuggestion',
                trigger=pgtrigger.compiler.Trigger(name='suggestion_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_needsuggestion', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='095eedc974ddc2c1776ae86f24e82d3662624dcf', operation='DELETE', pgid='pgtrigger_suggestion_kept_aaf36', table='intake_needsuggestion', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Party',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='intake.engagement')),
                    ('role', models.CharField(choices=[('client', 'client'), ('parent', 'parent of a party'), ('counterparty', 'counterparty'), ('subject', 'subject of the work')], max_length=12)),
                    ('name', models.CharField(max_length=200)),
                    ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, help_text='Other names, short forms and spellings.', size=None)),
                    ('country', models.CharField(blank=True, max_length=2)),
                    ('organisation', models.ForeignKey(blank=True, help_text='The same body among those that wrote to us.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='intake.organisation')),
                    ('parent', models.ForeignKey(blank=True, help_text='Of the same engagement: whoever owns or controls it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='intake.party')),
                ],
                options={
                    'verbose_name_plural': 'parties',
                    'constraints': [models.UniqueConstraint(fields=('engagement', 'role', 'name'), name='party_once'), models.CheckConstraint(condition=models.Q(('role__in', ['client', 'parent', 'counterparty', 'subject'])), name='party_role_known'), models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('pk')), _negated=True), _connector='OR'), name='party_not_its_own_parent', violation_error_message='A party is not its own parent.')],
                },
            ),
            migrations.CreateModel(
                name='PartyName',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='intake.party')),
                    ('name', models.CharField(max_length=200)),
                    ('latin_key', models.CharField(max_length=200)),
                    ('sound_key', models.CharField(max_length=200)),
                    ('words', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text='As they sound, each once; for texts.', size=None)),
                    ('initials', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ],
                options={
                    'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('latin_key', 'gin_trgm_ops'), name='partyname_latin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('sound_key', 'gin_trgm_ops'), name='partyname_sound'), django.contrib.postgres.indexes.GinIndex(fields=['words'], name='partyname_words'), django.contrib.postgres.indexes.GinIndex(fields=['initials'], name='partyname_initials'), models.Index(fields=['latin_key'], name='partyname_same')],
                    'constraints': [models.UniqueConstraint(fields=('party', 'name'), name='partyname_once')],
                },
            ),
            migrations.CreateModel(
                name='ProofOfWork',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='proof_of_work', to='intake.lead')),
                    ('nonce', models.CharField(help_text='Of the challenge.', max_length=64, unique=True)),
                    ('solved_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'verbose_name_plural': 'proofs of work',
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proofofwork',
                trigger=pgtrigger.compiler.Trigger(name='proof_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_proofofwork', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e95663872ef7b94468b6757189f5ff47bfac8f4e', operation='UPDATE OR DELETE', pgid='pgtrigger_proof_frozen_49587', table='intake_proofofwork', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Quarantine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='quarantine', to='intake.lead')),
                    ('held_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('outcome', models.CharField(choices=[('open', 'held back'), ('released', 'released'), ('proved', 'released by proof of work'), ('spam', 'spam'), ('expired', 'nobody looked in time'), ('closed', 'closed otherwise')], default='open', max_length=8)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('would_expire_at', models.DateTimeField(blank=True, help_text='When it would have been closed, had closing been on.', null=True)),
                ],
                options={
                    'verbose_name': 'request held back',
                    'verbose_name_plural': 'quarantine',
                    'permissions': [('decide_quarantine', 'Can release a request, or call it spam')],
                    'indexes': [models.Index(condition=models.Q(('outcome', 'open')), fields=['held_at'], name='quarantine_open'), models.Index(fields=['-held_at'], name='quarantine_newest')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('outcome', 'open')), models.Q(models.Q(('outcome', 'open'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='quarantine_ended_exactly_when_over'), models.CheckConstraint(condition=models.Q(('outcome__in', ['open', 'released', 'proved', 'spam', 'expired', 'closed'])), name='quarantine_outcome_known')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='quarantine',
                trigger=pgtrigger.compiler.Trigger(name='quarantine_ends', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."outcome", \':\', NEW."outcome") = ANY(\'{open:released,open:proved,open:spam,open:expired,open:closed,spam:released,expired:released}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."outcome" IS DISTINCT FROM NEW."outcome") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "outcome" from "%" to "%" on table %\', OLD."outcome", NEW."outcome", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='d925db34900c5fcddf5e2d155f6d35d779a220d6', operation='UPDATE', pgid='pgtrigger_quarantine_ends_73381', table='intake_quarantine', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='quarantine',
                trigger=pgtrigger.compiler.Trigger(name='quarantine_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."lead_id" IS DISTINCT FROM (NEW."lead_id") OR OLD."held_at" IS DISTINCT FROM (NEW."held_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='948c374bb6b9c125bd5e18bad00f8b0d0a9de5bf', operation='UPDATE', pgid='pgtrigger_quarantine_frozen_4f9a6', table='intake_quarantine', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='quarantine',
                trigger=pgtrigger.compiler.Trigger(name='quarantine_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_quarantine', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c661e5f64d5031423e990bba60ce2b8fceeead44', operation='DELETE', pgid='pgtrigger_quarantine_kept_c9241', table='intake_quarantine', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='RetentionRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('keeps', models.CharField(choices=[('unanswered', 'Requests that nobody answered, since they came'), ('quarantined', 'Requests in quarantine, since they came'), ('disqualified', 'Disqualified requests, since they were closed'), ('lost', 'Lost leads, since they were closed'), ('won', 'Won leads, since they were won'), ('accepted', 'Accepted proposals of people erased, since they were accepted'), ('files', 'Files of closed leads, since they were closed'), ('messages', 'Texts of mails to clients, since they were written'), ('jobs', 'Records of work done, since it was done'), ('keys', 'Keys by which a request sent twice is known, since they came')], max_length=12, unique=True, verbose_name='what')),
                    ('days', models.PositiveIntegerField(help_text='365 are a year; at least 1, at most 100 years.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(36525)])),
                    ('is_on', models.BooleanField(default=False, verbose_name='switched on')),
                    ('changed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('changed_at', models.DateTimeField(auto_now=True)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 36525)), name='retention_days_in_range'), models.CheckConstraint(condition=models.Q(('keeps__in', ['unanswered', 'quarantined', 'disqualified', 'lost', 'won', 'accepted', 'files', 'messages', 'jobs', 'keys'])), name='retention_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='RetentionRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='intake.retentionrule')),
                    ('is_simulated', models.BooleanField(verbose_name='only looked')),
                    ('days', models.PositiveIntegerField(help_text='The period, as it was then.')),
                    ('count', models.PositiveIntegerField(help_text='Were due; a run takes a batch of them.', verbose_name='how many')),
                    ('done', models.PositiveIntegerField(default=0)),
                    ('oldest', models.DateTimeField(blank=True, null=True)),
                    ('examples', models.JSONField(default=list, help_text='References of the oldest; no names.')),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('ran_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'indexes': [models.Index(fields=['-ran_at', '-id'], name='retention_run_newest')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='retentionrun',
                trigger=pgtrigger.compiler.Trigger(name='retention_run_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='806641c22512b66db67041da993262739252e100', operation='UPDATE OR DELETE', pgid='pgtrigger_retention_run_frozen_76f84', table='intake_retentionrun', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='RoutingRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=100, unique=True)),
                    ('position', models.PositiveSmallIntegerField(default=100, help_text='Rules are tried from the lowest number on.')),
                    ('is_live', models.BooleanField(default=False, help_text='A rule that is not in force is a draft: it can be tried and changes nothing.', verbose_name='in force')),
                    ('conditions', models.JSONField(blank=True, default=dict, editable=False)),
                    ('desk', models.ForeignKey(help_text='Its members get the lead, and its fallback owner what they cannot take.', on_delete=django.db.models.deletion.PROTECT, related_name='rules', to='intake.desk')),
                    ('adviser', models.ForeignKey(blank=True, help_text='Only this one, or whoever stands in while they are away.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='named_in_rules', to='intake.adviser')),
                    ('pool', models.ManyToManyField(blank=True, help_text='Only these instead of the whole desk.', related_name='pools', to='intake.adviser')),
                    ('country_level', models.PositiveSmallIntegerField(choices=[(0, 'not asked'), (1, 'basic'), (2, 'good'), (3, 'expert')], default=1, help_text='At least so well the countries of the lead.')),
                    ('service_level', models.PositiveSmallIntegerField(choices=[(0, 'not asked'), (1, 'basic'), (2, 'good'), (3, 'expert')], default=1, help_text='At least so well its services.')),
                    ('language_level', models.PositiveSmallIntegerField(choices=[(0, 'not asked'), (1, 'basic'), (2, 'good'), (3, 'expert')], default=1, help_text='At least so well its language.')),
                    ('topic_level', models.PositiveSmallIntegerField(choices=[(0, 'not asked'), (1, 'basic'), (2, 'good'), (3, 'expert')], default=0, help_text='At least so well the topics of the brief that it came from.')),
                    ('within_hours', models.PositiveSmallIntegerField(default=24, help_text='Only those who start work at most so many hours after the first who could; 4 when it is urgent.')),
                    ('note', models.TextField(blank=True, help_text='Why this rule is there.')),
                ],
                options={
                    'ordering': ('position', 'pk'),
                    'constraints': [models.CheckConstraint(condition=models.Q(('within_hours__gte', 1), ('within_hours__lte', 336)), name='rule_within_two_weeks', violation_error_message='Between 1 and 336 hours.')],
                },
            ),
            migrations.CreateModel(
                name='RequiredSkill',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='required', to='intake.routingrule')),
                    ('kind', models.CharField(choices=[('language', 'language'), ('country', 'country'), ('region', 'region'), ('topic', 'topic'), ('service', 'service')], max_length=8)),
                    ('value', models.CharField(max_length=40)),
                    ('level', models.PositiveSmallIntegerField(choices=[(1, 'basic'), (2, 'good'), (3, 'expert')], default=2, verbose_name='at least')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('rule', 'kind', 'value'), name='required_once', violation_error_message='This skill stands here twice.'), models.CheckConstraint(condition=models.Q(('level__in', [1, 2, 3])), name='required_level'), models.CheckConstraint(condition=models.Q(('kind__in', ['language', 'country', 'region', 'topic', 'service'])), name='required_kind')],
                },
            ),
            migrations.CreateModel(
                name='RoutingDecision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='routing_decisions', to='intake.lead')),
                    ('chosen', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='routing_decisions', to='intake.adviser')),
                    ('rule', models.ForeignKey(blank=True, help_text='The rule that the lead met; none: no rule did.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='intake.routingrule')),
                    ('desk', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='intake.desk')),
                    ('is_fallback', models.BooleanField(default=False, help_text="Nobody could take it, so the desk's fallback did.")),
                    ('reason', models.TextField(help_text='Why this adviser, in one sentence.')),
                    ('inputs', models.JSONField(help_text='What the lead asked for when it was routed, and the rules and desks of that moment.')),
                    ('candidates', models.JSONField(help_text='Every adviser: reasons against, credit before and after.')),
                    ('engine', models.CharField(help_text='Name and version of the rules that decided.', max_length=40)),
                    ('decided_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='routingdecision',
                trigger=pgtrigger.compiler.Trigger(name='decision_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a003ee34809be5388432c10eaac7ddecbf9ecb48', operation='UPDATE OR DELETE', pgid='pgtrigger_decision_frozen_d7db9', table='intake_routingdecision', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Assignment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='intake.lead')),
                    ('adviser', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='intake.adviser')),
                    ('decision', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignment', to='intake.routingdecision')),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('reason', models.TextField(blank=True)),
                    ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('lead',), name='assignment_one_open_per_lead'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('lead', '='), (models.Func('started_at', 'ended_at', function='tstzrange', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='assignment_spans_apart')],
                },
            ),
            migrations.CreateModel(
                name='CreditEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_entries', to='intake.routingdecision')),
                    ('adviser', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_entries', to='intake.adviser')),
                    ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ],
                options={
                    'verbose_name_plural': 'credit entries',
                    'constraints': [models.UniqueConstraint(fields=('decision', 'adviser'), name='credit_once_per_decision')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='creditentry',
                trigger=pgtrigger.compiler.Trigger(name='credit_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6a4e84db1c76010b09a7cf771b5ef741fb612878', operation='UPDATE OR DELETE', pgid='pgtrigger_credit_frozen_28b28', table='intake_creditentry', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='creditentry',
                trigger=pgtrigger.compiler.Trigger(name='credit_balances', sql=pgtrigger.compiler.UpsertTriggerSql(func="""
                    IF EXISTS (SELECT FROM lines GROUP BY decision_id HAVING sum(amount) <> 0) THEN
                        RAISE EXCEPTION 'The credit lines of a decision add up to zero.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_adds_up_to_zero';
                    END IF;
                    UPDATE intake_adviser SET credit = credit + line.amount
                        FROM lines AS line WHERE intake_adviser.id = line.adviser_id;
                    RETURN NULL;
                """, hash='0d5d1a678d9a53825f28bd64a6a8178f95f9e535', level='STATEMENT', operation='INSERT', pgid='pgtrigger_credit_balances_261b5', referencing='REFERENCING NEW TABLE AS lines ', table='intake_creditentry', when='AFTER')),
            ),
            migrations.CreateModel(
                name='SanctionsList',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(choices=[('un', 'United Nations Security Council'), ('eu', 'European Union'), ('us-sdn', 'United States, OFAC: SDN'), ('us-consolidated', 'United States, OFAC: consolidated, without SDN'), ('uk', 'United Kingdom, UK Sanctions List'), ('uk-ofsi', 'United Kingdom, OFSI consolidated list (closed in January 2026)'), ('example', 'Example list (invented names)')], max_length=20, unique=True)),
                    ('is_used', models.BooleanField(default=True, help_text='Names are looked for on it once it is loaded. Off: as if it were not there.', verbose_name='in use')),
                    ('max_age_days', models.PositiveSmallIntegerField(default=7, help_text='Older than so many days the list is stale: staff are warned and no proposal is sent.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='days')),
                    ('published_on', models.DateField(blank=True, help_text='The date that the file bears.', null=True)),
                    ('loaded_at', models.DateTimeField(blank=True, null=True)),
                    ('confirmed_at', models.DateTimeField(blank=True, help_text='When the same file was last loaded again: there is none newer.', null=True)),
                    ('loaded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('source', models.CharField(blank=True, help_text='The name of the file.', max_length=200)),
                    ('sha256', models.CharField(blank=True, max_length=64)),
                    ('keys_version', models.PositiveSmallIntegerField(default=0)),
                    ('entry_count', models.PositiveIntegerField(default=0, verbose_name='entries')),
                    ('name_count', models.PositiveIntegerField(default=0, verbose_name='names')),
                ],
                options={
                    'permissions': [('load_sanctionslist', 'Can load files of sanctions lists')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('loaded_at__isnull', True), ('published_on__isnull', True), ('sha256', '')), models.Q(('loaded_at__isnull', False), ('published_on__isnull', False), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='sanctions_list_loaded_with_its_date')],
                },
            ),
            migrations.CreateModel(
                name='SanctionsEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('of_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='intake.sanctionslist')),
                    ('uid', models.CharField(help_text="The publisher's number of it.", max_length=100)),
                    ('reference', models.CharField(blank=True, max_length=200)),
                    ('kind', models.CharField(choices=[('individual', 'person'), ('entity', 'body'), ('vessel', 'vessel'), ('other', 'other')], max_length=10)),
                    ('name', models.CharField(max_length=500)),
                    ('born', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None)),
                    ('birth_places', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                    ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                    ('identifiers', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                    ('programmes', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                    ('listed_on', models.DateField(blank=True, null=True)),
                    ('digest', models.CharField(help_text='Of everything that the list says of it.', max_length=64)),
                    ('changed_at', models.DateTimeField(help_text='Since when the list says this.')),
                ],
                options={
                    'verbose_name_plural': 'sanctions entries',
                    'constraints': [models.UniqueConstraint(fields=('of_list', 'uid'), name='sanctions_entry_once')],
                },
            ),
            migrations.CreateModel(
                name='SanctionsFile',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('of_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='intake.sanctionslist')),
                    ('name', models.CharField(max_length=200)),
                    ('sha256', models.CharField(max_length=64)),
                    ('body', models.BinaryField(blank=True)),
                    ('may_shrink', models.BooleanField(default=False)),
                    ('sent_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('sent_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('state', models.CharField(choices=[('waiting', 'to be read'), ('loaded', 'loaded'), ('same', 'was loaded already'), ('refused', 'refused')], default='waiting', max_length=8)),
                    ('outcome', models.TextField(blank=True, help_text='What came of it, in words.')),
                    ('read_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'verbose_name': 'file of a sanctions list',
                    'verbose_name_plural': 'files of sanctions lists',
                    'indexes': [models.Index(fields=['-sent_at', '-id'], name='sanctions_file_newest')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('read_at__isnull', True), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('read_at__isnull', False)), _connector='OR'), name='sanctions_file_read_at_when_read')],
                },
            ),
            migrations.CreateModel(
                name='SanctionsName',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='intake.sanctionsentry')),
                    ('name', models.CharField(max_length=500)),
                    ('quality', models.CharField(choices=[('primary', 'name'), ('good', 'also known as'), ('weak', 'also known as (low quality)')], max_length=7)),
                    ('latin_key', models.CharField(help_text='Its words in ASCII, without those that say little.', max_length=200)),
                    ('sound_key', models.CharField(help_text='How they sound.', max_length=200)),
                    ('sounds', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), help_text='The same, word by word.', size=None)),
                ],
                options={
                    'indexes': [django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('latin_key', 'gin_trgm_ops'), name='sanctions_name_latin'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('sound_key', 'gin_trgm_ops'), name='sanctions_name_sound'), django.contrib.postgres.indexes.GinIndex(fields=['sounds'], name='sanctions_name_sounds')],
                },
            ),
            migrations.CreateModel(
                name='SanctionsScreening',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sanctions_screenings', to='intake.lead')),
                    ('screened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('outcome', models.CharField(choices=[('not_screened', 'not screened: no list loaded'), ('none_found', 'none found'), ('possible', 'possible match')], max_length=12)),
                    ('names', models.JSONField(default=list, help_text='What was looked for.')),
                    ('lists', models.JSONField(default=list, help_text='Where: each list with its date.')),
                    ('matches', models.JSONField(default=list, help_text='What was found.')),
                    ('digest', models.CharField(help_text='Of names and lists: the same again needs no other look.', max_length=64)),
                ],
                options={
                    'indexes': [models.Index(fields=['lead', '-id'], name='sanctions_screening_newest')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['not_screened', 'none_found', 'possible'])), name='sanctions_outcome_known')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sanctionsscreening',
                trigger=pgtrigger.compiler.Trigger(name='sanctions_screening_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_sanctionsscreening', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1a37f87dc400ff48c86967e41484f6ae8e273cfe', operation='UPDATE OR DELETE', pgid='pgtrigger_sanctions_screening_frozen_d40b5', table='intake_sanctionsscreening', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Screening',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='screening', to='intake.lead')),
                    ('score', models.PositiveSmallIntegerField()),
                    ('line', models.PositiveSmallIntegerField(help_text='From this score on a request is held back.')),
                    ('items', models.JSONField(help_text='What, how many points, and what shows it.')),
                    ('rules', models.PositiveSmallIntegerField(help_text='Version of the rules.')),
                    ('text_digest', models.CharField(help_text='Of the words, to know them again.', max_length=64)),
                    ('text_bands', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text='Of the words, to know their like again.', size=None)),
                    ('screened_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'indexes': [models.Index(fields=['text_digest'], name='screening_same_words'), django.contrib.postgres.indexes.GinIndex(fields=['text_bands'], name='screening_like_words')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='screening',
                trigger=pgtrigger.compiler.Trigger(name='screening_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('intake_screening', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='dae33726cea3ac2c9568a1ca19ae2e3c7d65df4d', operation='UPDATE OR DELETE', pgid='pgtrigger_screening_frozen_7539c', table='intake_screening', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Skill',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('adviser', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skills', to='intake.adviser')),
                    ('kind', models.CharField(choices=[('language', 'language'), ('country', 'country'), ('region', 'region'), ('topic', 'topic'), ('service', 'service')], max_length=8)),
                    ('value', models.CharField(max_length=40)),
                    ('level', models.PositiveSmallIntegerField(choices=[(1, 'basic'), (2, 'good'), (3, 'expert')], default=2)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('adviser', 'kind', 'value'), name='skill_once', violation_error_message='This skill stands here twice.'), models.CheckConstraint(condition=models.Q(('level__in', [1, 2, 3])), name='skill_level_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['language', 'country', 'region', 'topic', 'service'])), name='skill_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='StandIn',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stand_ins', to='intake.lead')),
                    ('kind', models.CharField(choices=[('cover', 'covers it'), ('loan', 'has it meanwhile')], max_length=5)),
                    ('owner', models.ForeignKey(help_text='Who is away.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='intake.adviser')),
                    ('adviser', models.ForeignKey(help_text='Who stands in.', on_delete=django.db.models.deletion.PROTECT, related_name='stand_ins', to='intake.adviser')),
                    ('absence', models.ForeignKey(blank=True, help_text='Because of which; empty once it was removed.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='stand_ins', to='intake.absence')),
                    ('started_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_because', models.CharField(blank=True, choices=[('back', 'the owner is back'), ('kept', 'stays with who worked on it'), ('changed', 'somebody else stands in'), ('moved', 'the lead went to another'), ('closed', 'the lead was closed')], max_length=7)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('lead', 'kind'), name='stand_in_one_open_per_lead'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('lead', '='), ('kind', '='), (models.Func('started_at', 'ended_at', function='tstzrange', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='stand_in_spans_apart'), models.CheckConstraint(condition=models.Q(('owner', models.F('adviser')), _negated=True), name='stand_in_is_another'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('ended_because', '')), models.Q(('ended_at__isnull', False), models.Q(('ended_because', ''), _negated=True)), _connector='OR'), name='stand_in_ended_for_a_reason')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='standin',
                trigger=pgtrigger.compiler.Trigger(name='stand_in_on_lead', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."kind" = \'cover\')', func="""
                    UPDATE intake_lead SET cover_id = (
                        SELECT adviser_id FROM intake_standin
                        WHERE lead_id = NEW.lead_id AND kind = 'cover' AND ended_at IS NULL
                    ) WHERE id = NEW.lead_id;
                    RETURN NULL;
                """, hash='e24027ba099758c086b04fe9267b362c6d123643', operation='INSERT OR UPDATE OF "ended_at"', pgid='pgtrigger_stand_in_on_lead_587ee', table='intake_standin', when='AFTER')),
            ),
            migrations.CreateModel(
                name='Wall',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='walls', to=settings.AUTH_USER_MODEL)),
                    ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walls', to='intake.lead')),
                    ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walls', to='intake.organisation')),
                    ('engagement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walls', to='intake.engagement')),
                    ('reason', models.TextField()),
                    ('hold', models.ForeignKey(blank=True, help_text='The conflict that it was raised for.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walls', to='intake.hold')),
                    ('by', models.ForeignKey(blank=True, help_text='Who raised it; empty: it was raised by itself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('starts_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='from')),
                    ('ends_at', models.DateTimeField(blank=True, help_text='Empty: it stays.', null=True, verbose_name='to')),
                    ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('lifted_because', models.TextField(blank=True)),
                ],
                options={
                    'permissions': [('lift_wall', 'Can lift a wall before its end')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('engagement', None), ('lead__isnull', False), ('organisation', None)), models.Q(('engagement', None), ('lead', None), ('organisation__isnull', False)), models.Q(('engagement__isnull', False), ('lead', None), ('organisation', None)), _connector='OR'), name='wall_before_one_thing'), models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='wall_ends_after_it_starts', violation_error_message='The end lies before the start.'), models.CheckConstraint(condition=models.Q(models.Q(('lifted_because', ''), ('lifted_by', None)), models.Q(('ends_at__isnull', False), ('lifted_by__isnull', False), models.Q(('lifted_because', ''), _negated=True)), _connector='OR'), name='wall_lifted_for_a_reason'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='wall_for_a_reason'), models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True), ('lead__isnull', False)), fields=('user', 'lead'), name='wall_once_before_lead'), models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True), ('organisation__isnull', False)), fields=('user', 'organisation'), name='wall_once_before_organisation'), models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True), ('engagement__isnull', False)), fields=('user', 'engagement'), name='wall_once_before_engagement')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='wall',
                trigger=pgtrigger.compiler.Trigger(name='wall_is_of_one_person', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."lead_id" IS DISTINCT FROM (NEW."lead_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."engagement_id" IS DISTINCT FROM (NEW."engagement_id") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."hold_id" IS DISTINCT FROM (NEW."hold_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8cbc023d4fab999899efe5a12eabf7e442fac820', operation='UPDATE', pgid='pgtrigger_wall_is_of_one_person_ac902', table='intake_wall', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='wall',
                trigger=pgtrigger.compiler.Trigger(name='wall_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='3499ac68001bc75d32eb2d722d1fab97ea50f70c', operation='DELETE', pgid='pgtrigger_wall_kept_80968', table='intake_wall', when='BEFORE')),
            ),
        ]),
        migrations.RunSQL(sql(__file__, 'walls.sql'), sql(__file__, 'walls_removed.sql')),
    ]
