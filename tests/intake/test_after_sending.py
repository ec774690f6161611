"""What a client may do by the private link: each thing once, told to the adviser, refused when it makes no sense."""

import uuid
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from intake import acknowledging, after_sending, flood, submission, suggesting
from intake.after_sending import ContactDetails
from intake.attachments import Upload
from intake.models import (
    Activity,
    Addition,
    Attachment,
    ContactCorrection,
    ErasureRequest,
    Lead,
    Status,
)
from jobs.models import Job
from mail.models import Message
from proposals import drafting
from tests import factories, racing
from tests.intake import breaking
from tests.intake.pages import Page
from tests.proposals import making

FORM_ID = uuid.UUID("6f3d1f0e-1111-4222-8333-444455556666")
CLOSED = [Status.WON, Status.LOST, Status.DISQUALIFIED]
KINDS = ["client_added", "client_corrected", "client_withdrew", "client_erasure"]


def address(lead: Lead, name: str = "") -> str:
    token = submission.status_token(lead)
    return f"/request/{token}/{name}/" if name else f"/request/{token}/"


def add(lead: Lead, text: str = "One more truck.", files: tuple[Upload, ...] = ()) -> Addition:
    return after_sending.add_information(lead=lead, text=text, files=files, form_id=FORM_ID)


def details(**changed: str) -> ContactDetails:
    return ContactDetails(
        **{"full_name": "New Name", "email": "new@client.example", "phone": "+223 1"} | changed
    )


def done(lead: Lead) -> list[tuple[str, str]]:
    """What the client did, as the timeline says it."""
    return list(lead.activities.filter(kind__in=KINDS).order_by("pk").values_list("kind", "text"))


def told() -> int:
    """How many mails to advisers were asked for."""
    return Job.objects.filter(kind="intake.tell_owner").count()


VERBS = {
    "add": add,
    "contact": lambda lead: after_sending.correct_contact(lead=lead, details=details()),
    "withdraw": lambda lead: after_sending.withdraw_request(lead=lead),
    "erase": lambda lead: after_sending.ask_for_erasure(lead=lead),
}


# --- The verbs


@pytest.mark.django_db
def test_words_and_files_are_added_beside_what_was_sent():
    lead = factories.new_lead(needs="Two trucks.")

    add(lead, files=(Upload("a.txt", "text/plain", "0" * 64, b"x"),))

    addition = Addition.objects.get()
    assert (addition.lead, addition.text) == (lead, "One more truck.")
    assert list(lead.enquiry.attachments.values_list("name", "addition")) == [
        ("a.txt", addition.pk)
    ]
    assert done(lead) == [("client_added", "Words. Files: 1.")]
    assert told() == 1


@pytest.mark.django_db
def test_corrected_details_count_from_now_on_and_the_enquiry_stays():
    lead = factories.new_lead(full_name="Old Name", email="old@client.example")

    after_sending.correct_contact(lead=lead, details=details(full_name="Old Name"))

    lead = Lead.objects.get()
    assert after_sending.contact_of(lead) == details(full_name="Old Name")
    assert lead.enquiry.email == "old@client.example"
    assert done(lead) == [("client_corrected", "E-mail, Phone")]
    kinds = Job.objects.filter(key__contains=":correction:").values_list("kind", flat=True)
    assert list(kinds) == ["intake.acknowledge_corrected"]


@pytest.mark.django_db
@pytest.mark.parametrize("status", [s for s in Status if s not in CLOSED])
def test_a_withdrawn_request_is_closed_with_its_reason(status):
    lead = factories.lead_of(status=status)

    after_sending.withdraw_request(lead=lead)

    lead.refresh_from_db()
    assert lead.status == (Status.LOST if status == Status.PROPOSAL else Status.DISQUALIFIED)
    assert lead.closing_reason == "Withdrawn by the client"
    assert [kind for kind, _ in done(lead)] == ["client_withdrew"]
    assert told() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("status", list(Status))
