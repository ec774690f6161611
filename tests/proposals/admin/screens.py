"""The staff screens of proposal versions as a browser uses them."""

import re

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from proposals.models import ProposalVersion
from tests.factories import UserFactory
from tests.proposals.admin.forms import address

LIST = "/staff/proposals/proposalversion/"
READERS = ["approver", "auditor"]
STRANGERS = ["analyst", "editor"]


def as_author(client: Client, version: ProposalVersion) -> Client:
    """Logged in as the author of the version."""
    client.force_login(version.prepared_by)
    return client


def as_role(client: Client, role: str) -> Client:
    """Logged in as somebody with this role."""
    client.force_login(UserFactory(roles=[role]))
    return client


def said(answer: HttpResponse) -> list[str]:
    """The messages that the next page shows."""
    return [str(message) for message in get_messages(answer.wsgi_request)]


def press(client: Client, version: ProposalVersion, verb: str) -> HttpResponse:
    """The answer to a button."""
    return client.post(address(version, f"verbs/{verb}"))


def buttons(client: Client, version: ProposalVersion) -> set[str]:
    """The verbs that the version's page offers."""
    page = client.get(address(version)).content.decode()
    return set(re.findall(rf'(?:action|href)="{address(version, "verbs")}(\w+)/"', page))
