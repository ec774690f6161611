"""Answers at the same moment: one counts, whichever comes first."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from proposals import answering, drafting, withdrawing
from proposals.models import Acceptance, Decline, Proposal, ProposalVersion
from tests.proposals.making import (
    accept,
    decline,
    make_overdue,
    make_sent,
    outcome,
    send,
    statuses,
)
from tests.proposals.outcomes import LOST, SENT, WON, messages
from tests.proposals.visiting import sign
from tests.racing import Race, wait_for_blocked


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


@pytest.mark.django_db(transaction=True)
def test_double_click_accepts_once(client: Client) -> None:
    version = make_sent()

    with transaction.atomic():
        Proposal.objects.select_for_update().get()
        clicks = Race(*[lambda: sign(Client(), version).status_code] * 2)
        wait_for_blocked(2)

    assert sorted(clicks.results()) == [303, 409]
    assert Acceptance.objects.count() == 1
