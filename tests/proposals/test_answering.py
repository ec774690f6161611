from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from intake import leads
from intake.models import Activity, Lead
from jobs.models import Job
from mail.models import Message
from proposals import answering, drafting, withdrawing
from proposals.models import Acceptance, Decline, Proposal, ProposalVersion
from tests.proposals import making
from tests.proposals.making import (
    accept,
    decline,
    link_of,
    make_overdue,
    make_sent,
    outcome,
    run_jobs,
    send,
    statuses,
)
from tests.racing import Race, wait_for_blocked

SENT = ("sent", "open", "proposal")
WON = ("accepted", "won", "won")
LOST = ("declined", "lost", "lost")


def messages() -> list[tuple[str, str]]:
    """Template and reader of every message after the one with the link."""
    found = Message.objects.exclude(template="proposals/mail/proposal").order_by("pk")
    return list(found.values_list("template", "to_email"))


def assert_unanswered(version: ProposalVersion, expected: tuple[str, str, str] = SENT) -> None:
    assert statuses(version) == expected
    assert not Acceptance.objects.exists()
    assert not Decline.objects.exists()
    assert messages() == []


# ---- Yes


@pytest.mark.django_db
def test_acceptance_keeps_who_to_what_and_in_which_words() -> None:
    version = make_sent()

    acceptance = accept(version, full_name=" Aïcha Example ", job_title="Head of transport")

    assert (acceptance.full_name, acceptance.job_title) == ("Aïcha Example", "Head of transport")
    assert acceptance.content_sha256 == version.content_sha256
    assert acceptance.pdf_sha256 == version.document.sha256
    assert acceptance.link == link_of(version)
    assert acceptance.consent_text == str(answering.CONSENT)


@pytest.mark.django_db
def test_acceptance_moves_version_proposal_and_lead() -> None:
    version = make_sent()

    accept(version)

    assert statuses(version) == WON
    lead = Lead.objects.get()
    assert lead.closed_at is not None
    activity = Activity.objects.latest("pk")
    assert (activity.kind, activity.by) == ("proposal_accepted", None)
    assert activity.text == (
        f"proposal → won: {version.proposal.reference}, version 1, by Aïcha Example"
    )


@pytest.mark.django_db
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


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [accept, decline])
def test_mail_to_the_adviser_holds_nothing_of_the_client(
    answer: Callable[[ProposalVersion], object],
) -> None:
    version = make_sent()

    answer(version)

    message = Message.objects.get(template="proposals/mail/outcome")
    said = message.subject + message.text + message.html
    for private in (version.recipient_name, version.recipient_email, "Aïcha", "Sahel", "Gao"):
        assert private not in said
    assert version.proposal.reference in message.subject
    assert f"http://localhost:8000/staff/intake/lead/{version.proposal.lead_id}/change/" in said


@pytest.mark.django_db
def test_consent_is_kept_in_the_language_in_which_it_was_shown() -> None:
    acceptance = accept(make_sent(language="fr"))

    assert acceptance.consent_text.startswith("J’accepte cette proposition")


# ---- No


@pytest.mark.django_db
def test_decline_keeps_the_reason_and_moves_version_proposal_and_lead() -> None:
    version = make_sent()

    given = decline(version, " Too dear. ")

    assert (given.reason, given.link) == ("Too dear.", link_of(version))
    assert statuses(version) == LOST
    reason = f"{version.proposal.reference}, version 1, Too dear."
    assert Lead.objects.get().closing_reason == reason
    assert Activity.objects.latest("pk").kind == "proposal_declined"
    assert messages() == [("proposals/mail/outcome", version.prepared_by.email)]


@pytest.mark.django_db
def test_decline_needs_no_reason() -> None:
    version = make_sent()

    decline(version)

    assert Decline.objects.get().reason == ""
    assert Lead.objects.get().closing_reason == f"{version.proposal.reference}, version 1"


# ---- Refusals


@pytest.mark.django_db
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
def test_acceptance_needs_a_name_and_consent(changes: dict, fields: set[str]) -> None:
    version = make_sent()

    with pytest.raises(ValidationError) as refusal:
        accept(version, **changes)

    assert refusal.value.message_dict.keys() == fields
    assert_unanswered(version)


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["x" * 5001, "hidden \x07"])
def test_reason_that_cannot_be_kept_is_refused(reason: str) -> None:
    version = make_sent()

    with pytest.raises(ValidationError) as refusal:
        decline(version, reason)

    assert refusal.value.message_dict.keys() == {"reason"}
    assert_unanswered(version)


@pytest.mark.django_db
@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_acceptance_of_another_text_is_refused(digest: str) -> None:
    version = make_sent()

    with pytest.raises(ValidationError) as refusal:
        accept(version, content_sha256=digest)

    assert refusal.value.code == "conflict"
    assert_unanswered(version)


@pytest.mark.django_db
@pytest.mark.parametrize("first", [accept, decline])
@pytest.mark.parametrize("second", [accept, decline])
def test_second_answer_is_refused_and_changes_nothing(
    first: Callable[[ProposalVersion], object], second: Callable[[ProposalVersion], object]
) -> None:
    version = make_sent()
    first(version)
    before = (statuses(version), messages(), Activity.objects.count(), Job.objects.count())

    with pytest.raises(ValidationError) as refusal:
        second(version)

    assert refusal.value.code == "conflict"
    after = (statuses(version), messages(), Activity.objects.count(), Job.objects.count())
    assert after == before
    assert Acceptance.objects.count() + Decline.objects.count() == 1


@pytest.mark.django_db
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


@pytest.mark.django_db
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


