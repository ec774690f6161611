"""The client's private link: made, mailed, and closed when a new one takes its place."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts import private_links
from accounts.models import User
from intake.models import Activity
from mail import outbox
from proposals.models import LIVE, ClientLink, Document, ProposalVersion


@transaction.atomic
def mail_link(*, version: ProposalVersion, by: User) -> ClientLink:
    """Make a new private link to a live version, revoke the older ones, and mail it to the recipient.

    Raises ValidationError(code="conflict") when the version is not with the client, or not rendered yet.
    """
    version = ProposalVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status not in LIVE or not Document.objects.filter(version=version).exists():
        raise ValidationError(
            "Only a version that is with the client and rendered has a link.", code="conflict"
        )
    proposal = version.proposal
    text = f"{proposal.reference}, version {version.number}: a new link, the old one is closed"
    Activity.objects.create(lead=proposal.lead, kind=Activity.Kind.PROPOSAL_SENT, text=text, by=by)
    return issue_link(version)


def issue_link(version: ProposalVersion) -> ClientLink:
    """Make and mail a link to a version that the caller has locked, and revoke the older ones.

    Without the lock, of two links made at once both would stay open.
    """
    version.links.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
    token = secrets.token_urlsafe(32)
    link = ClientLink.objects.create(
        version=version,
        name=version.recipient_name,
        email=version.recipient_email,
        digest=private_links.digest(token),
    )
    outbox.queue_message(_letter(version, link, token))
    return link


def _letter(version: ProposalVersion, link: ClientLink, token: str) -> outbox.Letter:
    address = reverse("proposals:page", args=[token])
    return outbox.Letter(
        key=f"proposal-link:{link.pk}",
        template="proposals/mail/proposal",
        to_email=link.email,
        to_name=link.name,
        language=version.language,
        reference=version.proposal.lead.reference,
        private_url=f"{settings.SITE_URL}{address}",
        context={
            "full_name": link.name,
            "reference": version.proposal.reference,
            "valid_until": version.valid_until,
            "prepared_by": version.prepared_by.full_name,
        },
    )
