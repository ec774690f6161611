"""Values that are plainly right, by the rules of DRF's own fields and without what DRF turns around each of them.

A value that no check takes here is not wrong: DRF's field says what becomes of it, and in which words.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from intake.api.short_lists import ShortListField

Check = Callable[[Any], Any]  # the value as it is kept; raises one of _UNCLEAR


class _NotPlain(Exception):
    """The value is not of the type that the field is written with."""


_UNCLEAR = (_NotPlain, KeyError, ValidationError, serializers.ValidationError)


def checks_of(
    fields: Mapping[str, serializers.Field[Any, Any, Any, Any]],
    *,
    texts: tuple[type, ...],
    consents: tuple[type, ...],
) -> dict[str, Check]:
    """A check for each field of a type that is known here; of text and of consent there are several."""
    found = {name: _check_of(field, texts, consents) for name, field in fields.items()}
    return {name: check for name, check in found.items() if check}


def plain_among(data: Mapping[Any, Any], checks: Mapping[str, Check]) -> dict[str, Any]:
    """The values that are plainly right, as they are kept."""
    plain = {}
    for name, check in checks.items():
        if name in data:
            try:
                plain[name] = check(data[name])
            except _UNCLEAR:
                continue
    return plain


def _check_of(field: Any, texts: tuple[type, ...], consents: tuple[type, ...]) -> Check | None:
    kind = type(field)  # a field of a type of its own has rules of its own
    if kind in texts:
        return _text(field)
    if kind in consents:
        return _consent
    if kind is serializers.ChoiceField:
        return _choice(field)
    if kind is ShortListField and type(field.child) is serializers.ChoiceField:
        return _list(field)
    return None


def _consent(value: Any) -> bool:
    if value is not True:
        raise _NotPlain
    return True


def _text(field: serializers.CharField) -> Check:
    validators: list[Any] = field.validators
    strips, may_be_blank = field.trim_whitespace, field.allow_blank

    def check(value: Any) -> str:
        if type(value) is not str:
            raise _NotPlain
        text = value.strip() if strips else value
        if text:
            for validator in validators:
                validator(text)
        elif not may_be_blank:
            raise _NotPlain
        return text

    return check


def _choice(field: serializers.ChoiceField) -> Check:
    values, may_be_blank = field.choice_strings_to_values, field.allow_blank

    def check(value: Any) -> Any:
        if type(value) is not str:
            raise _NotPlain
        return "" if not value and may_be_blank else values[value]

    return check


def _list(field: Any) -> Check:
    child, validators = _choice(field.child), field.validators

    def check(value: Any) -> list[Any]:
        if type(value) is not list:
            raise _NotPlain
        found = [child(one) for one in value]
        for validator in validators:
            validator(found)
        return found

    return check
