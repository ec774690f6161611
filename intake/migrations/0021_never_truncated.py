import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from accounts.first_migrations import AtOnce


# Not in one transaction: each table is locked for its own trigger only, not until the last one has its own.
class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('intake', '0020_links_are_closed'),
    ]

    operations = [
        AtOnce([
            pgtrigger.migrations.AddTrigger(
                model_name='activity',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='739bebb032412ad19d6b03d35ff01bae469a4bfc', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_4e828', table='intake_activity', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='addition',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='4fbebf442404f047fca1c18ae1848db4140fd4aa', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_da95e', table='intake_addition', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='attachment',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='9948817ccbc202c0aafbb70c876e27c557d4a293', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_2c5bf', table='intake_attachment', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='attachmentscan',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='121a81a510da2858ebfc77332f97f842f2ce801c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_23097', table='intake_attachmentscan', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='contactcorrection',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='b6cc0cffbef3ad52d6600044bde230066e3a8f53', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_991f5', table='intake_contactcorrection', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='creditentry',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='e6be006f2f44b0fc345e9fa2f55247b1edf17920', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_eb0b5', table='intake_creditentry', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='datacopydownload',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='e821c8bb536e41908fc791f43efbf7d4716419f3', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_a3ee4', table='intake_datacopydownload', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='deadlinechange',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='0a14a47d577dc3e0ddfb604624259ccb87e0671e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_bdcf4', table='intake_deadlinechange', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='deadlinenotice',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='b4767dea187b3bd40ce1627d0f11b588d4f9008a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_02e86', table='intake_deadlinenotice', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='enquiry',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='397dd9406a77e1a468af53d11529fa7e8737bedb', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_34f2e', table='intake_enquiry', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='erasurerequest',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='f007c1557493813407982ec7c452768f694b5174', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_a2031', table='intake_erasurerequest', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='hold',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='1b0537f27c24b1f66712be4b009147a632337957', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_8f892', table='intake_hold', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='merge',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='357f6bc1b63d7816dcc7b0bf396b54178f604a3a', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_c61f7', table='intake_merge', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='needsuggestion',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='bcc423cf8b6a11144a8365c48f1331a80b7d8421', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_894e4', table='intake_needsuggestion', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='proofofwork',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='79a0db9cd8b204e5d80b5efd9e01e12df5cc43c8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_53149', table='intake_proofofwork', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='quarantine',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='8337a4bba3814a2501018abff56af05adc1ff9e0', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_0ac02', table='intake_quarantine', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='retentionrun',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='6761d2220bbdff3031084815946ef81dd207b689', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_35c1f', table='intake_retentionrun', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='routingdecision',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='aea88b2f97ba0109c9c39e6652808d8e7398f8c7', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_7f0f2', table='intake_routingdecision', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='sanctionsscreening',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='d820e5c18750731bd640a58bb06a2477ea91913c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_59cea', table='intake_sanctionsscreening', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='screening',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='d22991b9497516d4dd7e718ac170dec559461dbe', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_6fb24', table='intake_screening', when='BEFORE')),
            ),
            pgtrigger.migrations.AddTrigger(
                model_name='wall',
                trigger=pgtrigger.compiler.Trigger(name='never_truncated', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;", hash='c5c1a3fda5eac7f702e103d250fc5161f758eb69', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_never_truncated_be383', table='intake_wall', when='BEFORE')),
            ),
        ]),
    ]
