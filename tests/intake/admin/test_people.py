import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from intake import after_sending, matching
from intake.after_sending import ContactDetails
from intake.models import Contact, Lead, Organisation
from tests import factories
from tests.intake.admin.screens import client_of, person

CONTACTS = "/staff/intake/contact/"
ORGANISATIONS = "/staff/intake/organisation/"


def matched(**content) -> Lead:
    """A routed lead with its contact and organisation."""
    lead = factories.lead_of(**content)
    return matching.match_people(lead_id=lead.pk)


def awas_and_brunos() -> tuple[Lead, Lead]:
    """Two leads of two advisers, from two people of two organisations."""
    return (
        matched(full_name="Client A", email="a@client.example", organisation="Alpha"),
        matched(full_name="Client B", email="b@client.example", organisation="Beta"),
    )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["desk lead", "auditor", "approver", "superuser"])
def test_those_who_see_all_leads_see_all_people(kind):
    own, _ = awas_and_brunos()
    client = client_of(person(kind, own.owner))

    contacts = client.get(CONTACTS).context["cl"].result_list
    organisations = client.get(ORGANISATIONS).context["cl"].result_list

    assert {str(contact) for contact in contacts} == {"Client A", "Client B"}
    assert {str(organisation) for organisation in organisations} == {"Alpha", "Beta"}


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?q=b@client", "?q=Client B", "?q=Beta", "?all=", "?o=2"])
def test_an_adviser_sees_the_people_of_their_own_leads_only(query):
    own, foreign = awas_and_brunos()
    client = client_of(own.owner.user)

    pages = [client.get(address + query) for address in (CONTACTS, ORGANISATIONS)]

    shown = [str(row) for page in pages for row in page.context["cl"].result_list]
    assert shown == (["Client A", "Alpha"] if query in ("", "?all=", "?o=2") else [])
    html = pages[0].content.decode() + pages[1].content.decode()
    assert f"{CONTACTS}{foreign.contact.pk}/" not in html
    assert f"{ORGANISATIONS}{foreign.organisation.pk}/" not in html


@pytest.mark.django_db
def test_a_foreign_person_has_no_page_for_an_adviser():
    own, foreign = awas_and_brunos()
    client = client_of(own.owner.user)
    addresses = [
        f"{CONTACTS}{foreign.contact.pk}/change/",
        f"{CONTACTS}{foreign.contact.pk}/history/",
        f"{ORGANISATIONS}{foreign.organisation.pk}/change/",
    ]

    pages = [client.get(address, follow=True).content.decode() for address in addresses]

    assert not [word for page in pages for word in ("Client B", "b@client", "Beta") if word in page]
    assert client.get(f"{CONTACTS}{own.contact.pk}/change/").status_code == 200


@pytest.mark.django_db
def test_somebody_with_three_requests_is_listed_once():
    owner = factories.AdviserFactory()
    for _ in range(3):
        matched(owner=owner, email="a@client.example", organisation="Alpha")
    client = client_of(owner.user)

    for address in (CONTACTS, ORGANISATIONS):
        assert client.get(address).context["cl"].result_count == 1


@pytest.mark.django_db
@pytest.mark.parametrize("address", [CONTACTS, ORGANISATIONS])
def test_people_are_looked_at_never_edited_here(address):
    own, _ = awas_and_brunos()
    pk = own.contact.pk if address == CONTACTS else own.organisation.pk
    client = client_of(factories.UserFactory(is_superuser=True))

    answers = [
        client.get(f"{address}add/"),
        client.post(f"{address}{pk}/change/", {"full_name": "X", "name": "X"}),
        client.post(f"{address}{pk}/delete/", {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert (Contact.objects.count(), Organisation.objects.count()) == (2, 2)
    assert not Contact.objects.filter(full_name="X").exists()


@pytest.mark.django_db
def test_an_analyst_has_no_business_with_people():
    awas_and_brunos()
    client = client_of(factories.UserFactory(roles=["analyst"]))

    assert [client.get(address).status_code for address in (CONTACTS, ORGANISATIONS)] == [403, 403]


@pytest.mark.django_db
@pytest.mark.parametrize("address", [CONTACTS, ORGANISATIONS])
def test_a_list_of_three_costs_as_many_statements_as_a_list_of_one(address):
    client = client_of(factories.UserFactory(is_superuser=True))
    client.get(address)
    counts = []
    for number in (1, 2):
        for _ in range(number):
            matched(organisation=f"Organisation {Lead.objects.count()}")
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counts.append(len(queries))

    assert counts == [4, 4]  # session, user, count, page


@pytest.mark.django_db
def test_how_a_client_wants_to_be_reached_now_stands_on_their_page():
    own, _ = awas_and_brunos()
    client = client_of(own.owner.user)
    page = f"{CONTACTS}{own.contact.pk}/change/"
    before = client.get(page).content.decode()

    after_sending.correct_contact(
        lead=own, details=ContactDetails("Client A", "new@client.example", "+235 66 00 00 00")
    )
    after = client.get(page).content.decode()

    assert "Corrected by the client" not in before
    assert "<bdi>new@client.example</bdi> · <bdi>+235 66 00 00 00</bdi>" in after
    assert f'/staff/intake/lead/{own.pk}/change/">{own.reference}</a>. Our mail' in after
