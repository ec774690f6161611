"""Reading JSON that means one thing: no name twice, no NaN, no more than can still be answered field by field."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import JSONParser

# A megabyte in one field, each letter escaped: still told which field it is. The 413 cannot say so.
LARGEST_BODY = 4_000_000
_MOST_DIGITS = 40


class StrictJSONParser(JSONParser):
    """DRF's, but for names that stand twice: of those it would take the last and drop the rest in silence."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value; raises ParseError, ValidationError at the name that stands twice, or RequestDataTooBig."""
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise RequestDataTooBig
        try:
            return json.loads(raw.decode(), parse_int=_whole, object_pairs_hook=_object)
        except ValueError as error:
            raise Unreadable(f"JSON parse error - {error}") from error


class Unreadable(ParseError):
    """What is wrong with the body as a whole, as there is no field yet to point at."""

    @property
    def errors(self) -> list[dict[str, str]]:
        """One entry, whose pointer is that of the whole document."""
        return [{"pointer": "", "code": self.default_code, "detail": str(self.detail)}]


def _whole(digits: str) -> float:
    """A number, which no field takes. One of many digits is read roughly: a body full of them would take half a second
    to read exactly and to write out.
    """
    return int(digits) if len(digits) <= _MOST_DIGITS else float(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a dictionary; raises ValidationError when a name stands twice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            text = "This name stands twice. Send it once."
            raise ValidationError({name: [ErrorDetail(text, code="duplicate")]})
        found[name] = value
    return found
