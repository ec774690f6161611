import datetime
import functools
import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.serializers.json
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.contrib.postgres.search import CombinedSearchVector, SearchConfig, SearchVector, SearchVectorField
from django.db import migrations, models

import accounts.text_rules
import briefs.geography
from accounts.first_migrations import AtOnce, sql


# A word with a slash is one "file" to the parser, one in angles a tag, one with vowel signs is two: lost to search.
_SIGNS = '/–—<>\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670\u0640'


def _words(field, config, weight):
    plain = models.Func(
        models.F(field), models.Value(_SIGNS), models.Value('     '), function='translate', output_field=models.TextField(),
    )
    return SearchVector(plain, config=config, weight=weight)


def _search(config):
    """The text in its own language's stems, names and title also as they are written."""
    parts = [
        _words('title', config, 'A'), _words('title', 'simple_u', 'A'), _words('names_text', 'simple_u', 'A'),
        _words('summary', config, 'B'), _words('body_text', config, 'C'),
    ]
    return functools.reduce(lambda one, more: CombinedSearchVector(one, '||', more, SearchConfig(config)), parts)


_CONFIGS = {'en': 'en_u', 'fr': 'fr_u', 'pt': 'pt_u', 'ar': 'arabic'}
_SEARCH = models.Case(
    *(models.When(language=code, then=_search(config)) for code, config in _CONFIGS.items()),
    default=models.Value(None), output_field=SearchVectorField(),
)


