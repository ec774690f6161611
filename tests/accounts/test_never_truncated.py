"""What no trigger of rows sees: a table cut off at once, or with another one that it refers to."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from psycopg import sql

from tests import databases
from tests.factories import new_lead

# Rows that a trigger keeps from being deleted, always or in some state; by the text of its function.
REFUSING_DELETES = """
    SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE tgtype & 8 <> 0 AND prosrc LIKE '%RAISE EXCEPTION%' AND NOT tgisinternal
    ORDER BY 1
"""


def truncate(table: str) -> None:
    """Cut off a table, and whatever refers to it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(table)))


def is_refused(table: str) -> bool:
    """Whether a trigger refuses it."""
    try:
        truncate(table)
    except DatabaseError as error:
        return "pgtrigger: Cannot truncate" in str(error)
    return False


@pytest.mark.django_db
def test_no_table_whose_rows_a_trigger_keeps_is_truncated():
    with connection.cursor() as cursor:
        cursor.execute(REFUSING_DELETES)
        tables = [name for (name,) in cursor.fetchall()]

    assert {"intake_enquiry", "accounts_erasure", "proposals_lineitem"} < set(tables)
    assert len(tables) == 41
    passed = {table for table in tables if not is_refused(table)}
    assert not passed, "add accounts.erasure_door.never_truncated() to their models' triggers"


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_stays_when_a_table_that_it_refers_to_is_truncated_or_all_are_flushed():
    enquiry = new_lead().enquiry

    for table in ("intake_enquiry", "intake_lead", "accounts_user"):
        with pytest.raises(DatabaseError, match="Cannot truncate"):
            truncate(table)
    with pytest.raises(CommandError, match="couldn't be flushed") as refused:
        call_command("flush", interactive=False, verbosity=0)

    assert "pgtrigger: Cannot truncate" in str(refused.value.__cause__)
    enquiry.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_others_lend_to_the_tests_is_emptied_all_the_same(monkeypatch):
    monkeypatch.delenv(databases.OF_OURS, raising=False)
    enquiry = new_lead().enquiry

    databases.empty()

    assert not type(enquiry).objects.exists()
