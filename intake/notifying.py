"""Telling advisers that a lead is theirs."""

from collections.abc import Mapping

from django.db import transaction

from intake import staff_links
from intake.models import Assignment, Priority
from mail import outbox


@transaction.atomic
def notify_owners(*, because_of: Mapping[int, str]) -> None:
    """Queue the notice to whoever owns a lead by each of these assignments; none for what has ended meanwhile.

    It holds the reference and a link, nothing that the client wrote. `because_of` names by assignment the id of the
    request that brought it, for the log.
    """
    standing = Assignment.objects.filter(pk__in=[*because_of], ended_at=None).order_by("pk")
    outbox.queue_messages(
        [
            _letter(assignment, because_of[assignment.pk])
            for assignment in standing.select_related("adviser__user", "lead")
        ]
    )


def _letter(assignment: Assignment, request_id: str) -> outbox.Letter:
    lead, user = assignment.lead, assignment.adviser.user
    return outbox.Letter(
        key=f"notice:lead:{lead.pk}:assignment:{assignment.pk}",
        template="intake/mail/notice",
        to_email=user.email,
        to_name=user.full_name,
        reference=lead.reference,
        request_id=request_id,
        context={
            "reference": lead.reference,
            "lead_url": staff_links.lead_url(lead.pk),
            "is_urgent": lead.priority == Priority.URGENT,
        },
    )
