"""Mail that does not reach a client: noted on the lead, told to the adviser, shown to staff, mended by the client."""

from typing import Any

import pytest
from django.utils import timezone

from intake import acknowledging, after_sending, matching, submission, undelivered
from intake.after_sending import ContactDetails
from intake.models import Activity, Lead
from jobs import working
from jobs.models import Job
from mail import addresses
from mail.models import Message, Unreachable
from tests import factories
from tests.intake.admin.screens import client_of, page

pytestmark = pytest.mark.django_db
CLIENT = "amina@client.example"
SECRET = "Zanzibar"


def lead_of_amina(**content: str) -> Lead:
    lead = factories.lead_of(email=CLIENT, phone="+223 70", needs=SECRET, **content)
    acknowledging.acknowledge_lead(lead_id=lead.pk)
    return matching.match_people(lead_id=lead.pk)


def acknowledgement(lead: Lead) -> Message:
    return Message.objects.get(reference=lead.reference, to_email=CLIENT)


def bounce(lead: Lead) -> Unreachable:
    """The address of the acknowledgement is marked, and the jobs that follow are done."""
    message = acknowledgement(lead)
    mark = addresses.mark_unreachable(
        email=CLIENT, why=Unreachable.Why.BOUNCED, code="550 5.1.1", message=message
    )
    run("intake.note_unreachable")
    run("intake.tell_owner")
    return mark


def run(kind: str) -> int:
    jobs = list(Job.objects.filter(kind=kind, state="pending"))
    assert all(working.run_job(job.pk) for job in jobs)
    return len(jobs)


def noted(lead: Lead) -> list[str]:
    kind = Activity.Kind.MAIL_FAILED
    return list(lead.activities.filter(kind=kind).values_list("text", flat=True))


def test_each_open_lead_of_the_client_is_noted_and_its_owner_told_without_a_word_of_theirs() -> (
    None
):
    lead, other, stranger = lead_of_amina(), lead_of_amina(), factories.lead_of()
    other.closed_at = None

    bounce(lead)
    bounce(lead)

    assert noted(lead) == noted(other) == ["Call them: mail to it came back (550 5.1.1)."]
    assert noted(stranger) == []
    notice = Message.objects.get(to_email=lead.owner.user.email, reference=lead.reference)
    assert notice.subject == f"Mail to the client did not arrive: {lead.reference}"
    for word in (SECRET, CLIENT, lead.enquiry.full_name, "550"):
        assert word not in notice.subject + notice.text + notice.html


def test_a_bounced_notice_to_staff_says_nothing_of_the_client() -> None:
    lead = lead_of_amina()
    notice = Message.objects.create(
        key="k",
        template="t",
        language="en",
        to_email=lead.owner.user.email,
        reference=lead.reference,
    )

    mark = addresses.mark_unreachable(
        email=notice.to_email, why=Unreachable.Why.BOUNCED, message=notice
    )

    assert undelivered.note_unreachable(mark_id=mark.pk) == 0
    assert undelivered.note_not_arrived(message_id=notice.pk) == 0
    assert noted(lead) == []


def test_a_message_that_did_not_arrive_for_another_reason_is_noted_once() -> None:
    lead = lead_of_amina()
    message = acknowledgement(lead)
    Message.objects.filter(pk=message.pk).update(state="refused", failure="text")
    for _ in range(2):
        undelivered.ask_about_message(message=message)

    assert run("intake.note_not_arrived") == 1

    assert noted(lead) == ["Call them: the server refuses this mail."]


def test_staff_see_it_on_the_lead_and_on_the_contact() -> None:
    lead = lead_of_amina()
    client = client_of(lead.owner.user)
    contact = f"/staff/intake/contact/{lead.contact.pk}/change/"
    assert "does not arrive" not in client.get(page(lead)).content.decode()
    assert "Nothing came back." in client.get(contact).content.decode()

    bounce(lead)

    said = "The mail to this client does not arrive: call them at +223 70."
    assert said in client.get(page(lead)).content.decode()
    assert (
        "Does not arrive: mail to it came back (550 5.1.1)" in client.get(contact).content.decode()
    )


