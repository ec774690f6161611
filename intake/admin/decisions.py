"""Why a lead is whose, on its page; and who would get it now."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from accounts.models import User
from accounts.staff_screens import VerbAdmin
from intake import explaining, trying
from intake.models import Adviser, Lead, RoutingDecision, Status
from jobs import failures
from jobs.models import Job

TRY = "intake.view_routingrule"


class DecisionsAdmin(VerbAdmin):
    """A lead's page with a look at who would get it now."""

    def get_urls(self) -> list[URLPattern]:
        """The usual addresses and one for the dry run."""
        view = self.admin_site.admin_view(self.dry_run)
        page = path("<int:pk>/dry-run/", view, name="intake_lead_dry_run")
        return [page, *super().get_urls()]

    def dry_run(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who would get this lead now, with every reason; for those who may read the rules."""
        lead = self.get_queryset(request).filter(pk=pk).first()
        if lead is None:
            raise Http404
        if not request.user.has_perm(TRY):
            raise PermissionDenied
        tried = trying.dry_run(lead=lead)
        chosen = tried.verdict.chosen
        context = {
            **self.admin_site.each_context(request),
            "title": f"Who would get {lead}?",
            "opts": self.opts,
            "original": lead,
            "lead": lead,
            "who": f"{chosen.name} would get it now" if chosen else "Nobody would get it",
            "why": explaining.of_try(tried.reason, tried.inputs, tried.candidates, tried.verdict),
        }
        return TemplateResponse(request, "intake/admin/dry_run.html", context)


def why_unrouted(lead: Lead) -> str:
    """What the last try to route a new lead told staff; empty while there is nothing to tell."""
    if lead.status != Status.NEW:
        return ""
    failed = Job.objects.filter(
        Q(state=Job.State.PENDING, attempts__gt=0) | Q(state=Job.State.DEAD),
        kind="intake.route_lead",
        subject_id=lead.pk,
    )
    return failures.in_words(
        failed.order_by("-pk").values_list("last_error", flat=True).first() or ""
    )


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
