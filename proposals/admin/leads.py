"""The lead's page with what this app adds to it: its proposals, and the button that drafts one."""

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import User
from accounts.staff_screens import Verb
from intake.admin import LeadAdmin
from intake.admin.lead_verbs import LEAD_VERBS, ReasonForm
from intake.models import MOVES, Lead, Status
from proposals import drafting, withdrawing
from proposals.models import Proposal, ProposalVersion

admin.site.unregister(Lead)


def _draft(lead: Lead, by: User) -> str:
    version = drafting.draft_proposal(lead=lead, by=by)
    return reverse("admin:proposals_proposalversion_change", args=[version.pk])


def _lose(lead: Lead, by: User, reason: str) -> None:
    withdrawing.lose_lead(lead=lead, by=by, reason=reason)


def _may_have_a_draft(lead: Lead) -> bool:
    is_ready = Status.PROPOSAL in MOVES[lead.status]
    return is_ready and not lead.proposals.filter(status=Proposal.Status.OPEN).exists()


class LoseForm(ReasonForm):
    """Why, and a word on what it does besides."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "reason"
        ].help_text = "An open proposal is withdrawn: its page stays and says so."


@admin.register(Lead)
class LeadWithProposalsAdmin(LeadAdmin):
    """Takes the place of intake's own page, which must not know of proposals."""

    verbs = (
        Verb(
            "draft", "Draft a proposal", _draft, _may_have_a_draft, "proposals.add_proposal",
            "The draft is ready to edit.", is_main=True,
        ),
        *(replace(verb, call=_lose, form_class=LoseForm) if verb.name == "lose" else verb for verb in LEAD_VERBS),
    )  # fmt: skip

    def page_context(self, request: HttpRequest, obj: Lead) -> dict[str, Any]:
        """The lead's own context and its proposal versions, newest first."""
        assert isinstance(request.user, User)
        versions = ProposalVersion.objects.visible_to(request.user).filter(proposal__lead=obj)
        proposals = versions.select_related("proposal").order_by("-created_at", "-pk")
        return super().page_context(request, obj) | {"proposals": proposals}