class Migration(migrations.Migration):

    replaces = [
        ('briefs', '0001_initial'),
        ('briefs', '0002_review_and_revisions'),
        ('briefs', '0003_published_before_review'),
        ('briefs', '0004_review_and_revisions_held'),
        ('briefs', '0005_search_with_names'),
        ('briefs', '0006_announcement'),
        ('briefs', '0007_card_images'),
        ('briefs', '0008_told_incidents'),
        ('briefs', '0009_told_incidents_filled'),
        ('briefs', '0010_review_reachable'),
        ('briefs', '0011_subscriptions'),
        ('briefs', '0012_gazetteer'),
        ('briefs', '0013_lists_in_the_index'),
        ('briefs', '0014_resolutions'),
        ('briefs', '0015_erasure_door'),
        ('briefs', '0016_facets_in_the_index'),
        ('briefs', '0017_made_pages'),
        ('briefs', '0018_subjects_in_one_index'),
    ]

    initial = True

    dependencies = [('accounts', '0001_schema'), ('mail', '0001_schema')]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        migrations.RunSQL(sql(__file__, 'search.sql'), sql(__file__, 'search_removed.sql')),
        AtOnce([
            migrations.CreateModel(
                name='Actor',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120, unique=True)),
                    ('slug', models.SlugField(help_text='Part of the page address.', max_length=120, unique=True)),
                    ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None)),
                    ('kind', models.CharField(choices=[('armed_group', 'Armed group'), ('state_force', 'State force'), ('political', 'Political'), ('criminal', 'Criminal'), ('civil', 'Civil')], max_length=20)),
                    ('parents', models.ManyToManyField(blank=True, help_text='What it belongs to, such as the group of a katiba.', related_name='children', to='briefs.actor')),
                    ('note', models.TextField(blank=True, help_text='Public.', max_length=1000, verbose_name='about')),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['armed_group', 'state_force', 'political', 'criminal', 'civil'])), name='actor_kind_known')],
                },
            ),
            migrations.CreateModel(
                name='Place',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=120)),
                    ('country', models.CharField(choices=briefs.geography.country_choices, help_text='ISO 3166.', max_length=2)),
                    ('admin1', models.CharField(blank=True, help_text='The first level below the country.', max_length=80, verbose_name='region')),
                    ('kind', models.CharField(choices=[('town', 'town'), ('village', 'village'), ('border_post', 'border post'), ('port', 'port'), ('airport', 'airport'), ('road', 'stretch of road'), ('site', 'site'), ('region', 'region')], default='town', max_length=20)),
                    ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=120), blank=True, default=list, size=None)),
                    ('latitude', models.FloatField(help_text='Degrees, north is positive.')),
                    ('longitude', models.FloatField(help_text='Degrees, east is positive.')),
                    ('precision', models.CharField(choices=[('exact', 'the place itself'), ('near', 'near it'), ('region', 'somewhere in the region')], default='exact', max_length=10)),
                    ('population', models.PositiveIntegerField(blank=True, help_text='Empty: not known.', null=True)),
                    ('geonames_id', models.PositiveIntegerField(blank=True, editable=False, null=True, unique=True, verbose_name='GeoNames number')),
                    ('loaded_mark', models.CharField(blank=True, editable=False, max_length=32)),
                    ('note', models.CharField(blank=True, help_text='Where the position comes from.', max_length=300)),
                    ('words', models.GeneratedField(db_persist=True, expression=models.Func(models.F('name'), models.F('aliases'), models.F('admin1'), function='place_words'), output_field=models.TextField())),
                ],
                options={
                    'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='place_words', opclasses=['gin_trgm_ops']), models.Index(fields=['name', 'id'], name='place_by_name')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('geonames_id', None)), fields=('name', 'country', 'admin1'), name='place_once_in_a_region'), models.CheckConstraint(condition=models.Q(('kind__in', ['town', 'village', 'border_post', 'port', 'airport', 'road', 'site', 'region'])), name='place_kind_known'), models.CheckConstraint(condition=models.Q(('precision__in', ['exact', 'near', 'region'])), name='place_precision_known'), models.CheckConstraint(condition=models.Q(('country__in', ('AO', 'BF', 'BI', 'BJ', 'BW', 'CD', 'CF', 'CG', 'CI', 'CM', 'CV', 'DJ', 'DZ', 'EG', 'EH', 'ER', 'ET', 'GA', 'GH', 'GM', 'GN', 'GQ', 'GW', 'KE', 'KM', 'LR', 'LS', 'LY', 'MA', 'MG', 'ML', 'MR', 'MU', 'MW', 'MZ', 'NA', 'NE', 'NG', 'RW', 'SC', 'SD', 'SL', 'SN', 'SO', 'SS', 'ST', 'SZ', 'TD', 'TG', 'TN', 'TZ', 'UG', 'ZA', 'ZM', 'ZW'))), name='place_in_africa'), models.CheckConstraint(condition=models.Q(('latitude__range', (-90, 90)), ('longitude__range', (-180, 180))), name='place_on_the_globe')],
                },
            ),
            migrations.CreateModel(
                name='Incident',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('occurred_on', models.DateField()),
                    ('precision', models.CharField(choices=[('day', 'the day is known'), ('week', 'within that week'), ('month', 'within that month')], default='day', max_length=5)),
                    ('place', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incidents', to='briefs.place')),
                    ('event_type', models.CharField(choices=[('battles', 'Battle'), ('explosions_remote_violence', 'Explosion or remote violence'), ('violence_against_civilians', 'Violence against civilians'), ('protests', 'Protest'), ('riots', 'Riot'), ('strategic_developments', 'Strategic development')], max_length=30)),
                    ('sub_type', models.CharField(blank=True, choices=[('armed_clash', 'Armed clash'), ('government_regains_territory', 'Government regains territory'), ('non_state_overtakes_territory', 'Non-state actor overtakes territory'), ('chemical_weapon', 'Chemical weapon'), ('air_drone_strike', 'Air or drone strike'), ('suicide_bomb', 'Suicide bomb'), ('shelling_artillery_missile', 'Shelling, artillery or missile attack'), ('remote_explosive', 'Remote explosive, landmine or IED'), ('grenade', 'Grenade'), ('sexual_violence', 'Sexual violence'), ('attack', 'Attack'), ('abduction', 'Abduction or forced disappearance'), ('peaceful_protest', 'Peaceful protest'), ('protest_with_intervention', 'Protest with intervention'), ('excessive_force', 'Excessive force against protesters'), ('violent_demonstration', 'Violent demonstration'), ('mob_violence', 'Mob violence'), ('agreement', 'Agreement'), ('arrests', 'Arrests'), ('change_to_group', 'Change to a group or its activity'), ('disrupted_weapons_use', 'Disrupted weapons use'), ('base_established', 'Headquarters or base established'), ('looting', 'Looting or destruction of property'), ('non_violent_transfer', 'Non-violent transfer of territory'), ('other', 'Other')], max_length=40)),
                    ('title', models.CharField(max_length=200)),
                    ('fatalities', models.PositiveIntegerField(blank=True, help_text='Empty: not known.', null=True)),
                    ('actors', models.ManyToManyField(blank=True, related_name='incidents', to='briefs.actor')),
                ],
                options={
                    'indexes': [models.Index(fields=['-occurred_on', '-id'], name='incident_newest')],
                    'constraints': [models.UniqueConstraint(fields=('occurred_on', 'place', 'title'), name='incident_once'), models.CheckConstraint(condition=models.Q(('precision__in', ['day', 'week', 'month'])), name='incident_precision_known'), models.CheckConstraint(condition=models.Q(('event_type__in', ['battles', 'explosions_remote_violence', 'violence_against_civilians', 'protests', 'riots', 'strategic_developments'])), name='incident_event_type_known'), models.CheckConstraint(condition=models.Q(('sub_type', ''), models.Q(('event_type', 'battles'), ('sub_type__in', ['armed_clash', 'government_regains_territory', 'non_state_overtakes_territory'])), models.Q(('event_type', 'explosions_remote_violence'), ('sub_type__in', ['chemical_weapon', 'air_drone_strike', 'suicide_bomb', 'shelling_artillery_missile', 'remote_explosive', 'grenade'])), models.Q(('event_type', 'violence_against_civilians'), ('sub_type__in', ['sexual_violence', 'attack', 'abduction'])), models.Q(('event_type', 'protests'), ('sub_type__in', ['peaceful_protest', 'protest_with_intervention', 'excessive_force'])), models.Q(('event_type', 'riots'), ('sub_type__in', ['violent_demonstration', 'mob_violence'])), models.Q(('event_type', 'strategic_developments'), ('sub_type__in', ['agreement', 'arrests', 'change_to_group', 'disrupted_weapons_use', 'base_established', 'looting', 'non_violent_transfer', 'other'])), _connector='OR'), name='incident_sub_type_fits')],
                },
            ),
            migrations.CreateModel(
                name='ReferenceCounter',
                fields=[
                    ('year', models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                    ('last_number', models.PositiveIntegerField()),
                ],
            ),
            migrations.CreateModel(
                name='SearchTerm',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=200, unique=True)),
                    ('key', models.CharField(max_length=200)),
                ],
                options={
                    'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['key'], name='search_term_near', opclasses=['gin_trgm_ops'])],
                },
            ),
            migrations.CreateModel(
                name='Source',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=200, unique=True)),
                    ('reliability', models.CharField(choices=[('A', 'A · completely reliable'), ('B', 'B · usually reliable'), ('C', 'C · fairly reliable'), ('D', 'D · not usually reliable'), ('E', 'E · unreliable'), ('F', 'F · cannot be judged')], default='F', max_length=1)),
                    ('is_named', models.BooleanField(default=False, help_text='Whether briefs print its name.', verbose_name='named in public')),
                    ('note', models.TextField(blank=True, help_text='TLP:AMBER+STRICT. It never leaves the house.', max_length=2000)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('reliability__in', ['A', 'B', 'C', 'D', 'E', 'F'])), name='source_reliability_known')],
                },
            ),
            migrations.CreateModel(
                name='Subscriber',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('email', models.EmailField(blank=True, help_text='In small letters; empty once forgotten.', max_length=254, null=True, unique=True, verbose_name='e-mail')),
                    ('email_digest', models.CharField(max_length=64, unique=True)),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], default='en', max_length=2)),
                    ('seed', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('suppressed_at', models.DateTimeField(blank=True, null=True)),
                    ('suppression_reason', models.CharField(blank=True, max_length=200)),
                    ('confirmations_on', models.DateField(blank=True, null=True)),
                    ('confirmations', models.PositiveSmallIntegerField(default=0)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'permissions': [('suppress_subscriber', 'Can end subscriptions and suppress addresses')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('suppressed_at__isnull', True), ('suppression_reason', '')), models.Q(('suppressed_at__isnull', False), models.Q(('suppression_reason', ''), _negated=True)), _connector='OR'), name='subscriber_suppressed_with_reason'), models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr', 'pt', 'ar'])), name='subscriber_language_known')],
                },
            ),
            migrations.CreateModel(
                name='Subscription',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to='briefs.subscriber')),
                    ('q', models.CharField(blank=True, max_length=200, verbose_name='words')),
                    ('country', models.CharField(blank=True, max_length=2)),
                    ('actor', models.SlugField(blank=True, max_length=120)),
                    ('topic', models.CharField(blank=True, max_length=40)),
                    ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], max_length=2), blank=True, default=list, help_text='Of briefs; none means all.', size=None)),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], default='en', max_length=2)),
                    ('frequency', models.CharField(choices=[('immediate', 'At once, one mail a brief'), ('weekly', 'Once a week, in one mail')], default='immediate', max_length=10)),
                    ('state', models.CharField(choices=[('pending', 'not confirmed yet'), ('confirmed', 'confirmed'), ('unsubscribed', 'unsubscribed')], default='pending', max_length=12)),
                    ('seed', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('is_suspect', models.BooleanField(default=False, help_text='A machine filled the form: no mail goes out until staff say so.')),
                    ('asks', models.PositiveSmallIntegerField(default=1, help_text='How often it was asked for.')),
                    ('consent_version', models.CharField(max_length=20)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('mailed_at', models.DateTimeField(blank=True, help_text='When the link to confirm it last went out.', null=True)),
                    ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                    ('ended_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'indexes': [models.Index(condition=models.Q(('state', 'confirmed')), fields=['country', 'topic', 'actor', 'id'], name='subscription_fits'), models.Index(condition=models.Q(('state', 'pending')), fields=['created_at'], name='subscription_pending')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'unsubscribed'), _negated=True), fields=('subscriber', 'q', 'country', 'actor', 'topic', 'languages'), name='subscription_stands_once'), models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('ended_at__isnull', True), ('state', 'pending')), models.Q(('confirmed_at__isnull', False), ('ended_at__isnull', True), ('state', 'confirmed')), models.Q(('ended_at__isnull', False), ('state', 'unsubscribed')), _connector='OR'), name='subscription_times_fit_its_state'), models.CheckConstraint(condition=models.Q(('frequency__in', ['immediate', 'weekly'])), name='subscription_frequency_known')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='subscription',
                trigger=pgtrigger.compiler.Trigger(name='state_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{pending:confirmed,pending:unsubscribed,confirmed:unsubscribed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='0274a3b48de872bc5b7b95b94b878accf378a821', operation='UPDATE', pgid='pgtrigger_state_moves_b83ec', table='briefs_subscription', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Brief',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(help_text='Part of the page address.', max_length=120, unique=True)),
                    ('reference', models.CharField(blank=True, editable=False, max_length=20, null=True, unique=True)),
                    ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('title', models.CharField(max_length=200)),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], default='en', max_length=2)),
                    ('kind', models.CharField(choices=[('assessment', 'Assessment'), ('flash', 'Flash'), ('forecast', 'Forecast'), ('country_brief', 'Country brief')], default='assessment', max_length=20)),
                    ('status', models.CharField(choices=[('draft', 'draft'), ('in_review', 'in review'), ('changes_requested', 'changes requested'), ('approved', 'approved'), ('published', 'published'), ('archived', 'archived'), ('withdrawn', 'withdrawn')], default='draft', editable=False, max_length=20)),
                    ('summary', models.TextField(blank=True, help_text='Two or three sentences.', max_length=600)),
                    ('body', models.TextField(blank=True, help_text='Rich text, kept as sanitised HTML.', max_length=200000)),
                    ('body_text', models.TextField(blank=True, editable=False)),
                    ('names_text', models.TextField(blank=True, editable=False)),
                    ('word_count', models.PositiveIntegerField(default=0, editable=False)),
                    ('reading_minutes', models.PositiveSmallIntegerField(default=1, editable=False)),
                    ('tlp', models.CharField(choices=[('clear', 'TLP:CLEAR'), ('green', 'TLP:GREEN'), ('amber', 'TLP:AMBER'), ('amber_strict', 'TLP:AMBER+STRICT'), ('red', 'TLP:RED')], default='amber_strict', help_text='Who may see it. Only TLP:CLEAR can be published.', max_length=12, verbose_name='TLP marking')),
                    ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, help_text='ISO 3166 codes, the main one first.', size=None)),
                    ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=40), blank=True, default=list, size=None)),
                    ('is_sample', models.BooleanField(default=False, help_text='Invented to show the form; the page says so.', verbose_name='sample')),
                    ('data_cutoff', models.DateTimeField(blank=True, help_text='Nothing later was known to us. UTC.', null=True, verbose_name='data cut-off')),
                    ('actors', models.ManyToManyField(blank=True, related_name='briefs', to='briefs.actor')),
                    ('places', models.ManyToManyField(blank=True, related_name='briefs', to='briefs.place')),
                    ('incidents', models.ManyToManyField(blank=True, related_name='briefs', to='briefs.incident')),
                    ('translation_key', models.UUIDField(default=uuid.uuid4, editable=False)),
                    ('translated_from', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='translations', to='briefs.revision')),
                    ('revises', models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pending', to='briefs.brief')),
                    ('head_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='briefs.revision')),
                    ('live_revision', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='briefs.revision')),
                    ('superseded_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='supersedes', to='briefs.brief')),
                    ('assignee', models.ForeignKey(blank=True, help_text='Who is to act next.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assigned_briefs', to=settings.AUTH_USER_MODEL)),
                    ('due_on', models.DateField(blank=True, null=True, verbose_name='due')),
                    ('published_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('expires_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('modified_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('changed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('announced_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('withdrawal_reason', models.TextField(blank=True, editable=False, max_length=600)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('updated_at', models.DateTimeField(auto_now=True)),
                    ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='briefs', to=settings.AUTH_USER_MODEL)),
                    ('search', models.GeneratedField(db_persist=True, expression=_SEARCH, output_field=SearchVectorField())),
                ],
                options={
                    'permissions': [('approve_brief', 'Can approve briefs of others and request changes'), ('publish_brief', 'Can publish, schedule, correct, archive and withdraw briefs'), ('emergency_publish_brief', 'Can publish a brief that nobody has approved')],
                    'indexes': [models.Index(condition=models.Q(('status', 'published')), fields=['-published_at', '-id'], include=('tlp', 'expires_at', 'language', 'kind', 'countries', 'topics', 'changed_at'), name='brief_newest'), models.Index(condition=models.Q(('status', 'published')), fields=['language', '-published_at', '-id'], include=('tlp', 'expires_at', 'kind', 'countries', 'topics'), name='brief_newest_by_language'), models.Index(django.db.models.functions.comparison.Greatest('changed_at', 'published_at'), models.F('uid'), condition=models.Q(('status__in', ('published', 'archived', 'withdrawn'))), name='brief_changes'), models.Index(condition=models.Q(('expires_at__isnull', False), ('status', 'published')), fields=['expires_at'], name='brief_expiries'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['countries', 'topics'], name='brief_subjects'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['search'], name='brief_search')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'changes_requested', 'approved', 'published', 'archived', 'withdrawn'])), name='brief_status_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['assessment', 'flash', 'forecast', 'country_brief'])), name='brief_kind_known'), models.CheckConstraint(condition=models.Q(('language__in', ['en', 'fr', 'pt', 'ar'])), name='brief_language_known'), models.CheckConstraint(condition=models.Q(('tlp__in', ['clear', 'green', 'amber', 'amber_strict', 'red'])), name='brief_tlp_known'), models.CheckConstraint(condition=models.Q(('published_at__isnull', True), ('tlp', 'clear'), _connector='OR'), name='brief_public_is_tlp_clear'), models.CheckConstraint(condition=models.Q(models.Q(('changed_at__isnull', False), ('live_revision__isnull', False), ('published_at__isnull', False), ('reference__isnull', False), ('revises__isnull', True), ('status__in', ('published', 'archived', 'withdrawn'))), models.Q(models.Q(('status__in', ('published', 'archived', 'withdrawn')), _negated=True), ('live_revision__isnull', True), ('published_at__isnull', True)), _connector='OR'), name='brief_published_with_date_and_reference'), models.CheckConstraint(condition=models.Q(('published_at__isnull', True), models.Q(models.Q(('summary', ''), _negated=True), models.Q(('body', ''), _negated=True), ('countries__len__gte', 1), ('data_cutoff__isnull', False), ('data_cutoff__lte', models.F('published_at'))), _connector='OR'), name='brief_published_is_complete'), models.CheckConstraint(condition=models.Q(('expires_at__isnull', True), ('expires_at__gt', models.F('published_at')), _connector='OR'), name='brief_expires_after_publication'), models.CheckConstraint(condition=models.Q(('announced_at__isnull', True), ('announced_at__gte', models.F('published_at')), _connector='OR'), name='brief_announced_when_out'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'withdrawn'), ('withdrawn_at__isnull', False), models.Q(('withdrawal_reason', ''), _negated=True)), models.Q(models.Q(('status', 'withdrawn'), _negated=True), ('withdrawal_reason', ''), ('withdrawn_at__isnull', True)), _connector='OR'), name='brief_withdrawn_with_reason'), models.CheckConstraint(condition=models.Q(('superseded_by__isnull', True), models.Q(('published_at__isnull', False), models.Q(('superseded_by', models.F('id')), _negated=True)), _connector='OR'), name='brief_superseded_by_another'), models.CheckConstraint(condition=models.Q(('revises__isnull', True), models.Q(('revises', models.F('id')), _negated=True), _connector='OR'), name='brief_revises_another'), models.UniqueConstraint(condition=models.Q(('revises__isnull', True)), fields=('translation_key', 'language'), name='brief_one_translation_a_language'), models.CheckConstraint(condition=models.Q(('countries__contained_by', ['AO', 'BF', 'BI', 'BJ', 'BW', 'CD', 'CF', 'CG', 'CI', 'CM', 'CV', 'DJ', 'DZ', 'EG', 'EH', 'ER', 'ET', 'GA', 'GH', 'GM', 'GN', 'GQ', 'GW', 'KE', 'KM', 'LR', 'LS', 'LY', 'MA', 'MG', 'ML', 'MR', 'MU', 'MW', 'MZ', 'NA', 'NE', 'NG', 'RW', 'SC', 'SD', 'SL', 'SN', 'SO', 'SS', 'ST', 'SZ', 'TD', 'TG', 'TN', 'TZ', 'UG', 'ZA', 'ZM', 'ZW'])), name='brief_countries_in_africa')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='brief',
                trigger=pgtrigger.compiler.Trigger(name='status_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{draft:in_review,in_review:draft,in_review:changes_requested,in_review:approved,changes_requested:in_review,approved:draft,approved:published,draft:published,in_review:published,changes_requested:published,published:approved,published:archived,published:withdrawn,archived:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='db4eca204460d2e910fff001f5d247b28aae5e18', operation='UPDATE', pgid='pgtrigger_status_moves_9be75', table='briefs_brief', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='brief',
                trigger=pgtrigger.compiler.Trigger(name='starts_as_draft', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."status" = \'draft\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;", hash='0ca727339793caa74af8a570d14f4426f0ed8557', operation='INSERT', pgid='pgtrigger_starts_as_draft_4c17f', table='briefs_brief', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='brief',
                trigger=pgtrigger.compiler.Trigger(name='needs_approval', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN ((OLD.status IS DISTINCT FROM NEW.status AND NEW.status IN ('approved', 'published')) OR (OLD.live_revision_id IS DISTINCT FROM NEW.live_revision_id AND NEW.live_revision_id IS NOT NULL))", func="""
IF NOT EXISTS (
    SELECT 1 FROM briefs_move AS move
    WHERE move.revision_id = COALESCE(NEW.live_revision_id, NEW.head_revision_id)
      AND (move.is_emergency OR (move.to_status = 'approved' AND move.from_status = 'in_review'))
) THEN
    RAISE EXCEPTION 'brief %: this revision has not been approved', NEW.id;
END IF;
RETURN NEW;
""", hash='4688a52a465c229450958d7be611658f0985b433', operation='UPDATE', pgid='pgtrigger_needs_approval_cb764', table='briefs_brief', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='brief',
                trigger=pgtrigger.compiler.Trigger(name='approved_text_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.status IN ('approved', 'published', 'archived', 'withdrawn') AND OLD.head_revision_id IS NOT DISTINCT FROM NEW.head_revision_id AND (OLD.title IS DISTINCT FROM NEW.title OR OLD.language IS DISTINCT FROM NEW.language OR OLD.kind IS DISTINCT FROM NEW.kind OR OLD.tlp IS DISTINCT FROM NEW.tlp OR OLD.is_sample IS DISTINCT FROM NEW.is_sample OR OLD.summary IS DISTINCT FROM NEW.summary OR OLD.body IS DISTINCT FROM NEW.body OR OLD.countries IS DISTINCT FROM NEW.countries OR OLD.topics IS DISTINCT FROM NEW.topics OR OLD.data_cutoff IS DISTINCT FROM NEW.data_cutoff))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='448f992b42b7f6b4d944ee08675da4bbcf6b290a', operation='UPDATE', pgid='pgtrigger_approved_text_stays_eeb00', table='briefs_brief', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='brief',
                trigger=pgtrigger.compiler.Trigger(name='published_number_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.reference IS NOT NULL AND OLD.reference IS DISTINCT FROM NEW.reference)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='6ee60c8c749ba59ff55dc88e3e48a5c0dde70db3', operation='UPDATE', pgid='pgtrigger_published_number_stays_ad27d', table='briefs_brief', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='brief',
                trigger=pgtrigger.compiler.Trigger(name='published_date_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.published_at <= now() AND OLD.published_at IS DISTINCT FROM NEW.published_at)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='43258e7ee3e0bed5119d449df2ec16a30a973d1a', operation='UPDATE', pgid='pgtrigger_published_date_stays_727a0', table='briefs_brief', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='brief',
                trigger=pgtrigger.compiler.Trigger(name='address_redirects', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.slug IS DISTINCT FROM NEW.slug AND OLD.published_at IS NOT NULL)', func="""
IF EXISTS (SELECT 1 FROM briefs_formeraddress WHERE slug = NEW.slug AND brief_id <> NEW.id) THEN
    RAISE EXCEPTION 'brief %: the address % leads to another brief', NEW.id, NEW.slug;
END IF;
DELETE FROM briefs_formeraddress WHERE slug = NEW.slug;
INSERT INTO briefs_formeraddress (slug, brief_id, left_at) VALUES (OLD.slug, OLD.id, now());
RETURN NEW;
""", hash='af50249945c98f806064e9d67006dc14d716fd01', operation='UPDATE', pgid='pgtrigger_address_redirects_01b52', table='briefs_brief', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='brief',
                trigger=pgtrigger.compiler.Trigger(name='tells_incidents', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.live_revision_id IS DISTINCT FROM NEW.live_revision_id)', func="""
DELETE FROM briefs_toldincident WHERE brief_id = NEW.id;
INSERT INTO briefs_toldincident (
    brief_id, revision_id, number, occurred_on, event_type, sub_type, country, latitude, longitude, actors, said
)
SELECT NEW.id, revision.id, (said->>'id')::bigint, (said->>'occurred_on')::date, said->>'event_type',
    said->>'sub_type', said->'place'->>'country', (said->'place'->>'latitude')::float8,
    (said->'place'->>'longitude')::float8,
    ARRAY(SELECT jsonb_array_elements_text(COALESCE(said->'actors', '[]'))), said
FROM briefs_revision AS revision, jsonb_array_elements(revision.snapshot->'incidents') AS said
WHERE revision.id = NEW.live_revision_id;
RETURN NULL;
""", hash='754c64a514dbf5a95e31d2476cb25661e29c2f5d', operation='UPDATE', pgid='pgtrigger_tells_incidents_a04cb', table='briefs_brief', when='AFTER')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='brief',
                trigger=pgtrigger.compiler.Trigger(name='published_is_not_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5b4e349b48b56a4c9f033343c825daa138af31a4', operation='DELETE', pgid='pgtrigger_published_is_not_deleted_b9b79', table='briefs_brief', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Citation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='citations', to='briefs.brief')),
                    ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='citations', to='briefs.source')),
                    ('position', models.PositiveSmallIntegerField(default=1, help_text='1 is the first.')),
                    ('title', models.CharField(blank=True, help_text='Printed when the source is named in public.', max_length=300)),
                    ('url', models.CharField(blank=True, max_length=500, validators=[django.core.validators.URLValidator(['http', 'https'])], verbose_name='address')),
                    ('published_on', models.DateField(blank=True, null=True)),
                    ('credibility', models.CharField(choices=[('1', '1 · confirmed by other sources'), ('2', '2 · probably true'), ('3', '3 · possibly true'), ('4', '4 · doubtful'), ('5', '5 · improbable'), ('6', '6 · truth cannot be judged')], default='6', max_length=1)),
                    ('note', models.TextField(blank=True, help_text='TLP:AMBER+STRICT. It never leaves the house.', max_length=2000)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('brief', 'position'), name='citation_position_once'), models.CheckConstraint(condition=models.Q(('credibility__in', ['1', '2', '3', '4', '5', '6'])), name='citation_credibility_known')],
                },
            ),
            migrations.CreateModel(
                name='FormerAddress',
                fields=[
                    ('slug', models.SlugField(max_length=120, primary_key=True, serialize=False)),
                    ('brief', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_addresses', to='briefs.brief')),
                    ('left_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='Judgement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='judgements', to='briefs.brief')),
                    ('key', models.UUIDField(default=uuid.uuid4, editable=False)),
                    ('position', models.PositiveSmallIntegerField(blank=True, default=1, help_text='1 is the first.', null=True)),
                    ('text', models.CharField(help_text='One claim, without a word of likelihood in it.', max_length=400)),
                    ('scale', models.CharField(default='icd203', editable=False, max_length=10)),
                    ('likelihood', models.CharField(choices=[('almost_no_chance', 'Almost no chance'), ('very_unlikely', 'Very unlikely'), ('unlikely', 'Unlikely'), ('roughly_even', 'Roughly even chance'), ('likely', 'Likely'), ('very_likely', 'Very likely'), ('almost_certain', 'Almost certain')], max_length=20)),
                    ('confidence', models.CharField(choices=[('low', 'Low'), ('moderate', 'Moderate'), ('high', 'High')], max_length=10)),
                    ('horizon_on', models.DateField(help_text='The day on which it can be checked.', verbose_name='by')),
                    ('revises', models.ForeignKey(blank=True, help_text='The earlier judgement that this one changes.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revised_by', to='briefs.judgement')),
                    ('change_reason', models.CharField(blank=True, help_text='Why it differs from the earlier one.', max_length=300)),
                    ('dropped_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('outcome', models.CharField(choices=[('open', 'Open'), ('occurred', 'Occurred'), ('partly', 'Partly occurred'), ('did_not_occur', 'Did not occur'), ('overtaken', 'Overtaken by events'), ('unresolvable', 'Cannot be told')], default='open', editable=False, max_length=20)),
                    ('outcome_note', models.TextField(blank=True, editable=False, max_length=600)),
                    ('evidence', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resolves', to='briefs.brief')),
                    ('resolved_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('resolved_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resolved_judgements', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'permissions': [('resolve_judgement', 'Can say what came of a judgement')],
                    'indexes': [models.Index(condition=models.Q(('outcome', 'open')), fields=['horizon_on', 'id'], name='judgement_due'), models.Index(condition=models.Q(('outcome', 'open'), _negated=True), fields=['likelihood'], name='judgement_scored')],
                    'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('brief', 'position'), name='judgement_position_once'), models.UniqueConstraint(fields=('brief', 'key'), name='judgement_key_once'), models.CheckConstraint(condition=models.Q(('likelihood__in', ['almost_no_chance', 'very_unlikely', 'unlikely', 'roughly_even', 'likely', 'very_likely', 'almost_certain'])), name='judgement_likelihood_known'), models.CheckConstraint(condition=models.Q(('confidence__in', ['low', 'moderate', 'high'])), name='judgement_confidence_known'), models.CheckConstraint(condition=models.Q(('scale', 'icd203')), name='judgement_scale_known'), models.CheckConstraint(condition=models.Q(('outcome__in', ['open', 'occurred', 'partly', 'did_not_occur', 'overtaken', 'unresolvable'])), name='judgement_outcome_known'), models.CheckConstraint(condition=models.Q(models.Q(('evidence__isnull', True), ('outcome', 'open'), ('resolved_at__isnull', True), ('resolved_by__isnull', True)), models.Q(models.Q(('outcome', 'open'), _negated=True), ('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='judgement_resolved_by_somebody'), models.CheckConstraint(condition=models.Q(models.Q(('dropped_at__isnull', False), ('position__isnull', True)), models.Q(('dropped_at__isnull', True), ('position__isnull', False)), _connector='OR'), name='judgement_dropped_has_no_position'), models.CheckConstraint(condition=models.Q(('revises__isnull', True), models.Q(('revises', models.F('id')), _negated=True), _connector='OR'), name='judgement_revises_another')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='judgement',
                trigger=pgtrigger.compiler.Trigger(name='published_is_scored', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.likelihood <> NEW.likelihood OR OLD.confidence <> NEW.confidence OR OLD.horizon_on <> NEW.horizon_on OR OLD.scale <> NEW.scale OR OLD.brief_id <> NEW.brief_id)', func="""
IF EXISTS (SELECT 1 FROM briefs_brief WHERE id = OLD.brief_id AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'judgement %: what was published is scored; a change is a new judgement', OLD.id;
END IF;
RETURN NEW;""", hash='c53695ae005b7a9e982537cf77fbff8704d87635', operation='UPDATE', pgid='pgtrigger_published_is_scored_39bee', table='briefs_judgement', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='judgement',
                trigger=pgtrigger.compiler.Trigger(name='published_is_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="""
IF EXISTS (SELECT 1 FROM briefs_brief WHERE id = OLD.brief_id AND published_at IS NOT NULL) THEN
    RAISE EXCEPTION 'judgement %: what was published is scored; a change is a new judgement', OLD.id;
END IF;
RETURN OLD;""", hash='dcefebec2bfa439abda7e9a898b02729dbe99517', operation='DELETE', pgid='pgtrigger_published_is_kept_7fb07', table='briefs_judgement', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='judgement',
                trigger=pgtrigger.compiler.Trigger(name='resolved_by_others', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.resolved_by_id IS NOT NULL)', func="""
IF EXISTS (SELECT 1 FROM briefs_brief WHERE id = NEW.brief_id AND created_by_id = NEW.resolved_by_id) THEN
    RAISE EXCEPTION 'judgement %: whoever judged does not decide what came of it', NEW.id;
END IF;
RETURN NEW;
""", hash='2af20e565bd315fb10ff0309f9e17a14eb872abc', operation='UPDATE', pgid='pgtrigger_resolved_by_others_abbc3', table='briefs_judgement', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='MadePage',
                fields=[
                    ('brief', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='made_page', serialize=False, to='briefs.brief')),
                    ('digest', models.CharField(max_length=64)),
                    ('until', models.DateField(null=True)),
                    ('version', models.PositiveIntegerField()),
                    ('related', models.CharField(max_length=64)),
                    ('packed', models.BinaryField()),
                ],
            ),
            migrations.CreateModel(
                name='Resolution',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('judgement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='briefs.judgement')),
                    ('outcome', models.CharField(choices=[('open', 'Open'), ('occurred', 'Occurred'), ('partly', 'Partly occurred'), ('did_not_occur', 'Did not occur'), ('overtaken', 'Overtaken by events'), ('unresolvable', 'Cannot be told')], max_length=20)),
                    ('note', models.TextField(max_length=600)),
                    ('evidence', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='briefs.brief')),
                    ('resolved_at', models.DateTimeField()),
                    ('resolved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('outcome__in', ['open', 'occurred', 'partly', 'did_not_occur', 'overtaken', 'unresolvable']), models.Q(('outcome', 'open'), _negated=True)), name='resolution_outcome_known')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='resolution',
                trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='535d96262c22219ce316d9bf6691f6a9c4aab135', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_4fe26', table='briefs_resolution', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Revision',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('brief', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='briefs.brief')),
                    ('number', models.PositiveIntegerField()),
                    ('snapshot', models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                    ('digest', models.CharField(max_length=64)),
                    ('authors', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='brief_revisions', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('note', models.CharField(blank=True, max_length=200)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('brief', 'number'), name='revision_number_once'), models.CheckConstraint(condition=models.Q(('authors__len__gte', 1)), name='revision_has_authors')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='revision',
                trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='9a00cc831b3abe7f290a4120ed7f3364e854e03d', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_140f8', table='briefs_revision', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='CardImage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('revision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='card', to='briefs.revision')),
                    ('png', models.BinaryField()),
                    ('digest', models.CharField(max_length=64)),
                    ('made_with', models.CharField(max_length=200)),
                    ('made_at', models.DateTimeField(auto_now_add=True)),
                ],
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='cardimage',
                trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ec95e6efac3fdc3bad60c0d11f43ced4a524ad4a', operation='UPDATE', pgid='pgtrigger_frozen_07947', table='briefs_cardimage', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Edition',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('brief', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='editions', to='briefs.brief')),
                    ('number', models.PositiveIntegerField()),
                    ('revision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='edition', to='briefs.revision')),
                    ('published_at', models.DateTimeField()),
                    ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='brief_editions', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('brief', 'number'), name='edition_number_once')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='edition',
                trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='3e8ef5f2d8b15b9a8949fcd8e8016b3b3eb1b2fa', operation='UPDATE', pgid='pgtrigger_frozen_de5d7', table='briefs_edition', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='edition',
                trigger=pgtrigger.compiler.Trigger(name='stays_once_read', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.published_at <= now())', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='47bbc4baa1d5388905f722c3e9816a27b0834a7a', operation='DELETE', pgid='pgtrigger_stays_once_read_d284b', table='briefs_edition', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Correction',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('brief', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='briefs.brief')),
                    ('edition', models.ForeignKey(help_text='The text that carries the change.', on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='briefs.edition')),
                    ('kind', models.CharField(choices=[('factual', 'factual error'), ('attribution', 'attribution'), ('clarification', 'clarification'), ('update', 'update')], max_length=20)),
                    ('text', models.TextField(max_length=600)),
                    ('made_at', models.DateTimeField()),
                    ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='brief_corrections', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['factual', 'attribution', 'clarification', 'update'])), name='correction_kind_known'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='correction_has_text')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='correction',
                trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4e0027b2d45d8ef6d5599a1846ff2c952776074c', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_eaae7', table='briefs_correction', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Announcement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('brief', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='announcements', to='briefs.brief')),
                    ('kind', models.CharField(choices=[('publication', 'publication'), ('correction', 'correction'), ('withdrawal', 'withdrawal')], default='publication', max_length=12)),
                    ('correction', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='announcement', to='briefs.correction')),
                    ('due_at', models.DateTimeField(help_text='From when it could have been told.')),
                    ('made_at', models.DateTimeField()),
                    ('is_mailed', models.BooleanField(default=True, help_text='A brief that has been out for more than a day is not mailed.')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'correction'), _negated=True), fields=('brief', 'kind'), name='announcement_once_a_brief'), models.CheckConstraint(condition=models.Q(models.Q(('correction__isnull', False), ('kind', 'correction')), models.Q(('correction__isnull', True), ('kind__in', ['publication', 'withdrawal'])), _connector='OR'), name='announcement_names_its_correction'), models.CheckConstraint(condition=models.Q(('made_at__gte', models.F('due_at'))), name='announcement_not_before_its_hour')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='announcement',
                trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='66ce5c293440d4d6da232ec4cd0d06d256e50069', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_79bdc', table='briefs_announcement', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Move',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('brief', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='briefs.brief')),
                    ('revision', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='briefs.revision')),
                    ('of_pending', models.BooleanField(default=False, verbose_name='of a pending revision')),
                    ('from_status', models.CharField(choices=[('draft', 'draft'), ('in_review', 'in review'), ('changes_requested', 'changes requested'), ('approved', 'approved'), ('published', 'published'), ('archived', 'archived'), ('withdrawn', 'withdrawn')], max_length=20)),
                    ('to_status', models.CharField(choices=[('draft', 'draft'), ('in_review', 'in review'), ('changes_requested', 'changes requested'), ('approved', 'approved'), ('published', 'published'), ('archived', 'archived'), ('withdrawn', 'withdrawn')], max_length=20)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='brief_moves', to=settings.AUTH_USER_MODEL)),
                    ('moved_at', models.DateTimeField(auto_now_add=True)),
                    ('reason', models.TextField(blank=True, max_length=2000)),
                    ('is_emergency', models.BooleanField(default=False)),
                    ('checklist', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('is_emergency', False), models.Q(models.Q(('reason', ''), _negated=True), ('to_status', 'published')), _connector='OR'), name='move_emergency_has_reason'), models.CheckConstraint(condition=models.Q(models.Q(('to_status__in', ['changes_requested', 'withdrawn']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='move_has_reason')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='move',
                trigger=pgtrigger.compiler.Trigger(name='frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c7c0c3900ee96f95c980cf557c14e265569f91a7', operation='UPDATE OR DELETE', pgid='pgtrigger_frozen_844df', table='briefs_move', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='move',
                trigger=pgtrigger.compiler.Trigger(name='four_eyes', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."to_status" = \'approved\' AND NEW."from_status" = \'in_review\')', func="""
IF NEW.revision_id IS NULL OR EXISTS (
    SELECT 1 FROM briefs_revision AS revision
    WHERE revision.id = NEW.revision_id AND NEW.by_id = ANY (revision.authors)
) THEN
    RAISE EXCEPTION 'brief %: nobody approves a text of their own', NEW.brief_id;
END IF;
RETURN NEW;
""", hash='91de5bd42bdbb26458656884aea63dcbdda88a53', operation='INSERT', pgid='pgtrigger_four_eyes_564a2', table='briefs_move', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('subscriber', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='briefs.subscriber')),
                    ('announcement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='briefs.announcement')),
                    ('subscription', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notices', to='briefs.subscription')),
                    ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='notices', to='mail.message')),
                    ('made_at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('announcement', 'subscriber'), name='notice_once_an_address')],
                },
            ),
            migrations.CreateModel(
                name='ReviewLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], default='en', max_length=2)),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_links', to='briefs.revision')),
                    ('name', models.CharField(max_length=200)),
                    ('email', models.EmailField(max_length=254)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='review_links', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('expires_at', models.DateTimeField()),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='revoked_review_links', to=settings.AUTH_USER_MODEL)),
                    ('first_seen_at', models.DateTimeField(blank=True, null=True)),
                    ('verdict', models.CharField(blank=True, choices=[('agrees', 'agrees with the text'), ('wants_changes', 'wants changes')], max_length=20)),
                    ('verdict_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at')), ('expires_at__lte', django.db.models.expressions.CombinedExpression(models.F('created_at'), '+', models.Value(datetime.timedelta(days=60))))), name='review_link_runs_out'), models.CheckConstraint(condition=models.Q(models.Q(('revoked_at__isnull', True), ('revoked_by__isnull', True)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='review_link_revoked_by_somebody'), models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('revision', 'email'), name='review_link_one_a_reader'), models.CheckConstraint(condition=models.Q(models.Q(('verdict', ''), ('verdict_at__isnull', True)), models.Q(models.Q(('verdict', ''), _negated=True), ('verdict_at__isnull', False)), _connector='OR'), name='review_verdict_has_time')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='reviewlink',
                trigger=pgtrigger.compiler.Trigger(name='link_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN ((OLD.digest <> NEW.digest OR OLD.revision_id <> NEW.revision_id OR OLD.email <> NEW.email OR OLD.name <> NEW.name OR OLD.expires_at <> NEW.expires_at OR (OLD.verdict <> '' AND OLD.verdict <> NEW.verdict)) AND NOT erasure_admits('briefs_reviewlink', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='9bde3d165e628c01031df37279d930a035e62c43', operation='UPDATE', pgid='pgtrigger_link_stays_78cbd', table='briefs_reviewlink', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='reviewlink',
                trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='51d1a4183da3871d34634a7a61ec3dd7528768c3', operation='DELETE', pgid='pgtrigger_kept_b34d6', table='briefs_reviewlink', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='ReviewComment',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('brief', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='briefs.brief')),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='briefs.revision')),
                    ('anchor', models.CharField(choices=[('general', 'the whole'), ('title', 'title'), ('summary', 'summary'), ('body', 'text'), ('judgements', 'judgements'), ('incidents', 'incidents'), ('sources', 'sources')], default='general', max_length=20)),
                    ('text', models.TextField(max_length=5000, validators=[accounts.text_rules.refuse_hidden_characters, django.core.validators.MaxLengthValidator(5000)])),
                    ('move', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comment', to='briefs.move')),
                    ('form_key', models.CharField(blank=True, editable=False, max_length=64, null=True, unique=True)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='review_comments', to=settings.AUTH_USER_MODEL)),
                    ('link', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='briefs.reviewlink')),
                    ('created_at', models.DateTimeField(auto_now_add=True)),
                    ('resolved_at', models.DateTimeField(blank=True, null=True)),
                    ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resolved_comments', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'indexes': [models.Index(fields=['brief', '-created_at'], name='comment_of_brief')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('by__isnull', False), ('link__isnull', True)), models.Q(('by__isnull', True), ('link__isnull', False)), _connector='OR'), name='comment_has_one_author'), models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comment_has_text'), models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', True), ('resolved_by__isnull', True)), models.Q(('resolved_at__isnull', False), ('resolved_by__isnull', False)), _connector='OR'), name='comment_resolved_by_somebody')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='reviewcomment',
                trigger=pgtrigger.compiler.Trigger(name='words_stay', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.text IS DISTINCT FROM NEW.text OR OLD.by_id IS DISTINCT FROM NEW.by_id OR OLD.link_id IS DISTINCT FROM NEW.link_id OR OLD.revision_id IS DISTINCT FROM NEW.revision_id)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f6d3bbbf7930bc984023f0ac520a7aa106b65a31', operation='UPDATE', pgid='pgtrigger_words_stay_f1705', table='briefs_reviewcomment', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='reviewcomment',
                trigger=pgtrigger.compiler.Trigger(name='kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='00e5474d3008c5062d4144212b5b4af56f4eecb0', operation='DELETE', pgid='pgtrigger_kept_9dde6', table='briefs_reviewcomment', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='ToldIncident',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('brief', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='told_incidents', to='briefs.brief')),
                    ('revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='told_incidents', to='briefs.revision')),
                    ('number', models.BigIntegerField()),
                    ('occurred_on', models.DateField()),
                    ('event_type', models.CharField(max_length=30)),
                    ('sub_type', models.CharField(blank=True, max_length=40)),
                    ('country', models.CharField(max_length=2)),
                    ('latitude', models.FloatField()),
                    ('longitude', models.FloatField()),
                    ('actors', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                    ('said', models.JSONField()),
                ],
                options={
                    'indexes': [models.Index(fields=['-occurred_on', '-number'], name='told_incident_newest'), models.Index(fields=['country', '-occurred_on', '-number'], name='told_incident_newest_there'), models.Index(fields=['number', '-revision'], name='told_incident_newest_text'), models.Index(fields=['latitude', 'longitude'], name='told_incident_where'), django.contrib.postgres.indexes.GinIndex(fields=['actors'], name='told_incident_actors')],
                    'constraints': [models.UniqueConstraint(fields=('brief', 'number'), name='told_incident_once_a_brief')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='toldincident',
                trigger=pgtrigger.compiler.Trigger(name='taken_from_live_texts', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (pg_trigger_depth() = 0)', func="RAISE EXCEPTION 'pgtrigger: Cannot insert or update or delete rows from % table', TG_TABLE_NAME;", hash='b4cc790c80ff0aaad69d44b6cac45126d1fa6e92', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_taken_from_live_texts_4392c', table='briefs_toldincident', when='BEFORE')),
            ),
        ]),
        # It holds nothing of its own, and what is packed already is not packed again.
        migrations.RunSQL('ALTER TABLE briefs_madepage SET UNLOGGED, ALTER COLUMN packed SET STORAGE EXTERNAL', migrations.RunSQL.noop),
    ]
