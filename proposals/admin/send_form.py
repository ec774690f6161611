"""The last look before a proposal leaves the house."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.staff_screens import VerbForm
from proposals import composing, money, sending


class SendForm(VerbForm):
    """To whom, for how much and until when; lines that cost nothing want a word of their own."""

    free_is_meant = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = sending.free_lines(self.obj)
        self.fields[
            "free_is_meant"
        ].label = f"It is meant that these cost nothing: {'; '.join(free)}"
        if not free:
            del self.fields["free_is_meant"]

    @property
    def intro(self) -> Sequence[str]:
        """What leaves, and that it stays as it is."""
        version = self.obj
        until = timezone.localtime(version.valid_until)
        return (
            f"To {version.recipient_name} ({version.recipient_email}), in {version.get_language_display()}.",
            f"{version.title}. {self._total()}",
            f"They can accept it until {until:%-d %B %Y, %H:%M} {until.tzname()}.",
            "It is frozen and mailed at once; what changes afterwards takes a new version.",
        )

    def _total(self) -> str:
        try:
            total = composing.price(self.obj).totals.total
        except ValidationError as error:
            return " ".join(error.messages)
        return f"Total {money.format_amount(total, self.obj.currency, 'en')}."
