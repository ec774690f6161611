"""The staff screens of proposals."""

from proposals.admin.leads import LeadWithProposalsAdmin
from proposals.admin.templates import ProposalTemplateAdmin
from proposals.admin.versions import ProposalVersionAdmin

__all__ = ["LeadWithProposalsAdmin", "ProposalTemplateAdmin", "ProposalVersionAdmin"]
