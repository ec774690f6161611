from django.db import migrations

# Django adds them to unique texts for LIKE, which nothing of ours asks. Each cost a write and a page at every request.
_FOR_LIKE = {
    "intake_enquiry_idempotency_key_6b450800_like": "intake_enquiry (idempotency_key",
    "intake_lead_reference_92df2f86_like": "intake_lead (reference",
    "intake_lead_link_digest_8280ed01_like": "intake_lead (link_digest",
}


class Migration(migrations.Migration):
    # Not in the first one: Django makes its indexes at the end of a migration.
    replaces = [("intake", "0026_unasked_indexes")]

    dependencies = [("intake", "0001_schema")]

    operations = [
        migrations.RunSQL(
            f"DROP INDEX IF EXISTS {name}",
            f"CREATE INDEX {name} ON {columns} varchar_pattern_ops)",
        )
        for name, columns in _FOR_LIKE.items()
    ]
