from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from intake import alike, matching, resembling
from intake.models import Contact, Lead, Likeness, Organisation, Screening
from tests import factories, racing
from tests.intake.test_spam_rules import LONG


def matched(**content) -> Lead:
    """A new lead after matching, and after what is alike was looked for."""
    lead = matching.match_people(lead_id=factories.new_lead(**content).pk)
    alike.suggest(lead_ids=[lead.pk])
    return lead


def found(kind: str) -> list[list[str]]:
    """The reasons of each suggestion of a kind, in words, strongest first."""
    rows = Likeness.objects.filter(kind=kind).order_by("-score", "pk")
    return [resembling.in_words(one) for one in rows]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "reasons"),
    [
        (
            {"organisation": "Sahel Logistics"},
            {"organisation": "Sahel Logistique"},
            ["names alike (65%)"],
        ),
        ({"organisation": "Exemple SARL"}, {"organisation": "Exemple SA"}, ["the same name with another legal form"]),
        (
            {"organisation": "ساحل لوجستيك"},
            {"organisation": "Sahel Logistic"},
            ["names sound alike (100%)"],
        ),
        (
            {"organisation": "World Example Programme", "email": "a@wep.example"},
            {"organisation": "WEP", "email": "b@wep.example"},
            ["the same e-mail domain"],
        ),
    ],
)  # fmt: skip
def test_an_organisation_that_is_near_is_suggested_with_reasons(first, second, reasons):
    matched(**{"email": "a@one.example"} | first)
    matched(**{"email": "b@other.example"} | second)

    assert found("organisation") == [reasons]
    assert Organisation.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "second", "reasons"),
    [
        (
            {"full_name": "Awa Example", "email": "awa@house.example"},
            {"full_name": "Awa Examples", "email": "awa.e@house.example"},
            ["names alike (79%)", "the same e-mail domain"],
        ),
        (
            {"full_name": "Awa", "email": "awa@gmail.com"},
            {"full_name": "A. E.", "email": "a.w.a+crm@googlemail.com"},
            ["the same mailbox but for a plus part or dots"],
        ),
        (
            {"full_name": "Mohamed Diallo", "email": "md@gmail.com", "phone": "+223 70 00 11 22"},
            {"full_name": "محمد ديالو", "email": "x@gmail.com", "phone": "0022370001122"},
            ["names sound alike (100%)", "the same phone number"],
        ),
        (
            {"full_name": "Awa Example", "email": "awa@gmail.com"},
            {"full_name": "AWA EXAMPLE", "email": "awa@yahoo.fr"},
            ["the same name"],
        ),
    ],
)
def test_a_contact_who_is_near_is_suggested_with_reasons(first, second, reasons):
    matched(**first)
    matched(**second)

    assert found("contact") == [reasons]
    assert Contact.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_who_find_the_same_pairs_in_another_order_do_not_stop_each_other():
    names = ["Sahel Logistics", "Sahel Logistique", "Sahel Logistics SA"]
    keys_of = Organisation.keys_of
    a, b, c = [Organisation.objects.create(name=name, **keys_of(name)) for name in names]
    pair = {"kind": "organisation", "newer_pk": c.pk, "reasons": [["name", 70]], "score": 42}

    def look(*organisations: Organisation) -> None:
        with transaction.atomic():
            asked = [(one, "") for one in organisations]
            resembling.note(organisations=asked, contacts=[], leads=[])

    with transaction.atomic():
        Likeness.objects.create(**pair, older_pk=b.pk)
        second = racing.Race(lambda: look(b, c))  # finds b and c before a and c
        racing.wait_for_blocked(1)
        first = racing.Race(lambda: look(c))  # finds a and c before b and c
        racing.wait_for_blocked(2)
        transaction.set_rollback(True)
    second.results()
    first.results()

    pairs = sorted(Likeness.objects.values_list("older_pk", "newer_pk"))
    assert pairs == [(a.pk, b.pk), (a.pk, c.pk), (b.pk, c.pk)]


@pytest.mark.django_db
def test_a_name_alone_that_is_only_near_suggests_nobody():
    matched(full_name="Awa Example", email="awa@gmail.com")
    matched(full_name="Awa Examplu", email="bruno@yahoo.fr")

    assert not Likeness.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("second", "days", "reasons"),
    [
        ({}, 0, ["the same person", "the same text", "less than a day apart"]),
        ({}, 13, ["the same person", "the same text", "13 days apart"]),
        ({}, 15, None),
        ({"needs": "Something else."}, 0, None),
        ({"email": "b@house.example"}, 0, ["the same organisation", "the same text", "less than a day apart"]),
        ({"email": "b@house.example", "needs": "Escort from Gao to Kidal."}, 0, None),
        ({"email": "b@other.example", "organisation": "Other"}, 0, None),
    ],
)  # fmt: skip
def test_the_same_request_within_days_is_suggested(second, days, reasons):
    content = {"email": "a@house.example", "organisation": "House", "needs": "An escort to Gao."}
    first = matched(**content)
    Lead.objects.filter(pk=first.pk).update(created_at=first.created_at - timedelta(days=days))

    matched(**content | second)

    assert found("lead") == ([reasons] if reasons else [])