def test_erasure_can_be_asked_for_at_any_time_and_changes_nothing_else(status):
    lead = factories.lead_of(status=status)

    after_sending.ask_for_erasure(lead=lead)

    lead.refresh_from_db()
    assert (ErasureRequest.objects.get().lead, lead.status) == (lead, status)
    assert [kind for kind, _ in done(lead)] == ["client_erasure"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", VERBS)
def test_twice_is_once(name):
    lead = factories.new_lead()

    VERBS[name](lead)
    VERBS[name](lead)

    assert len(done(lead)) == 1
    assert told() == 1


@pytest.mark.django_db
def test_who_goes_back_and_sends_the_same_again_adds_once():
    lead = factories.new_lead()
    file = Upload("a.txt", "text/plain", "0" * 64, b"x")
    again = {"lead": lead, "text": "One more truck."}

    for files in ((file,), (file,), ()):
        after_sending.add_information(files=files, form_id=uuid.uuid4(), **again)

    assert done(lead) == [("client_added", "Words. Files: 1."), ("client_added", "Words.")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", VERBS)
def test_two_at_once_are_one(name):
    lead = factories.new_lead()

    racing.race(*[lambda: VERBS[name](lead)] * 2)

    assert len(done(lead)) == 1
    assert told() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("status", CLOSED)
@pytest.mark.parametrize("name", ["add", "contact", "withdraw"])
def test_a_closed_request_is_left_alone(name, status):
    lead = factories.lead_of(status=status)

    with pytest.raises(ValidationError) as refused:
        VERBS[name](lead)

    assert refused.value.code == "closed"
    assert (done(lead), told()) == ([], 0)


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", " \n\t"])
def test_nothing_is_no_addition(text):
    with pytest.raises(ValidationError) as refused:
        add(factories.new_lead(), text=text)

    assert refused.value.code == "required"
    assert (Addition.objects.count(), told()) == (0, 0)


@pytest.mark.django_db
def test_additions_come_to_an_end():
    lead = factories.new_lead()
    Addition.objects.bulk_create(
        Addition(lead=lead, text="x", form_id=uuid.uuid4())
        for _ in range(after_sending.MOST_ADDITIONS)
    )

    with pytest.raises(ValidationError) as refused:
        add(lead)

    assert refused.value.code == "too_many"


@pytest.mark.django_db
def test_corrections_of_the_client_come_to_an_end_since_each_has_a_mail_sent():
    lead = factories.new_lead()
    for number in range(after_sending.MOST_CORRECTIONS):
        given = details(email=f"client{number}@client.example")
        after_sending.correct_contact(lead=lead, details=given)
    after_sending.correct_contact(lead=lead, details=given)

    with pytest.raises(ValidationError) as refused:
        after_sending.correct_contact(lead=lead, details=details())

    assert refused.value.code == "too_many"
    assert after_sending.contact_of(lead) == given
    after_sending.correct_contact(lead=lead, details=details(), by=factories.UserFactory.create())
    assert after_sending.contact_of(lead) == details()


@pytest.mark.django_db
def test_a_sent_proposal_is_declined_on_its_own_page():
    lead = making.make_sent().proposal.lead

    with pytest.raises(ValidationError) as refused:
        after_sending.withdraw_request(lead=lead)

    lead.refresh_from_db()
    assert (refused.value.code, lead.status) == ("proposal", Status.PROPOSAL)


@pytest.mark.django_db
def test_who_has_a_proposal_is_told_where_to_decline_it_before_a_button_that_would_refuse(client):
    lead = making.make_sent().proposal.lead

    page = client.get(address(lead, "withdraw")).content.decode()

    assert "We sent you a proposal. Decline it by the link in its mail." in page
    assert "Withdraw the request</button>" not in page


@pytest.mark.django_db
def test_a_proposal_goes_to_the_corrected_address():
    lead = making.make_lead()
    after_sending.correct_contact(lead=lead, details=details())

    version = drafting.draft_proposal(lead=lead, by=factories.UserFactory.create())

    assert (version.recipient_name, version.recipient_email) == ("New Name", "new@client.example")


# --- The mail


@pytest.mark.django_db
def test_the_adviser_gets_the_reference_and_none_of_the_words():
    lead = factories.lead_of(status=Status.ROUTED)
    add(lead, text="Xanthippe is in Zanzibar")
    activity = Activity.objects.get(kind="client_added")

    after_sending.tell_owner(activity_id=activity.pk)
    after_sending.tell_owner(activity_id=activity.pk)

    message = Message.objects.get()
    assert lead.owner is not None
    assert message.to_email == lead.owner.user.email
    assert message.subject == f"Client added something: {lead.reference}"
    assert "Xanthippe" not in message.text + message.html


@pytest.mark.django_db
def test_before_there_is_an_owner_the_desk_is_told_and_without_a_desk_nobody():
    lead = factories.new_lead()
    add(lead)
    activity = Activity.objects.get(kind="client_added")

    after_sending.tell_owner(activity_id=activity.pk)
    assert Message.objects.count() == 0

    desk = factories.DeskFactory()
    after_sending.tell_owner(activity_id=activity.pk)
    assert Message.objects.get().to_email == desk.fallback_owner.user.email


# --- The pages


SENT = {
    "add": {"text": "One more truck.", "form_id": str(FORM_ID)},
    "contact": {"full_name": "New Name", "email": "new@client.example", "phone": "+223 1"},
    "withdraw": {},
    "erase": {},
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", SENT)
def test_each_page_does_its_thing_once_and_says_so(client, name):
    lead = factories.new_lead()

    page = client.get(address(lead, name))
    first, second = (client.post(address(lead, name), SENT[name]) for _ in range(2))

    assert (page.status_code, first.status_code, second.status_code) == (200, 303, 303)
    assert len(done(lead)) == 1
    html = client.get(first["Location"]).content.decode()
    assert 'class="notice" role="status"' in html
    assert page["Cache-Control"] == "no-store, private"
    assert page.cookies == first.cookies == {}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["add", "withdraw", "erase", "person", "nonsense"])
def test_no_address_says_thank_you_for_what_was_not_done(client, name):
    page = client.get(f"{address(factories.new_lead())}?done={name}")

    assert page.status_code == 200
    assert 'class="notice"' not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "fr", "pt", "ar"])
