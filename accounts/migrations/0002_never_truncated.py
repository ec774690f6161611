import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from accounts.first_migrations import AtOnce


# Not in one transaction: each table is locked for its own trigger only, not until the last one has its own.
class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('accounts', '0001_schema'),
    ]

    operations = [
        AtOnce([
            pgtrigger.migrations.AddTrigger(
                model_name='erasure',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='fb7bab8ebad2241958563c1248d096ececb6e031', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_f589a', table='accounts_erasure', when='BEFORE')),
            ),
        ]),
    ]