@pytest.mark.django_db
@pytest.mark.parametrize(("rules", "is_found"), [(1, False), (2, True)])
def test_a_colleagues_text_is_compared_where_nothing_says_that_it_is_another(rules, is_found):
    """Numbers of words by rules of another version say nothing."""
    leads = [
        factories.new_lead(
            email=f"{name}@house.example", organisation="House", needs=f"{LONG} {name}"
        )
        for name in "ab"
    ]
    for lead, version in zip(leads, (1, rules), strict=True):
        matching.match_people(lead_id=lead.pk)
        Screening.objects.create(
            lead=lead, score=0, line=50, items=[], rules=version, text_bands=[lead.pk]
        )

    alike.suggest(lead_ids=[leads[1].pk])

    assert bool(found("lead")) is is_found


@pytest.mark.django_db
@pytest.mark.parametrize(("compared", "count"), [(1, 0), (2, 1)])
def test_a_request_is_compared_with_the_newest_of_a_house(monkeypatch, compared, count):
    monkeypatch.setattr(resembling, "_COMPARED", compared)
    content = {"email": "a@house.example", "organisation": "House", "needs": "An escort to Gao."}
    matched(**content)
    matched(**content | {"email": "b@house.example", "needs": "Something else."})

    matched(**content)

    assert len(found("lead")) == count


@pytest.mark.django_db
def test_what_was_told_apart_is_never_suggested_again():
    first = matched(organisation="Sahel Logistics", email="a@house.example")
    matched(organisation="Sahel Logistique", email="b@house.example")
    by = factories.UserFactory()
    one = Likeness.objects.get(kind="organisation")

    resembling.tell_apart(likeness=one, by=by)
    matched(organisation="Sahel Logistique", email="c@house.example")
    matched(organisation="Sahel Logistics", email="d@house.example")

    one.refresh_from_db()
    assert (one.state, one.decided_by, one.older_pk) == ("different", by, first.organisation.pk)
    assert Likeness.objects.filter(kind="organisation").count() == 1
    with pytest.raises(ValidationError, match="decided already"):
        resembling.tell_apart(likeness=one, by=by)


@pytest.fixture
def many_near(db) -> None:
    """100,000 organisations, 1,000 of them and as many contacts with names that are near each other."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "INSERT INTO intake_organisation (name, name_key, latin_key, sound_key)"
            " SELECT k, k, k, '' FROM (SELECT CASE WHEN n % 100 = 0 THEN 'sahel logistics ' || n / 100"
            " ELSE 'b' || n END k FROM generate_series(1, 100000) n) rows"
        )
        cursor.execute(
            "INSERT INTO intake_contact"
            " (full_name, email, email_key, phone, job_title, latin_key, sound_key, mailbox_key)"
            " SELECT 'Awa', e, e, '', '', 'awa example', 'w xmpl', e"
            " FROM (SELECT n || '@gmail.com' e FROM generate_series(1, 1000) n) rows"
        )
        # What is rolled back would wait there for every test after this one to read it through.
        for index in ("organisation_latin", "organisation_sound", "contact_latin", "contact_sound"):
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])
        cursor.execute("ANALYZE intake_organisation, intake_contact")


def test_a_thousand_near_names_cost_what_one_does_and_an_index_finds_them(many_near):
    counts = []
    for content in (
        {"full_name": "Zenobia Solitaire", "organisation": "Nothing Like It"},
        {"full_name": "Awa Example", "organisation": "Sahel Logistics"},
    ):
        lead = factories.new_lead(**content)
        with CaptureQueriesContext(connection) as queries:
            matching.match_people(lead_id=lead.pk)
            alike.suggest(lead_ids=[lead.pk])
        counts.append(len(queries))
    with connection.cursor() as cursor:
        asked = resembling._asked([lead_organisation()]) | {"domain": [""]}
        cursor.execute(f"EXPLAIN {resembling._NEAR_ORGANISATIONS.named}", asked)
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert counts[1] <= counts[0] + 2  # the suggestions of each kind are one statement
    assert counts[1] <= 20
    assert Likeness.objects.filter(kind="organisation").count() == resembling.MOST
    assert Likeness.objects.filter(kind="contact").count() == resembling.MOST
    assert "organisation_latin" in plan
    assert "Seq Scan on intake_organisation" not in plan, plan


def lead_organisation() -> Organisation:
    return Organisation.objects.get(name="Sahel Logistics")
