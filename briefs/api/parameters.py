"""The parameters of a query: what each may be, how it is read, and what is said of one that is wrong."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime
from typing import Any, NamedTuple

from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException

from briefs import geography

_SHOWN = 60
_UNSEEN = r"\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069"
_HIDDEN = re.compile(f"[{_UNSEEN}\\ud800-\\udfff]")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class BadQuery(APIException):
    """A query with parameters that are unknown or malformed: `errors` names every one."""

    status_code = 400
    default_detail = "Some parameters need another look."

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__()
        self.errors = errors


@dataclass(frozen=True)
class Parameter:
    """One parameter. `read` makes the value of its text, or raises ValueError with what to write instead."""

    name: str
    read: Callable[[str], Any]
    schema: dict[str, Any]
    description: str

    def described(self) -> OpenApiParameter:
        """What the OpenAPI document says of it."""
        return OpenApiParameter(
            self.name,
            self.schema,
            OpenApiParameter.QUERY,
            description=self.description,
            explode=False if self.schema["type"] == "array" else None,
        )


def read_query(query: QueryDict, known: Sequence[Parameter]) -> dict[str, Any]:
    """The values of the parameters that are there. Raises BadQuery naming all that are wrong."""
    by_name = {parameter.name: parameter for parameter in known}
    found: dict[str, Any] = {}
    errors: list[dict[str, str]] = []
    for name, values in query.lists():
        try:
            found[name] = _read(by_name.get(name), values)
        except ValueError as error:
            code = "invalid" if name in by_name else "unknown"
            errors.append(fault(name, code, str(error)))
    if errors:
        raise BadQuery(errors)
    return found


def fault(name: str, code: str, detail: str) -> dict[str, str]:
    """What is wrong with one parameter, for BadQuery."""
    return {"parameter": shown(name), "code": code, "detail": detail}


def shown(name: str) -> str:
    """A stranger's word, cut to what an answer repeats."""
    return _HIDDEN.sub("�", name)[:_SHOWN]


def _read(parameter: Parameter | None, values: list[Any]) -> Any:
    if parameter is None:
        raise ValueError("There is no such parameter here.")
    if len(values) > 1:
        raise ValueError("Give it once.")
    return parameter.read(str(values[0]))


def one_of(name: str, values: Iterable[str], description: str) -> Parameter:
    """A parameter that takes one of these words."""
    allowed = list(values)

    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"Use one of {', '.join(allowed)}.")
        return text

    return Parameter(name, read, {"type": "string", "enum": allowed}, description)


def some_of(name: str, values: Iterable[str], description: str) -> Parameter:
    """A parameter that takes several of these words, with commas between them."""
    allowed = list(values)

    def read(text: str) -> list[str]:
        given = text.split(",")
        if strangers := [shown(word) for word in given if word not in allowed]:
            raise ValueError(
                f"Not known: {', '.join(strangers)}. Use some of {', '.join(allowed)}."
            )
        return given

    items = {"type": "string", "enum": allowed}
    return Parameter(name, read, {"type": "array", "items": items, "minItems": 1}, description)


def matching(name: str, pattern: str, what: str, description: str) -> Parameter:
    """A parameter whose whole text fits a pattern (ASCII, without anchors)."""
    compiled = re.compile(pattern, re.ASCII)

    def read(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"Use {what}.")
        return text

    return Parameter(name, read, {"type": "string", "pattern": f"^{pattern}$"}, description)


def whole_number(name: str, last: int, description: str) -> Parameter:
    """A parameter between 1 and `last`."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[1-9][0-9]{0,8}", text) or int(text) > last:
            raise ValueError(f"Use a whole number from 1 to {last}.")
        return int(text)

    return Parameter(name, read, {"type": "integer", "minimum": 1, "maximum": last}, description)


def moment(name: str, description: str) -> Parameter:
    """A parameter that is a moment with its zone (RFC 3339)."""

    def read(text: str) -> datetime:
        if not _MOMENT.fullmatch(text):
            raise ValueError(
                "Use a moment with its zone, such as 2026-01-31T08:00:00Z; write + as %2B."
            )
        return _in_utc(_real(datetime.fromisoformat, text.upper()))

    return Parameter(name, read, {"type": "string", "format": "date-time"}, description)


def _in_utc(moment: datetime) -> datetime:
    """In the zone of the database, which refuses offsets beyond 16 hours; at the ends of time, the end."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        end = datetime(1, 1, 1, tzinfo=UTC)
        return end if moment.year == end.year else end.replace(year=MAXYEAR)


