"""Telling the client that a promise got later."""

from intake import acknowledging, after_sending, client_promise, speaking, submission
from intake.models import Deadline, DeadlineChange, Stage
from mail import outbox


def tell_promise(*, change_id: int) -> None:
    """Queue the mail that tells the client of a later time, once for each change that is still the last word."""
    found = DeadlineChange.objects.select_related("deadline__lead__enquiry", "deadline__policy")
    change = found.get(pk=change_id)
    deadline = change.deadline
    is_over = deadline.state in (Deadline.State.MET, Deadline.State.CANCELLED)
    if is_over or deadline.lead.closed_at or deadline.due_at != change.due_after:
        return
    outbox.queue_message(_letter(change, deadline))


def _letter(change: DeadlineChange, deadline: Deadline) -> outbox.Letter:
    lead, enquiry = deadline.lead, deadline.lead.enquiry
    contact, language = after_sending.contact_of(lead), speaking.language_for(enquiry)
    name = acknowledging.name_to_greet(contact.full_name)
    assert change.due_before is not None
    return outbox.Letter(
        key=f"promise:change:{change.pk}",
        template="intake/mail/promise",
        to_email=contact.email,
        to_name=name,
        language=language,
        reference=lead.reference,
        private_url=submission.status_url(submission.status_token(lead)),
        context={
            "reference": lead.reference,
            "full_name": name,
            "is_proposal": deadline.stage == Stage.PROPOSAL,
            "before": client_promise.in_words(change.due_before, enquiry.country, language),
            "when": client_promise.in_words(change.due_after, enquiry.country, language),
        },
    )
