"""The nouns of intake, one module each."""

from intake.models.activity import Activity
from intake.models.adviser import Absence, Adviser, Desk, Skill
from intake.models.after_sending import Addition, ContactCorrection, ErasureRequest
from intake.models.alert import Alert
from intake.models.api_key import ApiKey
from intake.models.deadline import (
    STAGE_OF,
    Clock,
    Deadline,
    DeadlineChange,
    DeadlineNotice,
    DeadlinePolicy,
    Stage,
)
from intake.models.engagement import ConflictCheck, Engagement, Party, PartyName, Role
from intake.models.enquiry import Attachment, Enquiry
from intake.models.erasure_order import ErasureOrder
from intake.models.hold import Hold, HoldKind
from intake.models.lead import MOVES, Lead, Priority, Status
from intake.models.lead_words import LeadWords
from intake.models.merging import Likeness, Merge, RecordKind
from intake.models.people import Contact, Organisation
from intake.models.privacy import DataCopy, DataCopyDownload, Keeps, RetentionRule, RetentionRun
from intake.models.routing import Assignment, CreditEntry, RoutingDecision
from intake.models.rule import RequiredSkill, RoutingRule
from intake.models.sanctions import (
    ListCode,
    ListedKind,
    SanctionsEntry,
    SanctionsFile,
    SanctionsList,
    SanctionsName,
    SanctionsScreening,
)
from intake.models.scan import AttachmentScan
from intake.models.screening import ProofOfWork, Quarantine, Screening
from intake.models.stand_in import StandIn
from intake.models.suggestion import NeedSuggestion
from intake.models.wall import Wall

__all__ = [
    "MOVES",
    "STAGE_OF",
    "Absence",
    "Activity",
    "Addition",
    "Adviser",
    "Alert",
    "ApiKey",
    "Assignment",
    "Attachment",
    "AttachmentScan",
    "Clock",
    "ConflictCheck",
    "Contact",
    "ContactCorrection",
    "CreditEntry",
    "DataCopy",
    "DataCopyDownload",
    "Deadline",
    "DeadlineChange",
    "DeadlineNotice",
    "DeadlinePolicy",
    "Desk",
    "Engagement",
    "Enquiry",
    "ErasureOrder",
    "ErasureRequest",
    "Hold",
    "HoldKind",
    "Keeps",
    "Lead",
    "LeadWords",
    "Likeness",
    "ListCode",
    "ListedKind",
    "Merge",
    "NeedSuggestion",
    "Organisation",
    "Party",
    "PartyName",
    "Priority",
    "ProofOfWork",
    "Quarantine",
    "RecordKind",
    "RequiredSkill",
    "RetentionRule",
    "RetentionRun",
    "Role",
    "RoutingDecision",
    "RoutingRule",
    "SanctionsEntry",
    "SanctionsFile",
    "SanctionsList",
    "SanctionsName",
    "SanctionsScreening",
    "Screening",
    "Skill",
    "Stage",
    "StandIn",
    "Status",
    "Wall",
]
