"""Which rows that belong to leads a member of staff may see."""

from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from intake.models import Lead


def of_visible_leads(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Those of these rows whose `lead` the user may see.

    For who sees all, by what little is walled: asked whether its lead is one of all, each row would cost a lead.
    """
    if user.is_active and user.has_perms(["intake.view_lead", "intake.view_all_leads"]):
        return rows.exclude(lead__in=RawSQL("SELECT walled_leads(%s)", [user.pk]))
    return rows.filter(lead__in=Lead.objects.visible_to(user))
