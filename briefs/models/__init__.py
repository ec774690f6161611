from briefs.models.actor import Actor, ActorKind
from briefs.models.brief import MOVES, Brief, BriefKind, BriefStatus
from briefs.models.brief_queryset import BriefQuerySet
from briefs.models.incident import EventType, Incident, Precision
from briefs.models.judgement import Judgement
from briefs.models.move import Move
from briefs.models.place import Place
from briefs.models.reference_counter import ReferenceCounter

__all__ = [
    "MOVES",
    "Actor",
    "ActorKind",
    "Brief",
    "BriefKind",
    "BriefQuerySet",
    "BriefStatus",
    "EventType",
    "Incident",
    "Judgement",
    "Move",
    "Place",
    "Precision",
    "ReferenceCounter",
]
