"""Forms that say what their page showed, so that an old one changes nothing that it did not show."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.http import urlencode

from accounts.staff_screens import VerbForm
from intake import owning
from intake.models import Lead


class SeenForm(VerbForm):
    """Carries in `seen` how the lead was when the page was shown; the verb compares it once it has the lock."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.seen_of(self.obj)

    def seen_of(self, lead: Lead) -> str:
        """What a page shows of the lead that the verb must find as it was: its owner and status."""
        return owning.seen(lead)

    def add_error(self, field: str | None, error: Any) -> None:
        """What the verb refuses is said with how the lead is now; pressed again it is about that."""
        super().add_error(field, error)
        if field is None:
            now = self.seen_of(Lead.objects.get(pk=self.obj.pk))
            self.data = QueryDict(urlencode({**self.data.dict(), "seen": now}))  # type: ignore[attr-defined]
