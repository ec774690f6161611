"""Conditions of check constraints that take PostgreSQL few words.

It reads the text of a table's checks anew for each statement that writes a row, and what Django says at length is long
there too: that was a quarter of its time for a request.
"""

from collections.abc import Iterable

from django.db.models import BooleanField, F, Func, Q, Value


def one_of(field: str, values: Iterable[str]) -> Q:
    """Whether a text is one of these: as one constant, in which `IN` would name the type of each."""
    listed = Value("{" + ",".join(values) + "}")
    return _written(
        F(field), listed, arg_joiner="::text = ANY(", template="%(expressions)s::text[])"
    )


def is_set(field: str) -> Q:
    """Whether the field is not NULL; what Django makes of `isnull` is no part of another condition."""
    return _written(F(field), template="%(expressions)s IS NOT NULL")


def same(one: Q, other: Q) -> Q:
    """Whether both hold or neither does; neither may be NULL."""
    return _written(one, other, arg_joiner=") = (", template="((%(expressions)s))")


def _written(*parts: F | Value | Q, **form: str) -> Q:
    # By the alphabet, as a migration writes them: Django takes another order for another condition.
    return Q(Func(*parts, output_field=BooleanField(), **dict(sorted(form.items()))))
