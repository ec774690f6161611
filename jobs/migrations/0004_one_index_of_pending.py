from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("jobs", "0003_done_longest")]

    # What it served is served by that of each kind, and a claim that took it looked through all that waited.
    operations = [RemoveIndexConcurrently("job", "job_pending")]
