import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from accounts.first_migrations import AtOnce


# Not in one transaction: each table is locked for its own trigger only, not until the last one has its own.
class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('mail', '0004_forced_and_lifted'),
    ]

    operations = [
        AtOnce([
            pgtrigger.migrations.AddTrigger(
                model_name='templatetext',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='5223164cd5f36e33b06949de949aa18c7b2dd927', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_88ee1', table='mail_templatetext', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='unreachable',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='339f4b9230d87b30bc123cf59497cbf92a71e82e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_dae6b', table='mail_unreachable', when='BEFORE')),
            ),
        ]),
    ]
