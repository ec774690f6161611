import pytest
from django.db import transaction

from accounts import text_rules
from intake import alike, matching
from intake.models import Activity, Contact, Lead, Likeness, Organisation
from tests import factories, racing


def matched(**content) -> Lead:
    """A new lead after matching, and after what is alike was looked for."""
    lead = matching.match_people(lead_id=factories.new_lead(**content).pk)
    alike.suggest(lead_ids=[lead.pk])
    return lead


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
    assert list(Activity.objects.values_list("kind", "text")) == [
        ("matched", "New contact. New organisation.")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email", ["AICHA@CLIENT.EXAMPLE", "ａicha@client.example", "aicha@client.example"]
)
def test_the_same_address_is_the_same_contact_who_keeps_their_details(email):
    first = matched(email="aicha@client.example", full_name="Aïcha", organisation="Sahel")

    second = matched(email=email, full_name="Mme Aïcha", organisation="")

    assert second.contact == first.contact
    assert second.organisation == first.organisation
    assert people() == (1, 1)
    assert Contact.objects.get().full_name == "Aïcha"
    assert second.activities.get().text == "Known contact with 1 earlier request."


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("known", "named"),
    [
        ("Société Exemple", "SOCIETE EXEMPLE"),
        ("Exemple S.A.R.L.", "Exemple"),
        ("Exemple", "SARL Exemple"),
        ("Exemplo, Lda.", "Exemplo Limitada"),
        ("شركة المثال ش.م.م", "المثال"),
        ("Example-Freight (Pty) Ltd", "Example Freight Limited"),
    ],
)
def test_an_organisation_is_known_whatever_its_accents_and_legal_form(known, named):
    first = matched(organisation=known)
    second = matched(organisation=named)

    assert second.organisation == first.organisation
    assert "known by its name" in second.activities.get().text
    assert not Likeness.objects.filter(kind="organisation").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("known", "named"),
    [(["Exemple SARL"], "Exemple SA"), (["Exemple SARL", "Exemple SA"], "Exemple")],
)
def test_another_legal_form_may_be_another_body(known, named):
    firsts = [matched(organisation=name).organisation for name in known]
    second = matched(organisation=named).organisation

    assert second not in firsts
    pairs = Likeness.objects.of("organisation", second.pk).values_list("older_pk", "state")
    assert set(pairs) == {(first.pk, "open") for first in firsts}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("named", "known"),
    [("Exemple S.A.R.L.", "Exemple SARL"), ("EXEMPLE, S.A.", "Exemple SA"), ("Éxemple", "Exemple")],
)
def test_of_bodies_with_one_name_the_one_of_the_same_legal_form_is_known(named, known):
    made = {name: matched(organisation=name) for name in ("Exemple SARL", "Exemple SA", "Exemple")}

    second = matched(organisation=named)

    assert second.organisation == made[known].organisation
    assert Organisation.objects.count() == len(made)


@pytest.mark.django_db
def test_who_names_no_organisation_is_known_by_the_domain_of_the_house():
    first = matched(email="awa@house.example", organisation="The House")
    second = matched(email="bruno@house.example", organisation="")

    assert second.organisation == second.contact.organisation == first.organisation
    assert second.activities.get().text == (
        "New contact. Organisation known by the domain of the address."
    )


@pytest.mark.django_db
@pytest.mark.parametrize("domain", ["gmail.com", "yahoo.fr", "orange.sn", "GMAIL.com"])
def test_mail_that_anybody_can_have_tells_no_organisation(domain):
    matched(email="awa@gmail.com", organisation="The House")
    second = matched(email=f"bruno@{domain}", organisation="")

    assert (second.organisation, second.contact.organisation) == (None, None)
    assert not Likeness.objects.exists()


@pytest.mark.django_db
def test_a_domain_of_two_organisations_tells_neither():
    matched(email="awa@hub.example", organisation="Alpha")
    matched(email="bruno@hub.example", organisation="Beta")

    assert matched(email="carla@hub.example", organisation="").organisation is None


@pytest.mark.django_db
def test_a_shared_mailbox_is_named_as_such():
    first = matched(email="procurement@house.example", full_name="Awa Example")
    second = matched(email="procurement@house.example", full_name="Bruno Example")

    assert first.activities.get().text == (
        "New contact. The address is one that several people read."
    )
    assert second.contact == first.contact
    assert second.activities.get().text == (
        "Known contact with 1 earlier request. "
        "Another name this time, from a shared address, so perhaps somebody else."
    )


@pytest.mark.django_db(transaction=True)
def test_two_spellings_at_once_are_one_organisation():
    pks = [factories.new_lead(organisation=name).pk for name in ("Exemple SARL", "EXEMPLE")]

    first, second = racing.race(*[lambda pk=pk: matching.match_people(lead_id=pk) for pk in pks])

    assert first.organisation == second.organisation


@pytest.mark.django_db(transaction=True)
def test_those_of_another_house_are_linked_meanwhile():
    alpha, beta = ({"organisation": n, "email": f"a@{n}.example"} for n in ("alpha", "beta"))
    one, other = factories.new_lead(**alpha), factories.new_lead(**beta)

    with transaction.atomic():
        matching.match_people(lead_id=one.pk)
        (meanwhile,) = racing.race(lambda: matching.match_people(lead_id=other.pk))

    assert meanwhile.organisation.name == "beta"


@pytest.mark.django_db
def test_two_spellings_together_are_one_new_organisation():
    pks = [factories.new_lead(organisation=name).pk for name in ("Exemple SARL", "EXEMPLE")]

    first, second = matching.match_leads(lead_ids=pks)

    assert first.organisation == second.organisation == Organisation.objects.get()
    assert second.activities.get().text.endswith("a little differently.")
