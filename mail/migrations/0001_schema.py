import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from accounts.first_migrations import AtOnce


class Migration(migrations.Migration):

    replaces = [
        ('mail', '0001_message'),
        ('mail', '0002_headers_and_gates'),
        ('mail', '0003_delivery_events'),
        ('mail', '0004_template_texts'),
    ]

    initial = True

    dependencies = [('accounts', '0001_schema')]

    operations = [
        AtOnce([
            migrations.CreateModel(
                name='TemplateText',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('template', models.CharField(max_length=100)),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'Français'), ('pt', 'Português'), ('ar', 'العربية')], max_length=2)),
                    ('number', models.PositiveIntegerField()),
                    ('subject', models.CharField(blank=True, max_length=200)),
                    ('body', models.TextField(blank=True)),
                    ('is_reset', models.BooleanField(default=False, help_text='Back to the words that it came with.')),
                    ('built_in_digest', models.CharField(help_text='The words that it came with then, so that news of them are seen.', max_length=64)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='template_texts', to=settings.AUTH_USER_MODEL)),
                    ('written_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'verbose_name': 'mail template',
                    'constraints': [models.UniqueConstraint(fields=('template', 'language', 'number'), name='template_text_numbered'), models.CheckConstraint(condition=models.Q(models.Q(('body', ''), ('is_reset', True), ('subject', '')), models.Q(('is_reset', False), models.Q(('subject', ''), _negated=True), models.Q(('body', ''), _negated=True)), _connector='OR'), name='template_text_says_something_unless_reset')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='templatetext',
                trigger=pgtrigger.compiler.Trigger(name='template_text_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1d4bd2a93bd89abad4ff3bc8c04d143a33116045', operation='UPDATE OR DELETE', pgid='pgtrigger_template_text_frozen_10759', table='mail_templatetext', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Message',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(help_text='The same message asked for twice has the same key.', max_length=200, unique=True)),
                    ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('template', models.CharField(max_length=100)),
                    ('reference', models.CharField(blank=True, db_index=True, help_text='The lead that it is about.', max_length=40)),
                    ('language', models.CharField(max_length=2)),
                    ('to_email', models.EmailField(max_length=254)),
                    ('to_name', models.CharField(blank=True, max_length=200)),
                    ('words', models.ForeignKey(blank=True, help_text='The version of the template that it was made from; none: what the template came with.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='mail.templatetext')),
                    ('subject', models.CharField(max_length=300)),
                    ('text', models.TextField()),
                    ('html', models.TextField()),
                    ('private_url', models.CharField(blank=True, help_text="The reader's private link; emptied once the message has left.", max_length=500)),
                    ('has_private_url', models.BooleanField(default=False)),
                    ('headers', models.JSONField(blank=True, default=dict, help_text='Further headers by name; PRIVATE_LINK stands for the link.')),
                    ('gate', models.CharField(blank=True, help_text='What is asked once more before it leaves.', max_length=60)),
                    ('state', models.CharField(choices=[('queued', 'waiting'), ('sending', 'being sent'), ('sent', 'accepted by the mail server'), ('unsure', 'perhaps taken: the server went away before it said so'), ('refused', 'refused for good'), ('failed', 'given up'), ('held', 'held: the address takes no mail'), ('kept', 'kept here: no mail server is set up'), ('cancelled', 'not sent: no longer wanted')], default='queued', max_length=10)),
                    ('failure', models.CharField(blank=True, choices=[('later', 'the server asks to come back later'), ('ours', 'the mail server does not answer us or refuses us'), ('address', 'the address takes no mail'), ('text', 'the server refuses this mail')], default='', max_length=10, verbose_name='whose fault')),
                    ('may_be_double', models.BooleanField(default=False, help_text='It went again, under the same Message-ID, because nobody knew whether the first had been taken.', verbose_name='may have arrived twice')),
                    ('is_forced', models.BooleanField(default=False, help_text='Staff let it go to an address that took no mail before.')),
                    ('arrival', models.CharField(blank=True, choices=[('delayed', 'delayed'), ('delivered', 'arrived'), ('bounced', 'came back'), ('complained', 'called spam')], default='', max_length=10)),
                    ('provider_id', models.CharField(blank=True, editable=False, max_length=200)),
                    ('attempts', models.PositiveSmallIntegerField(default=0)),
                    ('error', models.CharField(blank=True, max_length=300)),
                    ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('sent_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'permissions': [('resend_message', 'Can send a message again, cancel it, or let it go all the same'), ('open_private_link', 'Can read the private link of a message that is kept here')],
                    'indexes': [models.Index(fields=['-created_at', '-id'], name='message_newest'), models.Index(condition=models.Q(('gate', ''), _negated=True), fields=['created_at'], name='message_gated'), models.Index(condition=models.Q(('state__in', ['queued', 'sending', 'unsure'])), fields=['created_at'], name='message_unsent'), models.Index(condition=models.Q(('state', 'held')), fields=['to_email'], name='message_held'), models.Index(condition=models.Q(('provider_id', ''), _negated=True), fields=['provider_id'], name='message_provider_id')],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(models.Q(('state', 'sent'), _negated=True), ('sent_at__isnull', True)), _connector='OR'), name='message_sent_at_exactly_when_sent'), models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'sending', 'unsure', 'sent', 'refused', 'failed', 'held', 'kept', 'cancelled'])), name='message_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), ('private_url', ''), _connector='OR'), name='message_sent_keeps_no_private_url')],
                },
            ),
            migrations.CreateModel(
                name='DeliveryEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('provider', models.CharField(max_length=30)),
                    ('event_id', models.CharField(help_text="The provider's, else a digest of it.", max_length=200)),
                    ('kind', models.CharField(choices=[('delivered', 'arrived'), ('deferred', 'delayed'), ('bounced', 'came back'), ('rejected', 'not sent by the provider'), ('complained', 'called spam by its reader')], max_length=10)),
                    ('is_for_good', models.BooleanField(default=False)),
                    ('code', models.CharField(blank=True, help_text="The other server's SMTP code.", max_length=20)),
                    ('reason', models.CharField(blank=True, max_length=20)),
                    ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='events', to='mail.message')),
                    ('address_digest', models.CharField(max_length=64)),
                    ('happened_at', models.DateTimeField()),
                    ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('provider', 'event_id'), name='delivery_event_once_an_id')],
                },
            ),
            migrations.CreateModel(
                name='Handling',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('message', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='handlings', to='mail.message')),
                    ('what', models.CharField(choices=[('resent', 'sent again'), ('forced', 'let go to an address that took no mail'), ('redirected', 'sent to another address'), ('cancelled', 'cancelled'), ('lifted', 'the address takes mail again')], max_length=10)),
                    ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ],
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='handling',
                trigger=pgtrigger.compiler.Trigger(name='handling_frozen', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d1a07190cde1525e166b098606f5fc072e2d6d74', operation='UPDATE', pgid='pgtrigger_handling_frozen_0c28b', table='mail_handling', when='BEFORE')),
            ),
            migrations.CreateModel(
                name='Unreachable',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('digest', models.CharField(max_length=64)),
                    ('why', models.CharField(choices=[('refused', 'the mail server refused the address'), ('bounced', 'mail to it came back'), ('complained', 'its reader called our mail spam')], max_length=10)),
                    ('code', models.CharField(blank=True, max_length=20)),
                    ('message', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='marks', to='mail.message')),
                    ('since', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                    ('lifted_at', models.DateTimeField(blank=True, null=True)),
                    ('lifted_by', models.ForeignKey(blank=True, help_text='Empty: the client said that the address is right.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(condition=models.Q(('lifted_at__isnull', True)), fields=('digest',), name='unreachable_once_an_address'), models.CheckConstraint(condition=models.Q(('lifted_at__isnull', False), ('lifted_by__isnull', True), _connector='OR'), name='unreachable_lifted_by_when_lifted')],
                },
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='unreachable',
                trigger=pgtrigger.compiler.Trigger(name='unreachable_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='426632110d00f4923030752253ee3a62226db6c2', operation='DELETE', pgid='pgtrigger_unreachable_kept_2c05f', table='mail_unreachable', when='BEFORE')),
            ),
        ]),
    ]
