import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from intake import acknowledging, handing_over, lead_search, leads, matching, routing
from intake.attachments import Upload
from intake.models import Activity, Adviser, Attachment, Lead
from jobs import working
from jobs.models import Job
from mail.models import Message
from tests import factories
from tests.intake.admin.screens import LEADS, buttons, client_of, page, person, said, verb
from tests.intake.test_leads import state

LOGIN = "/staff/login/?next="
HOSTILE = "<script>alert(1)</script>{{ 1 }}"


def routed(owner: Adviser | None = None, **content) -> Lead:
    """A lead with an owner."""
    return factories.lead_of(owner, **content)


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
    lead = routed(full_name="Aïcha Example")

    response = client_of(person(kind, lead.owner)).get(LEADS)

    assert response.status_code == status
    assert (lead.reference in response.content.decode()) == shown
    assert ("Aïcha Example" in response.content.decode()) == shown


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [*SEES, *SEES_NOT])
def test_the_page_opens_for_those_who_may_see_the_lead(kind):
    lead = routed(needs="Zanzibar")

    response = client_of(person(kind, lead.owner)).get(page(lead), follow=True)

    assert ("Zanzibar" in response.content.decode()) == (kind in SEES)
    assert lead.reference in response.content.decode() or kind in SEES_NOT


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["", "history/", "delete/", "verbs/contact/", "verbs/note/", "attachments/1/"]
)
def test_others_learn_nothing_from_any_address_of_the_lead(name):
    lead = routed(full_name="Aïcha Example", email="aicha@client.example", needs="Zanzibar")
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


VERBS = ["contact", "qualify", "note", "lose", "disqualify", "reassign"]


def press(client: Client, lead: Lead, name: str):
    """Press a verb with words that any of its forms takes."""
    new = factories.AdviserFactory()
    return client.post(verb(lead, name), {"reason": "Because.", "text": "A note.", "to": new.pk})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (kind, name)
        for kind in ("owner", "desk lead")
        for name in VERBS
        if (kind, name) != ("owner", "reassign")
    ],
)
def test_those_who_work_on_a_lead_may_press_its_verbs(kind, name):
    lead = routed()
    before = state(lead)

    response = press(client_of(person(kind, lead.owner)), lead, name)

    assert (response.status_code, response["Location"]) == (302, page(lead))
    assert state(lead) != before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "names", "status"),
    [
        ("owner", ["reassign"], 403),
        ("auditor", VERBS, 403),
        ("approver", VERBS, 403),
        ("other adviser", VERBS, 404),
        ("analyst", VERBS, 404),
        ("editor", VERBS, 404),
        ("anonymous", VERBS, 302),
    ],
)
def test_nobody_else_may_press_a_verb(kind, names, status):
    lead = routed()
    client, before = client_of(person(kind, lead.owner)), state(lead)

    answers = {name: press(client, lead, name).status_code for name in names}

    assert answers == dict.fromkeys(names, status)
    assert state(lead) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("owner", ["Draft a proposal", "Mark as contacted", "Qualify", "Add a note", "Give back to the desk",
            "Mark as lost", "Disqualify"]),
        ("desk lead", ["Draft a proposal", "Mark as contacted", "Qualify", "Add a note", "Give to another adviser",
            "Give back to the desk", "Mark as lost", "Disqualify"]),
        ("auditor", []),
        ("approver", []),
    ],
)  # fmt: skip
def test_the_page_offers_only_what_the_person_may_press(kind, labels):
    lead = routed()

    response = client_of(person(kind, lead.owner)).get(page(lead))

    assert buttons(response) == labels


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "labels"),
    [
        ("new", ["Add a note", "Disqualify"]),
        ("quarantined", ["Release", "Call it spam", "Add a note"]),
        ("contacted", ["Draft a proposal", "Qualify", "Add a note", "Give to another adviser",
            "Give back to the desk", "Mark as lost", "Disqualify"]),
        ("proposal", ["Add a note", "Give to another adviser", "Give back to the desk", "Mark as lost"]),
        ("won", ["Add a note", "Enter in the register"]),
        ("lost", ["Draft a proposal", "Add a note"]),
        ("disqualified", ["Add a note"]),
    ],
)  # fmt: skip
def test_the_page_offers_only_what_the_lead_allows(status, labels):
    lead = factories.lead_of(status=status)

    response = client_of(factories.UserFactory(is_superuser=True)).get(page(lead))

    assert buttons(response) == labels


