"""The staff screens for briefs."""

from briefs.admin.briefs import BriefAdmin
from briefs.admin.facts import ActorAdmin, IncidentAdmin, PlaceAdmin, SourceAdmin
from briefs.admin.judgements import JudgementAdmin
from briefs.admin.subscribers import SubscriberAdmin

__all__ = [
    "ActorAdmin",
    "BriefAdmin",
    "IncidentAdmin",
    "JudgementAdmin",
    "PlaceAdmin",
    "SourceAdmin",
    "SubscriberAdmin",
]
