from django.db import migrations, models
from django.db.models import Q

from accounts.later_migrations import new_index


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("jobs", "0002_pending_of_kind")]

    operations = [
        *new_index("job", models.Index(fields=["done_at", "id"], name="job_done", condition=Q(state="done"))),
    ]
