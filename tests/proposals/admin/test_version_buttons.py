"""Who may see and do what with proposal versions, and the buttons."""

import pytest
from django.http import HttpResponse
from django.test import Client

from mail.models import Message
from proposals.models import ClientLink, ProposalVersion
from tests.factories import AdviserFactory, UserFactory
from tests.proposals import making
from tests.proposals.admin.forms import address, whole_form
from tests.proposals.admin.screens import (
    LIST,
    READERS,
    STRANGERS,
    as_author,
    as_role,
    buttons,
    press,
)
from tests.proposals.making import make_draft, make_sent

pytestmark = pytest.mark.usefixtures("version")

# ---- Who may do what


@pytest.mark.parametrize("page", ["change", "preview", "document", "verbs/send"])
def test_nobody_sees_anything_without_login(
    client: Client, page: str, version: ProposalVersion
) -> None:
    answer = client.get(address(version, page))

    assert answer.status_code == 302
    assert answer["Location"].startswith("/staff/login/?next=")


@pytest.mark.parametrize("role", ["desk lead", *READERS])
def test_those_who_see_all_leads_see_all_versions(
    client: Client, role: str, version: ProposalVersion
) -> None:
    as_role(client, role)

    assert version.proposal.reference in client.get(LIST).content.decode()
    for page in ("change", "preview", "document"):
        assert client.get(address(version, page)).status_code == 200


@pytest.mark.parametrize("role", STRANGERS)
def test_those_who_see_no_leads_see_no_versions(
    client: Client, role: str, version: ProposalVersion
) -> None:
    as_role(client, role)

    assert client.get(LIST).status_code == 403
    assert client.get(address(version)).status_code == 403
    for page in ("preview", "document", "verbs/send"):
        assert client.get(address(version, page)).status_code == 404
    assert press(client, version, "revise").status_code == 404
    assert ProposalVersion.objects.count() == 1


def test_adviser_sees_own_versions_only(client: Client, version: ProposalVersion) -> None:
    own, other = version, make_sent()
    as_author(client, own)

    page = client.get(LIST).content.decode()

    assert own.proposal.reference in page
    assert other.proposal.reference not in page
    assert client.get(address(own)).status_code == 200
    assert client.get(address(other)).status_code == 302
    for part in ("preview", "document"):
        assert client.get(address(other, part)).status_code == 404


@pytest.mark.parametrize("role", READERS)
def test_readers_change_nothing(client: Client, role: str) -> None:
    version = make_draft()
    as_role(client, role)

    assert buttons(client, version) == set()
    assert press(client, version, "send").status_code == 403
    assert client.post(address(version), whole_form(version, title="New")).status_code == 403
    stored = ProposalVersion.objects.get(pk=version.pk)
    assert (stored.status, stored.title) == ("draft", version.title)


@pytest.mark.parametrize("verb", ["send", "revise", "link"])
def test_adviser_presses_no_button_on_anothers_version(
    client: Client, verb: str, version: ProposalVersion
) -> None:
    client.force_login(AdviserFactory().user)

    assert press(client, version, verb).status_code == 404
    assert ProposalVersion.objects.count() == ClientLink.objects.count() == 1


@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_versions_are_neither_added_nor_deleted_by_hand(client: Client, path: str) -> None:
    version = make_draft()
    before = ProposalVersion.objects.count()
    client.force_login(UserFactory(is_superuser=True))

    assert client.post(LIST + path.format(pk=version.pk), {"post": "yes"}).status_code == 403
    assert ProposalVersion.objects.count() == before


# ---- Buttons


def test_buttons_follow_the_state(client: Client) -> None:
    version = make_draft()
    as_author(client, version)

    assert buttons(client, version) == {"send"}
    making.send(version)
    assert buttons(client, version) == {"revise"}
    making.run_jobs("proposals.render", version.pk)
    assert buttons(client, version) == {"revise", "link"}
    making.decline(version)
    assert buttons(client, version) == set()


def refusals(answer: HttpResponse) -> list[str]:
    return list(answer.context["form"].non_field_errors())


def test_send_button_sends(client: Client) -> None:
    version = make_draft()

    answer = press(as_author(client, version), version, "send")

    assert (answer.status_code, answer["Location"]) == (302, address(version))
    assert making.statuses(version) == ("sent", "open", "proposal")


def test_a_page_before_it_says_what_leaves(client: Client) -> None:
    version = make_draft(language="fr")

    page = as_author(client, version).get(address(version, "verbs/send")).content.decode()

    assert f"To {version.recipient_name} ({version.recipient_email}), in Français." in page
    assert "Total EUR\N{NO-BREAK SPACE}2,950.00." in page
    assert "free_is_meant" not in page
    assert making.statuses(version)[0] == "draft"


def test_lines_that_cost_nothing_leave_only_when_that_is_meant(client: Client) -> None:
    version = make_draft()
    version.lines.update(unit_price=0)
    (line,) = version.lines.all()
    as_author(client, version)

    asked = client.get(address(version, "verbs/send")).content.decode()
    refused = press(client, version, "send")

    assert f"It is meant that these cost nothing: {line.description}" in asked
    assert refused.status_code == 400
    assert refusals(refused) == [
        f"These lines cost nothing: {line.description}. Price them, or confirm that it is meant."
    ]
    assert making.statuses(version)[0] == "draft"

    client.post(address(version, "verbs/send"), {"free_is_meant": "on"})

    assert making.statuses(version) == ("sent", "open", "proposal")


def test_refusal_to_send_names_every_problem(client: Client) -> None:
    version = make_draft(title=" ")
    version.lines.all().delete()

    answer = press(as_author(client, version), version, "send")

    assert answer.status_code == 400
    assert refusals(answer) == ["Give the proposal a title.", "Add at least one price line."]
    assert making.statuses(version)[0] == "draft"


def test_second_click_on_send_is_refused_in_words(client: Client) -> None:
    version = make_draft()
    as_author(client, version)
    press(client, version, "send")

    answer = press(client, version, "send")

    assert refusals(answer) == ["This version was sent or closed already."]


def test_next_version_opens_for_editing(client: Client, version: ProposalVersion) -> None:
    answer = press(as_author(client, version), version, "revise")

    draft = ProposalVersion.objects.get(number=2)
    assert answer["Location"] == address(draft)


def test_new_link_is_mailed(client: Client, version: ProposalVersion) -> None:
    press(as_author(client, version), version, "link")

    assert ClientLink.objects.filter(version=version).count() == 2
    assert Message.objects.filter(template="proposals/mail/proposal").count() == 2


@pytest.mark.parametrize("verb", ["send", "revise", "link"])
def test_opening_the_address_of_a_button_does_nothing(
    client: Client, verb: str, version: ProposalVersion
) -> None:
    answer = as_author(client, version).get(address(version, f"verbs/{verb}"))

    assert answer.status_code == 302
    assert ProposalVersion.objects.count() == ClientLink.objects.count() == 1
