"""Forms in which all is plainly right, by the rules of the form's own fields and without what Django turns around each.

Most are. One that is not plain is not wrong: `RequestForm` says what becomes of it, and in which words.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

from django import forms
from django.http import QueryDict

from accounts.form_fields import EmailField, LineField, LongTextField
from intake.checked_forms import CheckedForm
from intake.form_fields import MOST_SLUGS, ChoiceField, MultipleChoiceField, SlugsField, is_slug
from intake.forms import MOST_OF_SLUG, RequestForm

# What is kept of all values under a name; None when that is not plain.
Check = Callable[[list[str]], Any]


def plain_among(words: QueryDict) -> dict[str, Any]:
    """The values in these words that are plainly right, as they are kept, by the name of their field."""
    checks = _checks()
    plain = {}
    for name, values in words.lists():
        check = checks.get(name)
        value = check(values) if check else None
        if value is not None:
            plain[name] = value
    return plain


def whole(words: QueryDict, plain: Mapping[str, Any]) -> CheckedForm | None:
    """The form that was sent in these words without a file, if all of them are plainly right, and all that it needs."""
    checked = {**_of_nothing(), **plain}
    if len(plain) < len(words) or not checked.keys() >= _checks().keys():
        return None
    # The slug of a brief is stored as the brief that it names.
    return CheckedForm(checked, words, is_as_sent=not checked["brief"])


@cache
def _checks() -> dict[str, Check]:
    """A check for each field but the files."""
    fields = {name: f for name, f in RequestForm.base_fields.items() if name != "attachments"}
    return {name: _check_of(name, field) for name, field in fields.items()}


@cache
def _of_nothing() -> dict[str, Any]:
    """What becomes of each field that may be left out, and of files that were not sent."""
    found = {name: check(_nothing_in(name)) for name, check in _checks().items()}
    return {name: value for name, value in found.items() if value is not None} | {"attachments": ()}


def _nothing_in(name: str) -> list[str]:
    field = RequestForm.base_fields[name]
    return [] if isinstance(field, forms.MultipleChoiceField) else [""]


def _check_of(name: str, field: Any) -> Check:
    if type(field) is MultipleChoiceField:
        return lambda values: _chosen(values, field.values.__contains__)
    if type(field) is SlugsField:
        return lambda values: _chosen(values, is_slug) if len(values) <= MOST_SLUGS else None
    one = _check_of_one(name, field)
    return lambda values: one(values[0]) if len(values) == 1 else None


def _chosen(values: list[str], is_known: Callable[[str], bool]) -> list[str] | None:
    """Several of a list, none of them twice."""
    return values if all(map(is_known, values)) and len({*values}) == len(values) else None


def _check_of_one(name: str, field: Any) -> Callable[[str], Any]:
    """Of a field of a type of its own, which has rules of its own, no value is plain."""
    kind = type(field)
    if name == "brief":
        return lambda value: value if not value or is_slug(value, MOST_OF_SLUG) else None
    if kind in (LineField, EmailField, LongTextField):
        return cast(Callable[[str], Any], field.plain)
    if kind is ChoiceField:
        return lambda value: value if value in field.values else None
    if kind is forms.BooleanField:
        return lambda value: value == "on" or None
    return str if kind is forms.Field else lambda value: None
