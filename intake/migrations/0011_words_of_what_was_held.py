from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

from accounts.later_migrations import new_index

_HELD = Q(outcome__in=("open", "spam", "expired"))
_TAKE_OVER = """
    UPDATE intake_quarantine AS q SET text_digest = s.text_digest, text_bands = s.text_bands
    FROM intake_screening AS s WHERE s.lead_id = q.lead_id
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("intake", "0010_found_while_written")]

    operations = [
        migrations.AddField(
            "quarantine",
            "text_digest",
            models.CharField(
                blank=True, default="", help_text="As of the screening: among the few that were held back.", max_length=64
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "quarantine", "text_bands", ArrayField(models.BigIntegerField(), blank=True, default=list)
        ),
        migrations.RunSQL(_TAKE_OVER, migrations.RunSQL.noop),
        *new_index("quarantine", models.Index(condition=_HELD, fields=["text_digest"], name="quarantine_same_words")),
        *new_index(
            "quarantine",
            GinIndex(condition=_HELD, fastupdate=False, fields=["text_bands"], name="quarantine_like_words"),
        ),
        RemoveIndexConcurrently("screening", "screening_like_words"),
    ]
