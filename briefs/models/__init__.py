from briefs.models.actor import Actor, ActorKind
from briefs.models.announcement import Announcement, AnnouncementKind
from briefs.models.brief import Brief
from briefs.models.brief_queryset import BriefQuerySet
from briefs.models.brief_states import EDITABLE, MOVES, ONCE_PUBLIC, BriefKind, BriefStatus, Tlp
from briefs.models.card import CardImage
from briefs.models.incident import SUB_TYPES, EventType, Incident, Precision, SubType
from briefs.models.judgement import Judgement, Outcome
from briefs.models.made_page import MadePage
from briefs.models.move import Move
from briefs.models.place import Place, PlaceKind, PlacePrecision
from briefs.models.reference_counter import ReferenceCounter
from briefs.models.resolution import Resolution
from briefs.models.review import (
    LONGEST_DAYS,
    NEVER_SENT_OUT,
    Anchor,
    ReviewComment,
    ReviewLink,
    Verdict,
)
from briefs.models.revision import Correction, CorrectionKind, Edition, FormerAddress, Revision
from briefs.models.search_term import SearchTerm
from briefs.models.source import Citation, Credibility, Reliability, Source
from briefs.models.subscription import Frequency, Notice, Subscriber, Subscription
from briefs.models.told_incident import ToldIncident

__all__ = [
    "EDITABLE",
    "LONGEST_DAYS",
    "MOVES",
    "NEVER_SENT_OUT",
    "ONCE_PUBLIC",
    "SUB_TYPES",
    "Actor",
    "ActorKind",
    "Anchor",
    "Announcement",
    "AnnouncementKind",
    "Brief",
    "BriefKind",
    "BriefQuerySet",
    "BriefStatus",
    "CardImage",
    "Citation",
    "Correction",
    "CorrectionKind",
    "Credibility",
    "Edition",
    "EventType",
    "FormerAddress",
    "Frequency",
    "Incident",
    "Judgement",
    "MadePage",
    "Move",
    "Notice",
    "Outcome",
    "Place",
    "PlaceKind",
    "PlacePrecision",
    "Precision",
    "ReferenceCounter",
    "Reliability",
    "Resolution",
    "ReviewComment",
    "ReviewLink",
    "Revision",
    "SearchTerm",
    "Source",
    "SubType",
    "Subscriber",
    "Subscription",
    "Tlp",
    "ToldIncident",
    "Verdict",
]
