"""What the client's text suggests, on the lead's page: the passages marked, and a button to accept or drop each."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import URLPattern, path, reverse

from accounts.models import User
from accounts.staff_screens import VerbAdmin
from intake import accepting
from intake.models import Lead, NeedSuggestion
from intake.needs import Kind

State = NeedSuggestion.State
PERMISSION = "intake.change_lead"
_CALLS: dict[str, tuple[Callable[..., NeedSuggestion], str]] = {
    "accept": (accepting.accept_suggestion, "Accepted: {}."),
    "drop": (accepting.drop_suggestion, "Dropped: {}."),
}
_ORDER = [kind.value for kind in Kind]
_STATES = [State.OPEN.value, State.ACCEPTED.value, State.DROPPED.value]


class SuggestionsAdmin(VerbAdmin):
    """A lead's page with buttons for its suggestions."""

    def get_urls(self) -> list[URLPattern]:
        """The usual addresses and one for each decision."""
        view = self.admin_site.admin_view(self.decide)
        address = "<int:pk>/suggestions/<int:suggestion_pk>/<slug:name>/"
        return [path(address, view, name="intake_lead_suggestion"), *super().get_urls()]

    def decide(self, request: HttpRequest, pk: int, suggestion_pk: int, name: str) -> HttpResponse:
        """Accept or drop one suggestion of a lead that the user may see and work."""
        lead = self.get_queryset(request).filter(pk=pk).first()
        suggestion = lead and lead.suggestions.filter(pk=suggestion_pk).first()
        if suggestion is None or name not in _CALLS:
            raise Http404
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        call, done = _CALLS[name]
        try:
            call(suggestion=suggestion, by=request.user)
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, done.format(suggestion.label), messages.SUCCESS)
        page = reverse("admin:intake_lead_change", args=[pk])
        return HttpResponseRedirect(f"{page}#suggestions")


def suggestions_context(user: User, lead: Lead) -> dict[str, Any]:
    """For the page: the text in stretches, the suggestions in order, and whether this user may decide."""
    found = list(lead.suggestions.select_related("decided_by"))
    found.sort(
        key=lambda one: (_STATES.index(one.state), _ORDER.index(one.kind), one.start, one.pk)
    )
    return {
        "stretches": list(stretches(lead.enquiry.needs, found)),
        "suggestions": found,
        "may_decide": user.has_perm(PERMISSION) and lead.closed_at is None,
    }


def stretches(text: str, found: Sequence[NeedSuggestion]) -> Iterator[tuple[str, str, str]]:
    """The text cut where a passage begins or ends: (words, kind or "", labels). Joined they are the text again.

    Where passages overlap the kind that matters most gives the colour. What was dropped is not marked, nor is the
    language, which the whole text shows.
    """
    shown = [one for one in found if one.state != State.DROPPED and one.kind != Kind.LANGUAGE]
    cuts = sorted({0, len(text), *(one.start for one in shown), *(one.end for one in shown)})
    for start, end in itertools.pairwise(cuts):
        over = [one for one in shown if one.start <= start and end <= one.end]
        over.sort(key=lambda one: _ORDER.index(one.kind))
        labels = ", ".join(dict.fromkeys(one.label for one in over))
        yield text[start:end], over[0].kind if over else "", labels