def day(name: str, description: str) -> Parameter:
    """A parameter that is a day."""

    def read(text: str) -> date:
        if not _DAY.fullmatch(text):
            raise ValueError("Use a day such as 2026-01-31.")
        return _real(date.fromisoformat, text)

    return Parameter(name, read, {"type": "string", "format": "date"}, description)


def _real(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except ValueError:
        raise ValueError("There is no such date or time.") from None


_LATITUDE = r"-?(?:90(?:\.0+)?|[0-8]?[0-9](?:\.[0-9]{1,18})?)"
_LONGITUDE = r"-?(?:180(?:\.0+)?|(?:1[0-7][0-9]|[0-9]{1,2})(?:\.[0-9]{1,18})?)"
_KM = r"(?:2000|1?[0-9]{1,3}(?:\.[0-9]{1,18})?)"


def _numbers(
    name: str, parts: str, example: str, description: str, make: Callable[..., Any]
) -> Parameter:
    """A parameter of numbers with commas between them, each of its own pattern; `make` takes the numbers."""
    text_of = matching(name, parts, f"numbers with commas between them, such as {example}", "")

    def read(text: str) -> Any:
        return make(*map(float, text_of.read(text).split(",")))

    schema = {**text_of.schema, "example": example}
    return Parameter(name, read, schema, description)


def _box(west: float, south: float, east: float, north: float) -> tuple[float, ...]:
    if south > north:
        raise ValueError("South comes before north: west,south,east,north.")
    return west, south, east, north


class Circle(NamedTuple):
    """A point in degrees, and how many kilometres around it."""

    latitude: float
    longitude: float
    km: float


def _words(text: str) -> str:
    if not 1 <= len(text) <= 200 or _HIDDEN.search(text):
        raise ValueError("Use 1 to 200 characters, none of them hidden.")
    return text


_SLUG = r"[a-z0-9_-]{1,120}"
_ID = re.compile(r"[A-Za-z0-9_-]{1,120}", re.ASCII)


def _ids(text: str) -> list[str]:
    given = text.split(",")
    if len(given) > 100 or not all(_ID.fullmatch(each) for each in given):
        raise ValueError("Use up to 100 references, uids or slugs with commas between them.")
    return given


COUNTRY = one_of("country", geography.AFRICAN_COUNTRIES, "About this country (ISO 3166 alpha-2).")
PRIMARY_COUNTRY = one_of(
    "primary_country", geography.AFRICAN_COUNTRIES, "About this country first of all."
)
REGION = one_of("region", geography.REGIONS, "About a country of this region (UN M49).")
ACTOR = matching("actor", _SLUG, "the slug of an actor", "Naming this actor, by slug.")
Q_WORDS = Parameter(
    "q",
    _words,
    {"type": "string", "minLength": 1, "maxLength": 200, "pattern": f"^[^{_UNSEEN}]+$"},
    "Holding these words; quotes keep words together, a minus leaves a word out.",
)
IDS = Parameter(
    "ids",
    _ids,
    {
        "type": "array",
        "items": {"type": "string", "pattern": f"^{_ID.pattern}$"},
        "minItems": 1,
        "maxItems": 100,
    },
    "Only these: references, uids or slugs.",
)
BBOX = _numbers(
    "bbox",
    ",".join((_LONGITUDE, _LATITUDE, _LONGITUDE, _LATITUDE)),
    "-12.5,10,4.3,25",
    "Within west,south,east,north in degrees; west beyond east goes across the antimeridian.",
    _box,
)
NEAR = _numbers(
    "near",
    ",".join((_LATITUDE, _LONGITUDE, _KM)),
    "14.35,-10.98,50",
    "Around latitude,longitude within so many kilometres, 2000 at most.",
    Circle,
)
CURSOR = Parameter("cursor", str, {"type": "string"}, "Where to go on: out of `next`, as it is.")
USUAL_PAGE = 20
PAGE_SIZE = whole_number("page_size", 100, f"How many at most; {USUAL_PAGE} unless told.")
