import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

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
