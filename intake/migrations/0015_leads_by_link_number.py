from django.db import migrations, models
from django.db.models import BigIntegerField, F, Func, Value

_NUMBER = "hashtextextended(link_digest, 0)"
_DROP = "DROP INDEX CONCURRENTLY IF EXISTS lead_once_per_link"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("intake", "0014_triggers_that_ask_less")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                # One that was interrupted leaves an index that serves nobody.
                migrations.RunSQL(_DROP, _DROP),
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY lead_once_per_link ON intake_lead (({_NUMBER}))",
                    migrations.RunSQL.noop,
                ),
            ],
            [
                migrations.AddConstraint(
                    model_name="lead",
                    constraint=models.UniqueConstraint(
                        Func(F("link_digest"), Value(0), function="hashtextextended", output_field=BigIntegerField()),
                        name="lead_once_per_link",
                    ),
                )
            ],
        ),
        # While the other holds it apart.
        migrations.SeparateDatabaseAndState(
            [
                migrations.RunSQL(
                    "ALTER TABLE intake_lead DROP CONSTRAINT IF EXISTS intake_lead_link_digest_key",
                    "ALTER TABLE intake_lead ADD CONSTRAINT intake_lead_link_digest_key UNIQUE (link_digest)",
                )
            ],
            [
                migrations.AlterField(
                    model_name="lead",
                    name="link_digest",
                    field=models.CharField(editable=False, max_length=64),
                )
            ],
        ),
    ]
