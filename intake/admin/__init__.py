"""The staff screens of intake."""

from intake.admin.absences import AbsenceAdmin
from intake.admin.api_keys import ApiKeyAdmin
from intake.admin.data_copies import DataCopyAdmin
from intake.admin.deadlines import DeadlinePolicyAdmin
from intake.admin.erasure_orders import ErasureOrderAdmin
from intake.admin.erasure_requests import ErasureRequestAdmin
from intake.admin.holds import HoldAdmin
from intake.admin.leads import LeadAdmin
from intake.admin.ledger import CreditEntryAdmin
from intake.admin.people import ContactAdmin, OrganisationAdmin
from intake.admin.quarantine import QuarantineAdmin
from intake.admin.register import EngagementAdmin
from intake.admin.retention import RetentionRuleAdmin
from intake.admin.rules import RoutingRuleAdmin
from intake.admin.sanctions_entries import SanctionsEntryAdmin
from intake.admin.sanctions_lists import SanctionsFileAdmin, SanctionsListAdmin
from intake.admin.team import AdviserAdmin, DeskAdmin
from intake.admin.walls import WallAdmin
from intake.admin.watch import AlertAdmin

__all__ = [
    "AbsenceAdmin",
    "AdviserAdmin",
    "AlertAdmin",
    "ApiKeyAdmin",
    "ContactAdmin",
    "CreditEntryAdmin",
    "DataCopyAdmin",
    "DeadlinePolicyAdmin",
    "DeskAdmin",
    "EngagementAdmin",
    "ErasureOrderAdmin",
    "ErasureRequestAdmin",
    "HoldAdmin",
    "LeadAdmin",
    "OrganisationAdmin",
    "QuarantineAdmin",
    "RetentionRuleAdmin",
    "RoutingRuleAdmin",
    "SanctionsEntryAdmin",
    "SanctionsFileAdmin",
    "SanctionsListAdmin",
    "WallAdmin",
]
