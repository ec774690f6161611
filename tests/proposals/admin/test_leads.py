"""What proposals add to the lead's page."""

import re
from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from intake.models import Lead
from proposals import drafting, withdrawing
from proposals.models import Proposal, ProposalTemplate, ProposalVersion
from tests.factories import AdviserFactory, UserFactory
from tests.proposals import making
from tests.proposals.making import adviser_of, make_draft, make_lead, make_sent


def address(lead: Lead, page: str = "change") -> str:
    return f"/staff/intake/lead/{lead.pk}/{page}/"


def as_owner(client: Client, lead: Lead) -> Client:
    client.force_login(adviser_of(lead))
    return client


def offered(client: Client, lead: Lead) -> set[str]:
    """The verbs that the lead's page offers, as forms or links."""
    page = client.get(address(lead)).content.decode()
    return set(re.findall(rf'="{address(lead, "verbs")}(\w+)/"', page))


@pytest.mark.django_db
def test_one_click_makes_a_draft_and_opens_it(client: Client) -> None:
    lead = make_lead()

    answer = as_owner(client, lead).post(address(lead, "verbs/draft"))

    version = ProposalVersion.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == f"/staff/proposals/proposalversion/{version.pk}/change/"
    assert making.statuses(version) == ("draft", "open", "proposal")


@pytest.mark.django_db
def test_draft_button_is_there_when_a_draft_can_be_made(client: Client) -> None:
    lead = make_lead()
    as_owner(client, lead)

    assert "draft" in offered(client, lead)
    make_draft(lead)
    assert "draft" not in offered(client, lead)
    withdrawing.lose_lead(lead=lead, by=adviser_of(lead), reason="Went elsewhere.")
    assert "draft" in offered(client, lead)


@pytest.mark.django_db
def test_second_click_is_refused_in_words(client: Client) -> None:
    lead = make_draft().proposal.lead

    answer = as_owner(client, lead).post(address(lead, "verbs/draft"))

    (message,) = get_messages(answer.wsgi_request)
    assert str(message) == "This lead has an open proposal already."
    assert Proposal.objects.count() == 1


@pytest.mark.django_db
def test_without_a_template_the_page_says_what_to_do(client: Client) -> None:
    lead = make_lead()
    ProposalTemplate.objects.update(is_default=False)

    answer = as_owner(client, lead).post(address(lead, "verbs/draft"))

    (message,) = get_messages(answer.wsgi_request)
    assert "Add one under Staff, Proposal templates." in str(message)
    assert not Proposal.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "status"),
    [("desk lead", 302), ("approver", 403), ("auditor", 403), ("adviser", 404), ("analyst", 404)],
)
def test_who_may_draft_for_anothers_lead(client: Client, role: str, status: int) -> None:
    lead = make_lead()
    client.force_login(UserFactory(roles=[role]))

    assert client.post(address(lead, "verbs/draft")).status_code == status
    assert Proposal.objects.exists() == (status == 302)


@pytest.mark.django_db
def test_losing_a_lead_on_its_page_withdraws_the_proposal(client: Client) -> None:
    version = make_sent()
    lead = version.proposal.lead

    answer = as_owner(client, lead).post(address(lead, "verbs/lose"), {"reason": "No answer."})

    assert answer.status_code == 302
    assert making.statuses(version) == ("withdrawn", "withdrawn", "lost")


@pytest.mark.django_db
def test_page_lists_the_versions_and_what_became_of_them(client: Client) -> None:
    first = make_sent()
    making.send(drafting.revise_version(version=first, by=first.prepared_by))
    lead = first.proposal.lead

    page = as_owner(client, lead).get(address(lead)).content.decode()

    reference = first.proposal.reference
    found = re.findall(rf"{reference}, version (\d)</a> · (\w+)", page)
    assert found == [("2", "sent"), ("1", "superseded")]


@pytest.mark.django_db
def test_page_of_a_lead_names_no_proposal_of_another(client: Client) -> None:
    owner = AdviserFactory()
    lead, other = make_lead(owner=owner), make_lead(owner=owner)
    make_draft(other)

    assert "None yet." in as_owner(client, lead).get(address(lead)).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_one_version_and_three(
    client: Client, django_assert_num_queries: Callable[..., object], count: int
) -> None:
    version = make_sent()
    for _ in range(count - 1):
        version = making.send(drafting.revise_version(version=version, by=version.prepared_by))
    lead = version.proposal.lead
    as_owner(client, lead).get(address(lead))  # content types are asked for once per process

    with django_assert_num_queries(LEAD_QUERIES):
        client.get(address(lead))


LEAD_QUERIES = 25  # each part of the page one, whatever it holds
