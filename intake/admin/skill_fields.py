"""Rows of skills in the staff forms: one choice of kind and value, and a level."""

from typing import Any

from django import forms
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.as_shown import AsShown
from intake import skills


class SkillForm(AsShown):
    """A skill is chosen by its name; kind and value are written from the choice."""

    skill = forms.ChoiceField(
        choices=lambda: [("", "---------"), *skills.choices()], widget=UnfoldAdminSelectWidget
    )

    class Meta:
        fields = ("level",)

    field_order = ("skill", "level")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["skill"] = self.instance.skill

    def clean_skill(self) -> str:
        """Write the choice to the row."""
        chosen: str = self.cleaned_data["skill"]
        self.instance.kind, _, self.instance.value = chosen.partition(":")
        return chosen

    def has_changed(self) -> bool:
        """A new row without a skill is an empty one, whatever its level."""
        return bool(super().has_changed() and (self.instance.pk or self["skill"].data))


class SkillFormSet(forms.BaseInlineFormSet):
    """Each skill once."""

    def clean(self) -> None:
        super().clean()
        seen = self._elsewhere()
        for form in self.forms:
            skill = getattr(form, "cleaned_data", {}).get("skill")
            if not skill or form.cleaned_data.get("DELETE"):
                continue
            if skill in seen:
                form.add_error("skill", "This skill stands here twice.")
            seen.add(skill)

    def _elsewhere(self) -> set[str]:
        """Those that somebody else added since the form was opened."""
        shown = {form.instance.pk for form in self.initial_forms}
        rows = self.queryset if self.instance.pk else None
        return {row.skill for row in rows or () if row.pk not in shown}


class SkillInline(TabularInline):
    """What they know, or must know."""

    form = SkillForm
    formset = SkillFormSet
    fields = ("skill", "level")
    extra = 0
    hide_title = True
    ordering = ("kind", "value")
