from datetime import timedelta

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from intake import likeness

_AT_A_TIME = 500


def _number_again(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was held back goes on being known: its words by the numbers that new requests have."""
    quarantine = apps.get_model("intake", "Quarantine")
    held = quarantine.objects.filter(
        outcome__in=("open", "spam", "expired"), held_at__gt=timezone.now() - timedelta(days=90)
    ).exclude(text_bands=[])
    pks = list(held.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), _AT_A_TIME):
        rows = list(held.filter(pk__in=pks[start : start + _AT_A_TIME]).select_related("lead__enquiry"))
        for row in rows:
            row.text_bands = likeness.bands_of(row.lead.enquiry.needs)
        quarantine.objects.bulk_update(rows, ["text_bands"])


class Migration(migrations.Migration):

    dependencies = [("intake", "0018_shorter_checks_hold")]

    operations = [migrations.RunPython(_number_again, migrations.RunPython.noop)]
