"""What live texts say of incidents, for those that were published before it was kept; then nobody else writes it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

# As the trigger on briefs does it.
FILL = """
INSERT INTO briefs_toldincident (
    brief_id, revision_id, number, occurred_on, event_type, sub_type, country, latitude, longitude, actors, said
)
SELECT brief.id, revision.id, (said->>'id')::bigint, (said->>'occurred_on')::date, said->>'event_type',
    said->>'sub_type', said->'place'->>'country', (said->'place'->>'latitude')::float8,
    (said->'place'->>'longitude')::float8,
    ARRAY(SELECT jsonb_array_elements_text(COALESCE(said->'actors', '[]'))), said
FROM briefs_brief AS brief JOIN briefs_revision AS revision ON revision.id = brief.live_revision_id,
    jsonb_array_elements(revision.snapshot->'incidents') AS said;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('briefs', '0008_told_incidents'),
    ]

    operations = [
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='toldincident',
            trigger=pgtrigger.compiler.Trigger(name='taken_from_live_texts', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (pg_trigger_depth() = 0)', func="RAISE EXCEPTION 'pgtrigger: Cannot insert or update or delete rows from % table', TG_TABLE_NAME;", hash='b4cc790c80ff0aaad69d44b6cac45126d1fa6e92', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_taken_from_live_texts_4392c', table='briefs_toldincident', when='BEFORE')),
        ),
    ]
