"""Forms that change what their user changed: what somebody else has changed since the page was shown stays."""

from typing import Any

from django import forms
from django.db.models import Manager


class AsShown(forms.ModelForm):
    """A form of a row that carries what it showed beside what was typed, and takes from the row what was not touched.

    Without it whoever saves a page of an hour ago puts back everything that others have changed meanwhile.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            is_carried = not self.is_bound or self.add_initial_prefix(name) in self.data
            field.show_hidden_initial = self.instance.pk is not None and is_carried

    def clean(self) -> dict[str, Any]:
        """As any, with the row's own values where nothing was changed."""
        cleaned = super().clean() or {}
        if self.instance.pk is not None:
            for name in cleaned.keys() - set(self.changed_data):
                cleaned[name] = self._as_it_is(name)
        return cleaned

    def _as_it_is(self, name: str) -> Any:
        value = getattr(self.instance, name, self.initial.get(name))
        return value.all() if isinstance(value, Manager) else value
