import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from accounts.first_migrations import AtOnce


# Not in one transaction: each table is locked for its own trigger only, not until the last one has its own.
class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('proposals', '0001_schema'),
    ]

    operations = [
        AtOnce([
            pgtrigger.migrations.AddTrigger(
                model_name='acceptance',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='0341ea271322df92f9ab341ec6de4972f7bce281', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_53b58', table='proposals_acceptance', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='decline',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='498cf529773d2416c5de993c9d56af1488a25eef', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_84ab7', table='proposals_decline', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='document',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='0dacb00018535386b3728b5641fe24eb12f46f2a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_dd9de', table='proposals_document', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='lineitem',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='86d3dc012fad4438eb31909fef178362897be7e0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_c3168', table='proposals_lineitem', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proposalversion',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='9f07b9e78b8c41c5320728ebddd63caa12036cac', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_b92ef', table='proposals_proposalversion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='section',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='b47ddc109444bb651a3ec93ef94b300948ddbeea', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_2d22e', table='proposals_section', when='BEFORE')),
            ),
        ]),
    ]
