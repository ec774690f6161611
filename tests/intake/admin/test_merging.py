import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from intake import alike, merging, submission
from intake.models import Contact, Lead, Likeness, Merge, Organisation, RecordKind
from tests import factories
from tests.intake.admin.screens import client_of, page, person, said

CONTENT = {"full_name": "Awa Example", "organisation": "Exemple SARL", "needs": "An escort to Gao."}


def twins(**content) -> tuple[Lead, Lead]:
    """Two leads of two advisers that ask the same: from contacts, and for organisations, that are near."""
    one = factories.matched_lead(**CONTENT, email="awa@house.example")
    two = factories.matched_lead(
        **CONTENT | {"organisation": "Exemple SA"}, email="awa.e@house.example"
    )
    alike.suggest(lead_ids=[one.pk, two.pk])
    return one, two


def record(kind: str, lead: Lead):
    return lead if kind == "lead" else getattr(lead, kind)


def address(kind: str, source: Lead, target: Lead | None = None) -> str:
    end = f"{record(kind, target).pk}/" if target else ""
    return f"/staff/intake/{kind}/{record(kind, source).pk}/merge/{end}"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", RecordKind.values)
@pytest.mark.parametrize("role", ["desk lead", "superuser"])
def test_who_may_merges_and_nobody_else(kind, role):
    one, two = twins()
    addressed = address(kind, two, one)

    for other, status in {
        "anonymous": 302, "analyst": 404, "auditor": 403, "approver": 403, "owner": 404, "other adviser": 404,
    }.items():  # fmt: skip
        assert client_of(person(other, one.owner)).post(addressed).status_code == status, other
        assert not Merge.objects.exists(), other
    response = client_of(person(role, one.owner)).post(addressed)

    assert response.status_code == 302
    assert Merge.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["owner", "desk lead", "auditor"])
def test_a_suggestion_shows_itself_only_to_who_sees_both(role):
    one, two = twins()
    client = client_of(person(role, one.owner))

    html = client.get(page(one)).content.decode()
    people = client.get(f"/staff/intake/contact/{one.contact.pk}/change/").content.decode()

    sees, merges = role != "owner", role == "desk lead"
    assert ("names alike" in html or "the same name" in html.lower()) is sees
    assert (two.contact.email in html, two.contact.email in people) == (sees, sees)
    assert ("Same: merge…" in html, "Same: merge…" in people) == (merges, merges)
    assert two.reference not in html or sees


@pytest.mark.django_db
def test_an_adviser_sees_what_is_near_among_their_own():
    owner = factories.AdviserFactory()
    one = factories.matched_lead(owner, **CONTENT, email="awa@house.example")
    two = factories.matched_lead(owner, **CONTENT, email="awa.e@house.example")
    alike.suggest(lead_ids=[two.pk])

    html = client_of(owner.user).get(page(two)).content.decode()

    assert f"/staff/intake/contact/{one.contact.pk}/change/" in html
    assert f"/staff/intake/lead/{one.pk}/change/" in html
    assert "The same organisation, the same text, less than a day apart" in html
    assert "Same: merge…" not in html


@pytest.mark.django_db
def test_the_preview_says_what_differs_and_what_moves():
    one, two = twins()
    client = client_of(factories.UserFactory(roles=["desk lead"]))

    response = client.get(address("contact", two, one))

    html = response.content.decode()
    assert [row["differs"] for row in response.context["values"]] == [
        False,
        True,
        False,
        False,
        True,
    ]
    assert [(r.name, n) for r, n in response.context["moves"]] == [("intake.lead.contact", 1)]
    assert f'href="{address("contact", one, two)}"' in html
    assert Merge.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["contact", "organisation", "lead"])
def test_the_preview_tells_two_of_one_name_apart(kind):
    one, two = twins()
    factories.matched_lead(one.owner, **CONTENT | {"needs": "Again."}, email="awa@house.example")
    Organisation.objects.filter(pk=two.organisation_id).update(name=one.organisation.name)
    two.refresh_from_db()
    client = client_of(factories.UserFactory(roles=["desk lead"]))

    with CaptureQueriesContext(connection) as queries:
        response = client.get(address(kind, two, one))

    lines = {line.label: (line.source, line.target) for line in response.context["lines"]}
    title = response.context["title"]
    emails = ("awa.e@house.example", "awa@house.example")
    if kind == "contact":
        assert title == f"Merge Awa Example ({emails[0]}) into Awa Example ({emails[1]})"
    if kind == "organisation":
        assert lines["People"] == tuple(f"Awa Example ({email})" for email in emails)
        assert str(two.organisation_id) in title
    else:
        assert lines["E-mail"] == emails
    if kind == "lead":
        assert lines["Adviser"] == (str(two.owner), str(one.owner))
    else:
        assert lines["Requests"] == ("1, 1 open", "2, 2 open")
        assert all(lines["First request"] + lines["Last request"])
    assert len(queries) <= 27


