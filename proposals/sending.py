"""Sending a version: freeze its content, render the document, mail the private link."""

import secrets
from collections.abc import Callable
from itertools import chain
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from briefs.models import Brief
from intake import private_links
from intake.models import Activity
from jobs import queue
from mail import outbox
from proposals import citing, content, pdf, pricing, schema
from proposals.models import (
    LIVE,
    ClientLink,
    Document,
    LineItem,
    Proposal,
    ProposalVersion,
    Section,
    VersionStatus,
)


@transaction.atomic
def send_version(*, version: ProposalVersion, by: User) -> ProposalVersion:
    """Freeze a draft and ask for its document, which is mailed when it is rendered; an earlier version gives way.

    Raises ValidationError: code "conflict" when it is no draft any more or the proposal is closed; else one
    error for each thing that is still missing.
    """
    proposal = Proposal.objects.select_for_update().get(pk=version.proposal_id)
    version = ProposalVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.status != VersionStatus.DRAFT or proposal.status != Proposal.Status.OPEN:
        raise ValidationError("This version was sent or closed already.", code="conflict")
    _refuse_incomplete(version)
    _supersede(proposal)
    version.sent_at = timezone.now()
    frozen = content.freeze(build_content(version))
    version.content = frozen.decode()
    version.content_sha256 = content.digest(frozen)
    version.status = VersionStatus.SENT
    version.save(update_fields=["sent_at", "content", "content_sha256", "status"])
    queue.enqueue(
        queue.Ask(kind="proposals.render", subject_id=version.pk, key=f"version:{version.pk}"),
        queue.Ask(
            kind="proposals.expire",
            subject_id=version.pk,
            key=f"version:{version.pk}",
            run_at=version.valid_until,
        ),
    )
    text = f"{proposal.reference}, version {version.number}"
    Activity.objects.create(lead=proposal.lead, kind=Activity.Kind.PROPOSAL_SENT, text=text, by=by)
    return version


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
    for check in (price, _text_blocks):
        try:
            check(version)
        except ValidationError as error:
            problems.extend(error.error_list)
    if problems:
        raise ValidationError(problems)


def price(version: ProposalVersion) -> pricing.Priced:
    """The lines of a draft, priced; raises ValidationError naming the line that cannot be offered."""
    return pricing.price(
        [_line(line) for line in version.lines.order_by("position", "pk")], version.currency
    )


def _line(line: LineItem) -> pricing.Line:
    return pricing.Line(
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
        tax_label=line.tax_label,
    )


def _supersede(proposal: Proposal) -> None:
    proposal.versions.filter(status__in=LIVE).update(
        status=VersionStatus.SUPERSEDED, closed_at=timezone.now()
    )


def build_content(version: ProposalVersion) -> schema.Content:
    """Everything that the client's page and the PDF show of a version; they are made from this and nothing else.

    It says what the draft says. What the client wrote and the briefs are in its text as far as the author left them
    there, so the request is named without its words, and briefs are those that the text links to.
    """
    lead = version.proposal.lead
    enquiry = lead.enquiry
    *section_blocks, terms = _text_blocks(version)
    priced = price(version)
    return {
        "schema": 1,
        "reference": version.proposal.reference,
        "version": version.number,
        "title": version.title,
        "language": cast(Any, version.language),  # the choices of the field
        "currency": version.currency,
        "prepared_for": {
            "name": version.recipient_name,
            "organisation": enquiry.organisation,
            "job_title": enquiry.job_title,
        },
        "prepared_by": {
            "name": version.prepared_by.full_name,
            "email": version.prepared_by.email,
            "title": version.prepared_by.job_title,
        },
        "issued_at": version.sent_at or timezone.now(),
        "valid_until": version.valid_until,
        "request": {
            "reference": lead.reference,
            "received_at": enquiry.received_at,
            "needs": "",
        },
        "briefs": [_brief(brief) for brief in citing.cited(list(chain(*section_blocks)))],
        "sections": [
            {"id": str(s.stable_id), "heading": s.heading, "blocks": blocks}
            for s, blocks in zip(_sections(version), section_blocks, strict=True)
        ],
        "lines": _lines(version, priced),
        "totals": _totals(priced),
        "terms": terms,
        "house": cast(schema.House, dict(settings.HOUSE)),
    }


def _sections(version: ProposalVersion) -> list[Section]:
    return list(version.sections.order_by("position", "pk"))


def _text_blocks(version: ProposalVersion) -> list[list[schema.Block]]:
    """The blocks of each section in order, then those of the terms; raises ValidationError."""
    texts = [section.body for section in _sections(version)]
    return [content.blocks(text) for text in (*texts, version.terms)]


def _brief(brief: Brief) -> schema.Brief:
    return {
        "title": brief.title,
        "reference": brief.reference or "",
        "url": f"{settings.SITE_URL}{brief.get_absolute_url()}",
        "published_at": brief.published_at or timezone.now(),
    }


def _lines(version: ProposalVersion, priced: pricing.Priced) -> list[schema.LineItem]:
    lines = zip(version.lines.order_by("position", "pk"), priced.lines, strict=True)
    return [
        {
            "id": str(row.stable_id),
            "description": line.description,
            "quantity": line.quantity,
            "unit": line.unit,
            "unit_price": line.unit_price,
            "tax_rate": line.tax_rate,
            "tax_label": line.tax_label,
            "net": line.net,
        }
        for row, line in lines
    ]


def _totals(priced: pricing.Priced) -> schema.Totals:
    totals = priced.totals
    return {
        "net": totals.net,
        "taxes": [
            {"label": tax.label, "rate": tax.rate, "base": tax.base, "amount": tax.amount}
            for tax in totals.taxes
        ],
        "total": totals.total,
        "policy": priced.policy,
    }


def render_document(*, version_id: int) -> Callable[[], None] | None:
    """Render the PDF of a sent version and return what stores and mails it; None when that was done before."""
    version = ProposalVersion.objects.get(pk=version_id)
    if not version.sent_at or Document.objects.filter(version=version).exists():
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
        _issue_link(version)


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
    return _issue_link(version)


def _issue_link(version: ProposalVersion) -> ClientLink:
    """Needs the lock on the version: of two links made at once, one would stay open unseen."""
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
