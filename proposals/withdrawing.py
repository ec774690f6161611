"""Taking an offer back: nobody can accept it any more, and nobody goes on writing it."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake import leads
from intake.models import Lead
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
        withdraw_versions(proposal, (*UNSENT, *LIVE))
        proposal.status = Proposal.Status.WITHDRAWN
        proposal.save(update_fields=["status"])
    lost = leads.lose_lead(lead=lead, by=by, reason=reason)
    if is_open.exists():
        raise ValidationError(
            "A proposal was drafted for this lead just now. Look at it first.", code="conflict"
        )
    return lost


def withdraw_versions(proposal: Proposal, statuses: Collection[VersionStatus]) -> None:
    """Withdraw the versions in these statuses of a proposal that the caller has locked."""
    proposal.versions.filter(status__in=statuses).update(
        status=VersionStatus.WITHDRAWN, closed_at=timezone.now()
    )
