"""Who in the house may do what with briefs."""

from django.db.models import Q, QuerySet

from accounts.models import User


def active_staff() -> QuerySet[User]:
    """Everybody who can open the staff screens."""
    return User.objects.filter(is_active=True, is_staff=True)


def whose_role_is(codename: str) -> QuerySet[User]:
    """Active staff whose role holds this permission of briefs; superusers only when they have the role."""
    return active_staff().filter(groups__permissions__codename=codename).distinct()


def who_may(codename: str) -> QuerySet[User]:
    """Active staff with this permission of briefs, by name."""
    permission = Q(groups__permissions__codename=codename) | Q(is_superuser=True)
    return active_staff().filter(permission).distinct().order_by("full_name", "pk")
