"""The staff screens for briefs."""

from briefs.admin.briefs import BriefAdmin
from briefs.admin.facts import ActorAdmin, IncidentAdmin, PlaceAdmin

__all__ = ["ActorAdmin", "BriefAdmin", "IncidentAdmin", "PlaceAdmin"]
