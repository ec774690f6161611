"""Clients whom mail does not reach: staff correct what they say by telephone, and send the link once more."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from intake import acknowledging, after_sending, matching, submission, undelivered
from intake.after_sending import ContactDetails
from intake.models import Activity, ContactCorrection, Lead
from jobs import working
from jobs.models import Job
from mail import addresses
from mail.models import Message, Unreachable
from tests import factories, racing
from tests.intake.admin.screens import buttons, client_of, page, person, said, verb
from tests.intake.pages import Page

pytestmark = pytest.mark.django_db
WRONG, RIGHT = "amna@client.example", "amina@client.example"
FORM = {"full_name": "Amina Diallo", "email": RIGHT, "phone": "+223 70"}


def bounced(**content: Any) -> Lead:
    """A lead whose acknowledgement left and came back: its link is kept nowhere."""
    lead = factories.lead_of(email=WRONG, full_name="Amina Diallo", **content)
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    matching.match_people(lead_id=lead.pk)
    came_back(Message.objects.get(to_email=WRONG))
    return lead


def came_back(message: Message) -> None:
    sent = {"state": "sent", "sent_at": "2026-11-26T12:00:00Z", "private_url": ""}
    Message.objects.filter(pk=message.pk).update(**sent, arrival="bounced")
    addresses.mark_unreachable(email=message.to_email, why=Unreachable.Why.BOUNCED, message=message)
    run("intake.note_unreachable")


def run(*kinds: str) -> None:
    for job in Job.objects.filter(kind__in=kinds, state="pending").order_by("pk"):
        working.run_job(job.pk)  # one may do those of others with it


def letters(address: str) -> list[str]:
    """The private links that wait to leave for this address."""
    rows = Message.objects.filter(to_email=address).exclude(private_url="").order_by("pk")
    return list(rows.values_list("private_url", flat=True))


def notes(lead: Lead, *kinds: str) -> list[tuple[str, str]]:
    rows = lead.activities.filter(kind__in=kinds).order_by("pk")
    return list(rows.values_list("kind", "text"))


def test_whoever_has_the_client_on_the_telephone_corrects_the_address_and_the_link_arrives() -> (
    None
):
    lead = bounced()
    client = client_of(lead.owner.user)
    assert "Correct their details" in client.get(page(lead)).content.decode()
    assert f'value="{WRONG}"' in client.get(verb(lead, "correct")).content.decode()

    response = client.post(verb(lead, "correct"), FORM)
    run("intake.acknowledge_corrected")

    assert said(response) == ["The details are corrected."]
    assert letters(RIGHT) == [submission.status_url(submission.status_token(lead))]
    assert ContactCorrection.objects.get().by == lead.owner.user
    assert notes(lead, "client_corrected", "staff_corrected") == [
        ("staff_corrected", "E-mail, Phone")
    ]
    assert not Job.objects.filter(kind="intake.tell_owner", key__contains="corrected").exists()
    html = client.get(page(lead)).content.decode()
    assert f"Corrected by {lead.owner.user}" in html
    assert "does not arrive" not in html


def test_what_waits_for_an_address_that_was_corrected_is_called_off_and_back_there_written_anew() -> (
    None
):
    lead = factories.lead_of(email=WRONG, full_name="Amina Diallo")
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    link = submission.status_url(submission.status_token(lead))

    correct(lead, RIGHT)
    assert (letters(WRONG), letters(RIGHT)) == ([], [link])
    old = Message.objects.get(to_email=WRONG)
    assert (old.state, old.error) == (
        "cancelled",
        "Not sent: the client is reached at another address now.",
    )

    correct(lead, WRONG)
    assert (letters(WRONG), letters(RIGHT)) == ([link], [])


def test_what_else_waits_with_the_link_leaves_for_the_address_that_was_corrected() -> None:
    lead = factories.lead_of(email=WRONG, full_name="Amina Diallo")
    link = submission.status_url(submission.status_token(lead))
    row = {"template": "intake/mail/promise", "language": "en", "reference": lead.reference}
    states = ("queued", "sending", "unsure")
    for state in states:
        Message.objects.create(key=state, to_email=WRONG, private_url=link, state=state, **row)
    Message.objects.create(key="of a proposal", to_email=WRONG, private_url="https://x/p/", **row)

    correct(lead, RIGHT)

    assert dict(Message.objects.exclude(key__startswith="ack").values_list("key", "to_email")) == {
        "queued": RIGHT, "sending": WRONG, "unsure": WRONG, "of a proposal": WRONG,
    }  # fmt: skip


def correct(lead: Lead, email: str) -> None:
    details = ContactDetails("Amina Diallo", email, "")
    after_sending.correct_contact(lead=lead, details=details)
    run("intake.acknowledge_corrected")


def test_a_page_that_is_older_than_the_client_s_correction_takes_nothing_of_it_back() -> None:
    lead = bounced()
    client = client_of(lead.owner.user)
    old = Page(client.get(verb(lead, "correct"))).fields
    correct(lead, RIGHT)

    client.post(verb(lead, "correct"), old | {"phone": "+223 71"})

    assert after_sending.contact_of(lead) == ContactDetails("Amina Diallo", RIGHT, "+223 71")


def test_the_same_details_again_change_nothing() -> None:
    lead = bounced()
    details = ContactDetails(**FORM)

    for _ in range(2):
        after_sending.correct_contact(lead=lead, details=details, by=lead.owner.user)

    assert ContactCorrection.objects.count() == 1
    assert len(notes(lead, "staff_corrected")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"email": "amina"},
        {"full_name": ""},
        {"full_name": "Amina\u202eollaiD"},
        {"phone": "1" * 41},
    ],
)
def test_what_is_no_address_or_name_is_refused_and_stays_in_the_form(
    change: dict[str, str],
) -> None:
    lead = bounced()

    response = client_of(lead.owner.user).post(verb(lead, "correct"), FORM | change)

    assert response.status_code == 400
    assert not ContactCorrection.objects.exists()
    errors = response.context["form"].errors
    assert list(errors) == list(change)


@pytest.mark.parametrize("name", ["correct", "send-link", "renew-link"])
@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("owner", 302),
        ("desk lead", 302),
        ("auditor", 403),
        ("approver", 403),
        ("other adviser", 404),
        ("editor", 404),
        ("anonymous", 302),
    ],
)
def test_only_those_who_work_on_the_lead_may(name: str, kind: str, status: int) -> None:
    lead = factories.lead_of()
    may = kind in ("owner", "desk lead")

    response = client_of(person(kind, lead.owner)).post(verb(lead, name), FORM)

    assert response.status_code == status
    assert (
        lead.activities.filter(kind__in=["staff_corrected", "link_sent", "link_closed"]).exists()
        is may
    )


@pytest.mark.parametrize("status", ["won", "lost", "disqualified"])
def test_a_closed_request_is_not_corrected_and_gets_no_link(status: str) -> None:
    lead = factories.lead_of(status=status)
    user = lead.owner.user

    for call in (
        lambda: after_sending.correct_contact(lead=lead, details=ContactDetails(**FORM), by=user),
        lambda: acknowledging.send_link_again(lead=lead, by=user),
    ):
        with pytest.raises(ValidationError) as refused:
            call()
        assert refused.value.code == "closed"
    html = client_of(user).get(page(lead)).content.decode()
    assert "Send the link again" not in html
    assert "Correct their details" not in html
    assert not Message.objects.exists()


def test_a_client_who_lost_the_mail_gets_another_with_the_same_link() -> None:
    lead = factories.lead_of(email=RIGHT)
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    Message.objects.update(state="sent", sent_at="2026-11-26T12:00:00Z", private_url="")
    client = client_of(lead.owner.user)

    first = client.post(verb(lead, "send-link"))
    second = client.post(verb(lead, "send-link"))

    assert said(first) == ["The link to the status page leaves once more."]
    assert said(second)[-1] == "The last one is on its way."
    assert letters(RIGHT) == [submission.status_url(submission.status_token(lead))]
    assert [kind for kind, _ in notes(lead, "link_sent")] == ["link_sent"]
    keys = Message.objects.order_by("pk").values_list("key", flat=True)
    assert list(keys) == [
        f"acknowledgement:lead:{lead.pk}",
        f"acknowledgement:lead:{lead.pk}:again:1",
    ]


def test_an_address_that_takes_no_mail_gets_no_link_before_somebody_says_that_it_is_right() -> None:
    lead = bounced()

    with pytest.raises(ValidationError) as refused:
        acknowledging.send_link_again(lead=lead, by=lead.owner.user)

    assert refused.value.code == "unreachable"
    assert letters(WRONG) == []


def test_what_is_held_back_has_no_link_sent_anywhere() -> None:
    lead = factories.new_lead(email=RIGHT)
    Lead.objects.update(status="quarantined")

    with pytest.raises(ValidationError) as refused:
        acknowledging.send_link_again(lead=lead, by=factories.UserFactory())

    assert refused.value.code == "held_back"
    assert not Message.objects.exists()


@pytest.mark.parametrize("by_staff", [True, False])
def test_who_says_that_the_address_is_right_gets_the_link_that_came_back(by_staff: bool) -> None:
    lead = bounced()
    details = after_sending.contact_of(lead)

    after_sending.correct_contact(
        lead=lead, details=details, by=lead.owner.user if by_staff else None
    )
    run("intake.acknowledge_again")

    assert letters(WRONG) == [submission.status_url(submission.status_token(lead))]
    assert not ContactCorrection.objects.exists()
    assert (addresses.mark_of(WRONG) is None) == by_staff


def test_an_acknowledgement_that_arrived_is_not_sent_again_when_the_mark_is_lifted() -> None:
    lead = bounced()
    Message.objects.update(arrival="delivered")

    details = after_sending.contact_of(lead)
    after_sending.correct_contact(lead=lead, details=details, by=lead.owner.user)
    run("intake.acknowledge_again")

    assert letters(WRONG) == []


def test_mail_to_an_address_that_the_client_has_corrected_since_calls_nobody() -> None:
    lead = factories.lead_of(email=WRONG)
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    message = Message.objects.get()
    after_sending.correct_contact(lead=lead, details=ContactDetails(**FORM))

    came_back(message)

    assert undelivered.note_not_arrived(message_id=message.pk) == 0
    assert notes(lead, Activity.Kind.MAIL_FAILED) == []
    assert undelivered.mark_of(lead) is None


def test_mail_to_somebody_else_about_the_lead_is_noted_all_the_same() -> None:
    lead = factories.lead_of(email=WRONG)
    after_sending.correct_contact(lead=lead, details=ContactDetails(**FORM))
    other = Message.objects.create(
        key="k",
        template="t",
        language="en",
        to_email="board@client.example",
        reference=lead.reference,
    )

    came_back(other)

    assert len(notes(lead, Activity.Kind.MAIL_FAILED)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_send_one_link() -> None:
    lead = factories.lead_of(email=RIGHT)
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    Message.objects.update(state="sent", sent_at="2026-11-26T12:00:00Z", private_url="")

    def send() -> str:
        try:
            acknowledging.send_link_again(lead=lead, by=lead.owner.user)
        except ValidationError as error:
            return str(error.code)
        return "sent"

    assert sorted(racing.race(send, send)) == ["conflict", "sent"]
    assert len(letters(RIGHT)) == 1


def test_the_buttons_stand_beside_the_messages_and_not_among_those_on_top() -> None:
    lead = factories.lead_of()

    response = client_of(lead.owner.user).get(page(lead))

    assert "Correct their details" not in buttons(response)
    assert "Send the link again" in response.content.decode()
