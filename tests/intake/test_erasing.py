"""Erasing a person: nothing of them is left anywhere but what the map keeps, and only by this way."""

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.db.models import Q

from accounts import erasing
from accounts.models import Erasure
from intake import acknowledging, after_sending, matching, submission
from intake import erasing as erasing_people
from intake.models import Activity, Contact, Enquiry, Lead
from jobs.models import Job
from mail.models import Message
from tests import factories, searching
from tests.intake.erasable import COMPANY, EMAIL, NAME, OTHER_EMAIL, WORDS
from tests.proposals import making

pytestmark = pytest.mark.usefixtures("lead")
WHY = "Asked for by letter 12 of this year."


def erase(lead: Lead, **given):
    given = {
        "contact": lead.contact, "by": lead.owner.user, "asked_by": factories.UserFactory(), "because": WHY,
    } | given  # fmt: skip
    return erasing_people.erase_person(**given)


def test_nothing_is_left_of_a_person_anywhere_in_the_database(lead):
    version = making.make_sent(lead)
    making.decline(version, reason=f"{NAME} declines")
    assert len({place.partition(":")[0] for place in searching.where(WORDS)}) > 30

    erasure = erase(lead)

    farewell = Message.objects.get(template="intake/mail/erased")
    assert (farewell.to_email, farewell.language) == (OTHER_EMAIL, "en")
    assert searching.where(WORDS) == ["mail_message.to_email: xylo"]
    making.run_jobs("mail.deliver", farewell.pk)
    assert erasing_people.forget_farewells() == 1
    assert searching.where(WORDS) == []
    assert erasure.references == sorted(Lead.objects.values_list("reference", flat=True))
    assert set(Lead.objects.values_list("status", flat=True)) == {"lost", "disqualified"}
    assert not Lead.objects.filter(Q(erased_at=None) | Q(closed_at=None)).exists()
    assert (erasure.kept, erasure.kept_until) == ([], None)


def test_the_last_mail_goes_to_the_address_that_the_person_gave_last(lead):
    later = factories.lead_of(email=EMAIL, full_name=NAME)
    matching.match_people(lead_id=later.pk)
    assert later.pk > lead.pk
    details = after_sending.ContactDetails(NAME, "xylo.third@client.example", "")
    after_sending.correct_contact(lead=lead, details=details)

    erase(lead)

    farewell = Message.objects.get(template="intake/mail/erased")
    assert (farewell.to_email, farewell.reference) == (
        "xylo.third@client.example", lead.reference,
    )  # fmt: skip


def test_an_accepted_proposal_stays_with_its_reason_until_its_day(lead):
    making.accept(making.make_sent(lead), full_name=NAME)

    erasure = erase(lead)

    tables = {place.partition(".")[0] for place in searching.where(WORDS)}
    assert tables == {
        "mail_message",
        "proposals_acceptance",
        "proposals_clientlink",
        "proposals_document",
        "proposals_proposalversion",
        "proposals_section",
    }
    assert {one["reason"] for one in erasure.kept} == {
        "An accepted proposal is a contract: kept for legal claims (GDPR, article 17 (3) e)."
    }
    closed = lead.proposals.get().versions.get().closed_at
    assert (erasure.kept_until - closed.date()).days == 3653
    farewell = Message.objects.get(template="intake/mail/erased")
    assert f"until {erasure.kept_until.day} {erasure.kept_until:%B %Y}" in farewell.text


def test_what_others_have_stays(lead):
    colleague = factories.lead_of(lead.owner, full_name="Other Person", organisation=COMPANY)
    matching.match_people(lead_id=colleague.pk)

    erase(lead)

    colleague.refresh_from_db()
    assert (colleague.erased_at, colleague.enquiry.full_name) == (None, "Other Person")
    assert colleague.organisation.name == COMPANY

    erase(colleague)

    assert searching.where([COMPANY]) == []  # who was erased before speaks for it no more


def test_one_request_alone_leaves_the_other_and_the_contact(lead):
    second = Lead.objects.exclude(pk=lead.pk).get()
    Lead.objects.filter(pk=second.pk).update(contact=lead.contact_id)

    erasure = erasing_people.erase_lead(
        lead=second, asked_by=factories.UserFactory(), by=lead.owner.user, because=WHY
    )

    lead.refresh_from_db()
    assert erasure.references == [second.reference]
    assert (lead.erased_at, lead.contact.full_name, lead.enquiry.email) == (None, NAME, EMAIL)
    assert not Message.objects.filter(
        template="intake/mail/erased"
    ).exists()  # it was in quarantine


def test_a_second_time_is_the_first(lead):
    first = erase(lead)

    contact = Contact.objects.get(pk=lead.contact_id)
    assert (contact.full_name, contact.email_key) == ("Erased", f"erased-{contact.pk}")
    again = erasing_people.erase_person(
        address=EMAIL, asked_by=factories.UserFactory(), by=lead.owner.user, because=WHY
    )
    alone = erasing_people.erase_lead(
        lead=lead, asked_by=factories.UserFactory(), by=lead.owner.user, because=WHY
    )

    assert {first.pk, again.pk, alone.pk} == {first.pk}
    assert Message.objects.filter(template="intake/mail/erased").count() == 1


