"""The link to the status page is closed, and the client gets another, when somebody else may know it."""

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from intake import acknowledging, after_sending, renewing, submission
from intake.after_sending import ContactDetails
from intake.models import Enquiry, Lead, Quarantine
from mail.models import Message
from tests import factories, racing
from tests.intake.admin.screens import client_of, page, said, verb

pytestmark = pytest.mark.django_db
WRONG, RIGHT = "amna@client.example", "amina@client.example"


def sent_lead() -> Lead:
    """A lead whose acknowledgement has left."""
    lead = factories.lead_of(email=WRONG)
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    Message.objects.update(state="sent", sent_at="2026-11-26T12:00:00Z", private_url="")
    return lead


def path_of(lead: Lead) -> str:
    return submission.status_path(submission.status_token(Lead.objects.get(pk=lead.pk)))


def waiting() -> list[tuple[str, str]]:
    """To whom mails wait to leave, and with which link."""
    rows = Message.objects.filter(state__in=["queued", "held", "unsure"]).order_by("pk")
    return list(rows.values_list("to_email", "private_url"))


def status_of(path: str) -> int:
    return Client().get(path).status_code


def test_the_old_link_opens_nothing_and_the_new_one_is_mailed() -> None:
    lead = sent_lead()
    old = path_of(lead)
    staff = client_of(lead.owner.user)
    asked = staff.get(verb(lead, "renew-link")).content.decode()

    response = staff.post(verb(lead, "renew-link"))

    assert f"Another leaves for {WRONG} at once." in asked
    assert said(response) == ["The link is closed, and another one leaves."]
    new = path_of(lead)
    assert (status_of(old), status_of(new)) == (404, 200)
    lead.refresh_from_db()
    assert waiting() == [(WRONG, submission.status_url(submission.status_token(lead)))]
    assert list(lead.activities.values_list("kind", "by")) == [("link_closed", lead.owner.user.pk)]


def test_an_old_page_does_not_close_the_link_that_was_mailed_since() -> None:
    lead = sent_lead()
    staff = client_of(lead.owner.user)
    shown = re.findall(r'name="seen" value="([^"]+)"', staff.get(verb(lead, "renew-link")).text)
    staff.post(verb(lead, "renew-link"), {"seen": shown})
    mailed = path_of(lead)

    refused = staff.post(verb(lead, "renew-link"), {"seen": shown})

    assert refused.status_code == 400
    assert "That link is closed already." in refused.text
    assert status_of(mailed) == 200
    assert len(waiting()) == 1
    again = re.findall(r'name="seen" value="([^"]+)"', refused.text)
    staff.post(verb(lead, "renew-link"), {"seen": again})
    assert status_of(mailed) == 404


def test_a_wrong_link_and_a_closed_one_are_answered_alike() -> None:
    lead = sent_lead()
    old = path_of(lead)
    renewing.renew_link(lead=lead, by=lead.owner.user)
    wrong = "/request/" + "A" * 43 + "/"

    closed, none = Client().get(old), Client().get(wrong)

    assert closed.content.replace(old.encode(), b"") == none.content.replace(wrong.encode(), b"")
    assert (closed.status_code, none.status_code) == (404, 404)


def test_what_waits_for_the_client_leaves_with_the_new_link_and_for_others_not_at_all() -> None:
    lead = factories.lead_of(email=WRONG)
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    old = submission.status_url(submission.status_token(lead))
    after_sending.correct_contact(
        lead=lead, details=ContactDetails("Amina Diallo", RIGHT, ""), by=lead.owner.user
    )
    both = {"template": "t", "language": "en", "reference": lead.reference, "private_url": old}
    Message.objects.create(key="promise:1", to_email=RIGHT, **both)
    Message.objects.create(key="promise:2", to_email=WRONG, **both)

    renewing.renew_link(lead=lead, by=lead.owner.user)

    lead.refresh_from_db()
    new = submission.status_url(submission.status_token(lead))
    assert waiting() == [(RIGHT, new), (WRONG, old), (RIGHT, new)]
    first = Message.objects.get(key=f"acknowledgement:lead:{lead.pk}")
    assert (first.state, first.private_url) == ("cancelled", "")
    assert first.error == "Not sent: the link in it was closed."


