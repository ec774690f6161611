"""Telling advisers that a lead is theirs."""

from collections.abc import Mapping

from django.db import transaction

from intake import staff_letters
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
    lead = assignment.lead
    return staff_letters.about_lead(
        lead,
        assignment.adviser.user,
        key=f"notice:lead:{lead.pk}:assignment:{assignment.pk}",
        template="intake/mail/notice",
        request_id=request_id,
        is_urgent=lead.priority == Priority.URGENT,
    )