@pytest.mark.parametrize(
    ("because", "code"),
    [
        (" ", "required"),
        (f"For {NAME.upper()}", "names_the_person"),
        (f"{EMAIL} asked", "names_the_person"),
    ],
)
def test_a_reason_is_wanted_that_names_nobody(lead, because, code):
    with pytest.raises(ValidationError) as refusal:
        erase(lead, because=because)

    assert refusal.value.code == code
    assert not Erasure.objects.exists()
    assert Enquiry.objects.filter(email=EMAIL).exists()


def test_nobody_is_not_erased(lead):
    with pytest.raises(ValidationError) as refusal:
        erasing_people.erase_person(
            address="nobody@client.example",
            asked_by=factories.UserFactory(),
            by=lead.owner.user,
            because=WHY,
        )

    assert refusal.value.code == "nothing"


def test_the_address_can_be_asked_after_and_not_be_read(lead, settings):
    erasure = erase(lead)

    assert [e.pk for e in erasing.erasures_of(OTHER_EMAIL.upper())] == [erasure.pk]
    assert not erasing.erasures_of("another@client.example").exists()
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-that-is-long-enough-0123456789-0123456789"
    assert [e.pk for e in erasing.erasures_of(EMAIL)] == [erasure.pk]


# ---- The door


FROZEN = [
    "UPDATE intake_enquiry SET needs = 'x'",
    "UPDATE intake_addition SET text = 'x'",
    "UPDATE intake_contactcorrection SET phone = 'x'",
    "DELETE FROM intake_attachment",
    "DELETE FROM intake_attachmentscan",
    "UPDATE intake_activity SET text = 'x'",
    "DELETE FROM intake_needsuggestion",
    "UPDATE accounts_erasure SET because = 'x'",
]


def test_frozen_rows_stay_frozen_but_for_an_erasure_that_names_them_in_its_transaction(lead):
    stranger = factories.new_lead()
    Erasure.objects.create(  # this very transaction's, of other rows
        scope="lead",
        references=[stranger.reference],
        address_digests=[],
        because=WHY,
        by=lead.owner.user,
        asked_by=factories.UserFactory(),
        rows={"intake_enquiry": [stranger.enquiry_id]},
    )

    assert [refused(sql) for sql in FROZEN] == [True] * len(FROZEN)


def refused(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    except ProgrammingError as error:
        return "Cannot update or delete" in str(error) or "Cannot delete" in str(error)
    return False


def test_nobody_chooses_the_transaction_of_an_erasure():
    erasure = Erasure.objects.create(
        scope="retention", references=[], address_digests=[], because=WHY, rows={}, opened_xact=1
    )
    erasure.refresh_from_db()

    assert erasure.opened_xact > 1


# ---- What was under way


def test_jobs_that_wait_are_done_with_and_one_that_runs_finds_it_erased(lead):
    late = factories.new_lead(full_name=NAME, email=EMAIL)  # its jobs wait

    erase(lead)
    acknowledging.acknowledge_lead(lead_id=late.pk)
    matching.match_people(lead_id=late.pk)

    assert not Job.objects.filter(state="pending", key=f"lead:{late.pk}").exists()
    assert Contact.objects.count() == 1
    assert (
        not Message.objects.filter(state__in=["queued", "sending"])
        .exclude(template="intake/mail/erased")
        .filter(reference__in=[lead.reference, late.reference])
        .exclude(to_email=lead.owner.user.email)
        .exists()
    )


# ---- Whoever asked for it


def test_who_asked_is_answered_and_sees_it_on_their_page(lead, client):
    request = after_sending.ask_for_erasure(lead=lead)

    erasure = erase(lead)

    request.refresh_from_db()
    assert (request.state, request.erasure, request.answered_by) == (
        "done",
        erasure,
        lead.owner.user,
    )
    page = client.get(f"/request/{submission.status_token(lead)}/").content.decode()
    assert "Your data is erased" in page
    assert "needlework" not in page


def test_a_refusal_is_told_with_its_reason_once(lead, client):
    request = after_sending.ask_for_erasure(lead=lead)
    by = lead.owner.user

    erasing_people.refuse_erasure(request=request, by=by, answer="A court asked us to keep it.")

    letter = Message.objects.get(template="intake/mail/erasure_refused")
    assert (letter.to_email, "A court asked us to keep it." in letter.text) == (OTHER_EMAIL, True)
    assert (
        "A court asked us"
        in client.get(f"/request/{submission.status_token(lead)}/").content.decode()
    )
    with pytest.raises(ValidationError) as refusal:
        erasing_people.refuse_erasure(request=request, by=by, answer="Again.")
    assert refusal.value.code == "conflict"
    assert Activity.objects.filter(kind="erasure_refused").count() == 1
