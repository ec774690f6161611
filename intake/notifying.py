"""Telling advisers that a lead is theirs."""

from collections.abc import Mapping

from django.db import transaction

from briefs import prepared
from intake import staff_letters
from intake.models import Assignment, Priority
from mail import outbox


@transaction.atomic
def notify_owners(*, because_of: Mapping[int, str]) -> None:
    """Queue the notice to whoever owns a lead by each of these assignments; none for what has ended meanwhile.

    It holds the reference and a link, nothing that the client wrote. `because_of` names by assignment the id of the
    request that brought it, for the log.
    """
    standing = _STANDING.read(pks=prepared.listed(because_of)).objects()
    outbox.queue_messages([_letter(one, because_of[one.pk]) for one in standing])


_TOLD = ("lead__reference", "lead__priority", "adviser__user__email", "adviser__user__full_name")
_STANDING = prepared.Prepared(
    lambda pks: (
        Assignment.objects.filter(prepared.among("intake_assignment.id", pks), ended_at=None)
        .select_related("adviser__user", "lead")
        .only(*_TOLD)
        .order_by("pk")
    ),
    pks=prepared.NUMBERS,
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
