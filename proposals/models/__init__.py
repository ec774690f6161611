"""The nouns of proposals, one module each."""

from proposals.models.parts import LineItem, Section
from proposals.models.proposal import Proposal
from proposals.models.sent import Acceptance, ClientLink, Decline, Document
from proposals.models.template import ProposalTemplate, TemplateLine, TemplateSection
from proposals.models.version import LIVE, MOVES, UNSENT, ProposalVersion, VersionStatus

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
