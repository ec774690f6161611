"""Fields of the staff screens: text that hides nothing, choices of rows that outlive a wrong number, open links."""

from typing import Any, TypeGuard

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.contrib.postgres.forms import SimpleArrayField
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Field, ForeignKey, ManyToManyField
from django.http import HttpRequest

from accounts.staff_links import OpenLinks
from accounts.text_rules import refuse_hidden_characters

# Django makes these of the field for text, yet what they give is none.
_NO_TEXT = (forms.UUIDField, forms.JSONField)


def refuse_hidden(field: forms.Field | None) -> None:
    """Let a field for text refuse what hides or reorders what is read; leaves other fields alone."""
    if isinstance(field, SimpleArrayField):
        refuse_hidden(field.base_field)
    elif _is_text(field) and refuse_hidden_characters not in field.validators:
        # Our rule names a NUL by its place; Django's would say it once more, without help.
        own = [v for v in field.validators if not isinstance(v, ProhibitNullCharactersValidator)]
        field.validators = [*own, refuse_hidden_characters]


def _is_text(field: forms.Field | None) -> TypeGuard[forms.CharField]:
    return isinstance(field, forms.CharField) and not isinstance(field, _NO_TEXT)


def _numbers(chosen: Any) -> list[Any]:
    """Those that can be the number of a row."""
    return [value for value in chosen if str(value).isdecimal() and len(str(value)) < 19]


class _RowSelect(AutocompleteSelect):
    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        # Django's own asks the database for whatever was sent, and dies of what is no number.
        return super().optgroups(name, _numbers(value), attr)


class _RowsSelect(AutocompleteSelectMultiple):
    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, _numbers(value), attr)


class StaffFields(OpenLinks):
    """Goes before `ModelAdmin` or an inline in its bases."""

    admin_site: Any

    def formfield_for_dbfield(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **options: Any
    ) -> Any:
        """Text that hides nothing."""
        field = super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]
        refuse_hidden(field)
        return field

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **options: Any
    ) -> Any:
        """A choice that says so when it is none."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            options.setdefault("widget", _RowSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **options)  # type: ignore[misc]

    def formfield_for_manytomany(
        self, db_field: "ManyToManyField[Any, Any]", request: HttpRequest, **options: Any
    ) -> Any:
        """Choices that say so when one is none."""
        if db_field.name in self.get_autocomplete_fields(request):  # type: ignore[attr-defined]
            options.setdefault("widget", _RowsSelect(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **options)  # type: ignore[misc]
