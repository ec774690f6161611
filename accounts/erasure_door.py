"""The one door through the triggers that freeze rows: see `accounts.models.Erasure` and decision 14.

`erasure_admits` stands in `migrations/sql/erasure_admits.sql`.
"""

import pgtrigger


def frozen(
    table: str,
    name: str,
    operation: pgtrigger.Operation = pgtrigger.Update | pgtrigger.Delete,
    only_when: str = "",
) -> pgtrigger.Protect:
    """A trigger that refuses changes of a table's rows, except by an erasure that names the row.

    `only_when` is an SQL condition on OLD and NEW that narrows what is refused.
    """
    shut = f"NOT erasure_admits('{table}', OLD.id)"
    # In brackets of its own: pgtrigger adds none where it sees some at both ends.
    condition = f"(({only_when}) AND {shut})" if only_when else shut
    return pgtrigger.Protect(
        name=name, operation=operation, condition=pgtrigger.Condition(condition)
    )


def never_truncated() -> pgtrigger.Trigger:
    """A trigger for a table whose rows a trigger keeps from being deleted: TRUNCATE asks no trigger of rows.

    It refuses TRUNCATE ... CASCADE of another table too, and an empty table as well as a full one.
    """
    return pgtrigger.Trigger(
        name="never_truncated",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table', TG_TABLE_NAME;",
    )
