"""Who opens the staff screens in these tests, and where."""

from typing import Any

from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from intake.models import Adviser, Lead
from tests import factories

LEADS = "/staff/intake/lead/"


def client_of(user: User | None) -> Client:
    """A browser in which this person is logged in."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def person(kind: str, owner: Adviser) -> User | None:
    """A person of this kind as the lead's owner sees them."""
    if kind == "anonymous":
        return None
    if kind == "owner":
        return owner.user
    if kind == "other adviser":
        user: User = factories.AdviserFactory().user
        return user
    if kind == "superuser":
        return factories.UserFactory(is_superuser=True)
    return factories.UserFactory(roles=[kind])


def page(lead: Lead) -> str:
    """The address of the lead's page."""
    return f"{LEADS}{lead.pk}/change/"


def verb(lead: Lead, name: str) -> str:
    """The address of a verb of the lead."""
    return f"{LEADS}{lead.pk}/verbs/{name}/"


def said(response: Any) -> list[str]:
    """The messages that the next page will show."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def buttons(response: Any) -> list[str]:
    """The labels of the verbs that the page offers."""
    return [button["verb"].label for button in response.context["verb_buttons"]]


def statements(client: Client, address: str) -> int:
    """How many statements the second view of a page costs; the first warms what is cached."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