@pytest.mark.django_db
def test_client_does_not_read_how_staff_sort_a_lead() -> None:
    version = make_sent()
    leads.lose_lead(lead=version.proposal.lead, by=version.prepared_by, reason="No answer.")

    with pytest.raises(ValidationError) as refusal:
        accept(version)

    assert refusal.value.code == "conflict"
    assert refusal.value.messages == [
        "This proposal cannot be answered any more. Please write to us."
    ]
    assert_unanswered(version, ("sent", "open", "lost"))


@pytest.mark.django_db
def test_answer_ends_the_draft_of_the_next_version() -> None:
    version = make_sent()
    draft = drafting.revise_version(version=version, by=version.prepared_by)

    accept(version)

    assert statuses(draft) == ("withdrawn", "won", "won")


# ---- Both at the same moment


def race_answers(version: ProposalVersion, *verbs: Callable[[], object]) -> list[str]:
    """Start the verbs behind a lock on the proposal; let them go together; what came of each."""
    with transaction.atomic():
        Proposal.objects.select_for_update().get(pk=version.proposal_id)
        running = Race(*[lambda verb=verb: outcome(verb) for verb in verbs])
        wait_for_blocked(len(verbs))
    return running.results()


@pytest.mark.django_db(transaction=True)
def test_of_two_acceptances_at_once_one_counts() -> None:
    version = make_sent()

    came = race_answers(version, lambda: accept(version), lambda: accept(version))

    assert sorted(came) == ["conflict", "done"]
    assert statuses(version) == WON
    assert Acceptance.objects.count() == 1
    assert len(messages()) == 2


@pytest.mark.django_db(transaction=True)
def test_of_acceptance_and_decline_at_once_one_counts() -> None:
    version = make_sent()

    accepted, declined = race_answers(version, lambda: accept(version), lambda: decline(version))

    assert {accepted, declined} == {"done", "conflict"}
    assert statuses(version) == (WON if accepted == "done" else LOST)
    assert Acceptance.objects.count() == (accepted == "done")
    assert Decline.objects.count() == (declined == "done")


@pytest.mark.django_db(transaction=True)
def test_of_acceptance_and_the_next_version_at_once_one_counts() -> None:
    version = make_sent()
    draft = drafting.revise_version(version=version, by=version.prepared_by)

    accepted, sent = race_answers(version, lambda: accept(version), lambda: send(draft))

    assert {accepted, sent} == {"done", "conflict"}
    superseded = ("superseded", "open", "proposal")
    assert statuses(version) == (WON if accepted == "done" else superseded)
    assert statuses(draft)[0] == ("withdrawn" if accepted == "done" else "sent")


@pytest.mark.django_db(transaction=True)
def test_of_acceptance_and_giving_up_at_once_one_counts() -> None:
    version = make_sent()
    lead, by = version.proposal.lead, version.prepared_by

    accepted, given_up = race_answers(
        version,
        lambda: accept(version),
        lambda: withdrawing.lose_lead(lead=lead, by=by, reason="No answer."),
    )

    assert {accepted, given_up} == {"done", "conflict"}
    assert statuses(version) == (WON if accepted == "done" else ("withdrawn", "withdrawn", "lost"))


@pytest.mark.django_db(transaction=True)
def test_expiry_and_the_next_version_at_once_leave_one_live() -> None:
    version = make_overdue()
    draft = drafting.revise_version(version=version, by=version.prepared_by)
    ProposalVersion.objects.filter(pk=draft.pk).update(
        valid_until=timezone.now() + timedelta(days=1)
    )

    came = race_answers(
        version,
        lambda: answering.expire_version(version_id=version.pk),
        lambda: send(draft),
    )

    assert came == ["done", "done"]
    assert statuses(version)[0] in ("expired", "superseded")
    assert statuses(draft) == SENT


# ---- No answer in time


@pytest.mark.django_db
def test_job_closes_a_version_whose_time_is_over() -> None:
    version = make_overdue()

    assert run_jobs("proposals.expire", version.pk) == ["done"]

    assert statuses(version) == ("expired", "open", "proposal")
    assert ProposalVersion.objects.get().closed_at is not None
    activity = Activity.objects.latest("pk")
    assert (activity.kind, activity.text) == (
        "proposal_expired",
        f"{version.proposal.reference}, version 1",
    )
    assert messages() == [("proposals/mail/outcome", version.prepared_by.email)]


@pytest.mark.django_db
def test_job_waits_for_the_instant_until_which_the_version_is_valid() -> None:
    version = make_sent()

    job = Job.objects.get(kind="proposals.expire")
    assert job.run_at == version.valid_until
    assert run_jobs("proposals.expire", version.pk) == ["pending"]


@pytest.mark.django_db
def test_version_that_may_still_be_answered_does_not_expire() -> None:
    version = make_sent()

    assert answering.expire_version(version_id=version.pk) is False

    assert_unanswered(version)


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "expected"), [(accept, WON), (decline, LOST)])
def test_answered_version_does_not_expire(
    answer: Callable[[ProposalVersion], object], expected: tuple[str, str, str]
) -> None:
    with making.last_month():
        version = make_sent()
        answer(version)
    before = messages()

    assert answering.expire_version(version_id=version.pk) is False

    assert statuses(version) == expected
    assert messages() == before


@pytest.mark.django_db
def test_version_expires_once() -> None:
    version = make_overdue()

    assert answering.expire_version(version_id=version.pk) is True
    assert answering.expire_version(version_id=version.pk) is False

    assert Activity.objects.filter(kind="proposal_expired").count() == 1


# ---- The link


@pytest.mark.django_db
def test_link_is_found_by_its_token_until_it_is_revoked() -> None:
    version = make_sent()
    token = making.token_of(version)

    assert answering.find_link(token) == link_of(version)

    version.links.update(revoked_at=timezone.now())
    assert answering.find_link(token) is None
    assert answering.find_link(token[:-1]) is None
