"""Fields of the request form beyond those of every public form: lists, slugs and files."""

from typing import Any

from django import forms
from django.core.validators import slug_re

from intake import attachments

MOST_SLUGS = 20


class Select(forms.Select):
    """A list of 250 countries in one template; Django's own takes two templates for each option."""

    template_name = "intake/select.html"


class SlugsField(forms.MultipleChoiceField):
    """Slugs of things that a page named. What it named may have gone meanwhile, so that any slug passes."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: str) -> bool:
        return is_slug(value)

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > MOST_SLUGS:
            raise forms.ValidationError(self.error_messages["invalid_choice"])


def is_slug(value: str, limit: int = 120) -> bool:
    """Whether this can be one of our slugs."""
    return len(value) <= limit and bool(slug_re.fullmatch(value))


class FilesInput(forms.FileInput):
    """Django's file input with leave to choose several."""

    allow_multiple_selected = True


class AttachmentsField(forms.FileField):
    """Several files, checked together."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> tuple[attachments.Upload, ...]:
        files = data if isinstance(data, list | tuple) else [data]
        return attachments.check_uploads([file for file in files if file])
