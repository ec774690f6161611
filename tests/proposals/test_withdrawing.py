import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from intake import after_sending
from intake.models import Lead
from proposals import drafting, withdrawing
from proposals.models import Proposal, ProposalVersion
from tests.proposals import making
from tests.proposals.making import adviser_of, make_draft, make_lead, make_sent
from tests.racing import Race, wait_for_blocked


def lose(lead: Lead, reason: str = "Went elsewhere.") -> Lead:
    return withdrawing.lose_lead(lead=lead, by=adviser_of(lead), reason=reason)


@pytest.mark.django_db
def test_losing_a_lead_withdraws_what_is_with_the_client_and_what_is_being_written() -> None:
    sent = make_sent()
    draft = drafting.revise_version(version=sent, by=sent.prepared_by)

    lead = lose(sent.proposal.lead)

    assert lead.closing_reason == "Went elsewhere."
    assert making.statuses(sent) == ("withdrawn", "withdrawn", "lost")
    assert making.statuses(draft) == ("withdrawn", "withdrawn", "lost")
    assert not ProposalVersion.objects.filter(closed_at__isnull=True).exists()


@pytest.mark.django_db
def test_versions_that_were_closed_before_stay_as_they_were() -> None:
    version = making.make_overdue()
    making.run_jobs("proposals.expire", version.pk)

    lose(version.proposal.lead)

    assert making.statuses(version) == ("expired", "withdrawn", "lost")


@pytest.mark.django_db
def test_lead_without_a_proposal_is_lost_too() -> None:
    lead = make_lead()

    assert lose(lead).status == "lost"


@pytest.mark.django_db
def test_without_a_reason_the_proposal_stays_open() -> None:
    version = make_sent()

    with pytest.raises(ValidationError) as refusal:
        lose(version.proposal.lead, "  ")

    assert refusal.value.code == "required"
    assert making.statuses(version) == ("sent", "open", "proposal")


@pytest.mark.django_db
def test_lead_that_is_won_cannot_be_lost() -> None:
    version = make_sent()
    making.accept(version)

    with pytest.raises(ValidationError) as refusal:
        lose(version.proposal.lead)

    assert refusal.value.code == "conflict"
    assert making.statuses(version) == ("accepted", "won", "won")


@pytest.mark.django_db(transaction=True)
def test_proposal_drafted_at_the_same_moment_is_not_left_open_on_a_lost_lead() -> None:
    lead = make_lead()

    with transaction.atomic():
        Lead.objects.select_for_update().get(pk=lead.pk)
        running = Race(
            lambda: making.outcome(lambda: make_draft(lead)),
            lambda: making.outcome(lambda: lose(lead)),
        )
        wait_for_blocked(2)

    drafted, lost = running.results()
    assert "done" in (drafted, lost)
    lead.refresh_from_db()
    is_open = Proposal.objects.filter(status="open").exists()
    assert (lead.status, is_open) in {("proposal", True), ("lost", False)}


# ---- The client withdraws


def withdraw(lead: Lead) -> None:
    after_sending.withdraw_request(lead=lead)


def close_withdrawn(lead: Lead) -> list[str]:
    return making.run_jobs("proposals.close_withdrawn", lead.pk)


@pytest.mark.django_db
def test_what_was_being_written_for_a_client_who_withdraws_is_withdrawn_once() -> None:
    draft = make_draft()
    lead = draft.proposal.lead

    withdraw(lead)
    withdraw(lead)

    assert close_withdrawn(lead) == ["done"]
    assert making.statuses(draft) == ("withdrawn", "withdrawn", "lost")
    assert withdrawing.close_withdrawn(lead_id=lead.pk) == 0


@pytest.mark.django_db
def test_nothing_is_sent_to_a_client_who_has_withdrawn() -> None:
    draft = make_draft()
    withdraw(draft.proposal.lead)

    with pytest.raises(ValidationError) as refusal:
        making.send(draft)

    assert refusal.value.messages == ["The request is closed: Withdrawn by the client."]
    assert refusal.value.code == "closed"
    assert making.statuses(draft) == ("draft", "open", "lost")


@pytest.mark.django_db
def test_a_proposal_that_expired_keeps_no_client_from_withdrawing() -> None:
    version = making.make_overdue()
    making.run_jobs("proposals.expire", version.pk)
    lead = version.proposal.lead

    withdraw(lead)

    assert close_withdrawn(lead) == ["done"]
    assert making.statuses(version) == ("expired", "withdrawn", "lost")


@pytest.mark.django_db(transaction=True)
def test_of_sending_and_withdrawing_at_the_same_moment_one_is_refused() -> None:
    draft = make_draft()
    lead = draft.proposal.lead

    with transaction.atomic():
        Lead.objects.select_for_update().get(pk=lead.pk)
        running = Race(
            lambda: making.outcome(lambda: making.send(draft)),
            lambda: making.outcome(lambda: withdraw(lead)),
        )
        wait_for_blocked(2)

    sent, withdrawn = running.results()
    lead.refresh_from_db()
    assert (sent, withdrawn, lead.status) in {
        ("done", "proposal", "proposal"),
        ("closed", "done", "lost"),
    }
