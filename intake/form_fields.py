"""Fields of the request form: what Django's own do, with this house's rules on text and files."""

from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator

from intake import attachments, text_rules


class Limit(MaxLengthValidator):
    """Says by how much a text is too long; the page never cuts what was typed."""

    message = "Shorten this to %(limit_value)d characters or fewer; it has %(show_value)d now."


class TextField(forms.CharField):
    """Text of at most `limit` characters that hides nothing."""

    rules = [text_rules.refuse_hidden_characters]

    def __init__(self, *, limit: int, **options: Any) -> None:
        super().__init__(**options)
        # Our rule names a NUL by its place; Django's would say it once more, without help.
        own = [v for v in self.validators if not isinstance(v, ProhibitNullCharactersValidator)]
        self.validators = [*own, *self.rules, Limit(limit)]


class LineField(TextField):
    """Text on one line."""

    rules = [*TextField.rules, text_rules.refuse_line_breaks]


class EmailField(LineField, forms.EmailField):
    """An address that can receive mail."""

    rules = [*LineField.rules, text_rules.refuse_unusual_email]


class LongTextField(TextField):
    """Text on several lines. Browsers send each line break as two characters: it counts and is kept as one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")

    def validate(self, value: str) -> None:
        super().validate(value.strip())


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
