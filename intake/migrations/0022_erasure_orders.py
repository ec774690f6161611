import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_two_for_an_erasure'),
        ('intake', '0021_holds'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='activity',
            name='kind',
            field=models.CharField(choices=[('matched', 'Client recognised'), ('routed', 'Given to an adviser'), ('reassigned', 'Given to another adviser'), ('moved', 'Moved on'), ('quarantined', 'Held back'), ('released', 'Released'), ('held', 'Held for a decision'), ('hold_decided', 'Decided about the hold'), ('merged', 'Merged'), ('unmerged', 'Merge undone'), ('suggestion_accepted', 'Suggestion accepted'), ('suggestion_dropped', 'Suggestion dropped'), ('priority', 'Priority changed'), ('note', 'Note'), ('client_added', 'Client added something'), ('client_corrected', 'Client corrected their details'), ('client_withdrew', 'Client withdrew the request'), ('file_held_back', 'File held back'), ('client_erasure', 'Client asked for erasure'), ('mail_failed', 'Mail to the client did not arrive'), ('erasure_asked', 'Erasure asked for'), ('erased', 'Erased'), ('erasure_refused', 'Erasure refused'), ('data_copied', 'Copy of their data made'), ('deadline_moved', 'Deadline moved'), ('deadline_paused', 'Waiting for the client'), ('deadline_resumed', 'The clock runs again'), ('deadline_missed', 'Deadline missed'), ('proposal_drafted', 'Proposal drafted'), ('proposal_sent', 'Proposal sent'), ('proposal_accepted', 'Proposal accepted'), ('proposal_declined', 'Proposal declined'), ('proposal_expired', 'Proposal expired')], max_length=20),
        ),
        migrations.CreateModel(
            name='ErasureOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(choices=[('person', 'the person'), ('lead', 'this request alone')], max_length=6, verbose_name='what')),
                ('because', models.CharField(help_text='Why, without names.', max_length=300)),
                ('tells', models.BooleanField(default=True, verbose_name='the person is told')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('state', models.CharField(choices=[('open', 'waits for a second person'), ('done', 'erased'), ('dropped', 'dropped')], default='open', max_length=7)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasure_orders', to='intake.contact')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('erasure', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='accounts.erasure')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='erasure_orders', to='intake.lead')),
            ],
            options={
                'verbose_name': 'erasure to do',
                'verbose_name_plural': 'erasures to do',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('contact__isnull', True), ('lead__isnull', False)), models.Q(('contact__isnull', False), ('lead__isnull', True), ('scope', 'person')), _connector='OR'), name='erasure_order_of_one_thing'), models.CheckConstraint(condition=models.Q(('because', ''), _negated=True), name='erasure_order_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', True), ('erasure__isnull', True), ('state', 'open')), models.Q(('ended_at__isnull', False), ('erasure__isnull', False), ('state', 'done')), models.Q(('ended_at__isnull', False), ('erasure__isnull', True), ('state', 'dropped')), _connector='OR'), name='erasure_order_ended'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('lead', 'scope'), name='erasure_order_of_lead'), models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('contact',), name='erasure_order_of_contact')],
            },
        ),
    ]
