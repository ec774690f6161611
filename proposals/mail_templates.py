"""The mails about proposals that staff may reword, and what may stand in them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from briefs.dates import long_moment
from mail.catalogue import MailTemplate, Placeholder, Values, greeting, register

_REFERENCE = Placeholder(
    "reference", "The reference of the proposal", is_required=True, is_code=True
)
_GREETING = Placeholder("greeting", "Dear and the name", is_passage=True)
_LINK = Placeholder(
    "proposal_link", "The client's private page of the proposal", is_required=True, is_link=True
)


def _proposal(context: Mapping[str, Any]) -> Values:
    return {
        "reference": context["reference"],
        "greeting": greeting(context["full_name"]),
        "prepared_by": context["prepared_by"],
        "valid_until": long_moment(context["valid_until"]),
        "proposal_link": context["private_url"],
    }


def _accepted(context: Mapping[str, Any]) -> Values:
    return {
        "reference": context["reference"],
        "greeting": greeting(context["full_name"]),
        "pdf_sha256": context["pdf_sha256"],
        "proposal_link": context["private_url"],
    }


def _outcome(context: Mapping[str, Any]) -> Values:
    return {
        "reference": context["reference"],
        "outcome": context["outcome"],
        "lead_link": context["lead_url"],
    }


register(
    MailTemplate(
        name="proposals/mail/proposal",
        slug="proposal-ready",
        title="To the client: a proposal is ready",
        placeholders=(
            _REFERENCE,
            _GREETING,
            Placeholder("prepared_by", "The adviser who wrote it"),
            Placeholder("valid_until", "Until when it is open", is_required=True),
            _LINK,
        ),
        fill=_proposal,
        sample={
            "reference": "P-26-EXAMPLE",
            "full_name": "Amina Example",
            "prepared_by": "Adviser Example",
            "valid_until": datetime(2026, 12, 31, 12, tzinfo=UTC),
        },
    )
)
register(
    MailTemplate(
        name="proposals/mail/accepted",
        slug="proposal-accepted",
        title="To the client: you accepted the proposal",
        placeholders=(
            _REFERENCE,
            _GREETING,
            _LINK,
            Placeholder("pdf_sha256", "The fingerprint of the accepted PDF", is_required=True),
        ),
        fill=_accepted,
        sample={
            "reference": "P-26-EXAMPLE",
            "full_name": "Amina Example",
            "pdf_sha256": "0123456789abcdef" * 4,
        },
    )
)
register(
    MailTemplate(
        name="proposals/mail/outcome",
        slug="proposal-outcome",
        title="To an adviser: the outcome of a proposal",
        placeholders=(
            _REFERENCE,
            Placeholder("outcome", "accepted, declined or expired", is_required=True),
            Placeholder("lead_link", "The lead's page in Derisk", is_required=True, is_link=True),
        ),
        fill=_outcome,
        sample={
            "reference": "P-26-EXAMPLE",
            "outcome": "accepted",
            "lead_url": "https://www.example.org/staff/",
        },
        languages=("en",),
    )
)
