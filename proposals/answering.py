"""The client's answer: yes, no, or none in time. Version, proposal and lead move together or not at all."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import private_links, text_rules
from intake import leads, owning, staff_letters
from intake.models import Activity, Status
from mail import outbox
from mail.models import Message
from proposals import withdrawing
from proposals.models import (
    LIVE,
    UNSENT,
    Acceptance,
    ClientLink,
    Decline,
    Proposal,
    ProposalVersion,
    VersionStatus,
)

CONSENT = gettext_lazy(
    "I accept this proposal for the organisation that it names or for myself, and I may do so."
)


@dataclass(frozen=True)
class Signature:
    """Who accepts, and what they had before their eyes."""

    full_name: str
    job_title: str
    has_consented: bool
    content_sha256: str


def consent_text(language: str) -> str:
    """What a client agrees to, word for word, as a version in this language shows it."""
    with translation.override(language):
        return str(CONSENT)


def find_link(token: str) -> ClientLink | None:
    """The link of this token unless it was revoked; unknown, foreign and revoked look alike."""
    return (
        ClientLink.objects.select_related("version__proposal__lead", "version__document")
        .defer("version__document__pdf")
        .filter(digest=private_links.digest(token), revoked_at__isnull=True)
        .first()
    )


@transaction.atomic
def accept_version(*, link: ClientLink, token: str, signature: Signature) -> Acceptance:
    """Record the acceptance; the version is accepted, the proposal and its lead are won, both sides get a mail.

    `token` is the one that opened the link: only its digest is kept, and the client's mail leads back there.
    Raises ValidationError: field errors for the name and the consent, code "conflict" when the version is not open
    any more or not the one that was shown.
    """
    _refuse_unsigned(signature)
    version = _locked_open_version(link)
    if signature.content_sha256 != version.content_sha256:
        raise ValidationError(
            _("This is not the version that you were shown. Open the link again."),
            code="conflict",
        )
    acceptance = Acceptance.objects.create(
        version=version,
        link=link,
        full_name=signature.full_name.strip(),
        job_title=signature.job_title.strip(),
        consent_text=consent_text(version.language),
        content_sha256=version.content_sha256,
        pdf_sha256=version.document.sha256,
    )
    _close(version, VersionStatus.ACCEPTED, Proposal.Status.WON)
    _tell(version, Status.WON, Activity.Kind.PROPOSAL_ACCEPTED, f"by {acceptance.full_name}")
    _confirm(version, link, token)
    return acceptance


@transaction.atomic
def decline_version(*, link: ClientLink, reason: str) -> Decline:
    """Record the client's no; the version is declined, the proposal and its lead are lost, the adviser hears of it.

    Raises ValidationError: a field error for the reason, code "conflict" when the version is not open any more.
    """
    _check({"reason": reason}, limit=5000)
    version = _locked_open_version(link)
    decline = Decline.objects.create(version=version, link=link, reason=reason.strip())
    _close(version, VersionStatus.DECLINED, Proposal.Status.LOST)
    _tell(version, Status.LOST, Activity.Kind.PROPOSAL_DECLINED, decline.reason)
    return decline


@transaction.atomic
def expire_version(*, version_id: int) -> bool:
    """Close a live version whose time is over; False when it was answered, replaced, withdrawn or erased before.

    The proposal stays open: the next version may follow.
    """
    found = ProposalVersion.objects.select_related("proposal__lead").filter(pk=version_id)
    version = found.first()
    if version is None:
        return False
    Proposal.objects.select_for_update().get(pk=version.proposal_id)
    # The database's clock, by which the job was due: by a worker's own clock it might be a second early.
    over = ProposalVersion.objects.live().filter(pk=version_id, valid_until__lte=Now())
    if not over.update(status=VersionStatus.EXPIRED, closed_at=Now()):
        return False
    text = f"{version.proposal.reference}, version {version.number}"
    Activity.objects.create(
        lead=version.proposal.lead, kind=Activity.Kind.PROPOSAL_EXPIRED, text=text
    )
    _tell_adviser(version, "expired")
    return True


def _refuse_unsigned(signature: Signature) -> None:
    errors: dict[str, ValidationError | str] = {}
    if not signature.full_name.strip():
        errors["full_name"] = _("Enter your full name")
    if not signature.has_consented:
        errors["consent"] = _("Tick the box if you accept")
    if errors:
        raise ValidationError(errors)
    _check({"full_name": signature.full_name, "job_title": signature.job_title}, limit=200)


def _check(texts: dict[str, str], *, limit: int) -> None:
    for name, text in texts.items():
        if len(text) > limit:
            problem = _("Shorten this to %(limit)d characters or fewer; it has %(length)d now.")
            raise ValidationError({name: problem % {"limit": limit, "length": len(text)}})
        try:
            text_rules.refuse_hidden_characters(text)
        except ValidationError as error:
            raise ValidationError({name: error}) from error


def _locked_open_version(link: ClientLink) -> ProposalVersion:
    """Lock the proposal, then read: whoever comes second finds what the first one left."""
    Proposal.objects.select_for_update().get(pk=link.version.proposal_id)
    version = ProposalVersion.objects.select_related("proposal__lead", "document").get(
        pk=link.version_id
    )
    if version.status not in LIVE:
        raise ValidationError(
            _("This proposal was answered, replaced or closed already."), code="conflict"
        )
    if not version.is_open:
        raise ValidationError(_("The time to answer this proposal is over."), code="conflict")
    return version


def _close(version: ProposalVersion, status: VersionStatus, outcome: Proposal.Status) -> None:
    """Close the version and its proposal; a draft of the next version is of no use any more."""
    withdrawing.withdraw_versions(version.proposal, UNSENT)
    version.status = status
    version.closed_at = timezone.now()
    version.save(update_fields=["status", "closed_at"])
    Proposal.objects.filter(pk=version.proposal_id).update(status=outcome)


def _tell(
    version: ProposalVersion,
    lead_status: Status,
    activity: Activity.Kind,
    detail: str,
) -> None:
    reason = f"{version.proposal.reference}, version {version.number}, {detail}".rstrip(", ")
    lead = version.proposal.lead
    try:
        leads.move_lead(lead=lead, to=lead_status, by=None, reason=reason, activity=activity)
    except ValidationError as error:
        # What it says is for staff; a client need not read how we sort them.
        problem = _("This proposal cannot be answered any more. Please write to us.")
        raise ValidationError(problem, code="conflict") from error
    _tell_adviser(version, version.status)


def _tell_adviser(version: ProposalVersion, outcome: str) -> None:
    """The notice holds the reference and the outcome, nothing that the client wrote."""
    lead = version.proposal.lead
    for number, user in enumerate(owning.who_work(lead)):
        outbox.queue_message(
            staff_letters.about_lead(
                lead,
                user,
                key=f"version:{version.pk}:{outcome}:adviser{f':{user.pk}' if number else ''}",
                template="proposals/mail/outcome",
                reference=version.proposal.reference,
                outcome=outcome,
            )
        )


def confirmation_of(version: ProposalVersion) -> Message | None:
    """The mail that tells the client of their acceptance, as it was sent last; None once it is not kept any more."""
    key = _confirmation_key(version)
    mine = Message.objects.filter(Q(key=key) | Q(key__startswith=f"{key}:to:"))
    return mine.order_by("-pk").first()


def _confirmation_key(version: ProposalVersion) -> str:
    return f"version:{version.pk}:accepted:client"


def _confirm(version: ProposalVersion, link: ClientLink, token: str) -> None:
    outbox.queue_message(
        outbox.Letter(
            key=_confirmation_key(version),
            template="proposals/mail/accepted",
            to_email=link.email,
            to_name=link.name,
            language=version.language,
            reference=version.proposal.lead.reference,
            private_url=f"{settings.SITE_URL}{reverse('proposals:page', args=[token])}",
            context={
                "full_name": link.name,
                "reference": version.proposal.reference,
                "pdf_sha256": version.document.sha256,
            },
        )
    )
