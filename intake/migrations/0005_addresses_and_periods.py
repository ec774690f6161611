from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.later_migrations import new_index


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("intake", "0004_long_lists")]

    operations = [
        *new_index("enquiry", models.Index(Lower("email"), name="enquiry_email")),
        *new_index("contactcorrection", models.Index(Lower("email"), name="correction_email")),
        *new_index("hold", models.Index(fields=["decision", "-opened_at", "-id"], name="hold_by_decision")),
        *new_index(
            "lead",
            models.Index(
                fields=["status", "closed_at", "id"], name="lead_closed",
                condition=Q(closed_at__isnull=False, erased_at__isnull=True),
            ),
        ),
    ]