@pytest.mark.parametrize("name", SENT)
def test_each_page_speaks_the_client_s_language(client, name, language):
    lead = factories.new_lead(language=language)

    response = client.get(address(lead, name))

    assert response["Content-Language"] == language
    assert "invalid" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("name", SENT)
def test_a_wrong_link_is_a_404_and_does_nothing(client, name):
    lead = factories.new_lead()
    wrong = f"/request/{submission.status_token(lead)[::-1]}/{name}/"

    assert (client.get(wrong).status_code, client.post(wrong, SENT[name]).status_code) == (404, 404)
    assert client.post(address(lead, "fly"), {}).status_code == 404
    assert done(lead) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["add", "contact"])
def test_what_was_typed_stays_when_the_database_goes_and_can_be_sent_again(client, name):
    lead = factories.new_lead()

    with breaking.end_connection_before("INSERT"):
        response = client.post(address(lead, name), SENT[name])

    assert (response.status_code, response["Retry-After"]) == (503, "30")
    html = response.content.decode()
    assert "We could not store this" in html
    for value in SENT[name].values():
        assert value in html
    assert done(lead) == []
    assert client.post(address(lead, name), SENT[name]).status_code == 303
    assert len(done(lead)) == 1


@pytest.mark.django_db
def test_a_file_that_was_added_is_not_read_as_part_of_the_words(client):
    lead = factories.new_lead()
    add(lead, "Here it is.", files=(Upload("plan.txt", "text/plain", "0" * 64, b"x"),))

    html = " ".join(client.get(address(lead)).content.decode().split())

    assert (
        '<dd class="typed" dir="auto">Here it is.</dd> <dt>Files</dt><dd><bdi>plan.txt</bdi></dd>'
        in html
    )


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["add", "contact", "withdraw"])
def test_on_a_closed_request_the_words_stay_and_the_refusal_is_said(client, name):
    lead = factories.lead_of(status=Status.LOST)

    opened = client.get(address(lead, name))
    response = client.post(address(lead, name), SENT[name])

    assert (opened.status_code, response.status_code) == (200, 409)
    assert "<form" not in opened.content.decode()
    html = response.content.decode()
    assert "There is a problem" in html
    assert "This request is closed." in html
    assert all(value in html for value in SENT[name].values())
    assert "<button" not in html.partition("<main")[2]


