import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intake import acknowledging, handing_over, leads, matching, routing
from intake.attachments import Upload
from intake.models import Activity, Attachment, Lead
from jobs import working
from jobs.models import Job
from mail.models import Message
from tests import factories
from tests.intake.admin.screens import LEADS, client_of, page, person, statements

LOGIN = "/staff/login/?next="
HOSTILE = "<script>alert(1)</script>{{ 1 }}"


# --- Who may open what

SEES = ["owner", "desk lead", "auditor", "approver", "superuser"]
SEES_NOT = ["other adviser", "analyst", "editor"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "status", "shown"),
    [
        ("owner", 200, True),
        ("other adviser", 200, False),
        ("desk lead", 200, True),
        ("auditor", 200, True),
        ("approver", 200, True),
        ("superuser", 200, True),
        ("analyst", 403, False),
        ("editor", 403, False),
    ],
)
def test_the_list_shows_each_person_their_leads(kind, status, shown):
    lead = factories.lead_of(full_name="Aïcha Example")

    response = client_of(person(kind, lead.owner)).get(LEADS)

    assert response.status_code == status
    assert (lead.reference in response.content.decode()) == shown
    assert ("Aïcha Example" in response.content.decode()) == shown


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [*SEES, *SEES_NOT])
def test_the_page_opens_for_those_who_may_see_the_lead(kind):
    lead = factories.lead_of(needs="Zanzibar")

    response = client_of(person(kind, lead.owner)).get(page(lead), follow=True)

    assert ("Zanzibar" in response.content.decode()) == (kind in SEES)
    assert lead.reference in response.content.decode() or kind in SEES_NOT


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["", "history/", "delete/", "verbs/contact/", "verbs/note/", "attachments/1/"]
)
def test_others_learn_nothing_from_any_address_of_the_lead(name):
    lead = factories.lead_of(
        full_name="Aïcha Example", email="aicha@client.example", needs="Zanzibar"
    )
    client = client_of(person("other adviser", lead.owner))

    response = client.get(f"{LEADS}{lead.pk}/{name}", follow=True)

    html = response.content.decode()
    assert not [w for w in (lead.reference, "Aïcha", "aicha@", "Zanzibar") if w in html]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["", "1/change/", "1/history/", "1/verbs/contact/", "1/verbs/reassign/", "1/attachments/1/"]
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post"])
def test_strangers_are_sent_to_the_login(path, method):
    response = getattr(Client(), method)(LEADS + path)

    assert response.status_code == 302
    assert response["Location"].startswith(LOGIN)


@pytest.mark.django_db
def test_staff_who_left_are_strangers():
    owner = factories.AdviserFactory()
    client = client_of(owner.user)
    owner.user.is_active = False
    owner.user.save()

    assert client.get(LEADS)["Location"].startswith(LOGIN)


# --- What the page shows


@pytest.mark.django_db
def test_the_page_tells_the_whole_story():
    factories.AdviserFactory(user__full_name="Awa Adviser")
    factories.AdviserFactory(user__full_name="Bruno Adviser", languages=["fr"])
    brief = factories.BriefFactory(title="Fuel & trucks")
    lead = factories.new_lead(
        full_name=HOSTILE,
        email="aicha@client.example",
        organisation="Sahel & Sons",
        job_title="Head",
        phone="+223 1",
        country="FR",
        timeframe="weeks",
        budget="5k-20k",
        needs=f"Two lines.\n{HOSTILE}",
        brief=brief.slug,
    )
    matching.match_people(lead_id=lead.pk)
    routing.route_lead(lead_id=lead.pk)
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    lead.refresh_from_db()
    leads.add_note(lead=lead, by=lead.owner.user, text=HOSTILE)

    html = client_of(lead.owner.user).get(page(lead)).content.decode()

    assert "<script>alert" not in html
    shown = [
        "Two lines.\n&lt;script&gt;alert(1)&lt;/script&gt;{{ 1 }}", "Sahel &amp; Sons", "aicha@client.example",
        "+223 1", "France", "Mali", "Route and journey assessment", "Within weeks", "EUR 5,000 to 20,000", "English",
        "Fuel &amp; trucks", "Why Awa Adviser?", "Awa Adviser is the only adviser who can take it.",
        "No: does not work in English", "credit-while-present/2", "New contact.", "Client recognised", "Note",
        "made again from its record: the same answer",
        f"We have your request {lead.reference}", "Request received",
        "<br>now</td>",
    ]  # fmt: skip
    assert [text for text in shown if text not in html] == []


