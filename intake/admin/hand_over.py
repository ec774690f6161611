"""Handing over on the staff screens: the buttons, the page for many, and a lead of the pool."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.models import User
from accounts.numbers import counted
from accounts.staff_screens import Verb, VerbAdmin
from intake import conflicts, handing_over, owning
from intake.admin.hand_over_forms import GiveBackForm, ReassignForm, ReassignManyForm
from intake.admin.whose import is_only_offered
from intake.handing_over import REASSIGN, WORK
from intake.models import Adviser, Lead


def _is_open(lead: Lead) -> bool:
    return lead.status in owning.OPEN and lead.owner_id is not None


HAND_OVER_VERBS: tuple[Verb, ...] = (
    Verb(
        "claim", "Take it", lambda lead, by: handing_over.claim_lead(lead=lead, by=by) and None,
        handing_over.is_claimable, WORK, "The lead is yours.", is_main=True,
    ),
    Verb(
        "reassign", "Give to another adviser",
        lambda lead, by, **given: handing_over.reassign_lead(lead=lead, by=by, **given) and None,
        _is_open, REASSIGN, "The lead has a new owner; both were told.", ReassignForm,
    ),
    Verb(
        "give-back", "Give back to the desk",
        lambda lead, by, **given: _give_back(lead, by, **given),
        _is_open, WORK, "The lead went back to the desk and to another adviser, who was told.", GiveBackForm,
    ),
)  # fmt: skip


def _give_back(lead: Lead, by: User, reason: str, seen: str) -> str:
    handing_over.release_lead(lead=lead, by=by, reason=reason, seen=seen)
    # Its page may be closed to them now.
    return reverse("admin:intake_lead_changelist")


class HandOverAdmin(VerbAdmin):
    """The leads' screens with what hands them over."""

    actions = ("reassign_chosen",)

    def _offered(self, request: HttpRequest, obj: Lead) -> list[Verb]:
        """Giving back is for the owner and for desk leads; nobody takes what they have, nor works on what they could
        take but have not."""
        if is_only_offered(request, obj):
            return [verb for verb in super()._offered(request, obj) if verb.name == "claim"]
        is_own = bool(obj.owner and obj.owner.user_id == request.user.pk)
        not_theirs = set() if is_own or request.user.has_perm(REASSIGN) else {"give-back"}
        not_theirs |= {"claim"} if is_own else set()
        return [verb for verb in super()._offered(request, obj) if verb.name not in not_theirs]

    def verb_view(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """As any verb; but a lead of the pool is taken first, and who comes second reads who was first."""
        lead = self.get_queryset(request).filter(pool__isnull=False).filter(pk=_number(object_id))
        if name != "claim" and any(is_only_offered(request, one) for one in lead):
            self.message_user(request, "Take it first.", messages.ERROR)
            return HttpResponseRedirect(reverse("admin:intake_lead_change", args=[object_id]))
        try:
            return super().verb_view(request, object_id, name)
        except Http404:
            gone = _gone_from_pool(request, object_id) if name == "claim" else None
            if gone is None:
                raise
            text = f"{gone} is not in the pool any more. {gone.owner} has it now."
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(reverse("admin:intake_lead_changelist"))

    @admin.display(description="Owner")
    def whose(self, lead: Lead) -> str:
        """The owner, and who works it meanwhile or may take it."""
        if lead.cover:
            return f"{lead.owner}, covered by {lead.cover}"
        return f"{lead.owner} (pool)" if lead.pool_id else str(lead.owner or "-")

    def has_reassign_permission(self, request: HttpRequest) -> bool:
        """Whether this user may give leads to others."""
        return request.user.has_perm(REASSIGN)

    @admin.action(description="Give to another adviser", permissions=["reassign"])
    def reassign_chosen(
        self, request: HttpRequest, queryset: QuerySet[Lead]
    ) -> HttpResponse | None:
        """Ask to whom and why, then give each; the page that follows says what became of each."""
        form = ReassignManyForm(request.POST if "to" in request.POST else None)
        leads = list(queryset)
        if form.is_bound and form.is_valid():
            if response := self._reassign(request, form):
                return response
        elif not form.is_bound:
            form = ReassignManyForm(
                initial={
                    "action": "reassign_chosen",
                    "_selected_action": [lead.pk for lead in leads],
                    "seen": [f"{lead.pk}:{owning.seen(lead)}" for lead in leads],
                }
            )
        form.intro = [
            f"{counted(len(leads), 'lead')}: {', '.join(lead.reference for lead in leads)}.",
            "The new owner and each former one get one mail. What cannot be given to them stays where it is.",
        ]
        context = self._many_context(
            request, f"Give {counted(len(leads), 'lead')} to another adviser"
        )
        context |= {"verb": {"label": "Give to another adviser"}, "form": form}
        status = 400 if form.is_bound else 200
        return TemplateResponse(request, "accounts/admin/verb_form.html", context, status=status)

    def _reassign(self, request: HttpRequest, form: ReassignManyForm) -> HttpResponse | None:
        assert isinstance(request.user, User)
        given = {name: form.cleaned_data[name] for name in ("to", "reason", "even_if_away")}
        try:
            done = handing_over.reassign_many(leads=form.tokens(), by=request.user, **given)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return None
        context = self._many_context(request, f"Given to {given['to']}") | {
            "moved": [one for one in done if not one.refused],
            "refused": [one for one in done if one.refused],
            "to": given["to"],
        }
        return TemplateResponse(request, "intake/admin/reassigned.html", context)

    def _many_context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "back_url": reverse("admin:intake_lead_changelist"),
        }


def _number(text: str) -> int:
    """The number of a row that an address names; 0 for what can be none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _gone_from_pool(request: HttpRequest, object_id: str) -> Lead | None:
    """A lead that this user could have taken a while ago; nobody hears of others, nor who must not have it."""
    assert isinstance(request.user, User)
    adviser = Adviser.objects.filter(user=request.user).first()
    mine = Q(desk__members=adviser) | Q(desk__members__isnull=True)
    lead = Lead.objects.select_related("owner__user").filter(pk=_number(object_id)).first()
    if adviser is None or lead is None or lead.owner is None or not request.user.has_perm(WORK):
        return None
    was_theirs = lead.routing_decisions.filter(mine, is_fallback=True, desk__isnull=False).exists()
    return lead if was_theirs and adviser.pk not in conflicts.barred_because(lead) else None
