import django.db.models.deletion
from django.db import migrations, models

from accounts.later_migrations import without_index

# Each is the beginning of another index of its table: twenty of a lead's rows were written into it for nothing.
_HELD_TWICE = [
    ("activity", "lead", "intake.lead", "activities", "intake_activity_lead_id_64ad8847"),
    ("creditentry", "decision", "intake.routingdecision", "credit_entries", "intake_creditentry_decision_id_f881e301"),
    ("needsuggestion", "lead", "intake.lead", "suggestions", "intake_needsuggestion_lead_id_145bafb0"),
    ("sanctionsscreening", "lead", "intake.lead", "sanctions_screenings", "intake_sanctionsscreening_lead_id_99e9334d"),
]


def _link(to: str, related_name: str) -> models.ForeignKey:
    return models.ForeignKey(to, django.db.models.deletion.PROTECT, db_index=False, related_name=related_name)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("intake", "0015_leads_by_link_number")]

    operations = [
        operation
        for model, field, to, related_name, index in _HELD_TWICE
        for operation in without_index(model, field, _link(to, related_name), index)
    ]
