"""What the fields of an enquiry take through the API, and how a value that is refused is mended."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.validators import ProhibitNullCharactersValidator
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from accounts import text_rules

NOT_HIDDEN = text_rules.refuse_hidden_characters
SAID = text_rules.refuse_invisible
ONE_LINE = [NOT_HIDDEN, text_rules.refuse_line_breaks]
_MOST_QUOTED = 60


class StrictCharField(serializers.CharField):
    """Text given as a JSON string; DRF alone would take numbers for text."""

    default_error_messages = {"invalid": "Send this as text: a JSON string."}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Our rule names these by their place; DRF's would say it once more, after a look at each letter.
        said = (ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)
        self.validators = [v for v in self.validators if not isinstance(v, said)]

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class StrictTextSchema(OpenApiSerializerFieldExtension):
    """Says in the OpenAPI document which characters a text may hold, as `accounts.text_rules` has it."""

    target_class = StrictCharField

    def map_serializer_field(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        """The schema of the field with the pattern of its validators."""
        schema = auto_schema._map_serializer_field(self.target, direction, bypass_extensions=True)
        validators = self.target.validators
        breaks = text_rules.BREAKS if text_rules.refuse_line_breaks in validators else ""
        unseen = text_rules.UNSEEN + breaks
        invisible = text_rules.INVISIBLE
        said = rf"[^{unseen}{invisible}][^{unseen}]*" if SAID in validators else ""
        return {**schema, "pattern": f"^[^{unseen}]*{said}$"}


@extend_schema_field({"type": "boolean", "enum": [True]})
class ConsentField(serializers.BooleanField):
    """JSON true or false, nothing that resembles them; without consent nothing may be kept."""

    default_error_messages = {
        "required": "Must be true: without consent we may not keep this.",
        "invalid": "Send true, without quotes.",
    }

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        if not data:
            self.fail("required")
        return data


class UploadField(serializers.Field[Any, Any, Any, Any]):
    """A file as it came; all of them are checked together."""

    default_error_messages = {"invalid": "Send this as a file, with a name."}

    def to_internal_value(self, data: Any) -> UploadedFile:
        if not isinstance(data, UploadedFile):
            self.fail("invalid")
        return data


@extend_schema_field({"type": "string", "enum": ["true"]})
class SpeltConsentField(ConsentField):
    """In a form, where everything is text."""

    default_error_messages = {"invalid": "Send the word true."}


def line(limit: int = 200, **options: Any) -> StrictCharField:
    """A field of text in one line."""
    return StrictCharField(max_length=limit, **{"validators": ONE_LINE, **options})


def choice(choices: Sequence[Any], one_of: str = "", **options: Any) -> Any:
    """A field for one of these values; `one_of` says what they are where there are too many to list."""
    values = [one[0] if isinstance(one, tuple) else one for one in choices]
    # A refusal quotes no megabytes.
    quoted = f"{{input!s:.{_MOST_QUOTED}}}"
    said = f'"{quoted}" is not known here. Send one of: {one_of or ", ".join(values)}.'
    return serializers.ChoiceField(
        choices=choices, error_messages={"invalid_choice": said}, **options
    )