@pytest.mark.django_db
def test_a_wrong_file_or_address_keeps_the_words(client):
    lead = factories.new_lead()
    files = [SimpleUploadedFile(f"{n}.exe", b"MZ") for n in range(6)]

    added = client.post(address(lead, "add"), {"text": "Kept", "attachments": files})
    corrected = client.post(address(lead, "contact"), {"full_name": "Kept", "email": "x"})

    assert (added.status_code, corrected.status_code) == (400, 400)
    assert Page(added).fields["text"] == "Kept"
    assert Page(added).summary() == {"id_attachments": "Send at most 3 files; you chose 6."}
    assert Page(corrected).fields["full_name"] == "Kept"
    assert Page(corrected).title.startswith("Error: ")
    assert (Addition.objects.count(), ContactCorrection.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_a_page_that_was_opened_before_a_correction_takes_nothing_of_it_back(client):
    lead = factories.new_lead(full_name="A Client", email="wrong@client.example")
    first, old = (Page(client.get(address(lead, "contact"))).fields for _ in range(2))

    client.post(address(lead, "contact"), first | {"email": "right@client.example"})
    client.post(address(lead, "contact"), old | {"phone": "+223 1"})

    assert after_sending.contact_of(lead) == ContactDetails(
        "A Client", "right@client.example", "+223 1"
    )


@pytest.mark.django_db
def test_a_flood_is_refused_with_the_words_kept(client):
    lead = factories.new_lead()
    for _ in range(flood.PER_ADDRESS):
        flood.enquiries.wait("127.0.0.1")

    response = client.post(address(lead, "add"), SENT["add"])

    assert (response.status_code, Page(response).fields["text"]) == (429, "One more truck.")
    assert int(response["Retry-After"]) > 0


@pytest.mark.django_db
def test_staff_see_each_on_the_lead(client):
    lead = factories.lead_of(status=Status.ROUTED)
    add(lead, text="One <b>more</b>", files=(Upload("late.txt", "text/plain", "0" * 64, b"x"),))
    VERBS["contact"](lead)
    VERBS["erase"](lead)
    assert lead.owner is not None
    client.force_login(lead.owner.user)

    html = client.get(f"/staff/intake/lead/{lead.pk}/change/").content.decode()

    for words in (
        "One &lt;b&gt;more&lt;/b&gt;", "late.txt", "new@client.example", "Client added something",
        "Client corrected their details", "Client asked for erasure", "asked on",
    ):  # fmt: skip
        assert words in html
    file = Attachment.objects.get()
    download = f"/staff/intake/lead/{lead.pk}/attachments/{file.pk}/"
    assert client.get(download)["Content-Disposition"] == 'attachment; filename="late.txt"'
    assert Client().get(download).status_code == 302


@pytest.mark.django_db
def test_who_withdrew_reads_so(client):
    lead = factories.lead_of(status=Status.ROUTED)
    after_sending.withdraw_request(lead=lead)

    html = client.get(f"/request/{submission.status_token(lead)}/").content.decode()

    assert "<h1>You withdrew this request</h1>" in html
    assert "What happens next" not in html


@pytest.mark.django_db
def test_who_asked_for_erasure_is_not_asked_again(client):
    lead = factories.lead_of(status=Status.ROUTED)
    before = client.get(address(lead, "erase")).content.decode()

    after_sending.ask_for_erasure(lead=lead)
    asked = client.get(address(lead, "erase")).content.decode()
    ErasureRequest.objects.update(
        state=ErasureRequest.State.REFUSED,
        answered_at=timezone.now(),
        answer="A law of tax.",
        answered_by=factories.UserFactory(),
    )
    refused = client.get(address(lead, "erase")).content.decode()

    assert ["<form" in page for page in (before, asked, refused)] == [True, False, False]
    assert "A person answers you by e-mail." in asked
    assert "A law of tax." in refused
    assert client.post(address(lead, "erase")).status_code == 303  # sent by a page from before


@pytest.mark.django_db
def test_a_mail_that_left_is_told_of_as_one_that_left(client):
    lead = factories.lead_of(status=Status.ROUTED)
    page = f"/request/{submission.status_token(lead)}/"
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    before = client.get(page).content.decode()

    Message.objects.update(state=Message.State.FAILED)
    given_up = client.get(page).content.decode()
    moment = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    Message.objects.update(state=Message.State.SENT, sent_at=moment, private_url="")
    after = client.get(page).content.decode()

    email = f"<bdi>{lead.enquiry.email}</bdi>"
    assert f"Within minutes we mail you at {email}" in before
    assert f"No mail with the reference has left for {email}. Keep" in given_up
    assert "Within minutes" not in given_up
    assert f"We mailed you at {email} on 2 March 2026, 09:30 UTC" in after
    assert "Within minutes" not in after


@pytest.mark.django_db
def test_danger_that_a_client_adds_makes_the_lead_urgent_and_their_page_says_whom_to_call():
    lead = factories.matched_lead(status=Status.ROUTED)
    suggesting.read_lead(lead_id=lead.pk)

    add(lead, "One more truck, and nobody was kidnapped.")
    lead.refresh_from_db()
    assert lead.priority == "normal"
    after_sending.add_information(
        lead=lead, text="Our driver was kidnapped.", files=(), form_id=uuid.uuid4()
    )

    lead.refresh_from_db()
    reason = "Words of duty of care that the client added: kidnapping or hostage taking"
    assert (lead.priority, lead.priority_reason) == ("urgent", reason)
    assert lead.activities.get(kind="priority").text == f"Urgent. {reason}."
    assert Job.objects.filter(kind="intake.keep_deadline", subject_id=lead.pk).exists()
    assert "This is not an emergency line" in Client().get(address(lead)).content.decode()
