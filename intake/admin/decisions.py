"""Why a lead is whose, on its page."""

from typing import Any

from django.db.models import Subquery

from accounts.models import User
from intake import explaining
from intake.models import Adviser, Lead, RoutingDecision


def explained(lead: Lead, viewer: User) -> list[RoutingDecision]:
    """The decisions on the lead, the newest first, each with its explanation for whoever looks."""
    mine = Adviser.objects.filter(user=viewer).values("pk")[:1]
    decisions: list[Any] = list(
        lead.routing_decisions.select_related("chosen__user")
        .annotate(viewer_id=Subquery(mine))
        .order_by("-decided_at", "-pk")
    )
    for decision in decisions:
        decision.explanation = explaining.explain(decision, decision.viewer_id)
        decision.replayed = explaining.replayed(decision)
    return decisions
