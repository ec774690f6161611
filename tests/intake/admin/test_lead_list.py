import pytest

from intake import lead_search, matching
from tests import factories
from tests.intake.admin.screens import LEADS, client_of, statements


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=Aïcha", ["awa"]),
        ("q=BRUNO@CLIENT.EXAMPLE", ["bruno"]),
        ("q=Sahel", ["awa", "bruno"]),
        ("q=nothing", []),
        ("status__exact=routed", ["awa"]),
        ("status__exact=lost", ["bruno"]),
        ("language__exact=fr", ["bruno"]),
    ],
)
def test_leads_are_found_by_who_sent_them_and_how_far_they_are(query, found):
    by_name = {
        "awa": factories.lead_of(full_name="Aïcha", organisation="Sahel A", email="a@client.example"),
        "bruno": factories.lead_of(
            status="lost", full_name="Bruno", organisation="Sahel B",
            email="bruno@client.example", language="fr",
        ),
    }  # fmt: skip
    for lead in by_name.values():
        lead_search.note_words(lead_ids=[lead.pk])

    response = client_of(factories.UserFactory(is_superuser=True)).get(f"{LEADS}?{query}")

    assert set(response.context["cl"].result_list) == {by_name[name] for name in found}


@pytest.mark.django_db
def test_a_lead_is_found_by_its_reference():
    lead = factories.lead_of()
    factories.lead_of()

    response = client_of(factories.UserFactory(is_superuser=True)).get(
        f"{LEADS}?q={lead.reference}"
    )

    assert list(response.context["cl"].result_list) == [lead]


@pytest.mark.django_db
def test_search_and_filters_do_not_leak_the_leads_of_others():
    own, foreign = (
        factories.lead_of(),
        factories.lead_of(full_name="Aïcha", email="aicha@client.example"),
    )
    client = client_of(own.owner.user)
    queries = [
        "q=Aïcha", "q=aicha@", f"q={foreign.reference}", f"owner__id__exact={foreign.owner.pk}",
        "all=", "o=-1", "p=0",
    ]  # fmt: skip

    answers = [client.get(f"{LEADS}?{query}") for query in queries]

    found = [lead for answer in answers for lead in answer.context["cl"].result_list]
    pages = " ".join(answer.content.decode() for answer in answers)
    assert set(found) <= {own}
    assert f"{LEADS}{foreign.pk}/" not in pages
    assert str(foreign.owner) not in pages


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["enquiry__needs__startswith=Z", "owner__user__password__startswith=a",
    "enquiry__idempotency_key__isnull=1"],
)  # fmt: skip
def test_nobody_can_ask_the_list_what_it_does_not_show(query):
    lead = factories.lead_of(needs="Zanzibar")

    response = client_of(lead.owner.user).get(f"{LEADS}?{query}")

    assert response.status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ED%A0%80", "q=" + "x" * 5000, "p=-1", "p=x", "o=x.y", "status__exact=%00", "owner__id__exact=x",
    "owner__id__exact=99999999999999999999", "status__exact=nothing"],
)  # fmt: skip
def test_absurd_questions_are_no_fault(query):
    lead = factories.lead_of()

    response = client_of(lead.owner.user).get(f"{LEADS}?{query}", follow=True)

    assert response.status_code == 200


@pytest.mark.django_db
def test_a_list_of_three_costs_as_many_statements_as_a_list_of_one():
    client = client_of(factories.UserFactory(is_superuser=True))
    counts = []
    for number in (1, 2):
        for _ in range(number):
            lead = factories.lead_of(organisation=f"Organisation {number}")
            matching.match_people(lead_id=lead.pk)
        counts.append(statements(client, LEADS))

    assert counts == [5, 5]  # session, user, page, count, owners in the filter
