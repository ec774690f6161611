"""Where staff say why they press a button."""

from django import forms

from accounts.form_fields import LongTextField
from intake.reasons import MISSING


def why(label: str = "Why?") -> LongTextField:
    """A field for a reason that must be given."""
    return LongTextField(
        label=label,
        limit=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": MISSING},
    )
