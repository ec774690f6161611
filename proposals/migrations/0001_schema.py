from decimal import Decimal

import django.contrib.postgres.functions
import django.core.validators
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import accounts.text_rules
from accounts.first_migrations import AtOnce


class Migration(migrations.Migration):

    replaces = [
        ('proposals', '0001_proposal'),
        ('proposals', '0002_keep_parts_in_step'),
        ('proposals', '0003_keep_only_digests_of_links'),
        ('proposals', '0004_erasure_door'),
    ]

    initial = True

    dependencies = [('accounts', '0001_schema'), ('intake', '0001_schema')]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='Proposal',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(max_length=20, unique=True)),
                    ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='intake.lead')),
                    ('status', models.CharField(choices=[('open', 'open'), ('won', 'won'), ('lost', 'lost'), ('withdrawn', 'withdrawn')], default='open', max_length=10)),
                    ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'indexes': [models.Index(fields=['-created_at', '-id'], name='proposal_newest')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('lead',), name='proposal_one_open_per_lead'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'won', 'lost', 'withdrawn'])), name='proposal_status_known')],
                },
            ),
            migrations.CreateModel(
                name='ProposalTemplate',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=100, unique=True)),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], default='en', max_length=2)),
                    ('title', models.CharField(help_text='May hold {reference} and {organisation}.', max_length=200, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('terms', models.TextField(blank=True, help_text='Markdown, printed last.', max_length=50000, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('is_default', models.BooleanField(default=False, help_text='Used for leads in this language.')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('language',), name='template_one_default_per_language', violation_error_message='Another template is the default for this language already.')],
                },
            ),
            migrations.CreateModel(
                name='ProposalVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='proposals.proposal')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('status', models.CharField(choices=[('draft', 'draft'), ('in_review', 'in review'), ('approved', 'approved'), ('sent', 'sent'), ('viewed', 'viewed'), ('accepted', 'accepted'), ('declined', 'declined'), ('expired', 'expired'), ('superseded', 'superseded'), ('withdrawn', 'withdrawn')], default='draft', max_length=10)),
                    ('title', models.CharField(max_length=200, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], default='en', max_length=2)),
                    ('currency', models.CharField(choices=[('EUR', 'EUR, Euro'), ('USD', 'USD, US Dollar'), ('XOF', 'XOF, West African CFA Franc')], default='EUR', max_length=3)),
                    ('terms', models.TextField(blank=True, help_text='Markdown, printed last.', max_length=50000, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('valid_until', models.DateTimeField(help_text='The client may accept until this instant. UTC.')),
                    ('recipient_name', models.CharField(max_length=200, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('recipient_email', models.EmailField(max_length=254)),
                    ('prepared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('content', models.TextField(blank=True, editable=False, help_text='Canonical JSON of what was sent.')),
                    ('content_sha256', models.CharField(blank=True, editable=False, max_length=64)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('sent_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('closed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ],
                options={
                    'verbose_name': 'proposal version',
                    'constraints': [models.UniqueConstraint(fields=('proposal', 'number'), name='version_number_once'), models.UniqueConstraint(condition=models.Q(('status__in', ('sent', 'viewed'))), fields=('proposal',), name='version_one_live_per_proposal'), models.UniqueConstraint(condition=models.Q(('status__in', ('draft', 'in_review', 'approved'))), fields=('proposal',), name='version_one_draft_per_proposal'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'approved', 'sent', 'viewed', 'accepted', 'declined', 'expired', 'superseded', 'withdrawn'])), name='version_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', True), ('status__in', ('draft', 'in_review', 'approved'))), ('status', 'withdrawn'), models.Q(('sent_at__isnull', False), models.Q(('content', ''), _negated=True), models.Q(('content_sha256', ''), _negated=True)), _connector='OR'), name='version_sent_has_content'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('status__in', ['draft', 'in_review', 'approved', 'sent', 'viewed'])), models.Q(models.Q(('status__in', ['draft', 'in_review', 'approved', 'sent', 'viewed']), _negated=True), ('closed_at__isnull', False)), _connector='OR'), name='version_closed_at_exactly_when_closed'), models.CheckConstraint(condition=models.Q(('currency__in', ('EUR', 'USD', 'XOF'))), name='version_currency_known'), models.CheckConstraint(condition=models.Q(('sent_at__isnull', True), ('valid_until__gt', models.F('sent_at')), _connector='OR'), name='version_valid_after_sending')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proposalversion',
                trigger=pgtrigger.compiler.Trigger(name='version_moves', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{draft:in_review,draft:sent,draft:withdrawn,in_review:draft,in_review:approved,in_review:withdrawn,approved:draft,approved:sent,approved:withdrawn,sent:viewed,sent:accepted,sent:declined,sent:expired,sent:superseded,sent:withdrawn,viewed:accepted,viewed:declined,viewed:expired,viewed:superseded,viewed:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='538f9832e3b0aa450a027cff8aec6b9961024821', operation='UPDATE', pgid='pgtrigger_version_moves_27f2a', table='proposals_proposalversion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proposalversion',
                trigger=pgtrigger.compiler.Trigger(name='version_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."sent_at" IS NOT NULL AND (OLD."proposal_id" IS DISTINCT FROM (NEW."proposal_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."terms" IS DISTINCT FROM (NEW."terms") OR OLD."valid_until" IS DISTINCT FROM (NEW."valid_until") OR OLD."recipient_name" IS DISTINCT FROM (NEW."recipient_name") OR OLD."recipient_email" IS DISTINCT FROM (NEW."recipient_email") OR OLD."prepared_by_id" IS DISTINCT FROM (NEW."prepared_by_id") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."content_sha256" IS DISTINCT FROM (NEW."content_sha256") OR OLD."sent_at" IS DISTINCT FROM (NEW."sent_at")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='372d641555b1a38d77f72a6cb9d7702556de39a4', operation='UPDATE', pgid='pgtrigger_version_frozen_c14da', table='proposals_proposalversion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proposalversion',
                trigger=pgtrigger.compiler.Trigger(name='version_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN ((OLD.sent_at IS NOT NULL) AND NOT erasure_admits('proposals_proposalversion', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='1ef43eb2998c040a8f1da1af0b0018b8bc6032c8', operation='DELETE', pgid='pgtrigger_version_kept_a77c9', table='proposals_proposalversion', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='ClientLink',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='proposals.proposalversion')),
                    ('name', models.CharField(max_length=200)),
                    ('email', models.EmailField(max_length=254)),
                    ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ],
            ),
            migrations.CreateModel(
                name='Acceptance',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='acceptance', to='proposals.proposalversion')),
                    ('link', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='proposals.clientlink')),
                    ('full_name', models.CharField(max_length=200)),
                    ('job_title', models.CharField(blank=True, max_length=200)),
                    ('consent_text', models.TextField(help_text='What the client agreed to, word for word.')),
                    ('content_sha256', models.CharField(max_length=64)),
                    ('pdf_sha256', models.CharField(max_length=64)),
                    ('accepted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('full_name', ''), _negated=True), models.Q(('consent_text', ''), _negated=True)), name='acceptance_signed')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='acceptance',
                trigger=pgtrigger.compiler.Trigger(name='acceptance_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('proposals_acceptance', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5b1b0be82615695c9034bf52d09c423c1fa0ead3', operation='UPDATE OR DELETE', pgid='pgtrigger_acceptance_frozen_d88d1', table='proposals_acceptance', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Decline',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decline', to='proposals.proposalversion')),
                    ('link', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='declines', to='proposals.clientlink')),
                    ('reason', models.TextField(blank=True)),
                    ('declined_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='decline',
                trigger=pgtrigger.compiler.Trigger(name='decline_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('proposals_decline', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6485886e1711dd76a455ee49cb36557f0d9e5222', operation='UPDATE OR DELETE', pgid='pgtrigger_decline_frozen_bb6eb', table='proposals_decline', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Document',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='document', to='proposals.proposalversion')),
                    ('pdf', models.BinaryField()),
                    ('sha256', models.CharField(max_length=64)),
                    ('engine', models.CharField(help_text='What rendered it.', max_length=200)),
                    ('rendered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='document',
                trigger=pgtrigger.compiler.Trigger(name='document_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NOT erasure_admits('proposals_document', OLD.id))", func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f9a92b057ccdded82e7d1e4404c263186618f3db', operation='UPDATE OR DELETE', pgid='pgtrigger_document_frozen_529bf', table='proposals_document', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='LineItem',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='proposals.proposalversion')),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('description', models.CharField(max_length=300, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('quantity', models.DecimalField(decimal_places=3, default=Decimal('1'), max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0.001'))])),
                    ('unit', models.CharField(blank=True, help_text='Such as day or report.', max_length=40, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('unit_price', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=18, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                    ('tax_rate', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0')), django.core.validators.MaxValueValidator(Decimal('100'))], verbose_name='tax, per cent')),
                    ('tax_label', models.CharField(default='VAT', help_text='Such as VAT, or VAT, reverse charge.', max_length=60, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('stable_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('version', 'stable_id'), name='line_once_per_version'), models.CheckConstraint(condition=models.Q(('quantity__gt', 0), ('tax_rate__gte', 0), ('tax_rate__lte', 100), ('unit_price__gte', 0)), name='line_amounts_in_range')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='lineitem',
                trigger=pgtrigger.compiler.Trigger(name='line_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="""
            IF (
                SELECT bool_or(locked.sent_at IS NOT NULL) FROM (
                    SELECT sent_at FROM proposals_proposalversion
                    WHERE id IN (
                        CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                        CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END
                    )
                    ORDER BY id
                    FOR SHARE
                ) AS locked
            ) AND NOT erasure_admits(TG_TABLE_NAME, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.id END) THEN
                RAISE EXCEPTION 'The version was sent; its parts are frozen.' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        """, hash='8747ec8ce637367c332728b3b5e40f352db09f95', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_line_frozen_07c28', table='proposals_lineitem', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Section',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='proposals.proposalversion')),
                    ('position', models.PositiveSmallIntegerField(default=0)),
                    ('heading', models.CharField(max_length=200, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('body', models.TextField(blank=True, help_text='Markdown.', max_length=50000, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('stable_id', models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('version', 'stable_id'), name='section_once_per_version')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='section',
                trigger=pgtrigger.compiler.Trigger(name='section_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="""
            IF (
                SELECT bool_or(locked.sent_at IS NOT NULL) FROM (
                    SELECT sent_at FROM proposals_proposalversion
                    WHERE id IN (
                        CASE WHEN TG_OP = 'INSERT' THEN NEW.version_id ELSE OLD.version_id END,
                        CASE WHEN TG_OP = 'DELETE' THEN OLD.version_id ELSE NEW.version_id END
                    )
                    ORDER BY id
                    FOR SHARE
                ) AS locked
            ) AND NOT erasure_admits(TG_TABLE_NAME, CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE OLD.id END) THEN
                RAISE EXCEPTION 'The version was sent; its parts are frozen.' USING ERRCODE = 'restrict_violation';
            END IF;
            RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
        """, hash='b413387fdb76fbd065ffddad855936edd58886bf', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_section_frozen_07768', table='proposals_section', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='TemplateLine',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='proposals.proposaltemplate')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('description', models.CharField(max_length=300, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('quantity', models.DecimalField(decimal_places=3, default=Decimal('1'), max_digits=12, validators=[django.core.validators.MinValueValidator(Decimal('0.001'))])),
                    ('unit', models.CharField(blank=True, max_length=40, validators=[accounts.text_rules.refuse_hidden_characters])),
                ],
            ),
            migrations.CreateModel(
                name='TemplateSection',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='proposals.proposaltemplate')),
                    ('position', models.PositiveSmallIntegerField()),
                    ('heading', models.CharField(max_length=200, validators=[accounts.text_rules.refuse_hidden_characters])),
                    ('body', models.TextField(blank=True, help_text='Markdown. {needs} becomes what the client wrote, {briefs} the briefs on the subject.', max_length=5000, validators=[accounts.text_rules.refuse_hidden_characters])),
                ],
                options={
                    'constraints': [models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('template', 'position'), name='template_section_position')],
                },
            ),
        ]),
    ]