def test_a_corrected_address_takes_the_warning_away_and_the_mark_stays() -> None:
    lead = lead_of_amina()
    bounce(lead)

    details = ContactDetails("Amina", "amina.diallo@client.example", "")
    after_sending.correct_contact(lead=lead, details=details)

    html = client_of(lead.owner.user).get(page(lead)).content.decode()
    assert "does not arrive" not in html
    assert addresses.mark_of(CLIENT) is not None


def save_as_it_is(lead: Lead, **changes: str) -> None:
    """The client saves how they are reached, by the private link."""
    shown = vars(after_sending.contact_of(lead)) | changes
    answer = client_of(None).post(f"/request/{submission.status_token(lead)}/contact/", shown)
    assert answer.status_code == 303


def told(lead: Lead, language: str = "en") -> str:
    address = f"/request/{submission.status_token(lead)}/?language={language}"
    return client_of(None).get(address).content.decode()


def test_a_client_who_says_that_the_address_is_right_has_it_tried_by_one_mail() -> None:
    lead, other = lead_of_amina(), lead_of_amina()
    bounce(lead)
    Message.objects.filter(to_email=CLIENT).update(state="held", failure="address")
    assert "Nos messages ne vous parviennent pas" in told(lead, "fr")
    assert "save it once more, and one mail tries it" in told(lead)

    save_as_it_is(lead)
    save_as_it_is(lead)

    assert run("intake.acknowledge_again") == 1
    assert addresses.mark_of(CLIENT) is not None
    tried = acknowledgement(lead)
    assert (tried.state, tried.is_forced) == ("queued", True)
    assert acknowledgement(other).state == "held"
    corrected = lead.activities.get(kind=Activity.Kind.CLIENT_CORRECTED)
    assert corrected.text == "They confirmed the address that took no mail; one mail tries it."
    assert f"We try <bdi>{CLIENT}</bdi> with one mail." in told(lead)

    addresses.note_arrived(tried, timezone.now())

    assert Unreachable.objects.get().lifted_by is None
    assert acknowledgement(other).state == "queued"
    assert "does not reach you" not in told(lead)


@pytest.mark.parametrize(
    "came_of_it",
    [
        {"state": "refused"},
        {"state": "sent", "sent_at": timezone.now(), "private_url": "", "arrival": "bounced"},
    ],
)
def test_a_client_whose_address_was_tried_in_vain_is_told_so(came_of_it: dict[str, Any]) -> None:
    lead = lead_of_amina()
    bounce(lead)
    Message.objects.filter(to_email=CLIENT).update(state="refused", failure="address")
    save_as_it_is(lead)
    assert "with one mail. Once it has arrived" in told(lead)
    run("intake.acknowledge_again")
    assert "with one mail. Once it has arrived" in told(lead)

    Message.objects.filter(is_forced=True).update(**came_of_it)

    assert "with one mail. Once it has arrived" not in told(lead)
    assert f"What we send to <bdi>{CLIENT}</bdi> does not arrive." in told(lead)
    assert "save it once more" not in told(lead)


@pytest.mark.parametrize(
    ("why", "status", "tries"), [("bounced", "routed", 1), ("complained", "routed", 0), ("bounced", "quarantined", 0)]
)  # fmt: skip
def test_whoever_types_the_address_of_another_lifts_no_mark(
    why: str, status: str, tries: int
) -> None:
    theirs = Message.objects.create(
        key="k", template="t", language="en", to_email=CLIENT, state="held", failure="address"
    )
    addresses.mark_unreachable(email=CLIENT, why=Unreachable.Why(why))
    stranger = factories.lead_of(status=status, email="mallory@client.example")

    save_as_it_is(stranger, email=CLIENT)

    assert run("intake.acknowledge_again") == tries
    assert addresses.mark_of(CLIENT) is not None
    theirs.refresh_from_db()
    assert theirs.state == "held"
    assert Message.objects.filter(is_forced=True).count() == tries
    assert ("We try <bdi>" in told(stranger)) == bool(tries)
