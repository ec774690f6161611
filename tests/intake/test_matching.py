import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts import text_rules
from intake import matching
from intake.models import Activity, Contact, Lead, Organisation
from tests import factories, racing


def matched(**content) -> Lead:
    """A new lead after matching."""
    return matching.match_people(lead_id=factories.new_lead(**content).pk)


def people() -> tuple[int, int]:
    """How many contacts and organisations there are."""
    return Contact.objects.count(), Organisation.objects.count()


@pytest.mark.django_db
def test_an_unknown_sender_becomes_a_contact_with_an_organisation():
    lead = matched(
        full_name="Aïcha Example",
        email="Aicha@Client.example",
        phone="+223 1",
        job_title="Head",
        organisation="Sahel  Logistics",
    )

    lead.refresh_from_db()
    contact, organisation = Contact.objects.get(), Organisation.objects.get()
    assert (lead.contact, lead.organisation) == (contact, organisation)
    assert (contact.full_name, contact.email) == ("Aïcha Example", "Aicha@Client.example")
    assert (contact.phone, contact.job_title) == ("+223 1", "Head")
    assert (contact.email_key, contact.organisation) == ("aicha@client.example", organisation)
    assert (organisation.name, organisation.name_key) == ("Sahel  Logistics", "sahel logistics")
    assert list(Activity.objects.values_list("kind", "text")) == [("matched", "New contact.")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email", ["AICHA@CLIENT.EXAMPLE", "ａicha@client.example", "aicha@client.example"]
)
def test_the_same_address_is_the_same_contact_who_keeps_their_details(email):
    first = matched(email="aicha@client.example", full_name="Aïcha", organisation="Sahel")

    second = matched(email=email, full_name="A. Example", organisation="")

    assert second.contact == first.contact
    assert second.organisation == first.organisation
    assert people() == (1, 1)
    assert Contact.objects.get().full_name == "Aïcha"
    assert second.activities.get().text == "Known contact with 1 earlier request(s)."


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email", ["ai.cha@client.example", "aicha+x@client.example", "aicha@other.example"]
)
def test_an_address_that_may_be_another_s_is_another_contact(email):
    matched(email="aicha@client.example")
    matched(email=email)

    assert people()[0] == 2


@pytest.mark.django_db
def test_a_known_contact_who_writes_for_another_organisation_keeps_both_apart():
    first = matched(email="aicha@client.example", organisation="Sahel")
    second = matched(email="aicha@client.example", organisation="Coast")

    assert second.contact.organisation == first.organisation
    assert second.organisation.name == "Coast"
    assert people() == (1, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", " ", "\u2003\t"])
def test_no_organisation_is_none(name):
    lead = matched(organisation=name)

    assert (lead.organisation, lead.contact.organisation) == (None, None)


@pytest.mark.django_db
def test_matching_twice_is_once():
    lead = matched(organisation="Sahel")

    again = matching.match_people(lead_id=lead.pk)

    assert again == lead
    assert people() == (1, 1)
    assert Activity.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_of_one_sender_at_once_make_one_contact():
    content = {"email": "aicha@client.example", "organisation": "Sahel"}
    pks = [factories.new_lead(**content).pk for _ in range(2)]

    first, second = racing.race(*[lambda pk=pk: matching.match_people(lead_id=pk) for pk in pks])

    assert first.contact == second.contact
    assert first.organisation == second.organisation
    assert people() == (1, 1)


@pytest.mark.django_db
def test_the_longest_address_and_name_fit():
    longest = f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 61}"
    text_rules.refuse_unusual_email(longest)

    lead = matched(email=longest, organisation="㌀" * 200)  # one sign, four letters when normalised

    assert len(lead.contact.email_key) == 254
    assert len(lead.organisation.name_key) == 200


@given(st.text(max_size=200))
def test_a_name_and_its_key_have_the_same_key(name):
    key = matching.name_key(name)

    assert len(key) <= 200
    assert key == matching.name_key(key) or len(key) == 200