# --- Pressing


@pytest.mark.django_db
def test_a_verb_is_called_and_says_so():
    lead = routed()

    response = client_of(lead.owner.user).post(verb(lead, "contact"))

    assert said(response) == ["Noted that the client was reached."]
    assert Lead.objects.get(pk=lead.pk).status == "contacted"
    assert lead.activities.get().by == lead.owner.user


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_looking_at_a_verb_changes_nothing(method):
    lead = routed()
    client, before = client_of(factories.UserFactory(is_superuser=True)), state(lead)

    answers = {
        name: getattr(client, method)(verb(lead, name)).status_code for name in [*VERBS, "draft"]
    }

    back = {"contact": 302, "qualify": 302, "draft": 302}
    assert answers == dict.fromkeys(VERBS, 200) | back
    assert state(lead) == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["contact", "note"])
def test_a_post_from_another_site_is_refused(name):
    lead = routed()
    before = state(lead)
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead.owner.user)

    response = client.post(verb(lead, name), {"text": "A note."})

    assert response.status_code == 403
    assert state(lead) == before


@pytest.mark.django_db
def test_a_lead_that_moved_on_refuses_with_a_message():
    lead = routed()
    client = client_of(lead.owner.user)
    client.get(page(lead))
    leads.disqualify_lead(lead=lead, by=lead.owner.user, reason="Spam.")
    before = state(lead)

    response = client.post(verb(lead, "contact"))

    assert said(response) == ["This lead is disqualified; it cannot become contacted from there."]
    assert state(lead) == before


@pytest.mark.django_db
def test_a_form_is_shown_before_a_verb_that_needs_words():
    lead = routed()

    response = client_of(lead.owner.user).get(verb(lead, "lose"))

    html = response.content.decode()
    assert response.status_code == 200
    assert f"Mark as lost: {lead.reference}" in html
    assert '<textarea name="reason"' in html
    assert "csrfmiddlewaretoken" in html


@pytest.mark.django_db
def test_a_refusal_keeps_what_was_typed():
    lead = routed()
    client = client_of(lead.owner.user)
    leads.disqualify_lead(lead=lead, by=lead.owner.user, reason="Spam.")
    before = state(lead)

    response = client.post(verb(lead, "lose"), {"reason": f"They wrote:\r\n{HOSTILE}"})

    html = response.content.decode()
    assert response.status_code == 400
    assert "This lead is disqualified; it cannot become lost from there." in html
    assert "They wrote:\r\n&lt;script&gt;alert(1)&lt;/script&gt;{{ 1 }}</textarea>" in html
    assert state(lead) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "form", "error"),
    [
        ("note", {"text": ""}, "This field is required."),
        ("note", {"text": " \r\n "}, "This field is required."),
        ("note", {"text": "x" * 20_001}, "Shorten this to 20000 characters or fewer"),
        ("note", {"text": "a\x00b"}, "Take out the hidden character at position 2 (U+0000)."),
        ("note", {"text": "a\u202eb"}, "Take out the hidden character at position 2 (U+202E)."),
        ("lose", {"reason": "x" * 5001}, "Shorten this to 5000 characters or fewer"),
        ("lose", {"reason": "a\x1bb"}, "Take out the hidden character at position 2 (U+001B)."),
        ("reassign", {"to": "999999", "reason": "x"}, "Choose another."),
        ("reassign", {"to": "x", "reason": "x"}, "Choose another."),
        ("reassign", {"to": "9" * 30, "reason": "x"}, "Choose another."),
        ("reassign", {"to": "\x00", "reason": "x"}, "Null characters are not allowed."),
        ("reassign", {"reason": "x"}, "Choose an adviser."),
    ],
)
def test_words_that_will_not_do_are_refused_at_their_field(name, form, error):
    lead = routed()
    before = state(lead)

    response = client_of(factories.UserFactory(is_superuser=True)).post(verb(lead, name), form)

    assert response.status_code == 400
    assert error in response.content.decode()
    assert state(lead) == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "none", "delete", "contact-lead", "%00"])
def test_there_are_no_other_verbs(name):
    lead = routed()

    response = client_of(factories.UserFactory(is_superuser=True)).post(verb(lead, name))

    assert response.status_code in (302, 404)
    assert Lead.objects.get(pk=lead.pk).status == "routed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "pk", ["0", "999999", "x", "-1", "9" * 40, "%00", "1/2", "1%0A", "a" * 3000]
)
def test_there_is_no_other_lead(pk):
    routed()
    client = client_of(factories.UserFactory(is_superuser=True))

    assert client.post(f"{LEADS}{pk}/verbs/contact/").status_code == 404
    assert client.get(f"{LEADS}{pk}/change/").status_code in (302, 404)
    assert client.get(f"{LEADS}{pk}/attachments/1/").status_code in (302, 404)


