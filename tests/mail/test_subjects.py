"""From a message to the lead that it is about, for those who may see that."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.mail.making import queue_letter

pytestmark = pytest.mark.django_db


def subject(reference: str) -> str:
    return reverse("admin:mail_message_subject", args=[reference])


def log_in(client: Client, *roles: str) -> Client:
    client.force_login(factories.UserFactory(roles=roles))
    return client


def test_the_reference_of_a_lead_leads_to_its_page_from_list_and_message(client: Client) -> None:
    lead = factories.lead_of()
    message = queue_letter(reference=lead.reference)
    log_in(client, "desk lead")

    link = f'<a class="staff-link" href="{subject(lead.reference)}">{lead.reference}</a>'
    for address in ("admin:mail_message_changelist", "admin:mail_message_change"):
        args = [message.pk] if address.endswith("change") else []
        assert link in client.get(reverse(address, args=args)).content.decode()
    answer = client.get(subject(lead.reference))
    assert (answer.status_code, answer["Location"]) == (
        302, f"/staff/intake/lead/{lead.pk}/change/",
    )  # fmt: skip


def test_a_reference_of_something_else_is_words(client: Client) -> None:
    message = queue_letter(reference="B-26-7")

    page = log_in(client, "desk lead").get(reverse("admin:mail_message_change", args=[message.pk]))

    assert "B-26-7" in page.content.decode()
    assert subject("B-26-7") not in page.content.decode()


@pytest.mark.parametrize("reference", ["R-NONE", "R-\x00", "nothing", "R-\u202e"])
def test_what_names_no_lead_is_not_found(client: Client, reference: str) -> None:
    assert log_in(client, "desk lead").get(subject(reference)).status_code == 404


def test_only_who_reads_mail_and_sees_the_lead_comes_there(client: Client) -> None:
    lead = factories.lead_of()
    address = subject(lead.reference)

    assert client.get(address)["Location"].startswith("/staff/login/")
    for roles, status in (((), 403), (("adviser",), 403), (("auditor",), 302)):
        assert log_in(client, *roles).get(address).status_code == status
