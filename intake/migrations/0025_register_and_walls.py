"""Whom a wall keeps out of what, in SQL: the one home of it, for the gate, for routing and for a trigger.

A wall before an organisation is one before all of its requests. A wall before an engagement is one before the request
that it grew from and before those of the organisations that are its client. What was merged is one and the same, so a
wall before one of a family is one before all.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

WALLED_ORGANISATIONS = """
CREATE OR REPLACE FUNCTION walled_organisations(who bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 10 AS $$
    WITH RECURSIVE family(id) AS (
        SELECT coalesce(wall.organisation_id, party.organisation_id) FROM intake_wall wall
            LEFT JOIN intake_party party ON party.engagement_id = wall.engagement_id AND party.role = 'client'
            WHERE wall.user_id = who AND wall.starts_at <= statement_timestamp() AND (wall.ends_at IS NULL OR wall.ends_at > statement_timestamp())
        UNION
        SELECT other.id FROM family kin CROSS JOIN LATERAL (
            SELECT merged_into_id AS id FROM intake_organisation WHERE id = kin.id AND merged_into_id IS NOT NULL
            UNION ALL SELECT id FROM intake_organisation WHERE merged_into_id = kin.id
        ) other
    )
    SELECT id FROM family WHERE id IS NOT NULL
$$;
"""
WALLED_LEADS = """
CREATE OR REPLACE FUNCTION walled_leads(who bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 20 AS $$
    WITH RECURSIVE family(id) AS (
        (
            SELECT coalesce(wall.lead_id, engagement.lead_id) FROM intake_wall wall
                LEFT JOIN intake_engagement engagement ON engagement.id = wall.engagement_id
                WHERE wall.user_id = who AND wall.starts_at <= statement_timestamp() AND (wall.ends_at IS NULL OR wall.ends_at > statement_timestamp())
            UNION
            SELECT lead.id FROM walled_organisations(who) behind(id)
                JOIN intake_lead lead ON lead.organisation_id = behind.id
        )
        UNION
        SELECT other.id FROM family kin CROSS JOIN LATERAL (
            SELECT merged_into_id AS id FROM intake_lead WHERE id = kin.id AND merged_into_id IS NOT NULL
            UNION ALL SELECT id FROM intake_lead WHERE merged_into_id = kin.id
        ) other
    )
    SELECT id FROM family WHERE id IS NOT NULL
$$;
"""
WALLED_ENGAGEMENTS = """
CREATE OR REPLACE FUNCTION walled_engagements(who bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE ROWS 10 AS $$
    SELECT wall.engagement_id FROM intake_wall wall WHERE wall.user_id = who AND wall.engagement_id IS NOT NULL
        AND wall.starts_at <= statement_timestamp() AND (wall.ends_at IS NULL OR wall.ends_at > statement_timestamp())
    UNION
    SELECT engagement.id FROM walled_leads(who) behind(id)
        JOIN intake_engagement engagement ON engagement.lead_id = behind.id
    UNION
    SELECT party.engagement_id FROM walled_organisations(who) behind(id)
        JOIN intake_party party ON party.organisation_id = behind.id AND party.role = 'client'
$$;
"""
WALLS_OF = """
CREATE OR REPLACE FUNCTION walls_of(leads bigint[])
RETURNS TABLE (lead_id bigint, user_id bigint, wall_id bigint)
LANGUAGE sql STABLE ROWS 10 AS $$
    WITH RECURSIVE family(lead, member) AS (
        SELECT id, id FROM unnest(leads) given(id)
        UNION
        SELECT kin.lead, other.id FROM family kin CROSS JOIN LATERAL (
            SELECT merged_into_id AS id FROM intake_lead WHERE id = kin.member AND merged_into_id IS NOT NULL
            UNION ALL SELECT id FROM intake_lead WHERE merged_into_id = kin.member
        ) other
    ), behind(lead, organisation) AS (
        SELECT family.lead, l.organisation_id FROM family JOIN intake_lead l ON l.id = family.member
            WHERE l.organisation_id IS NOT NULL
        UNION
        SELECT kin.lead, other.id FROM behind kin
            CROSS JOIN LATERAL (
            SELECT merged_into_id AS id FROM intake_organisation WHERE id = kin.organisation AND merged_into_id IS NOT NULL
            UNION ALL SELECT id FROM intake_organisation WHERE merged_into_id = kin.organisation
        ) other
    ), found(lead, wall) AS (
        SELECT family.lead, wall.id FROM family JOIN intake_wall wall ON wall.lead_id = family.member
        UNION
        SELECT behind.lead, wall.id FROM behind JOIN intake_wall wall ON wall.organisation_id = behind.organisation
        UNION
        SELECT family.lead, wall.id FROM family JOIN intake_engagement engagement ON engagement.lead_id = family.member
            JOIN intake_wall wall ON wall.engagement_id = engagement.id
        UNION
        SELECT behind.lead, wall.id FROM behind
            JOIN intake_party party ON party.organisation_id = behind.organisation AND party.role = 'client'
            JOIN intake_wall wall ON wall.engagement_id = party.engagement_id
    )
    SELECT DISTINCT ON (found.lead, wall.user_id) found.lead, wall.user_id, wall.id
        FROM found JOIN intake_wall wall ON wall.id = found.wall
        WHERE wall.starts_at <= statement_timestamp() AND (wall.ends_at IS NULL OR wall.ends_at > statement_timestamp())
        ORDER BY found.lead, wall.user_id, wall.id
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("intake", "0024_hand_over"),
    ]

    operations = [
        migrations.AlterField(
            model_name='activity',
            name='kind',
            field=models.CharField(choices=[('matched', 'Client recognised'), ('routed', 'Given to an adviser'), ('reassigned', 'Given to another adviser'), ('claimed', 'Taken from the pool'), ('given_back', 'Given back to the desk'), ('covered', 'Covered during leave'), ('cover_ended', 'Cover ended'), ('lent', 'Given to another during leave'), ('handed_back', 'Handed back after leave'), ('kept', 'Stays with another after leave'), ('moved', 'Moved on'), ('quarantined', 'Held back'), ('released', 'Released'), ('engaged', 'Entered in the register of engagements'), ('wall_raised', 'Wall raised'), ('wall_lifted', 'Wall lifted'), ('held', 'Held for a decision'), ('hold_decided', 'Decided about the hold'), ('merged', 'Merged'), ('unmerged', 'Merge undone'), ('suggestion_accepted', 'Suggestion accepted'), ('suggestion_dropped', 'Suggestion dropped'), ('priority', 'Priority changed'), ('note', 'Note'), ('client_added', 'Client added something'), ('client_corrected', 'Client corrected their details'), ('client_withdrew', 'Client withdrew the request'), ('file_held_back', 'File held back'), ('client_erasure', 'Client asked for erasure'), ('mail_failed', 'Mail to the client did not arrive'), ('erasure_asked', 'Erasure asked for'), ('erased', 'Erased'), ('erasure_refused', 'Erasure refused'), ('data_copied', 'Copy of their data made'), ('deadline_moved', 'Deadline moved'), ('deadline_paused', 'Waiting for the client'), ('deadline_resumed', 'The clock runs again'), ('deadline_missed', 'Deadline missed'), ('proposal_drafted', 'Proposal drafted'), ('proposal_sent', 'Proposal sent'), ('proposal_accepted', 'Proposal accepted'), ('proposal_declined', 'Proposal declined'), ('proposal_expired', 'Proposal expired')], max_length=20),
        ),
        migrations.CreateModel(
            name='ConflictCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checked_at', models.DateTimeField()),
                ('near', models.JSONField(default=list, help_text='What came near without holding the lead, the nearest first.')),
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='conflict_check', to='intake.lead')),
            ],
        ),
        migrations.CreateModel(
            name='Engagement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='A name that tells nobody who it is about.', max_length=100, unique=True)),
                ('subject', models.TextField(blank=True, verbose_name='what we do')),
                ('starts_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='from')),
                ('ends_on', models.DateField(blank=True, help_text='Empty: it goes on.', null=True, verbose_name='to')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.OneToOneField(blank=True, help_text='The request that it grew from.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='engagement', to='intake.lead')),
                ('people', models.ManyToManyField(blank=True, help_text='They are walled from requests of the other side, and decide about none of them.', related_name='engagements', to=settings.AUTH_USER_MODEL, verbose_name='who works on it')),
            ],
            options={
                'permissions': [('view_all_engagements', 'Can see every engagement, not only their own')],
            },
        ),
        migrations.CreateModel(
            name='Party',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('client', 'client'), ('parent', 'parent of a party'), ('counterparty', 'counterparty'), ('subject', 'subject of the work')], max_length=12)),
                ('name', models.CharField(max_length=200)),
                ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, help_text='Other names, short forms and spellings.', size=None)),
                ('country', models.CharField(blank=True, max_length=2)),
                ('engagement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parties', to='intake.engagement')),
                ('organisation', models.ForeignKey(blank=True, help_text='The same body among those that wrote to us.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='intake.organisation')),
                ('parent', models.ForeignKey(blank=True, help_text='Of the same engagement: whoever owns or controls it.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='children', to='intake.party')),
            ],
            options={
                'verbose_name_plural': 'parties',
            },
        ),
        migrations.CreateModel(
            name='PartyName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('latin_key', models.CharField(max_length=200)),
                ('sound_key', models.CharField(max_length=200)),
                ('words', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), help_text='As they sound, each once; for texts.', size=None)),
                ('initials', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None)),
                ('party', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='names', to='intake.party')),
            ],
        ),
        migrations.CreateModel(
            name='Wall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('starts_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='from')),
                ('ends_at', models.DateTimeField(blank=True, help_text='Empty: it stays.', null=True, verbose_name='to')),
                ('lifted_because', models.TextField(blank=True)),
                ('by', models.ForeignKey(blank=True, help_text='Who raised it; empty: it was raised by itself.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('engagement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walls', to='intake.engagement')),
                ('hold', models.ForeignKey(blank=True, help_text='The conflict that it was raised for.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walls', to='intake.hold')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walls', to='intake.lead')),
                ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='walls', to='intake.organisation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='walls', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'permissions': [('lift_wall', 'Can lift a wall before its end')],
            },
        ),
        migrations.AddConstraint(
            model_name='engagement',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='engagement_ends_after_it_starts', violation_error_message='The end lies before the start.'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.UniqueConstraint(fields=('engagement', 'role', 'name'), name='party_once'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['client', 'parent', 'counterparty', 'subject'])), name='party_role_known'),
        ),
        migrations.AddConstraint(
            model_name='party',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('pk')), _negated=True), _connector='OR'), name='party_not_its_own_parent', violation_error_message='A party is not its own parent.'),
        ),
        migrations.AddIndex(
            model_name='partyname',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('latin_key', 'gin_trgm_ops'), name='partyname_latin'),
        ),
        migrations.AddIndex(
            model_name='partyname',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('sound_key', 'gin_trgm_ops'), name='partyname_sound'),
        ),
        migrations.AddIndex(
            model_name='partyname',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='partyname_words'),
        ),
        migrations.AddIndex(
            model_name='partyname',
            index=django.contrib.postgres.indexes.GinIndex(fields=['initials'], name='partyname_initials'),
        ),
        migrations.AddIndex(
            model_name='partyname',
            index=models.Index(fields=['latin_key'], name='partyname_same'),
        ),
        migrations.AddConstraint(
            model_name='partyname',
            constraint=models.UniqueConstraint(fields=('party', 'name'), name='partyname_once'),
        ),
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('engagement', None), ('lead__isnull', False), ('organisation', None)), models.Q(('engagement', None), ('lead', None), ('organisation__isnull', False)), models.Q(('engagement__isnull', False), ('lead', None), ('organisation', None)), _connector='OR'), name='wall_before_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at__isnull', True), ('ends_at__gte', models.F('starts_at')), _connector='OR'), name='wall_ends_after_it_starts', violation_error_message='The end lies before the start.'),
        ),
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_because', ''), ('lifted_by', None)), models.Q(('ends_at__isnull', False), ('lifted_by__isnull', False), models.Q(('lifted_because', ''), _negated=True)), _connector='OR'), name='wall_lifted_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='wall_for_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True), ('lead__isnull', False)), fields=('user', 'lead'), name='wall_once_before_lead'),
        ),
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True), ('organisation__isnull', False)), fields=('user', 'organisation'), name='wall_once_before_organisation'),
        ),
        migrations.AddConstraint(
            model_name='wall',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_at__isnull', True), ('engagement__isnull', False)), fields=('user', 'engagement'), name='wall_once_before_engagement'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='lead',
            trigger=pgtrigger.compiler.Trigger(name='lead_owner_not_walled', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW.owner_id IS NOT NULL)', func="\n                    IF EXISTS (SELECT FROM walls_of(ARRAY[NEW.id]) w JOIN intake_adviser a ON a.user_id = w.user_id\n                        WHERE a.id = NEW.owner_id) THEN\n                        RAISE EXCEPTION 'Nobody owns a lead that they are walled from.'\n                            USING ERRCODE = 'check_violation', CONSTRAINT = 'lead_owner_not_walled';\n                    END IF;\n                    RETURN NEW;\n                ", hash='9a38af82dfa2ac46afaadbdf13505c0fbce298e3', operation='INSERT OR UPDATE OF "owner_id"', pgid='pgtrigger_lead_owner_not_walled_4bd7a', table='intake_lead', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wall',
            trigger=pgtrigger.compiler.Trigger(name='wall_is_of_one_person', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."lead_id" IS DISTINCT FROM (NEW."lead_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."engagement_id" IS DISTINCT FROM (NEW."engagement_id") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."starts_at" IS DISTINCT FROM (NEW."starts_at") OR OLD."hold_id" IS DISTINCT FROM (NEW."hold_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8cbc023d4fab999899efe5a12eabf7e442fac820', operation='UPDATE', pgid='pgtrigger_wall_is_of_one_person_ac902', table='intake_wall', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='wall',
            trigger=pgtrigger.compiler.Trigger(name='wall_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='3499ac68001bc75d32eb2d722d1fab97ea50f70c', operation='DELETE', pgid='pgtrigger_wall_kept_80968', table='intake_wall', when='BEFORE')),
        ),
        migrations.RunSQL(WALLED_ORGANISATIONS, "DROP FUNCTION walled_organisations(bigint)"),
        migrations.RunSQL(WALLED_LEADS, "DROP FUNCTION walled_leads(bigint)"),
        migrations.RunSQL(WALLED_ENGAGEMENTS, "DROP FUNCTION walled_engagements(bigint)"),
        migrations.RunSQL(WALLS_OF, "DROP FUNCTION walls_of(bigint[])"),
    ]
