"""A person about whom the house holds something wherever it can hold anything, made by the verbs."""

import json
import uuid

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from accounts.models import User
from briefs.models import Frequency
from intake import accepting, after_sending, leads, scanning, walls
from intake.after_sending import ContactDetails
from intake.attachments import Upload
from intake.models import Adviser, AttachmentScan, Contact, Lead, Status
from intake.sanctions import screening as sanctions
from proposals.models import ProposalTemplate
from tests import factories
from tests.briefs.subscribed import run_all, subscription_of
from tests.proposals import making

NAME, EMAIL, OTHER_EMAIL = "Xylo Erasable", "xylo@client.example", "xylo.new@client.example"
PHONE, COMPANY, TITLE, NEEDS = (
    "+223 70 55 44 33",
    "Xylo Holding Example",
    "Xylo director",
    "needlework",
)
# One word from everything that was written: parts of the name and address are in NAME and EMAIL.
WORDS = ["xylo", "70 55 44 33", "needlework", "evacuate"]
_TEXT = f"{NEEDS}: evacuate our people from Gao in Mali, says {NAME}."


def make_person(owner: Adviser, status: str = Status.QUALIFIED) -> Lead:
    """Their first request, worked on; a second one in quarantine; a subscription; mails; what staff wrote of them."""
    making.make_template() if not ProposalTemplate.objects.exists() else None
    sent = {
        "full_name": NAME,
        "email": EMAIL,
        "phone": PHONE,
        "organisation": COMPANY,
        "job_title": TITLE,
    }
    file = Upload("needlework.txt", "text/plain", "0" * 64, b"needlework of xylo")
    lead = factories.lead_of(owner, status, needs=_TEXT, attachments=(file,), **sent)
    factories.lead_of(status=Status.QUARANTINED, needs=_TEXT, **sent | {"email": EMAIL.upper()})
    run_all("intake.route_lead", "intake.acknowledge", "intake.read_needs")
    after_sending.add_information(
        lead=lead, text=f"More {NEEDS}", files=(file,), form_id=uuid.uuid4()
    )
    for attachment in lead.enquiry.attachments.all():
        scanning.record_verdict(attachment_id=attachment.pk, verdict=scanning.Verdict(True))
    corrected = ContactDetails(full_name=NAME, email=OTHER_EMAIL, phone=PHONE)
    after_sending.correct_contact(lead=lead, details=corrected)
    leads.add_note(lead=lead, by=owner.user, text=f"{NAME} called about {NEEDS}.")
    accepting.accept_suggestion(
        suggestion=lead.suggestions.filter(state="open").order_by("pk")[0], by=owner.user
    )
    run_all("intake.acknowledge", "intake.tell_owner")
    lead.refresh_from_db()
    for walled_from in (lead, lead.organisation):
        assert walled_from
        reason = f"A cousin of {NAME}"
        walls.raise_wall(user=factories.UserFactory(), before=walled_from, reason=reason, by=None)
    sanctions.screen_lead(lead_id=lead.pk)
    subscription_of(EMAIL, q=NEEDS, frequency=Frequency.IMMEDIATE)
    run_all("briefs.confirm_subscription")
    lead.refresh_from_db()
    _logged(owner.user, Contact.objects.get(pk=lead.contact_id))
    assert AttachmentScan.objects.count() == 2
    return lead


def _logged(user: User, contact: Contact) -> None:
    """What the staff screens would note had somebody edited the contact there."""
    kind = ContentType.objects.get_for_model(Contact)
    part = {"name": "section", "object": f"For {NAME}"}
    LogEntry.objects.create(
        user=user,
        content_type=kind,
        object_id=str(contact.pk),
        object_repr=str(contact),
        action_flag=CHANGE,
        change_message=json.dumps([{"changed": part | {"fields": ["Heading"]}}]),
    )