@pytest.mark.django_db
def test_a_merge_is_made_said_shown_and_undone():
    one, two = twins()
    client = client_of(factories.UserFactory(roles=["desk lead"]))

    done = client.post(address("contact", two, one), {"keep_email": "source"})
    kept = client.get(done["Location"]).content.decode()
    gone = client.get(f"/staff/intake/contact/{two.contact.pk}/change/").content.decode()
    listed = client.get("/staff/intake/contact/").context["cl"].result_list
    undo = f"/staff/intake/contact/{two.contact.pk}/verbs/undo-merge/"
    asked = client.get(undo)
    undone = client.post(undo)

    assert Contact.objects.get(pk=one.contact.pk).email == "awa@house.example"
    assert "Merged into this" in kept
    assert "Undo the merge" in gone
    assert "New requests go there" in gone
    assert "May be the same" not in gone
    assert list(listed) == [one.contact]
    assert asked.status_code == 200
    assert said(undone)[-1] == "The two are apart again."
    assert Contact.objects.live().count() == 2


@pytest.mark.django_db
def test_a_refused_merge_keeps_the_choices_and_says_why():
    one, two = twins()
    Lead.objects.filter(pk=one.pk).update(status="contacted")
    Lead.objects.filter(pk=one.pk).update(status="proposal")
    client = client_of(factories.UserFactory(roles=["desk lead"]))

    response = client.post(address("lead", one, two), {"keep_language": "source"})

    assert response.status_code == 400
    assert "has a proposal, so it must stay" in response.content.decode()
    assert Merge.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "query", "finds"),
    [
        ("contact", "awa", True), ("contact", "AWA@house.example", True), ("contact", "Zzz", False),
        ("organisation", "exemple", True), ("lead", "", True), ("lead", "REF", True),
        ("organisation", "x" * 5000, False),
    ],
)  # fmt: skip
def test_the_other_one_is_found(kind, query, finds):
    one, two = twins()
    if kind == "lead":
        Lead.objects.filter(pk=two.pk).update(organisation=one.organisation)
    client = client_of(factories.UserFactory(roles=["desk lead"]))
    asked = one.reference.lower() if query == "REF" else query
    two.refresh_from_db()

    response = client.get(f"{address(kind, two)}?q={asked}")

    assert response.status_code == 200
    found = [row["record"] for row in response.context["found"]]
    assert (record(kind, one) in found) is finds


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "status"), [("owner", 404), ("auditor", 403), ("desk lead", 302)])
def test_not_the_same_is_said_once_and_for_all(role, status):
    one, two = twins()
    likeness = Likeness.objects.get(kind="contact")
    client = client_of(person(role, one.owner))
    button = f"/staff/intake/contact/{two.contact.pk}/likenesses/{likeness.pk}/apart/"

    response = client.post(button, {"page": "//evil.example/staff/"})

    likeness.refresh_from_db()
    assert response.status_code == status
    assert likeness.state == ("different" if status == 302 else "open")
    if status == 302:
        assert response["Location"].startswith("/staff/intake/contact/")
        assert two.contact.email not in client.get(page(one)).content.decode()


@pytest.mark.django_db
def test_the_target_s_page_tells_both_stories_to_its_owner_only():
    one, two = twins()
    merging.merge_records(
        kind="lead", source_pk=two.pk, target_pk=one.pk, choices={}, by=factories.UserFactory(is_superuser=True)
    )  # fmt: skip

    html = client_of(one.owner.user).get(page(one)).content.decode()
    foreign = client_of(one.owner.user).get(page(two))
    own = client_of(two.owner.user).get(page(two)).content.decode()

    assert f"Merged into this: {two.reference}" in html
    assert escape(two.enquiry.needs) in html
    assert two.contact.email in html
    assert page(two) not in html
    assert foreign.status_code == 302
    assert f"Merged into {one.reference}" in own
    assert page(one) not in own


@pytest.mark.django_db
def test_the_client_s_link_of_a_merged_lead_shows_where_its_work_stands():
    one, two = twins()
    merging.merge_records(
        kind="lead", source_pk=two.pk, target_pk=one.pk, choices={}, by=factories.UserFactory(is_superuser=True)
    )  # fmt: skip
    link = f"/request/{submission.status_token(two)}/"

    before = Client().get(link).content.decode()
    Client().post(f"{link}withdraw/")
    withdrawn = Client().get(link).content.decode()

    assert "An adviser has your request" in before
    assert f"{link}add/" in before
    assert one.reference not in before
    assert "You withdrew this request" in withdrawn


@pytest.mark.django_db
@pytest.mark.parametrize("kind", RecordKind.values)
def test_a_page_of_three_suggestions_costs_as_many_statements_as_of_one(kind):
    def another(form: str) -> Lead:
        content = {"organisation": f"Exemple {form}", "email": f"awa.{form}@house.example"}
        return factories.matched_lead(**CONTENT | content)

    one = another("SA")
    another("SARL")
    client = client_of(factories.UserFactory(is_superuser=True))
    path = f"/staff/intake/{kind}/{record(kind, one).pk}/change/"
    counts = []
    for form in ("SAS", "GIE"):
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counts.append(len(queries))
        another(form)

    assert counts[0] == counts[1]