@pytest.mark.django_db
def test_a_lead_that_is_not_routed_says_so():
    lead = factories.new_lead()

    html = client_of(factories.UserFactory(is_superuser=True)).get(page(lead)).content.decode()

    assert "Not routed yet" in html
    assert "Nobody yet." in html
    assert "A worker looks for an adviser." in html


@pytest.mark.django_db
def test_a_lead_that_cannot_be_routed_says_why():
    lead = factories.new_lead()
    job = Job.objects.create(kind="intake.route_lead", key="k", subject_id=lead.pk)
    working.run_job(job.pk)

    html = client_of(factories.UserFactory(roles=["desk lead"])).get(page(lead)).content.decode()

    assert (
        "No desk is the default one. Add a desk with a fallback owner under Staff, Desks." in html
    )
    assert "JobError" not in html


@pytest.mark.django_db
def test_messages_are_links_only_for_those_who_may_read_them():
    lead = factories.lead_of()
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    address = f"/staff/mail/message/{Message.objects.get().pk}/change/"

    of_owner = client_of(lead.owner.user).get(page(lead)).content.decode()
    of_auditor = client_of(person("auditor", lead.owner)).get(page(lead)).content.decode()

    assert address not in of_owner
    assert "We have your request" in of_owner
    assert address in of_auditor


@pytest.mark.django_db
def test_a_page_with_more_history_costs_as_many_statements():
    lead = factories.lead_of()
    client = client_of(factories.UserFactory(is_superuser=True))
    counts = []
    for _ in range(3):
        by, to = factories.UserFactory(is_superuser=True), factories.AdviserFactory()
        leads.add_note(lead=lead, by=by, text="A note.")
        handing_over.reassign_lead(lead=lead, to=to, by=by, reason="Cover.")
        counts.append(statements(client, page(lead)))

    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 26  # with walls, and for who decides about holds what was looked for
    assert Activity.objects.count() == 6


# --- Files


def with_file(name: str = "route.txt", content_type: str = "text/plain") -> tuple[Lead, str]:
    """A lead that came with a file, and the file's address."""
    lead = factories.lead_of(
        attachments=(Upload(name, content_type, "0" * 64, b"<script>alert(1)</script>"),)
    )
    return lead, f"{LEADS}{lead.pk}/attachments/{Attachment.objects.get().pk}/"


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [*SEES, *SEES_NOT])
def test_a_file_is_a_download_for_those_who_may_see_the_lead(kind):
    lead, address = with_file()

    response = client_of(person(kind, lead.owner)).get(address)

    assert response.status_code == (200 if kind in SEES else 404)
    assert (response.content == b"<script>alert(1)</script>") == (kind in SEES)


@pytest.mark.django_db
def test_no_browser_runs_what_a_client_sent():
    lead, address = with_file(name='ré"port;.txt', content_type="text/csv")

    response = client_of(lead.owner.user).get(address)

    assert response["Content-Type"] == "text/csv"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''r%C3%A9%22port")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"].startswith("no-store, private")


@pytest.mark.django_db
def test_a_file_is_found_only_under_its_own_lead():
    with_file()
    pk = Attachment.objects.get().pk
    own = factories.lead_of()

    response = client_of(own.owner.user).get(f"{LEADS}{own.pk}/attachments/{pk}/")

    assert response.status_code == 404


@pytest.mark.django_db
def test_the_page_names_the_files_without_reading_them():
    lead, address = with_file(name="a<b>.txt")

    with CaptureQueriesContext(connection) as queries:
        html = client_of(lead.owner.user).get(page(lead)).content.decode()

    assert f'<a href="{address}">a&lt;b&gt;.txt</a>' in html
    bodies = [query["sql"] for query in queries if '"intake_attachment"."body"' in query["sql"]]
    assert bodies == []
