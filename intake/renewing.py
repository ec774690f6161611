"""Another link to the status page in place of one that somebody else may know, as for proposals."""

import uuid

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts import private_links
from accounts.models import User
from intake import acknowledging, after_sending, deadlines, matching, screening, submission
from intake.models import Activity, Lead
from mail import outbox

_CLOSED = "Not sent: the link in it was closed."


@transaction.atomic
def renew_link(*, lead: Lead, by: User, shown: str = "") -> None:
    """Close the link to a request's status page; while the request is open, or what does its work, mail its client
    another.

    Whoever has the old one finds what a wrong one shows. Acknowledgements that wait with it are called off; other mails
    that wait for the client leave with the new one, but for those to an address that was corrected. `shown` is what the
    page showed (`seen`); "" shows nothing.

    Raises ValidationError: code "erased" once the person is, "held_back" while it is held back, "conflict" when the
    link that the page was about is closed.
    """
    lead = deadlines.locked_of([lead.pk])[0]
    _refuse(lead)
    if shown and shown != seen(lead):
        raise ValidationError(
            "That link is closed already. Look at the messages: another may be on its way.",
            code="conflict",
        )
    email = after_sending.contact_of(lead).email
    others = acknowledging.with_link(lead).filter(to_email=email)
    lead.link_seed = uuid.uuid4()
    token = private_links.make_token(submission.STATUS_PAGE, lead.link_seed)
    lead.link_digest = private_links.digest(token)
    lead.save(update_fields=["link_seed", "link_digest"])
    Activity.objects.create(lead=lead, kind=Activity.Kind.LINK_CLOSED, by=by)
    outbox.call_off(acknowledging.to_all(lead), _CLOSED)
    outbox.relink(others, submission.status_url(token))
    if mails_another(lead):
        acknowledging.send_again(lead)


def mails_another(lead: Lead) -> bool:
    """Whether the client gets another link: not of what is closed, nor who was held back as spam."""
    is_open = matching.live(lead).closed_at is None
    return is_open and bool(screening.passing([lead.pk]))


def seen(lead: Lead) -> str:
    """Which link a page was about, for the form that it offers to give back; nothing opens by it."""
    return lead.link_digest[:16]


def _refuse(lead: Lead) -> None:
    if lead.erased_at:
        raise ValidationError("The request is erased.", code="erased")
    if not screening.passing([lead.pk]) and not lead.closed_at:
        raise ValidationError(
            "It is held back: its address may be anybody's. Release it first.", code="held_back"
        )
