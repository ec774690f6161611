"""Taking an offer back: nobody can accept it any more, and nobody goes on writing it."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake import leads
from intake.models import Lead
from jobs import queue
from proposals.models import LIVE, UNSENT, Proposal, VersionStatus


@transaction.atomic
def lose_lead(*, lead: Lead, by: User, reason: str) -> Lead:
    """Close a lead that went elsewhere, and withdraw its open proposal with it.

    Raises ValidationError: code "required" without a reason, "conflict" when the lead cannot be lost now, or got a
    proposal at this very moment.
    """
    is_open = Proposal.objects.filter(lead=lead, status=Proposal.Status.OPEN)
    # The proposal before the lead, as everywhere: the client may be answering.
    for proposal in is_open.select_for_update():
        _withdraw(proposal)
    lost = leads.lose_lead(lead=lead, by=by, reason=reason)
    if is_open.exists():
        raise ValidationError(
            "A proposal was drafted for this lead just now. Look at it first.", code="conflict"
        )
    return lost


def ask_to_close(*, lead: Lead, **_: object) -> None:
    """Receive the news that a client withdrew a request."""
    queue.enqueue(queue.Ask("proposals.close_withdrawn", lead.pk, key=f"lead:{lead.pk}:withdrawn"))


@transaction.atomic
def close_withdrawn(*, lead_id: int) -> int:
    """Withdraw what was being written for a client who has withdrawn the request; return how many proposals."""
    is_open = Proposal.objects.filter(lead=lead_id, status=Proposal.Status.OPEN)
    found = list(is_open.filter(lead__closed_at__isnull=False).select_for_update(of=("self",)))
    for proposal in found:
        _withdraw(proposal)
    return len(found)


def _withdraw(proposal: Proposal) -> None:
    withdraw_versions(proposal, (*UNSENT, *LIVE))
    proposal.status = Proposal.Status.WITHDRAWN
    proposal.save(update_fields=["status"])


def withdraw_versions(proposal: Proposal, statuses: Collection[VersionStatus]) -> None:
    """Withdraw the versions in these statuses of a proposal that the caller has locked."""
    proposal.versions.filter(status__in=statuses).update(
        status=VersionStatus.WITHDRAWN, closed_at=timezone.now()
    )
