import pytest
from django.test import Client

from intake import leads
from intake.models import Lead
from tests import factories
from tests.intake.admin.screens import LEADS, buttons, client_of, page, person, said, verb
from tests.intake.test_leads import state

HOSTILE = "<script>alert(1)</script>{{ 1 }}"
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
    lead = factories.lead_of()
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
    lead = factories.lead_of()
    client, before = client_of(person(kind, lead.owner)), state(lead)

    answers = {name: press(client, lead, name).status_code for name in names}

    assert answers == dict.fromkeys(names, status)
    assert state(lead) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("owner", ["Draft a proposal", "Mark as contacted", "Qualify", "Add a note", "Mark as urgent",
            "Give back to the desk", "Mark as lost", "Disqualify"]),
        ("desk lead", ["Draft a proposal", "Mark as contacted", "Qualify", "Add a note", "Mark as urgent",
            "Give to another adviser", "Give back to the desk", "Mark as lost", "Disqualify"]),
        ("auditor", []),
        ("approver", []),
    ],
)  # fmt: skip
def test_the_page_offers_only_what_the_person_may_press(kind, labels):
    lead = factories.lead_of()

    response = client_of(person(kind, lead.owner)).get(page(lead))

    assert buttons(response) == labels


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "labels"),
    [
        ("new", ["Add a note", "Mark as urgent", "Disqualify"]),
        ("quarantined", ["Release", "Call it spam", "Add a note", "Mark as urgent"]),
        ("contacted", ["Draft a proposal", "Qualify", "Add a note", "Mark as urgent", "Give to another adviser",
            "Give back to the desk", "Mark as lost", "Disqualify"]),
        ("proposal", ["Add a note", "Mark as urgent", "Give to another adviser", "Give back to the desk",
            "Mark as lost"]),
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
    lead = factories.lead_of()

    response = client_of(lead.owner.user).post(verb(lead, "contact"))

    assert said(response) == ["Noted that the client was reached."]
    assert Lead.objects.get(pk=lead.pk).status == "contacted"
    assert lead.activities.get().by == lead.owner.user


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_looking_at_a_verb_changes_nothing(method):
    lead = factories.lead_of()
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
    lead = factories.lead_of()
    before = state(lead)
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead.owner.user)

    response = client.post(verb(lead, name), {"text": "A note."})

    assert response.status_code == 403
    assert state(lead) == before


@pytest.mark.django_db
def test_a_lead_that_moved_on_refuses_with_a_message():
    lead = factories.lead_of()
    client = client_of(lead.owner.user)
    client.get(page(lead))
    leads.disqualify_lead(lead=lead, by=lead.owner.user, reason="Spam.")
    before = state(lead)

    response = client.post(verb(lead, "contact"))

    assert said(response) == ["This lead is disqualified; it cannot become contacted from there."]
    assert state(lead) == before


@pytest.mark.django_db
def test_a_form_is_shown_before_a_verb_that_needs_words():
    lead = factories.lead_of()

    response = client_of(lead.owner.user).get(verb(lead, "lose"))

    html = response.content.decode()
    assert response.status_code == 200
    assert f"Mark as lost: {lead.reference}" in html
    assert '<textarea name="reason"' in html
    assert "csrfmiddlewaretoken" in html


@pytest.mark.django_db
def test_a_refusal_keeps_what_was_typed():
    lead = factories.lead_of()
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
    lead = factories.lead_of()
    before = state(lead)

    response = client_of(factories.UserFactory(is_superuser=True)).post(verb(lead, name), form)

    assert response.status_code == 400
    assert error in response.content.decode()
    assert state(lead) == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "none", "delete", "contact-lead", "%00"])
def test_there_are_no_other_verbs(name):
    lead = factories.lead_of()

    response = client_of(factories.UserFactory(is_superuser=True)).post(verb(lead, name))

    assert response.status_code in (302, 404)
    assert Lead.objects.get(pk=lead.pk).status == "routed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "pk", ["0", "999999", "x", "-1", "9" * 40, "%00", "1/2", "1%0A", "a" * 3000]
)
def test_there_is_no_other_lead(pk):
    factories.lead_of()
    client = client_of(factories.UserFactory(is_superuser=True))

    assert client.post(f"{LEADS}{pk}/verbs/contact/").status_code == 404
    assert client.get(f"{LEADS}{pk}/change/").status_code in (302, 404)
    assert client.get(f"{LEADS}{pk}/attachments/1/").status_code in (302, 404)


@pytest.mark.django_db
def test_a_lead_is_given_to_another_adviser_by_name():
    lead = factories.lead_of()
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
    lead = factories.lead_of()
    client = client_of(factories.UserFactory(is_superuser=True))

    assert client.get(LEADS + path.format(pk=lead.pk)).status_code == 403
    assert client.post(LEADS + path.format(pk=lead.pk), {"post": "yes"}).status_code == 403
    assert Lead.objects.count() == 1


@pytest.mark.django_db
def test_a_status_cannot_be_posted_as_a_field():
    lead = factories.lead_of()
    before = state(lead)

    response = client_of(factories.UserFactory(is_superuser=True)).post(
        page(lead), {"status": "won"}
    )

    assert response.status_code == 403
    assert state(lead) == before
