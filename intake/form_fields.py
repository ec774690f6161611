"""Fields of the request form beyond those of every public form: lists and files."""

from typing import Any

from django import forms

from intake import attachments


class Select(forms.Select):
    """A list of 250 countries in one template; Django's own takes two templates for each option."""

    template_name = "intake/select.html"


class FilesInput(forms.FileInput):
    """Django's file input with leave to choose several."""

    allow_multiple_selected = True


class AttachmentsField(forms.FileField):
    """Several files, checked together."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> tuple[attachments.Upload, ...]:
        files = data if isinstance(data, list | tuple) else [data]
        return attachments.check_uploads([file for file in files if file])
