"""A house of ten advisers, and thousands of leads that nobody has looked at: copies of one that the verbs made."""

import uuid

import psycopg
from psycopg import sql

from tests import crowd
from tests.bench.intake.loading import multiply

ADVISERS = 10
_HEX = "md5('{}' || n) || md5('{}2' || n)"
COPIES: dict[str, dict[str, str]] = {
    "intake_enquiry": {
        "idempotency_key": "'bench:' || n",
        "content_digest": _HEX.format("d", "d"),
    },
    "intake_lead": {
        "enquiry_id": "n",
        "reference": "'R-' || lpad(n::text, 5, '0') || '-BENCH'",
        "link_seed": "md5('s' || n)::uuid",
        "link_digest": _HEX.format("l", "l"),
    },
    "jobs_job": {"subject_id": "n", "key": "'lead:' || n"},
}


def found(database_url: str) -> None:
    """Advisers and a desk in a migrated database."""
    from django.core.management import call_command

    from tests import factories

    call_command("migrate", verbosity=0)
    call_command("sync_roles", verbosity=0)
    factories.DeskFactory()
    for _ in range(ADVISERS - 1):  # the desk has brought one
        factories.AdviserFactory(capacity=30_000)


def let_wait(database_url: str, count: int, who: dict[str, str] = crowd.MANY_HOUSES) -> None:
    """So many leads as the verb leaves them, with their jobs, which are not due for an hour; `who` asks, and what."""
    from intake import submission
    from intake.models import Enquiry
    from tests import factories

    content = factories.ContentFactory(email="client1@client.example", organisation="Client House")
    submission.receive_enquiry(
        content=content, channel=Enquiry.Channel.API, idempotency_key=str(uuid.uuid4())
    )
    with psycopg.connect(database_url, autocommit=True) as db:
        # What the sweep asks for by itself does not belong here.
        db.execute("DELETE FROM jobs_job WHERE key NOT LIKE 'lead:%'")
        db.execute("UPDATE jobs_job SET run_at = now() + interval '1 hour'")
        for table, differs in COPIES.items():
            said = who if table == "intake_enquiry" else {}
            multiply(db, table, differs | said, f"generate_series(2, {count}) n")
        db.execute("VACUUM (ANALYZE)")
        db.execute("CHECKPOINT")


def copy_database(server_url: str, template: str, name: str) -> None:
    """A fresh copy of a database that nobody uses."""
    with psycopg.connect(server_url, autocommit=True) as db:
        names = {"name": sql.Identifier(name), "template": sql.Identifier(template)}
        db.execute(sql.SQL("DROP DATABASE IF EXISTS {name} WITH (FORCE)").format(**names))
        db.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))