@pytest.mark.django_db
def test_a_lead_is_given_to_another_adviser_by_name():
    lead = routed()
    new = factories.AdviserFactory(user__full_name="Bruno")
    gone = factories.AdviserFactory(user__full_name="Gone", user__is_active=False)
    client = client_of(factories.UserFactory(roles=["desk lead"]))

    form = client.get(verb(lead, "reassign")).content.decode()
    response = client.post(verb(lead, "reassign"), {"to": new.pk, "reason": "Cover."})
    refused = client.post(verb(lead, "reassign"), {"to": gone.pk, "reason": "Cover."})

    assert f'<option value="{new.pk}">Bruno' in form
    assert "Gone" not in form
    assert said(response) == ["The lead has a new owner; both were told."]
    assert refused.status_code == 400
    assert Lead.objects.get(pk=lead.pk).owner == new


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["add/", "{pk}/delete/"])
def test_leads_are_neither_added_nor_deleted_by_hand(path):
    lead = routed()
    client = client_of(factories.UserFactory(is_superuser=True))

    assert client.get(LEADS + path.format(pk=lead.pk)).status_code == 403
    assert client.post(LEADS + path.format(pk=lead.pk), {"post": "yes"}).status_code == 403
    assert Lead.objects.count() == 1


@pytest.mark.django_db
def test_a_status_cannot_be_posted_as_a_field():
    lead = routed()
    before = state(lead)

    response = client_of(factories.UserFactory(is_superuser=True)).post(
        page(lead), {"status": "won"}
    )

    assert response.status_code == 403
    assert state(lead) == before


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
    lead = routed()
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    address = f"/staff/mail/message/{Message.objects.get().pk}/change/"

    of_owner = client_of(lead.owner.user).get(page(lead)).content.decode()
    of_auditor = client_of(person("auditor", lead.owner)).get(page(lead)).content.decode()

    assert address not in of_owner
    assert "We have your request" in of_owner
    assert address in of_auditor


# --- Files


def with_file(name: str = "route.txt", content_type: str = "text/plain") -> tuple[Lead, str]:
    """A lead that came with a file, and the file's address."""
    lead = routed(attachments=(Upload(name, content_type, "0" * 64, b"<script>alert(1)</script>"),))
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
    own = routed()

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


# --- The list


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
        "awa": routed(full_name="Aïcha", organisation="Sahel A", email="a@client.example"),
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
    lead = routed()
    routed()

    response = client_of(factories.UserFactory(is_superuser=True)).get(
        f"{LEADS}?q={lead.reference}"
    )

    assert list(response.context["cl"].result_list) == [lead]


@pytest.mark.django_db
def test_search_and_filters_do_not_leak_the_leads_of_others():
    own, foreign = routed(), routed(full_name="Aïcha", email="aicha@client.example")
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
    lead = routed(needs="Zanzibar")

    response = client_of(lead.owner.user).get(f"{LEADS}?{query}")

    assert response.status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["q=%00", "q=%ED%A0%80", "q=" + "x" * 5000, "p=-1", "p=x", "o=x.y", "status__exact=%00", "owner__id__exact=x",
    "owner__id__exact=99999999999999999999", "status__exact=nothing"],
)  # fmt: skip
def test_absurd_questions_are_no_fault(query):
    lead = routed()

    response = client_of(lead.owner.user).get(f"{LEADS}?{query}", follow=True)

    assert response.status_code == 200


def statements(client: Client, address: str) -> int:
    """How many statements the second view of a page costs; the first warms what is cached."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.django_db
def test_a_list_of_three_costs_as_many_statements_as_a_list_of_one():
    client = client_of(factories.UserFactory(is_superuser=True))
    counts = []
    for number in (1, 2):
        for _ in range(number):
            lead = routed(organisation=f"Organisation {number}")
            matching.match_people(lead_id=lead.pk)
        counts.append(statements(client, LEADS))

    assert counts == [5, 5]  # session, user, page, count, owners in the filter


@pytest.mark.django_db
def test_a_page_with_more_history_costs_as_many_statements():
    lead = routed()
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
