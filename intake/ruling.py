"""Changing the rules of routing beyond their form."""

from django.db import transaction
from django.urls import reverse

from accounts.models import User
from intake.models import RequiredSkill, RoutingRule


@transaction.atomic
def copy_rule(*, rule: RoutingRule, by: User) -> str:
    """Copy a rule as a draft that stands behind it, to change and try; return the address of the copy."""
    pool = list(rule.pool.all())
    required = list(rule.required.all())
    copy = RoutingRule.objects.get(pk=rule.pk)
    copy.pk, copy._state.adding = None, True
    copy.name, copy.is_live = _free_name(rule.name), False
    copy.save()
    copy.pool.set(pool)
    RequiredSkill.objects.bulk_create(
        RequiredSkill(rule=copy, kind=one.kind, value=one.value, level=one.level)
        for one in required
    )
    return reverse("admin:intake_routingrule_change", args=[copy.pk])


def _free_name(name: str) -> str:
    taken = set(RoutingRule.objects.values_list("name", flat=True))
    number = 2
    while (free := f"{name[:90]} ({number})") in taken:
        number += 1
    return free
