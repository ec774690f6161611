from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("intake", "0017_shorter_checks")]

    operations = [
        ValidateConstraint("lead", "lead_past_new_has_an_owner"),
        ValidateConstraint("lead", "lead_closed_at_exactly_when_closed"),
        ValidateConstraint("lead", "lead_status_known"),
        ValidateConstraint("lead", "lead_urgent_for_a_reason"),
    ]
