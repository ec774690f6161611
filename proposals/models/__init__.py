"""The nouns of proposals, one module each."""

from proposals.models.parts import LineItem, Section
from proposals.models.proposal import (
    LIVE,
    MOVES,
    UNSENT,
    Proposal,
    ProposalVersion,
    VersionStatus,
)
from proposals.models.sent import Acceptance, ClientLink, Decline, Document
from proposals.models.template import ProposalTemplate, TemplateLine, TemplateSection

__all__ = [
    "LIVE",
    "MOVES",
    "UNSENT",
    "Acceptance",
    "ClientLink",
    "Decline",
    "Document",
    "LineItem",
    "Proposal",
    "ProposalTemplate",
    "ProposalVersion",
    "Section",
    "TemplateLine",
    "TemplateSection",
    "VersionStatus",
]
