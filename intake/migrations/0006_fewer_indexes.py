import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from accounts.later_migrations import new_index, without_index

# A request writes into none of them before it is matched, and into the one of its brief if it names one.
_OF_FEW = [
    ("lead", "contact", "lead_of_contact", "intake_lead_contact_id_2ee487f9"),
    ("lead", "organisation", "lead_of_organisation", "intake_lead_organisation_id_2b74a5bb"),
    ("enquiry", "brief", "enquiry_of_brief", "intake_enquiry_brief_id_2457adf2"),
]
_TO = {
    "owner": ("intake.adviser", "leads"),
    "contact": ("intake.contact", "leads"),
    "organisation": ("intake.organisation", "leads"),
    "brief": ("briefs.brief", "enquiries"),
}


def _link(field: str) -> models.ForeignKey:
    to, related_name = _TO[field]
    return models.ForeignKey(
        to,
        django.db.models.deletion.PROTECT,
        blank=True,
        null=True,
        db_index=False,
        related_name=related_name,
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("briefs", "__first__"), ("intake", "0005_addresses_and_periods")]

    operations = [
        *(
            operation
            for model, field, name, old in _OF_FEW
            for operation in (
                *new_index(model, models.Index(fields=[field], condition=Q(**{f"{field}__isnull": False}), name=name)),
                *without_index(model, field, _link(field), old),
            )
        ),
        # The newest of each owner are one.
        *without_index("lead", "owner", _link("owner"), "intake_lead_owner_id_e7b00153"),
    ]
