from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0005_shorter_checks")]

    operations = [
        ValidateConstraint("job", "job_lease_exactly_while_leased"),
        ValidateConstraint("job", "job_done_at_exactly_when_done"),
        ValidateConstraint("job", "job_state_known"),
    ]
