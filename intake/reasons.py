"""The reason that staff give with a verb."""

from django.core.exceptions import ValidationError

MISSING = "Say why, for whoever reads this later."


def given(reason: str) -> str:
    """The reason without blanks around it; raises ValidationError(code="required") when nothing is left."""
    if not reason.strip():
        raise ValidationError(MISSING, code="required")
    return reason.strip()
