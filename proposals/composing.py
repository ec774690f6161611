"""What a version says, from the rows of its draft: the one source of page, PDF and digest."""

from itertools import chain
from typing import Any, cast

from django.conf import settings
from django.utils import timezone

from briefs.models import Brief
from proposals import citing, content, pricing, schema
from proposals.models import LineItem, ProposalVersion, Section


def build_content(version: ProposalVersion) -> schema.Content:
    """Everything that the client's page and the PDF show of a version; they are made from this and nothing else.

    It says what the draft says. What the client wrote and the briefs are in its text as far as the author left them
    there, so the request is named without its words, and briefs are those that the text links to.
    """
    lead = version.proposal.lead
    enquiry = lead.enquiry
    *section_blocks, terms = text_blocks(version)
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


def text_blocks(version: ProposalVersion) -> list[list[schema.Block]]:
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
