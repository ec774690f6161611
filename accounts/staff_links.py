"""Links on the staff screens open: who may not read the row that a field points at sees its name alone."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey
from django.http import HttpRequest


@cache  # one function for one field: the admin looks a field up among those that are only read
def _in_words(field: "ForeignKey[Any, Any]") -> Callable[[Any], str]:
    def words(row: Any) -> str:
        return str(getattr(row, field.name) or "-")

    words.__name__ = field.name
    words.short_description = field.verbose_name  # type: ignore[attr-defined]
    return words


class OpenLinks:
    """Goes before `ModelAdmin` or an inline in its bases. Django links what is only read, whoever reads it."""

    model: Any
    admin_site: Any

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        """The fields that are only read; one that leads where the reader may not go is words."""
        names = super().get_readonly_fields(request, obj)  # type: ignore[misc]
        return [self._shown(request, name) for name in names]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The fields as they stand on the page, likewise."""
        sets = super().get_fieldsets(request, obj)  # type: ignore[misc]
        is_form = obj is None or self.has_change_permission(request, obj)  # type: ignore[attr-defined]
        only_read = self.get_readonly_fields(request, obj)

        def shown(name: Any) -> Any:
            if isinstance(name, list | tuple):  # those of one row
                return [shown(one) for one in name]
            words = self._shown(request, name)
            return words if words in only_read or not is_form else name

        return [(title, {**given, "fields": shown(given["fields"])}) for title, given in sets]

    def _shown(self, request: HttpRequest, name: Any) -> Any:
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return name
        if not isinstance(field, ForeignKey):
            return name
        screen = self.admin_site._registry.get(field.related_model)
        return name if screen is None or screen.has_view_permission(request) else _in_words(field)
