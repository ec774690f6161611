"""The brief's form: its text, and what keeps one person's save from undoing another's."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils import timezone
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from accounts import time_zones
from briefs import comparing, geography, rendering
from briefs.admin.rich_text import RichTextWidget
from briefs.completeness import LONGEST_SUMMARY
from briefs.models import Brief, Citation, Judgement, Revision
from briefs.topics import Topic


class BriefForm(forms.ModelForm):
    """Countries and topics as choices, the main country apart."""

    main_country = forms.ChoiceField(
        required=False,
        choices=lambda: [("", "none yet"), *geography.country_choices()],
        widget=UnfoldAdminSelectWidget,
    )
    other_countries = forms.MultipleChoiceField(
        required=False,
        choices=geography.country_choices,
        widget=UnfoldAdminSelectMultipleWidget(attrs={"size": 8}),
        help_text="Hold Ctrl or Cmd to choose several.",
    )
    topics = forms.MultipleChoiceField(
        required=False, choices=Topic.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    # Which text this person started from: a save in between must not be undone unseen.
    seen_revision = forms.IntegerField(required=False, widget=forms.HiddenInput)
    has_seen_theirs = forms.BooleanField(
        required=False, label="Save mine over theirs", widget=UnfoldBooleanWidget
    )

    class Meta:
        model = Brief
        fields = (
            *("title", "slug", "language", "kind", "tlp", "summary", "body", "data_cutoff"),
            *("is_sample", "topics", "actors", "places", "incidents"),
        )
        help_texts = {
            "summary": f"Two or three sentences; {LONGEST_SUMMARY} characters at most for readers."
        }
        widgets = {
            "summary": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            "body": RichTextWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs: comparing.TextChanges | None = None
        if "seen_revision" in self.fields:
            self.fields["seen_revision"].initial = self.instance.head_revision_id
        if self.instance.countries and "main_country" in self.fields:
            main, *others = self.instance.countries
            self.fields["main_country"].initial = main
            self.fields["other_countries"].initial = others

    def clean_body(self) -> str:
        """The body as it will be stored, so that an untouched one is seen as unchanged."""
        return rendering.sanitise(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any] | None:
        """Put the countries in order; refuse to write over a save that this person has not seen."""
        data = super().clean()
        if data is not None and "main_country" in self.fields:
            chosen = [data.get("main_country") or "", *data.get("other_countries", [])]
            self.instance.countries = list(dict.fromkeys(code for code in chosen if code))
        if data is not None and self.instance.pk:
            self._refuse_to_undo(data)
        return data

    def _refuse_to_undo(self, data: dict[str, Any]) -> None:
        # The row is locked by then: BriefAdmin.get_object.
        head = self.instance.head_revision
        if head is None or data.get("seen_revision") == head.pk or data.get("has_seen_theirs"):
            return
        seen = Revision.objects.filter(
            pk=data.get("seen_revision") or 0, brief=head.brief_id
        ).first()
        self.theirs = comparing.compare(seen.snapshot if seen else {}, head.snapshot)
        zone = getattr(self.instance, "zone", "UTC")  # of whoever saves: BriefAdmin.get_object
        raise ValidationError(
            f"{head.created_by} saved this brief on {time_zones.in_both(head.created_at, zone)}, after you opened it. "
            "Nothing of yours is lost: see below what they changed, put it into your text, tick “Save mine over "
            "theirs”, save.",
            code="moved",
        )


class JudgementFormSet(BaseInlineFormSet):
    """Judgements of one brief, without those that a revision dropped."""

    def get_queryset(self) -> Any:
        """Those that stand in the text."""
        return super().get_queryset().filter(position__isnull=False)


class JudgementForm(forms.ModelForm):
    """The claim in a box that shows all of it."""

    class Meta:
        model = Judgement
        fields = (
            *("position", "text", "likelihood", "confidence", "horizon_on"),
            *("revises", "change_reason"),
        )
        widgets = {
            "text": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
            "change_reason": UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        }

    def clean_position(self) -> int:
        """Only what was published and dropped has none."""
        position: int | None = self.cleaned_data.get("position")
        if position is None:
            raise ValidationError("Give it a number: 1 is the first.")
        return position

    def clean_revises(self) -> Judgement | None:
        """Readers are told which one it changes: only one that they have seen."""
        earlier: Judgement | None = self.cleaned_data.get("revises")
        if earlier is not None and not _was_seen(earlier):
            raise ValidationError("Only a judgement that readers have seen can be changed.")
        return earlier


def _was_seen(judgement: Judgement) -> bool:
    published = judgement.brief.published_at
    return published is not None and published <= timezone.now()


class CitationForm(forms.ModelForm):
    """What a source says; its note stays in the house."""

    class Meta:
        model = Citation
        fields = ("position", "source", "credibility", "title", "url", "published_on", "note")
        widgets = {"note": UnfoldAdminTextareaWidget(attrs={"rows": 2})}
