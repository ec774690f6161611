"""Fields of the request form beyond those of every public form: lists, slugs and files."""

import copy
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple, cast

from django import forms
from django.core.validators import slug_re
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from intake import attachments

MOST_SLUGS = 20


class _KnownValues:
    """Asks a set whether a value is one of the choices. Django would name and compare all 250 countries each time."""

    choices: Any

    @cached_property
    def values(self) -> frozenset[str]:
        """What there is to choose, the same in every language."""
        return frozenset(str(value) for value, _ in self.choices)

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.values


class ChoiceField(_KnownValues, forms.ChoiceField):
    """One of a list that stays the same."""


class MultipleChoiceField(_KnownValues, forms.MultipleChoiceField):
    """Several of a list that stays the same."""


class SharedFields(dict[str, forms.Field]):
    """Fields that all forms of a class share: whoever changes one of a form puts another in its place.

    Django copies every field, with its 250 countries, for each form: that took longer than checking what was sent.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


class Entry(NamedTuple):
    """One value of a list as markup, as it is when chosen and when not."""

    value: str
    chosen: SafeString
    plain: SafeString


class Entries:
    """A list as markup. With some of it chosen it is the same but for these: most of it need not be put together."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._of_value = {entry.value: entry for entry in entries}
        self._none_chosen = "".join(entry.plain for entry in self._of_value.values())

    def known_among(self, values: Iterable[str]) -> tuple[str, ...]:
        """Those that are in the list, each once."""
        return tuple(value for value in dict.fromkeys(values) if value in self._of_value)

    def with_chosen(self, values: Iterable[str]) -> str:
        """The markup with these chosen; those that are not in the list are left out."""
        text = self._none_chosen
        for entry in filter(None, map(self._of_value.get, values)):
            text = text.replace(entry.plain, entry.chosen)
        return text


def entries_of(field: forms.Field, name: str) -> Entries:
    """The list of a field of choices in the language of the moment: check boxes, or the options of a select box."""
    choices = [(str(v), str(label)) for v, label in cast(Any, field).choices]
    is_boxes = isinstance(field.widget, forms.CheckboxSelectMultiple)
    return Entries(_boxes(name, f"id_{name}", choices) if is_boxes else _options(choices))


def _options(choices: list[tuple[str, str]]) -> list[Entry]:
    option = '<option value="{}"{}>{}'  # which the next one ends; the form has hundreds
    selected = SafeString(" selected")
    return [
        Entry(
            value,
            format_html(option, value, selected, label),
            format_html(option, value, "", label),
        )
        for value, label in choices
    ]


def _boxes(name: str, id_: str, choices: list[tuple[str, str]]) -> list[Entry]:
    def box(number: int, value: str, label: str, checked: str) -> SafeString:
        one = f"{id_}_{number}"
        return format_html(_BOX, one, name, value, one, checked, label)

    checked = SafeString(" checked")
    return [
        Entry(value, box(number, value, label, checked), box(number, value, label, ""))
        for number, (value, label) in enumerate(choices)
    ]


_BOX = (
    '<label class="choice" for="{}"><input type="checkbox" name="{}" value="{}" id="{}"{}>'
    " <span>{}</span></label>"
)


class SlugsField(forms.MultipleChoiceField):
    """Slugs of things that a page named. What it named may have gone meanwhile, so that any slug passes."""

    widget = forms.CheckboxSelectMultiple

    def offering(self, choices: list[tuple[str, str]]) -> "SlugsField":
        """The same field for one form, which shows these to choose from."""
        field = copy.copy(self)
        field.widget = copy.copy(self.widget)
        field.choices = choices
        return field

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
    """Django's file input with leave to choose several. Names that came without their files are given as words."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The files and the words; a browser that has no file to send says so by nothing or by an empty word."""
        chosen = super().value_from_datadict(data, files, name)
        words = list(filter(None, data.getlist(name))) if isinstance(data, QueryDict) else []
        return [*(chosen or []), *words] if words else chosen


class AttachmentsField(forms.FileField):
    """Several files, checked together."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> tuple[attachments.Upload, ...]:
        files = data if isinstance(data, list | tuple) else [data]
        if any(isinstance(file, str) for file in files):
            raise forms.ValidationError(
                _("Choose your files again; only their names arrived."), code="no_file"
            )
        return attachments.check_uploads([file for file in files if file])
