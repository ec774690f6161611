"""The check constraints of a row, asked of the database together before it is saved.

Django asks for each of them, within a transaction with a savepoint around each: forty statements for a brief.
"""

from collections.abc import Collection
from contextlib import nullcontext

from django.core.exceptions import FieldError, ValidationError
from django.db import DatabaseError, connections, models, router, transaction
from django.db.models.functions import Coalesce
from django.db.models.sql import Query
from django.db.models.sql.constants import SINGLE


class CheckedTogether(models.Model):
    """A row whose check constraints are validated in one statement; what is wrong Django says, as ever."""

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Raises ValidationError for the constraints that the row breaks."""
        using, left_out = router.db_for_write(type(self), instance=self), set(exclude or ())
        passed = _passed(self, left_out, using)
        try:
            for constraint in self._meta.constraints:
                if constraint.name not in passed:
                    constraint.validate(type(self), self, exclude=left_out, using=using)
        except ValidationError:
            super().validate_constraints(exclude)


def _passed(row: models.Model, left_out: set[str], using: str) -> set[str]:
    """The names of its checks that hold, or that are about a field which is left out; none where one cannot be asked.

    As `Q.check` of Django 5.2 asks for one.
    """
    query = Query(None)
    values = row._get_field_expression_map(meta=row._meta, exclude=left_out)  # type: ignore[attr-defined]  # Django's own
    for name, value in values.items():
        query.add_annotation(value, name, select=False)
    checks = [one for one in row._meta.constraints if isinstance(one, models.CheckConstraint)]
    asked = [check.name for check in checks if _add(query, check)]
    around = transaction.atomic(using) if connections[using].in_atomic_block else nullcontext()
    try:
        with around:
            answers = query.get_compiler(using=using).execute_sql(SINGLE) if asked else ()
    except DatabaseError:
        return set()
    broken = {name for name, holds in zip(asked, answers, strict=True) if not holds}
    return {check.name for check in checks} - broken


def _add(query: Query, check: models.CheckConstraint) -> bool:
    holds = Coalesce(models.Q(check.condition), True, output_field=models.BooleanField())
    try:
        query.add_annotation(holds, f"_{check.name}")
    except FieldError:
        return False
    return True
