import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from intake.models import Lead
from tests import factories


def user(kind: str) -> User:
    """Somebody with this role or in this condition; "owner" is the adviser of the first lead."""
    special = {
        "superuser": {"is_superuser": True},
        "nobody": {},
        "inactive superuser": {"is_superuser": True, "is_active": False},
        "inactive auditor": {"roles": ["auditor"], "is_active": False},
    }
    return factories.UserFactory(**special.get(kind, {"roles": [kind]}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "sees"),
    [
        ("superuser", 3),
        ("desk lead", 3),
        ("auditor", 3),
        ("approver", 3),
        ("adviser", 0),
        ("analyst", 0),
        ("editor", 0),
        ("nobody", 0),
        ("inactive superuser", 0),
        ("inactive auditor", 0),
    ],
)
def test_each_role_sees_what_it_needs(kind, sees):
    factories.lead_of(status="routed")
    factories.lead_of(status="lost")
    factories.new_lead()

    assert Lead.objects.visible_to(user(kind)).count() == sees


@pytest.mark.django_db
def test_an_adviser_sees_their_own_whatever_the_status_and_no_longer_what_was_given_away():
    awa = factories.AdviserFactory()
    own = {factories.lead_of(awa), factories.lead_of(awa, status="disqualified")}
    given_away = factories.lead_of(awa)
    Lead.objects.filter(pk=given_away.pk).update(owner=factories.AdviserFactory())

    assert set(Lead.objects.visible_to(awa.user)) == own


@pytest.mark.django_db
def test_who_owns_leads_but_may_not_see_leads_any_more_sees_none():
    former = factories.AdviserFactory(user=factories.UserFactory(roles=["analyst"]))
    factories.lead_of(former)

    assert not Lead.objects.visible_to(former.user).exists()


@pytest.mark.django_db
def test_strangers_see_nothing():
    factories.lead_of()

    assert not Lead.objects.visible_to(AnonymousUser()).exists()
