"""The staff screen of proposal templates."""

from typing import Any

import pytest
from django.test import Client

from proposals.models import ProposalTemplate
from tests.factories import UserFactory
from tests.proposals.making import make_template

LIST = "/staff/proposals/proposaltemplate/"


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(UserFactory(is_superuser=True))
    return client


def form(**changes: Any) -> dict[str, Any]:
    """A new template with two sections and no line."""
    data = {"name": "Short", "language": "en", "title": "Advice", "terms": ""}
    data |= {"lines-TOTAL_FORMS": 0, "lines-INITIAL_FORMS": 0}
    data |= {"sections-TOTAL_FORMS": 2, "sections-INITIAL_FORMS": 0}
    for number in range(2):
        data[f"sections-{number}-position"] = number
        data[f"sections-{number}-heading"] = f"Heading {number}"
        data[f"sections-{number}-body"] = "{needs}"
    return data | changes


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["adviser", "desk lead", "approver", "auditor", "analyst"])
def test_templates_are_the_operators(client: Client, role: str) -> None:
    client.force_login(UserFactory(roles=[role]))

    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}add/", form()).status_code == 403


@pytest.mark.django_db
def test_template_is_added_with_its_sections(operator: Client) -> None:
    assert operator.post(f"{LIST}add/", form()).status_code == 302

    template = ProposalTemplate.objects.get()
    headings = template.sections.order_by("position").values_list("heading", flat=True)
    assert list(headings) == ["Heading 0", "Heading 1"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"sections-1-position": 0},
        {"is_default": "on"},
        {"name": "Standard en"},
        {"title": ""},
        {"title": "bidi \u202e"},
        {"sections-0-body": "- a\n  - b\n    - c\n      - d"},
    ],
)
def test_bad_input_is_refused_and_kept(operator: Client, changes: dict[str, Any]) -> None:
    make_template()

    answer = operator.post(f"{LIST}add/", form(**changes))

    assert answer.status_code == 200
    assert 'value="Heading 1"' in answer.content.decode()
    assert ProposalTemplate.objects.count() == 1