def test_who_sends_the_same_request_again_is_answered_with_the_link_that_counts() -> None:
    content = factories.ContentFactory.build()

    def send() -> submission.Receipt:
        return submission.receive_enquiry(
            content=content, channel=Enquiry.Channel.API, idempotency_key="once"
        )

    first = send()
    lead = Lead.objects.get()

    renewing.renew_link(lead=lead, by=factories.UserFactory())
    again = send()

    assert again.token != first.token
    assert submission.status_path(again.token) == path_of(lead)


@pytest.mark.parametrize("status", ["won", "lost", "disqualified"])
def test_the_link_of_a_closed_request_is_closed_and_none_mailed(status: str) -> None:
    lead = factories.lead_of(status=status)
    old = path_of(lead)
    staff = client_of(lead.owner.user)
    html = staff.get(page(lead)).content.decode()
    asked = staff.get(verb(lead, "close-link")).content.decode()

    response = staff.post(verb(lead, "close-link"))

    assert "Close the link" in html
    assert "Mail a new link" not in html
    assert "The request is closed: the client gets no other." in asked
    assert said(response) == ["The link opens nothing any more."]
    assert status_of(old) == 404
    assert not Message.objects.exists()


def merged(lead: Lead, into: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(
        merged_into=into, status="disqualified", closed_at=timezone.now()
    )


def test_of_a_merged_request_the_link_is_sent_closed_and_renewed_and_the_address_corrected() -> (
    None
):
    lead = sent_lead()
    staff = client_of(factories.UserFactory(is_superuser=True))
    merged(lead, factories.lead_of())
    old = path_of(lead)
    html = staff.get(page(lead)).text

    sent = staff.post(verb(lead, "send-link"))
    renewed = staff.post(verb(lead, "renew-link"))
    details = {"full_name": "Amina", "email": RIGHT, "phone": ""}
    corrected = staff.post(verb(lead, "correct"), details)

    for label in ("Correct their details", "Send the link again", "Mail a new link"):
        assert label in html
    assert "Close the link" not in html
    assert [said(one)[-1] for one in (sent, renewed, corrected)] == [
        "The link to the status page leaves once more.",
        "The link is closed, and another one leaves.",
        "The details are corrected.",
    ]
    assert (status_of(old), status_of(path_of(lead))) == (404, 200)
    assert waiting() == [(WRONG, submission.status_url(submission.status_token(lead_now(lead))))]
    assert after_sending.contact_of(lead).email == RIGHT


def lead_now(lead: Lead) -> Lead:
    return Lead.objects.get(pk=lead.pk)


@pytest.mark.parametrize("is_spam", [True, False])
def test_the_link_of_what_is_merged_and_closed_or_was_spam_is_closed_and_none_mailed(
    is_spam: bool,
) -> None:
    lead = factories.new_lead()
    merged(lead, factories.lead_of(status="routed" if is_spam else "won"))
    if is_spam:
        Quarantine.objects.create(lead=lead, outcome="spam", ended_at=timezone.now())
    old = path_of(lead)

    renewing.renew_link(lead=lead_now(lead), by=factories.UserFactory())

    assert status_of(old) == 404
    assert not Message.objects.exists()


def erased(lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(erased_at="2026-11-26T12:00:00Z")


def held_back(lead: Lead) -> None:
    Lead.objects.filter(pk=lead.pk).update(status="quarantined")


@pytest.mark.parametrize(("happened", "code"), [(erased, "erased"), (held_back, "held_back")])
def test_where_no_link_may_change_none_does(happened: Callable[[Lead], None], code: str) -> None:
    lead = factories.new_lead()
    happened(lead)
    old = path_of(lead)

    with pytest.raises(ValidationError) as refused:
        renewing.renew_link(lead=lead, by=factories.UserFactory())

    assert refused.value.code == code
    assert path_of(lead) == old
    assert not Message.objects.exists()
    assert not lead.activities.filter(kind="link_closed").exists()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_mail_with_the_link_that_counts() -> None:
    lead = sent_lead()

    def renew() -> None:
        renewing.renew_link(lead=lead, by=lead.owner.user)

    racing.race(renew, renew)

    lead.refresh_from_db()
    assert waiting() == [(WRONG, submission.status_url(submission.status_token(lead)))]
