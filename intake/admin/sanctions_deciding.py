"""Sanctions on the lead's page: what was found, and deciding about a possible match."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from accounts.staff_screens import Verb, VerbForm
from briefs import geography
from intake import holding
from intake.admin.reason_field import why
from intake.models import (
    Hold,
    HoldKind,
    Lead,
    SanctionsScreening,
)
from intake.sanctions import lists

_DECIDE = holding.PERMISSIONS[HoldKind.SANCTIONS]


_OUTCOMES = {
    Hold.Decision.UNFOUNDED: "Not the same: goes on, and is not asked again while neither entry nor name changes",
    Hold.Decision.PROCEED: "The same or perhaps, and the house may work for them: goes on",
    Hold.Decision.REFUSE: "The same: refused",
}


def open_hold(lead: Lead) -> Hold | None:
    """The hold that waits for a decision about a possible match."""
    return Hold.objects.open().filter(lead=lead, kind=HoldKind.SANCTIONS).first()


class DecideForm(VerbForm):
    """Both sides next to each other, what comes of it, and why."""

    beside = "intake/admin/sanctions_decide.html"
    decision = forms.ChoiceField(
        choices=[(value.value, label) for value, label in _OUTCOMES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what comes of it."},
    )
    reason = why("Why? Say what you compared, and with what source.")

    @property
    def hold(self) -> Hold | None:
        """What is to be decided."""
        return open_hold(self.obj)

    @property
    def matches(self) -> Sequence[dict[str, Any]]:
        """Each possible match with both sides."""
        hold = self.hold
        return [shown(match) for match in hold.matches if "entry" in match] if hold else []

    @property
    def client_country(self) -> str:
        """Where the client says they are."""
        code = self.obj.enquiry.country
        return geography.country_name(code, "en") if code else ""


def _decide(lead: Lead, by: User, decision: str, reason: str) -> None:
    hold = open_hold(lead)
    if hold is None:
        raise ValidationError("This was decided already.", code="conflict")
    holding.decide(hold=hold, by=by, decision=Hold.Decision(decision), reason=reason)


SANCTIONS_VERBS = (
    Verb(
        "decide-sanctions", "Decide about the possible match", _decide,
        lambda lead: open_hold(lead) is not None, _DECIDE, "Decided.", DecideForm, is_listed=False,
    ),
)  # fmt: skip


def shown(match: dict[str, Any]) -> dict[str, Any]:
    """A match with what a page needs besides what was kept."""
    entry = match["entry"]
    countries = [geography.country_name(code, "en") for code in entry["countries"]]
    return match | {"countries": ", ".join(countries), "is_weak": match["quality"] == "weak"}


def sanctions_context(user: User, lead: Lead) -> dict[str, Any]:
    """For the lead's page: what the last look at the lists found, and which lists are out of date; three statements."""
    last = SanctionsScreening.objects.filter(lead=lead).order_by("-pk").first()
    used = lists.loaded()
    hold = Hold.objects.filter(lead=lead, kind=HoldKind.SANCTIONS).select_related(
        "reviewer", "decided_by"
    )
    newest = hold.order_by("-pk").first()
    address = reverse("admin:intake_lead_verb", args=[lead.pk, "decide-sanctions"])
    return {
        "sanctions": last,
        "sanctions_matches": [shown(match) for match in last.matches] if last else [],
        "sanctions_lists_loaded": bool(used),
        "sanctions_stale": [one for one in used if one.is_stale()],
        "sanctions_hold": newest,
        "decide_sanctions": address if user.has_perm(_DECIDE) else "",
    }
