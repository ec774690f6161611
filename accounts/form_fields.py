"""Fields of public forms: what Django's own do, with this house's rules on text."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _

from accounts import text_rules


class Limit(MaxLengthValidator):
    """Says by how much a text is too long; the page never cuts what was typed."""

    message = _("Shorten this to %(limit_value)d characters or fewer; it has %(show_value)d now.")


class TextField(forms.CharField):
    """Text of at most `limit` characters that hides nothing."""

    rules = [text_rules.refuse_hidden_characters, text_rules.refuse_invisible]

    def __init__(self, *, limit: int, **options: Any) -> None:
        super().__init__(**options)
        # Our rule names a NUL by its place; Django's would say it once more, without help.
        own = [v for v in self.validators if not isinstance(v, ProhibitNullCharactersValidator)]
        self.validators = [*own, *self.rules, Limit(limit)]
        self._limit = limit

        known = len(self.default_validators) + len(self.rules) + 1
        self._has_other_rules = len(self.validators) > known

    def run_validators(self, value: Any) -> None:
        """Shows a text to all rules, unless it is one of those that break none of ours, as most are."""
        if not self._breaks_no_rule(value or ""):
            super().run_validators(value)

    def plain(self, value: str) -> str | None:
        """The text as it is kept, if that is plainly right. None says nothing: then `clean` does."""
        if not value:
            return None if self.required else ""
        is_kept = not self.strip or value == value.strip()
        return value if is_kept and self._breaks_no_rule(value) else None

    def _breaks_no_rule(self, value: str) -> bool:
        return not self._has_other_rules and len(value) <= self._limit and self._is_plain(value)

    def _is_plain(self, value: str) -> bool:
        return text_rules.is_plain_line(value.replace("\n", " "))


class LineField(TextField):
    """Text on one line."""

    rules = [*TextField.rules, text_rules.refuse_line_breaks]

    def _is_plain(self, value: str) -> bool:
        return text_rules.is_plain_line(value)


class EmailField(LineField, forms.EmailField):
    """An address that can receive mail."""

    rules = [*LineField.rules, text_rules.refuse_unusual_email]

    def run_validators(self, value: Any) -> None:
        """Django's only word, that an @ is missing, is not said of an address that has one."""
        try:
            super().run_validators(value)
        except ValidationError as error:
            ours = [each for each in error.error_list if each.code != "invalid"]
            if not ours and "@" in value:
                raise ValidationError(text_rules.CANNOT_RECEIVE, code="invalid") from error
            raise ValidationError(ours or error.error_list) from error

    def _is_plain(self, value: str) -> bool:
        return text_rules.is_plain_address(value)


class LongTextField(TextField):
    """Text on several lines. Browsers send each line break as two characters: it counts and is kept as one."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")

    def plain(self, value: str) -> str | None:
        return super().plain(value.replace("\r\n", "\n"))

    def validate(self, value: str) -> None:
        super().validate(value.strip())
