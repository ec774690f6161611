import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from accounts.first_migrations import AtOnce


# Not in one transaction: each table is locked for its own trigger only, not until the last one has its own.
class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('briefs', '0002_pages_know_their_neighbours'),
    ]

    operations = [
        AtOnce([
            pgtrigger.migrations.AddTrigger(
                model_name='announcement',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='39bc7e62e8b4af02462da8e6324219a6e6cecea2', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_32488', table='briefs_announcement', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='brief',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='704e6c1888492baffedd1e0638c780d40c71829b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_9ae37', table='briefs_brief', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='correction',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='690300cd36dfe1ba780f27999ae321edb7f50bdd', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_af8b3', table='briefs_correction', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='edition',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='d810844577375161f84c4f1f183cdb1d0ae077db', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_30457', table='briefs_edition', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='judgement',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='4ce92c1589c0f6c5e5706973a9a28aae19063404', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_72fb1', table='briefs_judgement', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='move',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='555bdfeb7f4a282ffb1376def9604b880556451d', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_262ff', table='briefs_move', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='resolution',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='3acfb261505c4e44a2848d9d161ee5810253c9d6', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_31a73', table='briefs_resolution', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='reviewcomment',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='7e483fdccb5bbf564cb06e2776521cc7420559ad', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_3f717', table='briefs_reviewcomment', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='reviewlink',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='3620ab141948025917d7f3db1ef0cd50b16c74ee', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_5290c', table='briefs_reviewlink', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='revision',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='81c62c921010122ca5448833365f4473feba3368', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_a5a85', table='briefs_revision', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='toldincident',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='4ea73a662b1f09ea77d72d498e25831044662a06', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_99b74', table='briefs_toldincident', when='BEFORE')),
            ),
        ]),
    ]
