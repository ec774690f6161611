"""What the page of a copy of somebody's data says in place of what the database holds: names for codes, yes and no,
dates with their zone, lists and tables in lines."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from accounts.numbers import counted
from briefs import dates, geography
from briefs.topics import topic_name
from intake import resembling, skills
from intake.catalogue import Budget, Language, Service, Timeframe
from intake.sent_answers import actor_names

EMPTY: tuple[Any, ...] = (None, "", [], {})
# Columns of text that hold JSON: what a digest was made of stays as it is for machines.
_JSON = ("content",)
# Rows that say more by their name than by their number; others may name staff or somebody else.
_KNOWN_BY_NAME = (
    *("briefs.brief", "intake.apikey", "intake.deadlinepolicy", "intake.desk", "intake.lead"),
    *("intake.organisation", "intake.routingrule", "proposals.proposal"),
)
_ITEM = "– "
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(\+00:00|Z)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _label_of(choices: Iterable[tuple[Any, Any]]) -> Callable[[str], str]:
    labels = dict(choices)
    return lambda value: str(labels.get(value, value))


def _country(code: str) -> str:
    return geography.country_name(code, "en")


# By the name of the column, or of what stands in a column of JSON.
_NAMES: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(("country", "countries", "countries_of_interest"), _country),
    **dict.fromkeys(("service", "services"), _label_of(Service.choices)),
    **dict.fromkeys(("language", "languages"), _label_of(Language.choices)),
    **dict.fromkeys(("topic", "topics"), topic_name),
    **dict.fromkeys(("actor", "actors"), lambda slug: actor_names([slug])[0]),
    "timeframe": _label_of(Timeframe.choices),
    "budget": _label_of(Budget.choices),
}


def called(name: str) -> str:
    """A column's name, or what stands in one of JSON, as people read it."""
    kind, colon, _ = name.partition(":")
    if colon and kind in skills.SkillKind.values:
        return skills.name_of(name)
    return name.replace("_", " ").capitalize()


def in_words(column: Any, values: Iterable[Any]) -> list[str]:
    """What is said for each of a column's values; nothing for one that is empty."""
    values = list(values)
    say = _of_rows(column, values) if column.is_relation else _of(column)
    return ["" if value in EMPTY else say(value) for value in values]


def _of(column: Any) -> Callable[[Any], str]:
    choices = getattr(column, "base_field", column).flatchoices
    if choices:
        label = _label_of(choices)
        return lambda value: ", ".join(map(label, value if isinstance(value, list) else [value]))
    return lambda value: _stored(column.name, value)


def _stored(name: str, value: Any) -> str:
    if name in _JSON:
        value = _read(value)
    elif isinstance(value, str) and name not in _NAMES:
        return value  # somebody's words, also where they look like a day
    return _said(name, value)


def _of_rows(column: Any, values: list[Any]) -> Callable[[Any], str]:
    """By name, or by the number that stands above the row itself."""
    if column.related_model._meta.label_lower not in _KNOWN_BY_NAME:
        return lambda number: f"Id {number}"
    named = column.related_model._default_manager.in_bulk({v for v in values if v is not None})
    return lambda number: str(named.get(number, f"Id {number}"))


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _said(name: str, value: Any) -> str:
    return "\n".join(_lines(name, value))


def _lines(name: str, value: Any) -> list[str]:
    if isinstance(value, dict):
        return [line for key, part in value.items() for line in _of_part(key, part)]
    if not isinstance(value, list | tuple):
        return [_one(name, value)]
    if name == "reasons" and (reasons := resembling.said(value)):
        return [", ".join(reasons)]
    if any(isinstance(item, dict | list) for item in value):
        return [line for item in value for line in _as_item(_lines(name, item))]
    return [", ".join(_one(name, item) for item in value)]


def _of_part(key: str, value: Any) -> Iterator[str]:
    """One line where it is one, else its lines below its name; none where it is empty."""
    if value in EMPTY:
        return
    lines = _lines(key, value)
    if len(lines) == 1 and not isinstance(value, dict) and not lines[0].startswith(_ITEM):
        yield f"{called(key)}: {lines[0]}"
    elif lines:
        yield f"{called(key)}:"
        yield from (f"    {line}" for line in lines)


def _as_item(lines: list[str]) -> list[str]:
    return [f"{'  ' if number else _ITEM}{line}" for number, line in enumerate(lines)]


def _one(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return dates.long_moment(value)
    if isinstance(value, date):
        return dates.long_date(value)
    if isinstance(value, timedelta):
        return _span(value)
    if not isinstance(value, str):
        return str(value)
    return _NAMES[name](value) if name in _NAMES else _text(value)


def _text(value: str) -> str:
    """A text as it is, but for one that is a moment or a day as JSON has them."""
    try:
        if _MOMENT.fullmatch(value):
            return dates.long_moment(datetime.fromisoformat(value))
        return dates.long_date(date.fromisoformat(value)) if _DAY.fullmatch(value) else value
    except ValueError:
        return value


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    parts = {"day": minutes // 1440, "hour": minutes // 60 % 24, "minute": minutes % 60}
    said = [counted(number, unit) for unit, number in parts.items() if number]
    return ", ".join(said) or "0 minutes"
