"""What a page of the staff screens links to opens for who reads it."""

import pytest
from django.test import Client

from accounts.models import User
from intake import walls
from tests.factories import UserFactory, lead_of

pytestmark = pytest.mark.django_db


def page(reader: User, address: str) -> str:
    client = Client()
    client.force_login(reader)
    return client.get(address).content.decode()


@pytest.mark.parametrize(
    ("reader", "is_linked"), [({"is_superuser": True}, True), ({"roles": ["desk lead"]}, False)]
)
def test_a_row_that_is_only_read_is_a_link_for_who_may_open_it(reader, is_linked):
    walled = UserFactory(full_name="Wanjiru Walled")
    wall = walls.raise_wall(user=walled, before=lead_of(), reason="So.", by=None)

    text = page(UserFactory(**reader), f"/staff/intake/wall/{wall.pk}/change/")

    assert "Wanjiru Walled" in text
    assert (f'href="/staff/accounts/user/{walled.pk}/change/"' in text) is is_linked
    assert f'href="/staff/intake/lead/{wall.lead_id}/change/"' in text  # both may open the lead


@pytest.mark.parametrize(("role", "is_linked"), [("adviser", False), ("auditor", True)])
def test_the_same_in_a_page_of_several_groups_of_fields(role, is_linked):
    adviser = lead_of().owner

    text = page(UserFactory(roles=[role]), f"/staff/intake/adviser/{adviser.pk}/change/")

    assert str(adviser.user) in text
    assert (f'href="/staff/accounts/user/{adviser.user_id}/change/"' in text) is is_linked


@pytest.mark.parametrize(("role", "is_linked"), [("adviser", False), ("desk lead", True)])
def test_the_lists_of_sanctions_lead_to_their_files_for_who_may_see_those(role, is_linked):
    text = page(UserFactory(roles=[role]), "/staff/intake/sanctionslist/")

    assert ("Files that were sent" in text) is is_linked
