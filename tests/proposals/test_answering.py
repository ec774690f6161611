from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from intake import leads
from intake.models import Activity, Lead
from jobs.models import Job
from mail.models import Message
from proposals import answering, drafting
from proposals.models import Acceptance, Decline, ProposalVersion
from tests.proposals import making
from tests.proposals.making import (
    accept,
    decline,
    link_of,
    make_overdue,
    make_sent,
    send,
    statuses,
)
from tests.proposals.outcomes import LOST, WON, assert_unanswered, messages

pytestmark = pytest.mark.usefixtures("version")

# ---- Yes


def test_acceptance_keeps_who_to_what_and_in_which_words(version: ProposalVersion) -> None:
    acceptance = accept(version, full_name=" Aïcha Example ", job_title="Head of transport")

    assert (acceptance.full_name, acceptance.job_title) == ("Aïcha Example", "Head of transport")
    assert acceptance.content_sha256 == version.content_sha256
    assert acceptance.pdf_sha256 == version.document.sha256
    assert acceptance.link == link_of(version)
    assert acceptance.consent_text == str(answering.CONSENT)


def test_acceptance_moves_version_proposal_and_lead(version: ProposalVersion) -> None:
    accept(version)

    assert statuses(version) == WON
    lead = Lead.objects.get()
    assert lead.closed_at is not None
    activity = Activity.objects.latest("pk")
    assert (activity.kind, activity.by) == ("proposal_accepted", None)
    assert activity.text == (
        f"proposal → won: {version.proposal.reference}, version 1, by Aïcha Example"
    )


def test_both_sides_hear_of_an_acceptance() -> None:
    version = make_sent(recipient_email="aicha@client.example")

    accept(version)

    assert messages() == [
        ("proposals/mail/outcome", version.prepared_by.email),
        ("proposals/mail/accepted", "aicha@client.example"),
    ]
    confirmation = Message.objects.get(template="proposals/mail/accepted")
    assert confirmation.private_url == f"http://localhost:8000/p/{making.token_of(version)}/"
    assert version.document.sha256 in confirmation.text


@pytest.mark.parametrize("answer", [accept, decline])
def test_mail_to_the_adviser_holds_nothing_of_the_client(
    answer: Callable[[ProposalVersion], object], version: ProposalVersion
) -> None:
    answer(version)

    message = Message.objects.get(template="proposals/mail/outcome")
    said = message.subject + message.text + message.html
    for private in (version.recipient_name, version.recipient_email, "Aïcha", "Sahel", "Gao"):
        assert private not in said
    assert version.proposal.reference in message.subject
    assert f"http://localhost:8000/staff/intake/lead/{version.proposal.lead_id}/change/" in said


def test_consent_is_kept_in_the_language_in_which_it_was_shown() -> None:
    acceptance = accept(make_sent(language="fr"))

    assert acceptance.consent_text.startswith("J’accepte cette proposition")


# ---- No


def test_decline_keeps_the_reason_and_moves_version_proposal_and_lead(
    version: ProposalVersion,
) -> None:
    given = decline(version, " Too dear. ")

    assert (given.reason, given.link) == ("Too dear.", link_of(version))
    assert statuses(version) == LOST
    reason = f"{version.proposal.reference}, version 1, Too dear."
    assert Lead.objects.get().closing_reason == reason
    assert Activity.objects.latest("pk").kind == "proposal_declined"
    assert messages() == [("proposals/mail/outcome", version.prepared_by.email)]


def test_decline_needs_no_reason(version: ProposalVersion) -> None:
    decline(version)

    assert Decline.objects.get().reason == ""
    assert Lead.objects.get().closing_reason == f"{version.proposal.reference}, version 1"


# ---- Refusals


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"full_name": "  "}, {"full_name"}),
        ({"has_consented": False}, {"consent"}),
        ({"full_name": "", "has_consented": False}, {"full_name", "consent"}),
        ({"full_name": "x" * 201}, {"full_name"}),
        ({"job_title": "x" * 201}, {"job_title"}),
        ({"full_name": "Aïcha\u202e"}, {"full_name"}),
    ],
)
def test_acceptance_needs_a_name_and_consent(
    changes: dict, fields: set[str], version: ProposalVersion
) -> None:
    with pytest.raises(ValidationError) as refusal:
        accept(version, **changes)

    assert refusal.value.message_dict.keys() == fields
    assert_unanswered(version)


@pytest.mark.parametrize("reason", ["x" * 5001, "hidden \x07"])
def test_reason_that_cannot_be_kept_is_refused(reason: str, version: ProposalVersion) -> None:
    with pytest.raises(ValidationError) as refusal:
        decline(version, reason)

    assert refusal.value.message_dict.keys() == {"reason"}
    assert_unanswered(version)


@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_acceptance_of_another_text_is_refused(digest: str, version: ProposalVersion) -> None:
    with pytest.raises(ValidationError) as refusal:
        accept(version, content_sha256=digest)

    assert refusal.value.code == "conflict"
    assert_unanswered(version)


@pytest.mark.parametrize("first", [accept, decline])
@pytest.mark.parametrize("second", [accept, decline])
def test_second_answer_is_refused_and_changes_nothing(
    first: Callable[[ProposalVersion], object],
    second: Callable[[ProposalVersion], object],
    version: ProposalVersion,
) -> None:
    first(version)
    before = (statuses(version), messages(), Activity.objects.count(), Job.objects.count())

    with pytest.raises(ValidationError) as refusal:
        second(version)

    assert refusal.value.code == "conflict"
    after = (statuses(version), messages(), Activity.objects.count(), Job.objects.count())
    assert after == before
    assert Acceptance.objects.count() + Decline.objects.count() == 1


@pytest.mark.parametrize("answer", [accept, decline])
def test_version_whose_time_is_over_takes_no_answer(
    answer: Callable[[ProposalVersion], object],
) -> None:
    version = make_overdue()

    with pytest.raises(ValidationError) as refusal:
        answer(version)

    assert refusal.value.messages == ["The time to answer this proposal is over."]
    assert refusal.value.code == "conflict"
    assert_unanswered(version)


@pytest.mark.parametrize("answer", [accept, decline])
def test_version_that_was_replaced_takes_no_answer(
    answer: Callable[[ProposalVersion], object],
) -> None:
    first = make_sent()
    send(drafting.revise_version(version=first, by=first.prepared_by))

    with pytest.raises(ValidationError) as refusal:
        answer(first)

    assert refusal.value.code == "conflict"
    assert_unanswered(first, ("superseded", "open", "proposal"))


def test_client_does_not_read_how_staff_sort_a_lead(version: ProposalVersion) -> None:
    leads.lose_lead(lead=version.proposal.lead, by=version.prepared_by, reason="No answer.")

    with pytest.raises(ValidationError) as refusal:
        accept(version)

    assert refusal.value.code == "conflict"
    assert refusal.value.messages == [
        "This proposal cannot be answered any more. Please write to us."
    ]
    assert_unanswered(version, ("sent", "open", "lost"))


def test_answer_ends_the_draft_of_the_next_version(version: ProposalVersion) -> None:
    draft = drafting.revise_version(version=version, by=version.prepared_by)

    accept(version)

    assert statuses(draft) == ("withdrawn", "won", "won")


# ---- The link


def test_link_is_found_by_its_token_until_it_is_revoked(version: ProposalVersion) -> None:
    token = making.token_of(version)

    assert answering.find_link(token) == link_of(version)

    version.links.update(revoked_at=timezone.now())
    assert answering.find_link(token) is None
    assert answering.find_link(token[:-1]) is None
