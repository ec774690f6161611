"""Handing over: what is asked before a lead goes to somebody else, for one and for many."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone

from intake import eligibility, roster, trying
from intake.admin.reason_field import why
from intake.admin.seen_form import SeenForm
from intake.models import Adviser


class AdviserField(forms.ModelChoiceField):
    """An adviser, with how many open leads each has and what speaks against them."""

    notes: Mapping[int, Sequence[str]] = {}
    loads: Mapping[int, str] = {}

    def __init__(self) -> None:
        super().__init__(
            label="To",
            queryset=Adviser.objects.who_may_log_in(),
            error_messages={
                "required": "Choose an adviser.",
                "invalid_choice": "They have it already, or must not have it. Choose another.",
            },
        )

    def label_from_instance(self, obj: Any) -> str:
        """The name, the load, and in brackets why the routing would not choose them."""
        name = ", ".join(filter(None, (str(obj), self.loads.get(obj.pk))))
        notes = self.notes.get(obj.pk)
        return f"{name} ({'; '.join(notes)})" if notes else name


def _load(open_leads: int, capacity: int) -> str:
    return f"{open_leads} of {capacity} leads"


class GiveBackForm(SeenForm):
    """Why it goes back to the desk."""

    reason = why()

    @property
    def intro(self) -> Sequence[str]:
        return [
            "It is routed again at once, to anybody but its owner. When nobody else may have it, it stays."
        ]


class ReassignForm(SeenForm):
    """To whom, with what speaks against each, and why."""

    to = AdviserField()
    reason = why()
    even_if_away = forms.BooleanField(
        label="Even if they are away",
        required=False,
        help_text="Whoever covers for them works it then.",
    )
    field_order = ("to", "reason", "even_if_away", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        candidates = trying.dry_run(lead=self.obj).candidates
        self.barred = {
            each["adviser"]: f"{each['name']} must not have it: {each['state']['barred']}."
            for each in candidates
            if each["state"]["barred"]
        }
        chooser = self.fields["to"]
        assert isinstance(chooser, AdviserField)
        chooser.notes = {each["adviser"]: each["exclusions"] for each in candidates}
        chooser.loads = {
            each["adviser"]: _load(each["state"]["open_leads"], each["state"]["capacity"])
            for each in candidates
        }
        # The owner is not offered, but may come back with a second click, which the verb knows.
        offered = [self.obj.owner_id] if self.obj.owner_id and not self.is_bound else []
        without = [*self.barred, *offered]
        chooser.queryset = Adviser.objects.who_may_log_in().exclude(pk__in=without)

    @property
    def intro(self) -> Sequence[str]:
        """Who has it now, and who must not."""
        return [f"{self.obj.owner} has it, and is told.", *self.barred.values()]


class ReassignManyForm(forms.Form):
    """To whom and why, for all; the list posts it to itself once more, with what it showed of each."""

    intro: Sequence[str] = ()
    to = AdviserField()
    reason = why()
    even_if_away = forms.BooleanField(label="Even if they are away", required=False)
    action = forms.CharField(widget=forms.HiddenInput)
    seen = forms.Field(widget=forms.MultipleHiddenInput)
    _selected_action = forms.Field(widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["to"]
        assert isinstance(chooser, AdviserField)
        team = roster.team(timezone.now(), {})
        chooser.notes = {one.adviser_id: eligibility.why_absent(one) for one in team}
        chooser.loads = {one.adviser_id: _load(one.open_leads, one.capacity) for one in team}

    def tokens(self) -> dict[int, str]:
        """By lead, what the page showed of it; what is no number was not made here."""
        pairs = (str(one).partition(":") for one in self.cleaned_data["seen"])
        return {int(pk): token for pk, _, token in pairs if pk.isascii() and pk.isdigit()}
