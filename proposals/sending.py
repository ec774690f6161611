"""Sending a version: freeze its content, render the document, then mail the link."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from intake import deadlines, holding
from intake.models import Activity, Lead
from intake.sanctions import gating
from jobs import queue
from proposals import composing, content, linking, pdf
from proposals.models import LIVE, Document, Proposal, ProposalVersion, VersionStatus


@transaction.atomic
def send_version(
    *, version: ProposalVersion, by: User, free_is_meant: bool = False
) -> ProposalVersion:
    """Freeze a draft and ask for its document, which is mailed when it is rendered; an earlier version gives way.

    Lines that cost nothing, as new ones do until somebody prices them, leave only when that is meant. Raises
    ValidationError: code "free_lines" otherwise, "conflict" when it is no draft any more or the proposal is closed,
    "held" while somebody has to decide about the lead, "unscreened" when the client was not looked for on current
    sanctions lists, "closed" once the request is; else one error for each thing that is still missing.
    """
    proposal = Proposal.objects.select_for_update().get(pk=version.proposal_id)
    version = ProposalVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status != VersionStatus.DRAFT or proposal.status != Proposal.Status.OPEN:
        raise ValidationError("This version was sent or closed already.", code="conflict")
    # Before the rest, and locked: its client may be withdrawing it this moment.
    _refuse_closed(deadlines.locked(proposal.lead_id))
    holding.refuse_while_held(lead_id=proposal.lead_id)
    gating.refuse_unscreened(proposal.lead)
    _refuse_incomplete(version)
    if not free_is_meant:
        _refuse_free_lines(version)
    _supersede(proposal)
    _freeze(version)
    _ask_to_render_and_expire(version)
    text = f"{proposal.reference}, version {version.number}"
    Activity.objects.create(lead=proposal.lead, kind=Activity.Kind.PROPOSAL_SENT, text=text, by=by)
    deadlines.proposal_sent(lead=proposal.lead, by=by)
    return version


def free_lines(version: ProposalVersion) -> list[str]:
    """What the lines are called that cost nothing, in order."""
    rows = version.lines.filter(unit_price=0).order_by("position", "pk")
    return list(rows.values_list("description", flat=True))


def _refuse_closed(lead: Lead) -> None:
    if lead.closed_at:
        reason = lead.closing_reason or lead.get_status_display()
        raise ValidationError(f"The request is closed: {reason}.", code="closed")


def _refuse_incomplete(version: ProposalVersion) -> None:
    """Every problem at once."""
    problems = [
        ValidationError(text, code="incomplete")
        for is_missing, text in (
            (not version.title.strip(), "Give the proposal a title."),
            (not version.sections.exists(), "Write at least one section."),
            (not version.lines.exists(), "Add at least one price line."),
            (
                version.valid_until <= timezone.now(),
                "Set “valid until” to a time that is still to come.",
            ),
        )
        if is_missing
    ]
    for check in (composing.price, composing.text_blocks):
        try:
            check(version)
        except ValidationError as error:
            problems.extend(error.error_list)
    if problems:
        raise ValidationError(problems)


def _refuse_free_lines(version: ProposalVersion) -> None:
    if free := free_lines(version):
        raise ValidationError(
            f"These lines cost nothing: {'; '.join(free)}. Price them, or confirm that it is meant.",
            code="free_lines",
        )


def _supersede(proposal: Proposal) -> None:
    proposal.versions.filter(status__in=LIVE).update(
        status=VersionStatus.SUPERSEDED, closed_at=timezone.now()
    )


def _freeze(version: ProposalVersion) -> None:
    version.sent_at = timezone.now()
    frozen = content.freeze(composing.build_content(version))
    version.content = frozen.decode()
    version.content_sha256 = content.digest(frozen)
    version.status = VersionStatus.SENT
    version.save(update_fields=["sent_at", "content", "content_sha256", "status"])


def _ask_to_render_and_expire(version: ProposalVersion) -> None:
    key = f"version:{version.pk}"
    queue.enqueue(
        queue.Ask(kind="proposals.render", subject_id=version.pk, key=key),
        queue.Ask(
            kind="proposals.expire", subject_id=version.pk, key=key, run_at=version.valid_until
        ),
    )


def render_document(*, version_id: int) -> Callable[[], None] | None:
    """Render the PDF of a sent version and return what stores and mails it; None when it was done or erased."""
    version = ProposalVersion.objects.filter(pk=version_id).first()
    if version is None or not version.sent_at or Document.objects.filter(version=version).exists():
        return None
    rendered = pdf.render(version.content.encode())
    return lambda: _store_and_mail(version, rendered)


def _store_and_mail(version: ProposalVersion, rendered: bytes) -> None:
    """A version that was replaced or closed before it was rendered keeps its document and mails nothing."""
    Document.objects.create(
        version=version, pdf=rendered, sha256=content.digest(rendered), engine=pdf.engine()
    )
    version = ProposalVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status in LIVE:
        linking.issue_link(version)
