"""The one door through the triggers that freeze rows: see `accounts.models.Erasure` and decision 14."""

import pgtrigger

# True for a row that an Erasure names which this very transaction has written. Transaction numbers begin anew when a
# database is restored elsewhere, so the transaction's time must fit too.
FUNCTION = """
CREATE OR REPLACE FUNCTION erasure_admits(of_table text, row_id bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM accounts_erasure
        WHERE opened_xact = pg_current_xact_id_if_assigned()::text::bigint
            AND made_at = transaction_timestamp()
            AND rows -> of_table @> to_jsonb(row_id)
    )
$$;
"""


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
